"""The structure of custom resources: their definitions without prose, patterns and defaults."""

from collections.abc import Iterable, Mapping
from typing import Any

from components.framework.schema import Schema
from tools.chart_schemas.schemas import ANY, LIST, MAPPING, closed, of_types

_IMPLIED: Mapping[str, Schema] = {"apiVersion": of_types("string"), "kind": of_types("string"), "metadata": MAPPING, "status": ANY}
"""Every object has them; `status` is its controller's."""


def structure(definitions: Iterable[Mapping[str, Any]]) -> dict[str, Schema]:
    """Schemas by `group/version/Kind`, for every version that is served."""
    found: dict[str, Schema] = {}
    for definition in definitions:
        spec = definition["spec"]
        for version in spec["versions"]:
            if version.get("served", True):
                found[f"{spec['group']}/{version['name']}/{spec['names']['kind']}"] = _object(version["schema"]["openAPIV3Schema"])
    return dict(sorted(found.items()))


def names(definitions: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """How a kind is served, by `group/Kind`: all that a definition says besides its structure."""
    found: dict[str, dict[str, Any]] = {}
    for definition in definitions:
        spec = definition["spec"]
        served = [version for version in spec["versions"] if version.get("served", True)]
        if served:
            found[f"{spec['group']}/{spec['names']['kind']}"] = {
                "plural": spec["names"]["plural"],
                "scope": spec["scope"],
                "stored": next((version["name"] for version in served if version.get("storage")), served[0]["name"]),
                "status": any("status" in (version.get("subresources") or {}) for version in served),
            }
    return dict(sorted(found.items()))


def _object(definition: Mapping[str, Any]) -> Schema:
    own = {key: item for key, item in definition.get("properties", {}).items() if key not in _IMPLIED}
    required = [key for key in definition.get("required", ()) if key in own]
    found = _schema({**definition, "properties": own, "required": required})
    return {**found, "properties": {**_IMPLIED, **found["properties"]}}


def _schema(definition: Mapping[str, Any]) -> Schema:  # noqa: PLR0911
    keeps = bool(definition.get("x-kubernetes-preserve-unknown-fields"))
    if definition.get("x-kubernetes-int-or-string"):
        return of_types("integer", "string")
    if definition.get("x-kubernetes-embedded-resource"):
        return MAPPING
    if "enum" in definition:
        return {"enum": definition["enum"]}
    if "properties" in definition:
        properties = definition["properties"]
        required = [key for key in definition.get("required", ()) if key in properties and "default" not in properties[key]]
        return closed({key: _schema(item) for key, item in properties.items()}, required, others=keeps)
    if keeps:
        return ANY
    match definition.get("type"):
        case "array":
            return {**LIST, "items": _schema(definition.get("items", {}))}
        case "object":
            values = definition.get("additionalProperties")
            return {**MAPPING, "additionalProperties": _schema(values)} if isinstance(values, Mapping) else MAPPING
        case "string" | "integer" | "number" | "boolean" as scalar:
            return of_types(scalar)
    return ANY
