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

COMPONENTS = Path(__file__).resolve().parents[2] / "components"
OWNERS: Mapping[str, tuple[Dashboard, ...]] = {
    "monitoring/stack": (OVERVIEW, COST),
    "gpu/operator": (GPUS,),
    "queues/kueue": (QUEUES,),
    "ci/runners": (RUNNERS,),
    "serving/kserve": (SERVING,),
}
"""Dashboards by the folder of the add-on that they belong to."""
ALL: tuple[Dashboard, ...] = tuple(dashboard for owned in OWNERS.values() for dashboard in owned)


def wanted() -> Mapping[str, str]:
    """Text of each file, by its path in `components/`."""
    return {f"{owner}/dashboards/{dashboard.name}.json": text(dashboard) for owner, owned in OWNERS.items() for dashboard in owned}


def stale(folder: Path = COMPONENTS) -> list[str]:
    """Files that are missing, differ from what the code says, or that it does not know."""
    there = {str(file.relative_to(folder)): file.read_text() for file in folder.glob("**/dashboards/*.json")}
    return sorted(name for name in {*there, *wanted()} if there.get(name) != wanted().get(name))


def main(arguments: list[str]) -> int:
    names = stale()
    if "--check" in arguments:
        for name in names:
            print(f"{name} is stale: run `make dashboards`")
        return 1 if names else 0
    for name in names:
        file = COMPONENTS / name
        if name in wanted():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(wanted()[name])
            print(f"wrote {name}")
        else:
            file.unlink()
            print(f"removed {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
