"""Custom resource definitions made from the contracts of charts, so that an API server without Helm checks what their owners would.

A contract has structure: keys, types, enums, what is required. The charts' patterns, bounds, defaults, rules in CEL, conversions
and admission webhooks are not in it, so the real definitions refuse more than these.
"""

from typing import Any

from components.framework.schema import Contract, Schema, load
from components.registry import CHARTS
from testkit.control_plane.client import Object

ANY = {"x-kubernetes-preserve-unknown-fields": True}
MAPPING = {"type": "object", **ANY}


def definitions() -> tuple[Object, ...]:
    """The definitions that the charts of `components.registry` bring, each name once, by name."""
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
    schema = _structural(contract.definitions[f"{group}/{version}/{kind}"], contract)
    # A server checks metadata itself, and takes no schema for what is in it.
    schema["properties"] |= {"metadata": {"type": "object"}, "status": MAPPING}
    return {
        "name": version,
        "served": True,
        "storage": version == served["stored"],
        **({"subresources": {"status": {}}} if served["status"] else {}),
        "schema": {"openAPIV3Schema": schema},
    }


def _structural(schema: Schema, contract: Contract) -> dict[str, Any]:  # noqa: PLR0911
    """As a server takes it: without references, every node of one type, and what a mapping does not name pruned unless it says so."""
    schema = contract.resolved(schema)
    if "enum" in schema:
        return {"type": _type(schema["enum"]), **schema}
    if not schema:
        return dict(ANY)
    of = schema["type"]
    if of == ["integer", "string"]:
        return {"x-kubernetes-int-or-string": True}
    if of == "array":
        return {"type": of, "items": _structural(schema.get("items", {}), contract)}
    if of != "object":
        return {"type": of}
    others = schema.get("additionalProperties", True)
    if isinstance(others, dict):
        return {"type": of, "additionalProperties": _structural(others, contract)}
    if "properties" not in schema:
        return dict(MAPPING)
    return {
        "type": of,
        "properties": {name: _structural(item, contract) for name, item in schema["properties"].items()},
        **({"required": schema["required"]} if "required" in schema else {}),
        **(ANY if others else {}),
    }


def _type(values: list[Any]) -> str:
    """Of an enum: all values are of one type."""
    value = values[0]
    if isinstance(value, bool):
        return "boolean"
    return {int: "integer", float: "number"}.get(type(value), "string")
