"""Values of a release varied one at a time: a value that changes nothing of what a chart makes says nothing to it. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from testkit.control_plane.client import Object

Place = tuple[str | int, ...]
Render = Callable[[Mapping[str, Any]], Sequence[Object]]
"""What the chart makes of values. Raises an error where it refuses them."""

OTHER = "-other"


def leaves(values: Any, where: Place = ()) -> Iterator[Place]:
    """Where a value stands that holds no other: a text, a number, a switch, a null, an empty list or mapping."""
    below = values.items() if isinstance(values, Mapping) else enumerate(values) if isinstance(values, list) else ()
    entries = list(below)
    if not entries and where:
        yield where
    for key, value in entries:
        yield from leaves(value, (*where, key))


def varied(values: Mapping[str, Any], where: Place) -> Iterator[Mapping[str, Any]]:
    """The values with another one at that place: each in turn that might make a difference, and without it last."""
    for other in _others(_at(values, where)):
        yield _with(values, where, other)
    yield _without(values, where)


def idle(values: Mapping[str, Any], render: Render, refused: type[Exception]) -> list[str]:
    """The places, dotted, of values of which no other makes a difference. A chart that refuses another has read it."""
    first, second = render(values), render(values)
    steady = [(at, document) for at, document in enumerate(first) if at < len(second) and document == second[at]]

    def says(where: Place) -> bool:
        for other in varied(values, where):
            try:
                made = render(other)
            except refused:
                return True
            if len(made) != len(first) or any(made[at] != document for at, document in steady):
                return True
        return False

    return [".".join(map(str, where)) for where in leaves(values) if not says(where)]


def _others(value: Any) -> Iterator[Any]:
    match value:
        case bool():
            yield not value
        case int() | float():
            yield value + 1
        case str():
            yield f"{value}{OTHER}"
        case list():
            yield ["other"]
        case dict():
            yield {"other": "other"}
        case None:
            yield "other"


def _at(values: Any, where: Place) -> Any:
    for step in where:
        values = values[step]
    return values


def _with(values: Any, where: Place, new: Any) -> Any:
    if not where:
        return new
    step, *rest = where
    copied: Any = list(values) if isinstance(values, list) else dict(values)
    copied[step] = _with(values[step], tuple(rest), new)
    return copied


def _without(values: Any, where: Place) -> Any:
    *above, last = where
    holder = _at(values, tuple(above))
    kept = (
        [each for at, each in enumerate(holder) if at != last]
        if isinstance(holder, list)
        else {key: each for key, each in holder.items() if key != last}
    )
    return _with(values, tuple(above), kept)
