"""The few forms of JSON Schema that chart schemas are made of, and how they are written: a key a line, so that a change is a line."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from components.framework.schema import Schema, below

DRAFT = "https://json-schema.org/draft/2020-12/schema"

ANY: Schema = {}
MAPPING: Schema = {"type": "object"}
LIST: Schema = {"type": "array"}

WIDTH = 140
_NAMED = frozenset({"properties", "$defs", "names"})
"""What lies below these has names of its own, each worth a line."""


def closed(properties: Mapping[str, Schema], required: Iterable[str] = (), *, others: bool = False) -> Schema:
    """An object of these keys; of others too where `others` says so."""
    needed = sorted(required)
    return {"type": "object", "additionalProperties": others, **({"required": needed} if needed else {}), "properties": dict(properties)}


def of_types(*types: str) -> Schema:
    """Any value of one of these types."""
    return {"type": types[0] if len(types) == 1 else sorted(types)}


def in_order(schema: Schema) -> Schema:
    """The same schema, its properties sorted at every depth: charts that say the same in another order give the same."""
    ordered = below(schema, lambda _, item: in_order(item))
    return {**ordered, "properties": dict(sorted(ordered["properties"].items()))} if "properties" in ordered else ordered


def text(document: Mapping[str, Any]) -> str:
    """As JSON: on one line what fits there and has no properties of its own."""
    return _text(document, "", 0, named=False) + "\n"


def _text(value: Any, before: str, depth: int, *, named: bool) -> str:
    line = json.dumps(value)
    short = not named and depth + len(before) + len(line) < WIDTH and '"properties":' not in line
    if short or not value or not isinstance(value, dict | list):
        return f"{before}{line}"
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    inside = value.items() if isinstance(value, dict) else (("", item) for item in value)
    parts = [_text(item, f"{json.dumps(key)}: " if key else "", depth + 1, named=key in _NAMED) for key, item in inside]
    pad = " " * depth
    return f"{before}{opening}\n" + ",\n".join(f"{pad} {part}" for part in parts) + f"\n{pad}{closing}"
