"""Every key of the stack file, walked from the schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from stacks.config.stack import Stack

Node = Mapping[str, Any]
"""A schema, or a part of one."""
EACH = "*"
"""In a path: whichever name a mapping has."""
ITEM = "[]"
"""In a path: whichever entry of a list."""
BACKENDS = {"OkeCluster": "oke", "ExistingCluster": "existing"}
"""What kind of cluster a section is of."""


@dataclass(frozen=True, order=True)
class Key:
    path: str
    """`cluster.nodePools.*.shape`."""
    backend: str = ""
    """`oke` or `existing`, for a key of such a cluster alone."""
    section: str = field(default="", compare=False)
    """The section's class, as the schema and the reference call it; empty for the root."""
    node: Node = field(default_factory=dict, compare=False, repr=False)
    holds_sections: bool = False
    """Whether it is a mapping or a list of sections, or a section that may be left out: entries come and go."""

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(self.path.split("."))

    @property
    def name(self) -> str:
        """As its section has it. The content of a mapping or a list is its key's."""
        return next(step for step in reversed(self.steps) if step not in (EACH, ITEM))

    def __str__(self) -> str:
        return f"{self.path} ({self.backend})" if self.backend else self.path


@cache
def keys() -> tuple[Key, ...]:
    """In the order in which a reader of the schema meets them."""
    return tuple(_keys(schema(), (), "", ""))


@cache
def schema() -> Node:
    found: Node = Stack.model_json_schema(by_alias=True)
    return found


def _keys(node: Node, path: tuple[str, ...], section: str, backend: str) -> Iterator[Key]:
    if is_optional_section(node):
        yield Key(".".join(path), backend, section, node, holds_sections=True)
    for form in forms(node):
        if "$ref" in form:
            name = form["$ref"].rsplit("/", 1)[-1]
            yield from _keys(schema()["$defs"][name], path, name, BACKENDS.get(name, backend))
        elif "properties" in form:
            for key, value in form["properties"].items():
                yield from _keys(value, (*path, key), section, backend)
        elif _below(form) is not None:
            step, inner = _below(form) or ("", {})
            yield Key(".".join(path), backend, section, node, holds_sections=True)
            yield from _keys(inner, (*path, step), section, backend)
        else:
            yield Key(".".join(path), backend, section, node)
            return  # forms of one scalar are one key


def forms(node: Node) -> tuple[Node, ...]:
    """What a value may be: the forms of a union but for null, or the one that it is."""
    for union in ("anyOf", "oneOf"):
        if union in node:
            return tuple(form for form in node[union] if form.get("type") != "null")
    return (node,)


def is_optional_section(node: Node) -> bool:
    """Whether a whole section may be left out, and so comes and goes."""
    return any("$ref" in form for form in forms(node)) and len(node.get("anyOf", ())) > len(forms(node))


def _below(form: Node) -> tuple[str, Node] | None:
    """The sections that a list or a mapping holds; None where it holds plain values."""
    match form.get("type"):
        case "array":
            step, inner = ITEM, form.get("items", {})
        case "object":
            step, inner = EACH, content(form)
        case _:
            return None
    return (step, inner) if any("$ref" in each or _below(each) for each in forms(inner)) else None


def content(form: Node) -> Node:
    """What a mapping's values may be; empty where that is anything."""
    found: Any = form.get("additionalProperties") or next(iter(form.get("patternProperties", {}).values()), {})
    return found if isinstance(found, dict) else {}


def resolved(node: Node) -> Node:
    """The node, or what it refers to."""
    found: Node = schema()["$defs"][node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else node
    return found
