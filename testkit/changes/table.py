"""The table of changes as it was last rehearsed: `effects.json`, a row a line."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from testkit.changes.difference import fingerprint
from testkit.changes.effects import Effect
from testkit.changes.keys import Key, keys
from testkit.changes.rows import Row, shown

FILE = Path(__file__).parent / "effects.json"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    key: str
    """As `str(Key)` says it."""
    base: str
    old: str
    new: str
    along: Mapping[str, str]
    effect: Effect
    plan: str
    """What the difference of the plans was known by when it was rehearsed."""

    @property
    def name(self) -> str:
        """As the row's."""
        with_it = "".join(f", {path}: {value}" for path, value in self.along.items())
        return f"{self.key} @ {self.base}: {self.old} -> {self.new}{with_it}"

    def kept(self, before: "Recorded") -> "Recorded":
        """This one, in the words of the one `before` where that comes to the same: no change without a reason."""
        return replace(self, effect=before.effect) if before.effect.like(self.effect) else self

    def to_json(self) -> dict[str, Any]:
        along = {"with": dict(self.along)} if self.along else {}
        row = {"key": self.key, "on": self.base, "from": self.old, "to": self.new, **along}
        return {**row, **self.effect.to_json(), "plan": self.plan}


def recorded(row: Row, effect: Effect) -> Recorded:
    along = {path: shown(value) for path, value in row.along.items()}
    return Recorded(key=str(row.key), base=row.base, old=shown(row.old), new=shown(row.new), along=along, effect=effect, plan=plan_of(row))


def plan_of(row: Row) -> str:
    """What the difference of a row's plans is known by; empty where the checks refuse the row, and plan nothing."""
    return "" if row.refused else fingerprint(row.before, row.after)


@cache
def table() -> tuple[Recorded, ...]:
    """The rows, in the order of the keys."""
    return tuple(_read(json.loads(line)) for line in FILE.read_text().splitlines()) if FILE.is_file() else ()


def by_name() -> dict[str, Recorded]:
    """As the file has it now."""
    table.cache_clear()
    return _held()


def is_stale(row: Row) -> bool:
    """Whether nobody has rehearsed the row since its plans differ as they do."""
    held = _held().get(row.name)
    return held is None or held.plan != plan_of(row)


def _held() -> dict[str, Recorded]:
    return {row.name: row for row in table()}


def by_key() -> Mapping[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = {}
    for row in table():
        found.setdefault(row.key, []).append(row)
    return found


def write(rows: Iterable[Recorded]) -> None:
    """Write the rows, in the order of the keys."""
    order = {str(key): at for at, key in enumerate(keys())}
    lines = [json.dumps(row.to_json()) for row in sorted(rows, key=lambda row: order[row.key])]
    FILE.write_text("".join(f"{line}\n" for line in lines))
    table.cache_clear()


def missing() -> list[Key]:
    """Keys of the schema that have no row."""
    held = by_key()
    return [key for key in keys() if str(key) not in held]


def _read(line: Mapping[str, Any]) -> Recorded:
    return Recorded(
        key=line["key"],
        base=line["on"],
        old=line["from"],
        new=line["to"],
        along=line.get("with", {}),
        effect=Effect(
            word=line["effect"],
            of=tuple(line.get("of", ())),
            why=line.get("why", ""),
            dear=line.get("dear", False),
            others=line.get("others", ""),
        ),
        plan=line["plan"],
    )
