"""JSON Schema of a stack file: editors complete and check `Pulumi.<stack>.yaml` with it."""

import json
from typing import Any

from stacks.config.load import PROJECT
from stacks.config.stack import Stack


def schema() -> dict[str, Any]:
    """Schema of the whole file: the project's keys under `config:`, whatever Pulumi itself keeps beside them."""
    inner = _or_secret(Stack.model_json_schema(by_alias=True))
    definitions = inner.pop("$defs")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
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


def _or_secret(value: Any) -> Any:
    """Any text may be written encrypted, as `pulumi config set --secret` does."""
    if isinstance(value, list):
        return [_or_secret(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "string" and not {"const", "enum"} & value.keys():
        kept = {key: value[key] for key in ("description", "default", "title") if key in value}
        text = {key: item for key, item in value.items() if key not in kept}
        return {**kept, "anyOf": [text, {"$ref": "#/$defs/Secret"}]}
    return {key: _or_secret(item) for key, item in value.items()}


def page() -> str:
    return json.dumps(schema(), indent=1) + "\n"
