"""Nodes that occur more than once, a pod's template say, kept once."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

Node = Any

SMALLEST = 160
"""Characters of JSON under which a name saves nothing."""


def share(nodes: dict[str, Node]) -> tuple[dict[str, Node], dict[str, Node]]:
    """`nodes` with every large node that occurs twice replaced by `@name`, and those nodes by name."""
    counts = Counter(_text(found) for node in nodes.values() for found in _mappings(node))
    names: dict[str, str] = {}
    shared: dict[str, Node] = {}

    def replaced(node: Node, key: str) -> Node:
        if not isinstance(node, dict):
            return node
        text = _text(node)
        if counts[text] < 2 or len(text) < SMALLEST:
            return {name: replaced(item, key if name in ("[]", "*") else name) for name, item in node.items()}
        if text not in names:
            names[text] = _free(key.removesuffix("!"), shared)
            shared[names[text]] = None  # keeps the name while what is inside takes its own
            shared[names[text]] = {name: replaced(item, key if name in ("[]", "*") else name) for name, item in node.items()}
        return f"@{names[text]}"

    return {key: replaced(node, key.rpartition("/")[2]) for key, node in nodes.items()}, shared


def _free(key: str, taken: dict[str, Node]) -> str:
    number = 1
    while (f"{key}-{number}" if number > 1 else key) in taken:
        number += 1
    return f"{key}-{number}" if number > 1 else key


def _mappings(node: Node) -> Iterator[dict[str, Node]]:
    if isinstance(node, dict):
        yield node
        for item in node.values():
            yield from _mappings(item)


def _text(node: Node) -> str:
    return json.dumps(node, sort_keys=True)
