"""What a change of each key does: `python -m tools.changes [--all] [--check] [KEY...]` (`make changes`).

Rehearses the rows whose plans differ otherwise than when they were last rehearsed, or all of them, of the keys that begin so, and writes
testkit/changes/effects.json, which pages and tests read. With --check it writes nothing, and exits with 1 where an effect is not
the one that is written there.
"""

import argparse
import sys
from collections.abc import Sequence

from testkit.changes import table
from testkit.changes.rehearsed import rehearse
from testkit.changes.rows import Row, rows
from testkit.changes.table import Recorded


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.changes", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("keys", nargs="*", help="keys, or how they begin")
    parser.add_argument("--all", action="store_true", help="rehearse every row")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where an effect is another")
    chosen = parser.parse_args(arguments)
    every = rows()
    wanted = [row for row in every if _wanted(row, chosen)]
    print(f"{len(wanted)} of {len(every)} rows are rehearsed", flush=True)
    other = 0
    for group in _by_base(wanted):
        held = table.by_name()
        found = {row.name: table.recorded(row, effect) for row, effect in rehearse(group)}
        for name, now in found.items():
            was = held.get(name)
            if was is None or not was.effect.like(now.effect):
                other += 1
                print(f"{name}\n  was {_said(was)}\n  is  {_said(now)}", flush=True)
        if not chosen.check:  # after each: the whole takes minutes, and other keys may be rehearsed beside it
            held = table.by_name() | {name: now if name not in held else now.kept(held[name]) for name, now in found.items()}
            table.write(held[row.name] for row in every if row.name in held)
    print(f"{other} effects are others than written")
    return 1 if chosen.check and other else 0


def _wanted(row: Row, chosen: argparse.Namespace) -> bool:
    asked = not chosen.keys or any(row.key.path.startswith(key) for key in chosen.keys)
    return asked and (chosen.all or table.is_stale(row))


def _by_base(wanted: Sequence[Row]) -> list[list[Row]]:
    bases = dict.fromkeys(row.base for row in wanted)
    return [[row for row in wanted if row.base == base] for base in bases]


def _said(row: Recorded | None) -> str:
    return str(row.effect.to_json()) if row is not None else "not written"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
