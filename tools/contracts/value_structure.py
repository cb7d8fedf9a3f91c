"""The structure of a chart's values: its defaults say the keys and the kinds, its comments and its schema what they leave out."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from tools.charts.pulled import Pulled

Node = Any

_COMMENTED = re.compile(r"^(?P<indent> *)# ?(?P<key>[a-z][A-Za-z0-9]*):(?: |$)")
_KEY = re.compile(r"^(?P<indent> *)(?P<key>[A-Za-z0-9_.\"'/-]+):(?: |$)")
_PROSE = frozenset({"ref", "see", "note", "example", "default", "e", "http", "https"})

# Values that charts hand through to Kubernetes as they are: what may stand in them is not the chart's to say.
_OPEN = re.compile(
    r"(annotations|labels|selector|affinity|tolerations|resources|securityContext|strategy|probe|dnsConfig|env|grafana\.ini)$",
    re.IGNORECASE,
)
# A number or a share, a port by number or name, a limit or `false` for none: the default shows one kind of several.
_SEVERAL = re.compile(r"(^maxUnavailable|^maxSurge|^minAvailable|^targetPort|Limit)$")


def structure(chart: Pulled) -> Node:
    """The node of the chart's values, as components/framework/schema.py reads it."""
    defaults = yaml.safe_load(chart.values_text) or {}
    node: Node = {str(key): _of_defaults(item, str(key)) for key, item in defaults.items()}
    _add_commented(node, chart.values_text)
    schema = chart.values_schema
    if schema is not None:
        node = _both(node, _of_schema(schema, schema, ""))
    for condition in chart.conditions:
        _add(node, condition.split("."), "bool")
    for key, subchart in chart.subcharts.items():
        node[key] = _both(node.get(key, {}), structure(subchart))
    node.setdefault("global", "map")
    return node


def _of_defaults(value: Any, name: str) -> Node:  # noqa: PLR0911
    if _SEVERAL.search(name):
        return "any"
    match value:
        case None:
            return "any"
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "number"
        case "":
            return "bool|number|string"
        case str():
            return "number|string" if value[0].isdigit() or "{{" in value else "string"
        case list():
            return "list"
    if not value or _opens(value, name):
        return "map"
    return {str(key): _of_defaults(item, str(key)) for key, item in value.items()}


def _opens(value: Mapping[Any, Any], name: str) -> bool:
    if name == "config":
        return not {"create", "name"} & set(value)
    return bool(_OPEN.search(name)) or any("/" in str(key) for key in value)


def _add_commented(node: Node, text: str) -> None:
    """Keys that stand commented out where a key may stand are the chart's too."""
    above: list[tuple[int, Node]] = [(-1, node)]
    for line in text.splitlines():
        commented = _COMMENTED.match(line)
        found = commented or _KEY.match(line)
        if found is None:
            continue
        indent, key = len(found["indent"]), found["key"].strip("\"'")
        while above[-1][0] >= indent:
            above.pop()
        parent = above[-1][1]
        if not isinstance(parent, dict):
            above.append((indent, None))
        elif commented:
            if key not in _PROSE and _among_siblings(above, indent):
                parent.setdefault(key, "any")
            above.append((indent, None))
        else:
            above.append((indent, parent.get(key)))


def _among_siblings(above: list[tuple[int, Node]], indent: int) -> bool:
    """Not deeper than a level below what encloses it: charts indent by two, a few by four."""
    return indent - max(above[-1][0], 0) in ({0} if above[-1][0] < 0 else {2, 4})


def _of_schema(schema: Any, root: Any, name: str) -> Node:
    if not isinstance(schema, dict):
        return "any"
    reference = schema.get("$ref")
    if isinstance(reference, str) and "properties" not in schema:
        return _kinds(schema, name) if "io.k8s" in reference else _of_schema({**_found(root, reference), **_less(schema)}, root, name)
    if "enum" in schema:
        return schema["enum"]
    if "properties" in schema and not _OPEN.search(name):
        node = {key: _of_schema(item, root, key) for key, item in schema["properties"].items()}
        if schema.get("additionalProperties") not in (None, False):
            node["*"] = "any"
        return node
    return _kinds(schema, name)


def _found(root: Any, reference: str) -> dict[str, Any]:
    found = root
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _less(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in schema.items() if key not in ("$ref", "type", "description")}


def _kinds(schema: Mapping[str, Any], name: str) -> str:
    words = {"boolean": "bool", "integer": "int", "array": "list", "object": "map", "number": "number", "string": "string"}
    given = schema.get("type")
    kinds = [given] if isinstance(given, str) else given or []
    found = {words[kind] for kind in kinds if kind in words}
    if not found or _SEVERAL.search(name):
        return "any"
    return "|".join(sorted(found))


def _both(defaults: Node, schema: Node) -> Node:
    """Keys of both; where they differ on a value, the one that says more."""
    if isinstance(defaults, dict) and isinstance(schema, dict):
        return {
            key: _both(defaults[key], schema[key]) if key in defaults and key in schema else (defaults.get(key) or schema[key])
            for key in sorted({*defaults, *schema})
        }
    if "any" in (defaults, schema):
        return schema if defaults == "any" else defaults
    return defaults if isinstance(defaults, dict) and schema == "map" else schema


def _add(node: Node, path: list[str], leaf: Node) -> None:
    for key in path[:-1]:
        node = node.setdefault(key, {})
        if not isinstance(node, dict):
            return
    node.setdefault(path[-1], leaf)
