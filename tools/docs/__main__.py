"""`python -m tools.docs` writes every generated page; `--check` only says which are stale (exit 1)."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.docs import (
    access_reference,
    addon_reference,
    changes_reference,
    chart_table,
    config_reference,
    policy_reference,
    queue_rules,
    runbooks,
    stack_schema,
    terraform_table,
    touched,
)

ROOT = Path(__file__).resolve().parents[2]

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/access.md": access_reference.page,
    "docs/add-ons.md": addon_reference.page,
    "docs/architecture.md": touched.page,
    "docs/changes.md": changes_reference.page,
    "docs/charts.md": chart_table.page,
    "docs/config.md": config_reference.page,
    "docs/from-terraform.md": terraform_table.page,
    "docs/policies.md": policy_reference.page,
    "docs/queues-rules.md": queue_rules.page,
    "docs/stack.schema.json": stack_schema.page,
    **runbooks.pages(),
}


def stale(root: Path = ROOT) -> list[str]:
    """Generated pages that are missing, differ from what the code says, or are nobody's any more."""
    left = {f"{runbooks.FOLDER}/{file.name}" for file in (root / runbooks.FOLDER).glob("*.md")} - PAGES.keys()
    return [*sorted(left), *(name for name, page in PAGES.items() if not (root / name).is_file() or (root / name).read_text() != page())]


def main(arguments: list[str]) -> int:
    names = stale()
    if "--check" in arguments:
        for name in names:
            print(f"{name} is stale: run `make docs`")
        return 1 if names else 0
    for name in names:
        if name not in PAGES:
            (ROOT / name).unlink()
            print(f"removed {name}")
            continue
        (ROOT / name).write_text(PAGES[name]())
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
