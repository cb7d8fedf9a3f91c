"""Overrides that rename what a release installs, or move it: what the platform says of it elsewhere would then be of nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.framework.plan import Release
from components.framework.values import at
from infra.problems import Problem, shown

_MOVES = ("namespaceOverride", "namespace")
_RENAMES = ("fullnameOverride", "nameOverride")
"""By custom of those who write charts, at the top of the values and of a part's."""


def problems(release: Release, given: Mapping[str, Any]) -> Iterator[Problem]:
    """Of the overrides of one release; paths are those of its values."""
    for path, value in _found(given):
        if not value or value == at(release.values, path):  # empty: the chart's own name
            continue
        if path[-1] in _RENAMES:
            why = f"health checks, alerts and policies know what {release.name} installs by the chart's own names"
        elif value == release.namespace:
            continue
        else:
            why = f"{release.name} is installed into the namespace {release.namespace}, with its Pod Security level and network policies"
        yield Problem(".".join(path), f"is {shown(value)}, but {why}; take it out")


def _found(given: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in given.items():
        if key in (*_MOVES, *_RENAMES):
            yield (key,), value
        elif isinstance(value, Mapping):
            # `namespace` of a part may be anybody's: that of the kubelet's Service, say.
            parts = (*_MOVES, *_RENAMES) if key == "global" else (_MOVES[0], *_RENAMES)
            yield from (((key, name), value[name]) for name in parts if name in value)
