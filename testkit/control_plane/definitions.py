"""Custom resource definitions made from the schemas of charts, so that an API server without Helm checks what their owners would.

A chart schema has structure: keys, types, enums, what is required. The charts' patterns, bounds, defaults, rules in CEL, conversions
and admission webhooks are not in it, so the real definitions refuse more than these.
"""

from typing import Any

from components.framework.schema import ChartSchema, Schema, load
from components.registry import CHARTS
from testkit.control_plane.client import Object

ANY = {"x-kubernetes-preserve-unknown-fields": True}
MAPPING = {"type": "object", **ANY}


def definitions() -> tuple[Object, ...]:
    """The definitions that the charts of `components.registry` bring, each name once, by name."""
    found: dict[str, Object] = {}
    for chart in CHARTS:
        chart_schema = load(chart.key)
        for name in chart_schema.names:
            made = definition(chart_schema, name)
            found.setdefault(made["metadata"]["name"], made)
    return tuple(found[name] for name in sorted(found))


def definition(chart_schema: ChartSchema, name: str) -> Object:
    """The definition of a kind, by its `group/Kind`."""
    group, _, kind = name.partition("/")
    served = chart_schema.names[name]
    plural = served["plural"]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{group}",
            "annotations": {"api-approved.kubernetes.io": "unapproved, from the schema of a chart"},
        },
        "spec": {
            "group": group,
            "scope": served["scope"],
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
            "versions": [_version(chart_schema, group, version, kind) for version in _versions(chart_schema, group, kind)],
        },
    }


def _versions(chart_schema: ChartSchema, group: str, kind: str) -> list[str]:
    parts = (name.split("/") for name in chart_schema.definitions)
    return [version for of, version, called in parts if (of, called) == (group, kind)]


def _version(chart_schema: ChartSchema, group: str, version: str, kind: str) -> Object:
    served = chart_schema.names[f"{group}/{kind}"]
    schema = _structural(chart_schema.definitions[f"{group}/{version}/{kind}"], chart_schema)
    # A server checks metadata itself, and takes no schema for what is in it.
    schema["properties"] |= {"metadata": {"type": "object"}, "status": MAPPING}
    return {
        "name": version,
        "served": True,
        "storage": version == served["stored"],
        **({"subresources": {"status": {}}} if served["status"] else {}),
        "schema": {"openAPIV3Schema": schema},
    }


def _structural(schema: Schema, chart_schema: ChartSchema) -> dict[str, Any]:  # noqa: PLR0911
    """As a server takes it: without references, every node of one type, and what a mapping does not name pruned unless it says so."""
    schema = chart_schema.resolved(schema)
    if "enum" in schema:
        return {"type": _type(schema["enum"]), **schema}
    if not schema:
        return dict(ANY)
    of = schema["type"]
    if of == ["integer", "string"]:
        return {"x-kubernetes-int-or-string": True}
    if of == "array":
        return {"type": of, "items": _structural(schema.get("items", {}), chart_schema)}
    if of != "object":
        return {"type": of}
    others = schema.get("additionalProperties", True)
    if isinstance(others, dict):
        return {"type": of, "additionalProperties": _structural(others, chart_schema)}
    if "properties" not in schema:
        return dict(MAPPING)
    return {
        "type": of,
        "properties": {name: _structural(item, chart_schema) for name, item in schema["properties"].items()},
        **({"required": schema["required"]} if "required" in schema else {}),
        **(ANY if others else {}),
    }


def _type(values: list[Any]) -> str:
    """Of an enum: all values are of one type."""
    value = values[0]
    if isinstance(value, bool):
        return "boolean"
    return {int: "integer", float: "number"}.get(type(value), "string")
