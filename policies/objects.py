"""Finds the Kubernetes objects that a resource is, holds or makes, and gives each its own type: what rules judge.

What a resource is says its `kind` and `apiVersion`, whatever its type token says: the cluster reads the former alone. Lists are their
items, a patch is what it patches, and an object in a chart's values is as good as one beside the chart.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from policies import charts
from policies.accessor import Path, Refused, unknown, written
from policies.subject import Resource

PACKAGE = "kubernetes:"
CHILDREN = ("kubernetes:helm.sh/v3:Chart", "kubernetes:kustomize:", "kubernetes:kustomize/", "kubernetes:yaml:", "kubernetes:yaml/")
"""Components whose children are registered, and judged, one by one."""
UNNAMED = "kubernetes:core/v1:List"
"""Stands for the type of what always says its own."""

ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
"""What a rule of rights in a chart's values is judged as."""

_TOKEN = re.compile(r"kubernetes:(?P<version>[a-z0-9.-]+(?:/[a-z0-9]+)?):(?P<kind>[A-Z][A-Za-z0-9]*)")
_HOLDS = re.compile(r"^extra$|(?:[Oo]bjects?|[Mm]anifests?|extraDeploy|extraResources)$")
"""Keys of charts' values that hold whole objects."""
_BOTH = (re.compile(r"[\"']?\bapiVersion[\"']?\s*:"), re.compile(r"[\"']?\bkind[\"']?\s*:"))
_SPEAKS = re.compile(
    r"^[ \t]*(?:-[ \t]+)?[\"']?(?:image|privileged|host(?:Network|PID|IPC|Path)|securityContext|value|verbs|externalIPs|storage)"
    r"[\"']?[ \t]*:",
    re.MULTILINE,
)
"""A text that sets what rules read."""
MOST_TEXT = 4 * 1024 * 1024
"""Characters of a manifest in a chart's value; Helm keeps a release in a Secret, which holds 1 MB."""


def objects(resource: Resource) -> tuple[Resource, ...]:
    """What rules judge of a resource: itself, under the type of the object that it is, and every object in it. Raises Refused."""
    if not resource.type.startswith(PACKAGE) or resource.type.startswith(CHILDREN):
        return (resource,)
    if resource.type in charts.TYPES:
        chart = _opened(resource)
        return (chart, *_in_values(chart))
    return tuple(_of(resource))


def _of(resource: Resource, default: str | None = None) -> Iterator[Resource]:
    """`default` is the type of an item of a list that does not say its own."""
    token = default or _token(resource)
    type_ = _said(resource.inputs, resource.path) or token
    if type_ is None:
        raise Refused(f"{resource.type} is no type of Kubernetes object, and it has no apiVersion and kind: give it both")
    if type_.endswith("List"):
        if not isinstance(resource.inputs.get("items"), list | tuple):
            raise Refused(f"{written((*resource.path, 'items'))} is no list that is known, so what it makes is not known: write it out")
        yield from _items(resource, type_.removesuffix("List"))
        return
    patch = default is None and type_ == token and resource.type.endswith("Patch")
    yield replace(resource, type=type_, disguise=resource.type if default is None and token not in (None, type_) else None, partial=patch)


def _items(resource: Resource, type_: str) -> Iterator[Resource]:
    for place, item in enumerate(resource.inputs["items"]):
        if not isinstance(item, Mapping):
            raise Refused(f"{written((*resource.path, 'items', place))} cannot be read, so what it makes is not known: write it out")
        yield from _of(part(resource, ("items", place), item), type_)


def part(resource: Resource, steps: Path, inputs: Mapping[str, Any]) -> Resource:
    """A mapping in a resource as a resource of its own, blamed on the same URN."""
    return replace(resource, inputs=inputs, path=(*resource.path, *steps))


def _token(resource: Resource) -> str | None:
    match = _TOKEN.fullmatch(resource.type)
    if match is None:
        return None
    version = match["version"].removeprefix("core/")
    return f"kubernetes:{_module(version)}:{match['kind'].removesuffix('Patch')}"


def _said(inputs: Mapping[str, Any], path: Path) -> str | None:
    """The type that the object itself says. Raises Refused where it is not known."""
    version, kind = inputs.get("apiVersion"), inputs.get("kind")
    for key, value in (("apiVersion", version), ("kind", kind)):
        if value is not None and (not isinstance(value, str) or unknown(value)):
            raise Refused(f"{written((*path, key))} is not known or no text, so what is made is not known: write it out")
    if not version or not kind:
        return None
    return f"kubernetes:{_module(str(version))}:{kind}"


def _module(version: str) -> str:
    """`v1` is the core group, which type tokens call core/v1."""
    return version if "/" in version else f"core/{version}"


def _opened(chart: Resource) -> Resource:
    """The chart with the texts of its values read that are YAML of objects, containers or rights: templates write them out as they are."""
    values = chart.inputs.get("values")
    if not isinstance(values, Mapping):
        return chart
    opened = _open(chart, values, ("values",))
    return chart if opened is values else replace(chart, inputs={**chart.inputs, "values": opened})


def _open(chart: Resource, value: Any, path: Path) -> Any:
    if isinstance(value, Mapping):
        items = {key: _open(chart, item, (*path, key)) for key, item in value.items()}
        return items if any(items[key] is not item for key, item in value.items()) else value
    if isinstance(value, list | tuple):
        listed = [_open(chart, item, (*path, place)) for place, item in enumerate(value)]
        return listed if any(new is not old for new, old in zip(listed, value, strict=True)) else value
    if isinstance(value, str) and _SPEAKS.search(value) and not all(key.search(value) for key in _BOTH) and not chart.read.secret(path):
        return _parsed(value)
    return value


def _parsed(text: str) -> Any:
    """What a text is in YAML where that is a mapping or a list, else the text."""
    import yaml  # noqa: PLC0415 - only where there is a text to read

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = yaml.load(text, Loader=loader) if len(text) <= MOST_TEXT else text  # noqa: S506 - a safe one, in C where there is one
    except (yaml.YAMLError, ValueError, RecursionError):
        return text
    return found if isinstance(found, Mapping | list) else text


def _in_values(chart: Resource) -> Iterator[Resource]:
    values = chart.inputs.get("values")
    if unknown(values):
        raise Refused("values is not known before the update, so what the chart makes is not known: write its keys out")
    if isinstance(values, Mapping):
        yield from _found(chart, values, ("values",))


def _found(chart: Resource, value: Any, path: Path) -> Iterator[Resource]:
    if unknown(value) and _HOLDS.search(next(step for step in reversed(path) if isinstance(step, str))):
        raise Refused(f"{written(path)} is not known before the update, so what it makes is not known: write it out")
    if isinstance(value, Mapping):
        if isinstance(value.get("apiVersion"), str) and isinstance(value.get("kind"), str) and value["apiVersion"] and value["kind"]:
            yield from _of(part(chart, path, value), UNNAMED)
        elif "verbs" in value and ("resources" in value or "nonResourceURLs" in value):
            yield replace(part(chart, path, {"rules": [value]}), type=ROLE)
        for key, item in value.items():
            yield from _found(chart, item, (*path, key))
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from _found(chart, item, (*path, place))
    elif isinstance(value, str) and all(key.search(value) for key in _BOTH):
        yield from _written_out(chart, value, path)


def _written_out(chart: Resource, text: str, path: Path) -> Iterator[Resource]:
    """Objects in a text: charts take manifests so, and run them through their templates."""
    import yaml  # noqa: PLC0415 - only where there is a manifest to read

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if len(text) > MOST_TEXT:
            raise ValueError("too long")
        documents = list(yaml.load_all(text, Loader=loader))
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Refused(f"{written(path)} is a manifest that cannot be read, so what it makes is not known: write it as a mapping") from None
    for document in documents:
        yield from _found(chart, document, path)
