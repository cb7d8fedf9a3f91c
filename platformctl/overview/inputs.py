"""Reading planned inputs, of which parts may be secret or not known yet."""

from collections.abc import Iterable, Mapping
from typing import Any

from platformctl.engine.plan import UNKNOWN, PlannedResource, root_of
from platformctl.render.document import at

LATER = "known later"


def text(resource: PlannedResource, path: str) -> str:
    """The text or number at `path`; empty where there is none, `known later` where only an update knows."""
    value: Any = at(resource.inputs, path)
    if value is None and root_of(path) in map(root_of, resource.unknown):
        return LATER
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def flag(resource: PlannedResource, path: str) -> bool:
    """Whether what stands at `path` is true, in either of the spellings that providers use."""
    return str(at(resource.inputs, path)).lower() == "true"


def listed(resource: PlannedResource, path: str) -> list[Any]:
    """The list at `path`; empty where there is none."""
    value: Any = at(resource.inputs, path)
    return [item for item in value if item != UNKNOWN] if isinstance(value, list | tuple) else []


def mapping(resource: PlannedResource, path: str) -> Mapping[str, Any]:
    value: Any = at(resource.inputs, path)
    return value if isinstance(value, Mapping) else {}


def number_of(things: Iterable[object], one: str, many: str = "") -> str:
    """`1 subnet`, `7 subnets`; empty for none."""
    count = sum(1 for _ in things)
    return "" if not count else f"{count} {one if count == 1 else many or f'{one}s'}"


def domain(name: str) -> str:
    """`AD1` for `Uocm:EU-FRANKFURT-1-AD-1`."""
    number = name.rpartition("-AD-")[2]
    return f"AD{number}" if number.isdecimal() else name
