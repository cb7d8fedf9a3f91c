"""What charts and custom resource definitions take, so that a key they would ignore is refused here instead of vanishing there.

A chart schema is a JSON Schema (draft 2020-12) of one chart's values, which `python -m tools.chart_schemas` derives from it. Its `$defs`
have the schemas of the chart's custom resources too. It holds structure alone: keys, types, choices, what is required. An object
takes the keys of its schema and no others, or any where `additionalProperties` says so.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.framework.chart import Chart
from infra.problems import Problem, shown

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

COMPONENTS = Path(__file__).resolve().parent.parent
ENDING = ".schema.json"

Schema = dict[str, Any]

VALUES = "values"
"""The name of the values' schema among the `$defs`. A custom resource's is `group/version/Kind`, a shared one's has no slash."""

_WORDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}
SHOWN_KEYS = 12

_Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class ChartSchema:
    chart: str
    version: str
    app_version: str
    values: Schema
    """Refers to nothing outside itself."""
    definitions: Mapping[str, Schema]
    """By `group/version/Kind`."""
    names: Mapping[str, Mapping[str, Any]]
    """How a kind is served, by `group/Kind`: `plural`, `scope`, the version that is `stored`, whether it has a `status` of its own."""
    shared: Mapping[str, Schema]
    """What definitions refer to, by name."""

    def resolved(self, schema: Schema) -> Schema:
        """The schema itself, or that which it refers to."""
        return self.shared[schema["$ref"].removeprefix("#/$defs/")] if "$ref" in schema else schema


@cache
def files() -> Mapping[str, Path]:
    """The schema of each chart, by its key: `<key>.schema.json` in the folder of the add-on that installs it."""
    return {file.name.removesuffix(ENDING): file for file in sorted(COMPONENTS.rglob(f"*{ENDING}"))}


@cache
def load(key: str) -> ChartSchema:
    """The schema of the chart that `components.registry` knows as `key`. Raises FileNotFoundError."""
    file = files().get(key)
    if file is None:
        raise FileNotFoundError(f"no {key}{ENDING} in {COMPONENTS.name}/; derive it with python -m tools.chart_schemas {key}")
    raw = json.loads(file.read_text())
    schemas = raw["$defs"]
    return ChartSchema(
        chart=raw["chart"],
        version=raw["version"],
        app_version=raw["appVersion"],
        values=schemas[VALUES],
        definitions={name: schema for name, schema in schemas.items() if "/" in name},
        names=raw["names"],
        shared={name: schema for name, schema in schemas.items() if "/" not in name and name != VALUES},
    )


def unknown_keys(chart: Chart, values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Values that `chart` would ignore or misread; paths are those of the values. Outputs are taken as they come."""
    if not values:
        return ()
    return _problems(_validator(chart.key, VALUES), values, f"{chart.key} {chart.version}")


def check_custom_resource(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Fields of a custom resource that its definition does not have, lacks, or has of another kind."""
    name = f"{document['apiVersion']}/{document['kind']}"
    key = _defining(name)
    if key is None:
        return (Problem("kind", f"no chart of the registry defines {name}; refresh its schema with python -m tools.chart_schemas"),)
    return _problems(_validator(key, name), document, name)


def below(schema: Schema, change: Callable[[str | None, Schema], Schema]) -> Schema:
    """`schema` with every schema right below it changed; a property has a name, any other has none."""
    changed = {
        keyword: change(None, schema[keyword]) for keyword in ("items", "additionalProperties") if isinstance(schema.get(keyword), dict)
    }
    if "properties" in schema:
        changed["properties"] = {name: change(name, item) for name, item in schema["properties"].items()}
    return {**schema, **changed}


def nullable(schema: Schema) -> Schema:
    """A schema that takes a null wherever `schema` takes a value: in values, a null takes the chart's default out."""
    changed = below(schema, lambda _, item: nullable(item))
    if "enum" in changed:
        changed["enum"] = [*changed["enum"], None]
    if "type" in changed:
        types = changed["type"]
        changed["type"] = [*([types] if isinstance(types, str) else types), "null"]
    return changed


@cache
def _defining(name: str) -> str | None:
    """The key of the chart that brings a kind."""
    keys = sorted(files())
    return next((key for key in keys if name in load(key).definitions), None)


@cache
def _validator(key: str, name: str) -> "Validator":
    chart_schema = load(key)
    schema = chart_schema.values if name == VALUES else chart_schema.definitions[name]
    checker: Validator = _checker()({**schema, "$defs": chart_schema.shared})
    return checker


@cache
def _checker() -> "type[Validator]":
    """Draft 2020-12 for documents that are not sent yet. Loaded where something is checked: to load it takes longer than to check."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415
    from jsonschema.validators import extend  # noqa: PLC0415

    def known(check: Callable[..., Any]) -> Callable[..., Any]:
        """A null takes a default out, and an output is not known yet: both are taken, whatever is asked for."""

        def checked(validator: Any, wanted: Any, value: Any, schema: Any) -> Any:
            return check(validator, wanted, value, schema) if isinstance(value, bool | int | float | str | Mapping | list | tuple) else ()

        return checked

    def of(*kinds: type) -> Callable[[Any, Any], bool]:
        return lambda _, value: isinstance(value, kinds) and not isinstance(value, bool)

    types = Draft202012Validator.TYPE_CHECKER.redefine_many(
        # 1.0 is a whole number for JSON Schema, and none for an API server.
        {"array": of(list, tuple), "integer": of(int), "number": of(int, float), "object": of(Mapping)}
    )
    keywords = {keyword: known(Draft202012Validator.VALIDATORS[keyword]) for keyword in ("enum", "type")}
    checker: type[Validator] = extend(Draft202012Validator, keywords, type_checker=types)  # type: ignore[no-untyped-call]
    return checker


def _problems(validator: "Validator", document: Mapping[str, Any], owner: str) -> tuple[Problem, ...]:
    """Everything that is wrong, in the order of the document; what is missing comes after what is there."""
    found = {path: message for error in validator.iter_errors(document) for path, message in _messages(error, owner)}
    return tuple(Problem(".".join(map(str, path)), found[path]) for path in sorted(found, key=lambda path: _position(document, path)))


def _messages(error: Any, owner: str) -> Iterator[tuple[_Path, str]]:
    """What an error of jsonschema says, by its path: one of an object may name several of its keys."""
    path, value, wanted = tuple(error.absolute_path), error.instance, error.validator_value
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", ()))
            yield from (((*path, key), _unknown(str(key), known, owner)) for key in value if key not in known)
        case "required":
            yield from (((*path, key), f"is missing; {owner} needs it") for key in wanted if key not in value)
        case "enum":
            yield path, f"is {_shown(value)}, but {owner} takes one of {', '.join(map(repr, wanted))}"
        case "type":
            words = " or ".join(_WORDS[each] for each in ([wanted] if isinstance(wanted, str) else wanted))
            yield path, f"is {_shown(value)}, but {owner} takes {words}"
        case _:
            yield path, f"{error.message}, says the schema of {owner}"


def _unknown(key: str, known: list[str], owner: str) -> str:
    close = get_close_matches(key, known, n=2)
    if close:
        return f"unknown key, which {owner} would ignore; did you mean {' or '.join(close)}?"
    more = ", ..." if len(known) > SHOWN_KEYS else ""
    return f"unknown key, which {owner} would ignore; it knows {', '.join(sorted(known)[:SHOWN_KEYS])}{more}"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping | list | tuple):
        return "a mapping" if isinstance(value, Mapping) else "a list"
    return shown(value)


def _position(document: Any, path: _Path) -> tuple[int, ...]:
    """Where something is: its number among its siblings, from the outermost in. What is missing comes after them."""
    found: list[int] = []
    for part in path:
        if isinstance(document, Mapping):
            found.append(list(document).index(part) if part in document else len(document))
            document = document.get(part)
        elif isinstance(document, Sequence):
            found.append(int(part))
            document = document[int(part)]
    return tuple(found)
