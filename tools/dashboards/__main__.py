"""`python -m tools.dashboards` writes every dashboard; `--check` only says which are stale (exit 1)."""

import sys
from collections.abc import Mapping
from pathlib import Path

from tools.dashboards.build import text
from tools.dashboards.cost import COST
from tools.dashboards.gpus import GPUS
from tools.dashboards.overview import OVERVIEW
from tools.dashboards.panel import Dashboard
from tools.dashboards.queues import QUEUES
from tools.dashboards.runners import RUNNERS
from tools.dashboards.serving import SERVING

FOLDER = Path(__file__).resolve().parents[2] / "components" / "monitoring" / "dashboards"
ALL: tuple[Dashboard, ...] = (OVERVIEW, GPUS, QUEUES, RUNNERS, SERVING, COST)


def wanted() -> Mapping[str, str]:
    """Text of each file, by its name."""
    return {f"{dashboard.name}.json": text(dashboard) for dashboard in ALL}


def stale(folder: Path = FOLDER) -> list[str]:
    """Files that are missing, differ from what the code says, or that it does not know."""
    there = {file.name: file.read_text() for file in folder.glob("*.json")}
    return sorted(name for name in {*there, *wanted()} if there.get(name) != wanted().get(name))


def main(arguments: list[str]) -> int:
    names = stale()
    if "--check" in arguments:
        for name in names:
            print(f"{name} is stale: run `make dashboards`")
        return 1 if names else 0
    FOLDER.mkdir(exist_ok=True)
    for name in names:
        file = FOLDER / name
        if name in wanted():
            file.write_text(wanted()[name])
            print(f"wrote {name}")
        else:
            file.unlink()
            print(f"removed {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
