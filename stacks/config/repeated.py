"""Lists that have the same entry more than once: the second changes nothing, so another was meant."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from infra.problems import Problem, shown
from infra.section import IN_ORDER


def problems(section: BaseModel, path: str = "") -> Iterator[Problem]:
    """Of every list of a section and of those below it, but those in which each entry has a place. What is free in form is not read."""
    for name, field in type(section).model_fields.items():
        if IN_ORDER not in field.metadata:
            yield from _below(getattr(section, name), ".".join((*filter(None, (path,)), field.alias or name)))


def _below(value: Any, path: str) -> Iterator[Problem]:
    if isinstance(value, BaseModel):
        yield from problems(value, path)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _below(item, f"{path}.{key}")
    elif isinstance(value, tuple):
        yield from (Problem(path, f"has {_named(each)} twice; take one out") for each in _twice(value))
        for place, item in enumerate(value):
            yield from _below(item, f"{path}.{place}")


def _twice(entries: Sequence[Any]) -> Iterator[Any]:
    """Each that is there more than once, once."""
    for place, each in enumerate(entries):
        if entries.count(each) > 1 and entries.index(each) == place:
            yield each


def _named(entry: Any) -> str:
    if isinstance(entry, BaseModel):
        return shown(entry.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    return str(entry)
