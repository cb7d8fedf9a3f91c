"""Schemas that occur more than once, a pod's template say, kept once."""

import json
from collections import Counter
from collections.abc import Collection, Mapping

from components.framework.schema import Schema, below

SMALLEST = 160
"""Characters of JSON under which a name saves nothing."""


def share(schemas: Mapping[str, Schema], taken: Collection[str] = ()) -> tuple[dict[str, Schema], dict[str, Schema]]:
    """`schemas` with every large one that occurs twice replaced by a reference into `$defs`, and those by name, none of them `taken`."""
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    shared: dict[str, Schema] = {}

    def count(schema: Schema) -> Schema:
        counts[_text(schema)] += 1
        return below(schema, lambda _, item: count(item))

    def replaced(schema: Schema, name: str) -> Schema:
        text = _text(schema)
        if counts[text] < 2 or len(text) < SMALLEST:
            return inside(schema, name)
        if text not in names:
            names[text] = _free(name, {*shared, *taken})
            shared[names[text]] = {}  # keeps the name while what is inside takes its own
            shared[names[text]] = inside(schema, name)
        return {"$ref": f"#/$defs/{names[text]}"}

    def inside(schema: Schema, name: str) -> Schema:
        return below(schema, lambda key, item: replaced(item, key or name))

    for schema in schemas.values():
        count(schema)
    return {key: replaced(schema, key.rpartition("/")[2]) for key, schema in schemas.items()}, shared


def _free(name: str, taken: Collection[str]) -> str:
    number = 1
    while (f"{name}-{number}" if number > 1 else name) in taken:
        number += 1
    return f"{name}-{number}" if number > 1 else name


def _text(schema: Schema) -> str:
    return json.dumps(schema, sort_keys=True)
