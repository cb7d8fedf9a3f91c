"""The structure of custom resources: their definitions without prose, patterns and defaults."""

from collections.abc import Iterable, Mapping
from typing import Any

Node = Any

_SCALARS = {"string": "string", "integer": "int", "number": "number", "boolean": "bool"}
_IMPLIED = ("apiVersion", "kind", "metadata", "status")
"""Every object has them; `status` is its controller's."""


def structure(definitions: Iterable[Mapping[str, Any]]) -> dict[str, Node]:
    """Nodes by `group/version/Kind`, for every version that is served."""
    nodes: dict[str, Node] = {}
    for definition in definitions:
        spec = definition["spec"]
        for version in spec["versions"]:
            if version.get("served", True):
                schema = version["schema"]["openAPIV3Schema"]
                own = {key: item for key, item in schema.get("properties", {}).items() if key not in _IMPLIED}
                nodes[f"{spec['group']}/{version['name']}/{spec['names']['kind']}"] = _node({**schema, "properties": own})
    return dict(sorted(nodes.items()))


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


def _node(schema: Mapping[str, Any]) -> Node:  # noqa: PLR0911
    if schema.get("x-kubernetes-int-or-string"):
        return "int|string"
    if schema.get("x-kubernetes-embedded-resource"):
        return "map"
    if "enum" in schema:
        return schema["enum"]
    if "properties" in schema:
        required = set(schema.get("required", ()))
        node = {f"{key}!" if key in required and "default" not in item else key: _node(item) for key, item in schema["properties"].items()}
        if schema.get("x-kubernetes-preserve-unknown-fields"):
            node["*"] = "any"
        return node
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return "any"
    match schema.get("type"):
        case "array":
            return {"[]": _node(schema.get("items", {}))}
        case "object":
            values = schema.get("additionalProperties")
            return {"*": _node(values)} if isinstance(values, Mapping) else "map"
    return _SCALARS.get(schema.get("type", ""), "any")
