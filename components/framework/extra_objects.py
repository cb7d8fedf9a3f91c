"""Whole objects in overrides: charts put what stands in their `extraObjects` or `extraManifests` into the cluster as it is."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from components.framework.plan import Object
from infra.problems import Problem

_Path = tuple[str, ...]
_SAYS = ("apiVersion", "kind")
_NAMESPACE = re.compile(r"""^[ ]*["']?kind["']?:[ ]*["']?Namespace["']?[ ]*$""", re.MULTILINE)


def problems(given: Mapping[str, Any]) -> Iterator[Problem]:
    """Of the overrides of one release; paths are those of its values."""
    for path, document in _found(given, ()):
        if document["kind"] == "Namespace":
            fix = "give it to a team, or make it outside of the platform"
            what = f"the namespace {_name(document)}" if _name(document) else "a namespace"
            yield Problem(".".join(path), f"makes {what}, without network policies, quotas and an owner; {fix}")


def claimed(given: Any) -> tuple[Object, ...]:
    """The objects that have a name, as rows of a plan: what others may not claim too. Namespaces are refused already."""
    found = ((path, document) for path, document in _found(given, ()) if _name(document) and document["kind"] != "Namespace")
    return tuple(Object(id=".".join(path), document=document) for path, document in found)


def _name(document: Mapping[str, Any]) -> str:
    metadata = document.get("metadata")
    return str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""


def _found(value: Any, path: _Path) -> Iterator[tuple[_Path, Mapping[str, Any]]]:
    """Every object in a value, in a text too: charts take manifests so. Of a template, which is no YAML yet, the namespaces alone:
    policies refuse what they cannot read."""
    if isinstance(value, Mapping):
        if all(isinstance(value.get(key), str) for key in _SAYS):
            yield path, value
        for key, item in value.items():
            yield from _found(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from _found(item, (*path, str(place)))
    elif isinstance(value, str) and all(key in value for key in _SAYS):
        try:
            documents = list(yaml.safe_load_all(value))
        except yaml.YAMLError:
            documents = [{"apiVersion": "v1", "kind": "Namespace"}] if _NAMESPACE.search(value) else []
        for document in documents:
            if not isinstance(document, str):
                yield from _found(document, path)
