"""Overrides that leave nothing of a workload: what it is for would not happen, and nothing would say so."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.framework.plan import Release
from infra.problems import Problem, shown

_COUNTS = ("replicas", "replicaCount", "shards")
"""How many pods a workload has, by custom of those who write charts."""


def problems(release: Release, given: Mapping[str, Any]) -> Iterator[Problem]:
    """Of the overrides of one release; paths are those of its values."""
    for path, value in _found(given, ()):
        yield Problem(".".join(path), f"is {shown(value)}, so nothing of this part of {release.name} would run; give it 1 at least")


def _found(given: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in given.items():
        here = (*above, key)
        if isinstance(value, Mapping):
            yield from _found(value, here)
        elif key in _COUNTS and isinstance(value, int | float) and not isinstance(value, bool) and value < 1:
            yield here, value
