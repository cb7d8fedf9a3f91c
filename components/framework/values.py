"""Helm values as data: what an add-on decides, and the stack file's overrides merged into it."""

from collections.abc import Mapping, Sequence
from typing import Any

Values = dict[str, Any]
ABSENT = object()
"""What `at` finds where nothing is: a null is something."""


def at(values: Any, path: Sequence[str]) -> Any:
    """What stands at `path`, or ABSENT."""
    for key in path:
        values = values.get(key, ABSENT) if isinstance(values, Mapping) else ABSENT
    return values


def taken_out(values: Any, path: Sequence[str]) -> bool:
    """Whether a null stands at `path` or above it, which takes the chart's default out."""
    return any(at(values, path[:depth]) is None for depth in range(1, len(path) + 1))


def merged(values: Mapping[str, Any], override: Mapping[str, Any]) -> Values:
    """`values` with `override` merged over them as Helm does: mappings key by key, anything else replaced.

    A null takes a chart's default out.
    """
    both = {key: _merged(values[key], override[key]) for key in values if key in override}
    return {key: plain(item) for key, item in {**values, **override, **both}.items()}


def _merged(value: Any, override: Any) -> Any:
    return merged(value, override) if isinstance(value, Mapping) and isinstance(override, Mapping) else override


def plain(value: Any) -> Any:
    """`value` with dicts for mappings and lists for tuples, as the engine takes it; anything else as it is."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
