"""A stack file's document (root keys without their namespace), read and changed by path."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from testkit.changes.keys import EACH, ITEM

Document = Mapping[str, Any]
Place = tuple[str | int, ...]
"""Where in a document a value stands: names of mappings, indexes of lists."""


class NoPlaceError(LookupError):
    """The document has no entry where a path asks for one."""


def place(document: Document, steps: Sequence[str]) -> Place:
    """The first place of `document` that a path with `*` and `[]` leads to, one that has a value before one that has none.

    Raises NoPlaceError where there is no entry to change.
    """
    found = list(places(document, steps))
    if not found:
        raise NoPlaceError(f"{'.'.join(steps)}: no entry to change")
    return next((where for where in found if at(document, where) is not None), found[0])


def places(here: Any, steps: Sequence[str]) -> Iterator[Place]:
    """Every place of a document that a path with `*` and `[]` leads to."""
    if not steps:
        yield ()
        return
    step, *rest = steps
    entries: Iterable[str | int] = (step,)
    if step == EACH:
        entries = list(here) if isinstance(here, Mapping) else ()
    elif step == ITEM:
        entries = range(len(here)) if isinstance(here, list) else ()
    for entry in entries:
        for below in places(_below(here, entry), rest):
            yield (entry, *below)


def at(document: Document, where: Place) -> Any:
    """The value at a place; None where there is none."""
    here: Any = document
    for step in where:
        here = _below(here, step)
    return here


def _below(here: Any, step: str | int) -> Any:
    if isinstance(here, Mapping):
        return here.get(step)
    if isinstance(here, list) and isinstance(step, int) and step < len(here):
        return here[step]
    return None


def changed(document: Document, where: Place, value: Any) -> dict[str, Any]:
    """A copy with another value at a place; without the key where the value is `...`."""
    new: Any = copy.deepcopy(dict(document))
    here = new
    for step in where[:-1]:
        if isinstance(here, dict) and here.get(step) is None:
            here[step] = {}
        here = here[step]
    if value is ...:
        del here[where[-1]]
    else:
        here[where[-1]] = value
    return dict(new)
