"""JSON Schema of a stack file: editors complete and check `Pulumi.<stack>.yaml` with it, the Helm values of its add-ons too.

It is one file that refers to nothing outside itself, so that an editor needs nothing else.
"""

from collections.abc import Iterable
from typing import Any

from components.framework import schema as chart_schemas
from components.framework.addon import section_key
from components.framework.chart import Chart
from components.framework.schema import Schema, nullable
from components.registry import KINDS
from infra.project import PROJECT
from infra.section import MAY_BE_SECRET
from stacks.config.deprecations import DEPRECATIONS, Deprecation
from stacks.config.stack import Stack
from tools.chart_schemas.schemas import DRAFT, text
from tools.docs.changes_reference import replaced_by


def schema() -> Schema:
    """Schema of the whole file: the project's keys under `config:`, whatever Pulumi itself keeps beside them."""
    model = Stack.model_json_schema(by_alias=True)
    for kind in KINDS.values():
        _add_values(model, section_key(kind.key), kind.charts)
    _add_replacements(model)
    for each in DEPRECATIONS:
        _add_deprecated(model, each)
    inner = _or_secret(model)
    definitions = inner.pop("$defs")
    return {
        "$schema": DRAFT,
        "title": "Stack file of oke-gpu-platform",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "required": [f"{PROJECT}:{key}" for key in inner["required"]],
                "properties": {f"{PROJECT}:{key}": value for key, value in inner["properties"].items()},
                "patternProperties": {f"^(?!{PROJECT}:)[^:]+:": True},
                "additionalProperties": False,
            }
        },
        "$defs": {"Secret": {"type": "object", "properties": {"secure": {"type": "string"}}, "required": ["secure"]}, **definitions},
    }


def _add_replacements(model: Schema) -> None:
    """Say of each key what a change of it replaces."""
    for name, section in [("", model), *model["$defs"].items()]:
        for key, field in section.get("properties", {}).items():
            said = replaced_by(name, key)
            if said:
                field["description"] = f"{field.get('description', '')} {said}".strip()


def _add_deprecated(model: Schema, each: Deprecation) -> None:
    """A key that is still read: editors strike it through, and say what to write instead."""
    place, _, key = each.old.rpartition(".")
    after, _, successor = (each.new or "").rpartition(".")
    now = [section["properties"][successor] for section in _sections(model, after) if successor in section["properties"]]
    for section in _sections(model, place):
        if place != after or successor in section["properties"]:
            section["properties"][key] = {**(now[0] if now else {}), "deprecated": True, "description": each.notice}


def _sections(model: Schema, path: str) -> list[Schema]:
    """Schemas of the sections at `path`, in every form that it may have."""
    found = [model]
    for part in path.split(".") if path else ():
        found = [each for section in found for each in _forms(model, section["properties"].get(part, {}))]
    return found


def _forms(model: Schema, node: Schema) -> list[Schema]:
    if "$ref" in node:
        return _forms(model, model["$defs"][node["$ref"].removeprefix("#/$defs/")])
    return (
        [node]
        if "properties" in node
        else [form for kind in ("oneOf", "anyOf") for each in node.get(kind, ()) for form in _forms(model, each)]
    )


def _add_values(model: Schema, name: str, charts: Iterable[Chart]) -> None:
    """Say in the section of an add-on what its charts take: of one chart its values, of several the values of each by release."""
    taken = {chart.key: {"$ref": f"#/$defs/{chart.key}"} for chart in charts}
    found = model
    for key in ("addons", name):
        found = model["$defs"][found["properties"][key]["$ref"].removeprefix("#/$defs/")]
    words: Schema = {key: value for key, value in found["properties"]["values"].items() if key in ("title", "description", "default")}
    by_release: Schema = {"type": "object", "additionalProperties": False, "properties": taken}
    found["properties"]["values"] = words | (next(iter(taken.values())) if len(taken) == 1 else by_release)
    model["$defs"] |= {key: {**nullable(chart_schemas.load(key).values), "type": "object"} for key in taken}


def _or_secret(value: Any) -> Any:
    """What may be secret may be written encrypted, as `pulumi config set --secret` does."""
    if isinstance(value, list):
        return [_or_secret(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(MAY_BE_SECRET) is True:
        kept = {key: value[key] for key in ("description", "default", "title") if key in value}
        plain = {key: item for key, item in value.items() if key not in kept}
        forms = plain.pop("anyOf", [plain])
        return {**kept, "anyOf": [*forms, {"$ref": "#/$defs/Secret"}]}
    return {key: _or_secret(item) for key, item in value.items()}


def page() -> str:
    return text(schema())
