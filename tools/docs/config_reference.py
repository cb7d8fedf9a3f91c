"""The reference of the stack file: every key, its type, its default, what it means."""

from collections.abc import Iterator
from typing import Any

from infra.section import MAY_BE_SECRET
from stacks.config.stack import Stack
from tools.docs.changes_reference import replaced_by

_HEAD = """# The stack file

Generated from `stacks/config/` by `make docs`; do not edit. Keys are written `oke-gpu-platform:<key>` under `config:` in
`Pulumi.<stack>.yaml`. An editor that knows YAML language servers completes and checks them with `docs/stack.schema.json`.
Text that may be a secret is marked so; any other that is encrypted is refused ([secrets.md](secrets.md)).
"""
_ROOT = "The root"


def page() -> str:
    schema = Stack.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = schema["$defs"]
    sections = [(_ROOT, schema), *_reachable(schema, definitions)]
    return _HEAD + "".join(_section(title, body, definitions) for title, body in sections)


def _section(title: str, body: dict[str, Any], definitions: dict[str, Any]) -> str:
    intro = body.get("description", "")
    required = body.get("required", ())
    section = "" if title == _ROOT else title
    rows = [_row(section, key, field, key in required, definitions) for key, field in body.get("properties", {}).items()]
    table = "\n".join(["| key | type | default | meaning |", "| --- | --- | --- | --- |", *rows])
    return f"\n## {title}\n\n{intro + chr(10) + chr(10) if intro else ''}{table}\n"


def _row(section: str, key: str, field: dict[str, Any], required: bool, definitions: dict[str, Any]) -> str:
    default = "**required**" if required else _default(field.get("default"))
    meaning = " ".join(f"{field.get('description', '')} {replaced_by(section, key)}".split())
    return f"| `{key}` | {_type(field, definitions)} | {default} | {meaning} |"


def _default(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, dict):
        return "as its section says" if value else "none"
    if value == []:
        return "none"
    return f"`{_plain(value)}`"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _type(field: dict[str, Any], definitions: dict[str, Any]) -> str:  # noqa: PLR0911
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return " \\| ".join(f"`{value}`" for value in field["enum"])
    for union in ("anyOf", "oneOf"):
        if union in field:
            return " or ".join(_type(option, definitions) for option in field[union] if option.get("type") != "null")
    match field.get("type"):
        case "array":
            return f"list of {_type(field.get('items', {}), definitions)}"
        case "object":
            values: Any = field.get("additionalProperties") or next(iter(field.get("patternProperties", {}).values()), {})
            return "mapping" if values is True else f"mapping to {_type(values, definitions)}"
        case "string":
            kind = {"ipv4network": "CIDR"}.get(field.get("format", ""), "text")
            return f"{kind}, may be secret" if field.get(MAY_BE_SECRET) else kind
    return {"integer": "whole number", "number": "number", "boolean": "true or false"}[field["type"]] + _bounds(field)


def _bounds(field: dict[str, Any]) -> str:
    low, high = field.get("minimum", field.get("exclusiveMinimum")), field.get("maximum")
    if low is None and high is None:
        return ""
    return f", {low} to {high}" if high is not None else f", {'more than' if 'exclusiveMinimum' in field else 'at least'} {low}"


def _reachable(schema: dict[str, Any], definitions: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Sections in the order in which a reader of the root meets them."""
    seen: set[str] = set()
    queue = list(_references(schema.get("properties", {})))
    while queue:
        name = queue.pop(0)
        if name in seen:
            continue
        seen.add(name)
        yield name, definitions[name]
        queue = [*_references(definitions[name].get("properties", {})), *queue]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rsplit("/", 1)[-1]
        for key, item in value.items():
            if key != "discriminator":
                yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
