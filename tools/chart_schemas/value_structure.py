"""The structure of a chart's values: its defaults say the keys and the kinds, its comments, templates and schema what they leave out."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from components.framework.schema import Schema
from tools.chart_schemas import template_values
from tools.chart_schemas.schemas import ANY, LIST, MAPPING, closed, of_types
from tools.chart_schemas.template_values import TemplateValues
from tools.charts.pulled import Pulled

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


def structure(chart: Pulled) -> Schema:
    """The schema of the chart's values."""
    defaults = yaml.safe_load(chart.values_text) or {}
    values = closed({str(key): _of_default(item, str(key)) for key, item in defaults.items()})
    _add_commented(values, chart.values_text)
    _add_read(values, template_values.of(chart.folder))
    given = chart.values_schema
    if given is not None:
        values = _both(values, _of_schema(given, given, ""))
    for condition in chart.conditions:
        _add(values, condition.split("."), of_types("boolean"))
    keys = values["properties"]
    for key, subchart in chart.subcharts.items():
        keys[key] = _both(keys.get(key, closed({})), structure(subchart))
    keys.setdefault("global", MAPPING)
    return values


def _of_default(value: Any, name: str) -> Schema:  # noqa: PLR0911
    if _SEVERAL.search(name):
        return ANY
    match value:
        case None:
            return ANY
        case bool():
            return of_types("boolean")
        case int():
            return of_types("integer")
        case float():
            return of_types("number")
        case "":
            return of_types("boolean", "number", "string")
        case str():
            return of_types("number", "string") if value[0].isdigit() or "{{" in value else of_types("string")
        case list():
            return LIST
    if not value or _opens(value, name):
        return MAPPING
    return closed({str(key): _of_default(item, str(key)) for key, item in value.items()})


def _opens(value: Mapping[Any, Any], name: str) -> bool:
    if name == "config":
        return not {"create", "name"} & set(value)
    return bool(_OPEN.search(name)) or any("/" in str(key) for key in value)


def _add_commented(values: Schema, text: str) -> None:
    """Keys that stand commented out where a key may stand are the chart's too."""
    above: list[tuple[int, Schema]] = [(-1, values)]
    for line in text.splitlines():
        commented = _COMMENTED.match(line)
        found = commented or _KEY.match(line)
        if found is None:
            continue
        indent, key = len(found["indent"]), found["key"].strip("\"'")
        while above[-1][0] >= indent:
            above.pop()
        beside: Schema | None = above[-1][1].get("properties")
        if beside is None:
            above.append((indent, ANY))
        elif commented:
            if key not in _PROSE and _among_siblings(above, indent):
                beside.setdefault(key, ANY)
            above.append((indent, ANY))
        else:
            above.append((indent, beside.get(key, ANY)))


def _add_read(values: Schema, templates: TemplateValues) -> None:
    """Keys that a template reads are the chart's too, and mappings that it hands through take any."""
    for path in templates.read:
        _add(values, list(path), ANY)
    for path in templates.whole | templates.text:
        above = _at(values, path[:-1])
        known = above.get("properties", {}).get(path[-1]) if above is not None else None
        if known is None or known == ANY:
            continue
        if path in templates.whole and "properties" in known:
            known["additionalProperties"] = True
        if path in templates.text and isinstance(known.get("type"), str):
            known["type"] = sorted({known["type"], "string"})


def _at(values: Schema, path: tuple[str, ...]) -> Schema | None:
    for key in path:
        found = values.get("properties", {}).get(key)
        if found is None:
            return None
        values = found
    return values


def _among_siblings(above: list[tuple[int, Schema]], indent: int) -> bool:
    """Not deeper than a level below what encloses it: charts indent by two, a few by four."""
    return indent - max(above[-1][0], 0) in ({0} if above[-1][0] < 0 else {2, 4})


def _of_schema(schema: Any, root: Any, name: str) -> Schema:
    """The structure of a schema that a chart ships for its values."""
    if not isinstance(schema, dict):
        return ANY
    reference = schema.get("$ref")
    if isinstance(reference, str) and "properties" not in schema:
        return _types(schema, name) if "io.k8s" in reference else _of_schema({**_found(root, reference), **_less(schema)}, root, name)
    if "enum" in schema:
        return {"enum": schema["enum"]}
    if "properties" in schema and not _OPEN.search(name):
        others = schema.get("additionalProperties") not in (None, False)
        return closed({key: _of_schema(item, root, key) for key, item in schema["properties"].items()}, others=others)
    return _types(schema, name)


def _found(root: Any, reference: str) -> dict[str, Any]:
    found = root
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _less(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in schema.items() if key not in ("$ref", "type", "description")}


def _types(schema: Mapping[str, Any], name: str) -> Schema:
    given = schema.get("type")
    types = {*([given] if isinstance(given, str) else given or ())} - {"null"}
    return ANY if not types or _SEVERAL.search(name) else of_types(*types)


def _both(defaults: Schema, given: Schema) -> Schema:
    """Keys of both; where they differ on a value, the one that says more."""
    if "properties" in defaults and "properties" in given:
        ours, theirs = defaults["properties"], given["properties"]
        others = defaults["additionalProperties"] or given["additionalProperties"]
        both = {key: _both(ours.get(key, ANY), theirs.get(key, ANY)) for key in sorted({*ours, *theirs})}
        return closed(both, others=others)
    if ANY in (defaults, given):
        return given if defaults == ANY else defaults
    return defaults if "properties" in defaults and given == MAPPING else given


def _add(values: Schema, path: list[str], leaf: Schema) -> None:
    for key in path[:-1]:
        values = values["properties"].setdefault(key, closed({}))
        if "properties" not in values:
            return
    values["properties"].setdefault(path[-1], leaf)
