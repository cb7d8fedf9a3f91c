"""What charts and custom resource definitions take, so that a key they would ignore is refused here instead of vanishing there.

A contract is the structure of one chart's values and definitions, derived from it by `python -m tools.contracts`. A node is

- a mapping: these keys and no others, `key!` required, `*` any other key;
- `{"[]": node}`: a list of that;
- a list: one of these values;
- text: kinds joined by `|` (`any bool int list map number string`), or `@name`, a node kept once under `shared`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from components.framework.chart import Chart
from infra.problems import Problem

FOLDER = Path(__file__).resolve().parent.parent / "schemas"

Node = str | list[Any] | dict[str, Any]

_WORDS = {"bool": "true or false", "int": "a whole number", "number": "a number", "string": "text", "list": "a list", "map": "a mapping"}
_TYPES: Mapping[str, Any] = {"int": int, "number": int | float, "string": str, "list": list | tuple, "map": Mapping}
_OBJECT = {"apiVersion": "string", "kind": "string", "metadata": "map", "status": "any"}
SHOWN_KEYS = 12


@dataclass(frozen=True, kw_only=True)
class Contract:
    chart: str
    version: str
    app_version: str
    values: Node
    definitions: Mapping[str, Node]
    """By `group/version/Kind`."""
    names: Mapping[str, Mapping[str, Any]]
    """How a kind is served, by `group/Kind`: `plural`, `scope`, the version that is `stored`, whether it has a `status` of its own."""
    shared: Mapping[str, Node]


@cache
def load(key: str) -> Contract:
    """The contract of the chart that `components.registry` knows as `key`. Raises FileNotFoundError."""
    raw = json.loads((FOLDER / f"{key}.json").read_text())
    return Contract(
        chart=raw["chart"],
        version=raw["version"],
        app_version=raw["appVersion"],
        values=raw["values"],
        definitions=raw["definitions"],
        names=raw["names"],
        shared=raw["shared"],
    )


def unknown_keys(chart: Chart, values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Values that `chart` would ignore or misread; paths are those of the values. Outputs are taken as they come."""
    if not values:
        return ()
    contract = load(chart.key)
    return tuple(_compare(contract.values, values, "", contract.shared, f"{chart.key} {chart.version}"))


def check_custom_resource(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Fields of a custom resource that its definition does not have, lacks, or has of another kind."""
    name = f"{document['apiVersion']}/{document['kind']}"
    contract = _defining(name)
    if contract is None:
        return (Problem("kind", f"no chart of the registry defines {name}; refresh its contract with python -m tools.contracts"),)
    node = _resolved(contract.definitions[name], contract.shared)
    fields = {**_OBJECT, **node} if isinstance(node, dict) else node
    return tuple(_compare(fields, document, "", contract.shared, name))


@cache
def _defining(name: str) -> Contract | None:
    files = sorted(FOLDER.glob("*.json"))
    return next((contract for contract in (load(file.stem) for file in files) if name in contract.definitions), None)


def _resolved(node: Node, shared: Mapping[str, Node]) -> Node:
    return shared[node[1:]] if isinstance(node, str) and node.startswith("@") else node


def _compare(node: Node, value: Any, path: str, shared: Mapping[str, Node], owner: str) -> Iterator[Problem]:
    node = _resolved(node, shared)
    if value is None or not isinstance(value, bool | int | float | str | Mapping | list | tuple):
        return  # a null takes a default out; an output is not known yet
    if isinstance(node, str):
        yield from _scalar(node, value, path, owner)
    elif isinstance(node, list):
        if value not in node:
            yield Problem(path, f"is {value!r}, but {owner} takes one of {', '.join(map(repr, node))}")
    elif "[]" in node:
        if not isinstance(value, list | tuple):
            yield Problem(path, f"is {_shown(value)}, but {owner} takes a list")
            return
        for index, item in enumerate(value):
            yield from _compare(node["[]"], item, f"{path}.{index}", shared, owner)
    elif isinstance(value, Mapping):
        yield from _mapping(node, value, path, shared, owner)
    else:
        yield Problem(path, f"is {_shown(value)}, but {owner} takes a mapping")


def _mapping(node: dict[str, Any], value: Mapping[str, Any], path: str, shared: Mapping[str, Node], owner: str) -> Iterator[Problem]:
    keys = {key.removesuffix("!"): key for key in node if key != "*"}
    for key, item in value.items():
        here = f"{path}.{key}" if path else str(key)
        known = node.get(keys.get(key, "*"))
        if known is not None:
            yield from _compare(known, item, here, shared, owner)
        else:
            yield Problem(here, _unknown(str(key), list(keys), owner))
    for key in keys:
        if f"{key}!" in node and key not in value:
            yield Problem(f"{path}.{key}" if path else key, f"is missing; {owner} needs it")


def _unknown(key: str, known: list[str], owner: str) -> str:
    close = get_close_matches(key, known, n=2)
    if close:
        return f"unknown key, which {owner} would ignore; did you mean {' or '.join(close)}?"
    more = ", ..." if len(known) > SHOWN_KEYS else ""
    return f"unknown key, which {owner} would ignore; it knows {', '.join(sorted(known)[:SHOWN_KEYS])}{more}"


def _scalar(kinds: str, value: Any, path: str, owner: str) -> Iterator[Problem]:
    allowed = kinds.split("|")
    if "any" not in allowed and not any(_is(kind, value) for kind in allowed):
        wanted = " or ".join(_WORDS[kind] for kind in allowed if kind in _WORDS)
        yield Problem(path, f"is {_shown(value)}, but {owner} takes {wanted}")


def _is(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "bool"
    return isinstance(value, _TYPES.get(kind, ()))


def _shown(value: Any) -> str:
    if isinstance(value, Mapping | list | tuple):
        return "a mapping" if isinstance(value, Mapping) else "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
