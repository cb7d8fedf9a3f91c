"""Custom resource definitions made from the contracts of charts, so that an API server without Helm checks what their owners would.

A contract has structure: keys, types, enums, what is required. The charts' patterns, bounds, defaults, rules in CEL, conversions
and admission webhooks are not in it, so the real definitions refuse more than these.
"""

from collections.abc import Mapping
from typing import Any

from components.charts import CHARTS
from components.contract import Contract, Node, load
from testkit.control_plane.client import Object

ANY = {"x-kubernetes-preserve-unknown-fields": True}
SCALARS: Mapping[str, Mapping[str, Any]] = {
    "any": ANY,
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "int|string": {"x-kubernetes-int-or-string": True},
    "list": {"type": "array", "items": ANY},
    "map": {"type": "object", **ANY},
    "number": {"type": "number"},
    "string": {"type": "string"},
}


def definitions() -> tuple[Object, ...]:
    """The definitions that the charts of `components.charts` bring, each name once, by name."""
    found: dict[str, Object] = {}
    for chart in CHARTS:
        contract = load(chart.key)
        for name in contract.names:
            made = definition(contract, name)
            found.setdefault(made["metadata"]["name"], made)
    return tuple(found[name] for name in sorted(found))


def definition(contract: Contract, name: str) -> Object:
    """The definition of a kind, by its `group/Kind`."""
    group, _, kind = name.partition("/")
    served = contract.names[name]
    plural = served["plural"]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{group}",
            "annotations": {"api-approved.kubernetes.io": "unapproved, from the contract of a chart"},
        },
        "spec": {
            "group": group,
            "scope": served["scope"],
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
            "versions": [_version(contract, group, version, kind) for version in _versions(contract, group, kind)],
        },
    }


def _versions(contract: Contract, group: str, kind: str) -> list[str]:
    parts = (name.split("/") for name in contract.definitions)
    return [version for of, version, called in parts if (of, called) == (group, kind)]


def _version(contract: Contract, group: str, version: str, kind: str) -> Object:
    served = contract.names[f"{group}/{kind}"]
    schema = _schema(contract.definitions[f"{group}/{version}/{kind}"], contract.shared)
    if "properties" in schema:
        own = {"apiVersion": SCALARS["string"], "kind": SCALARS["string"], "metadata": {"type": "object"}, "status": SCALARS["map"]}
        schema = {**schema, "properties": {**schema["properties"], **own}}
    elif schema == ANY:
        schema = {"type": "object", **ANY}
    return {
        "name": version,
        "served": True,
        "storage": version == served["stored"],
        **({"subresources": {"status": {}}} if served["status"] else {}),
        "schema": {"openAPIV3Schema": schema},
    }


def _schema(node: Node, shared: Mapping[str, Node]) -> dict[str, Any]:
    if isinstance(node, str):
        return _schema(shared[node[1:]], shared) if node.startswith("@") else dict(SCALARS[node])
    if isinstance(node, list):
        return {"type": _type(node), "enum": node}
    if "[]" in node:
        return {"type": "array", "items": _schema(node["[]"], shared)}
    if list(node) == ["*"]:
        return {"type": "object", "additionalProperties": _schema(node["*"], shared)}
    required = [key.removesuffix("!") for key in node if key.endswith("!")]
    return {
        "type": "object",
        "properties": {key.removesuffix("!"): _schema(item, shared) for key, item in node.items() if key != "*"},
        **({"required": required} if required else {}),
        **(ANY if "*" in node else {}),
    }


def _type(values: list[Any]) -> str:
    """Of an enum: all values are of one type."""
    value = values[0]
    if isinstance(value, bool):
        return "boolean"
    return {int: "integer", float: "number"}.get(type(value), "string")
