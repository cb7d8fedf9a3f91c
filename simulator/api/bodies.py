"""Between Oracle's models and the properties that the simulated provider knows the same things by. Pure.

The provider's names are Terraform's, in camel case: `state` for `lifecycleState`, `isIpv6enabled` for `isIpv6Enabled`, `metadatas`, a
list of one, for `metadata`, whole numbers as text, and defined tags in one level. Names are compared without case; what is called
otherwise altogether is in the row of its kind.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from simulator.api.operations import Model, Table, Type
from simulator.compute import CREATED
from simulator.errors import Failure
from simulator.facts import Fields, Spec
from simulator.oci.rules import Inputs

Names = Mapping[str, str]
Inner = Callable[[Spec | None], Fields | None]
"""The properties of an object among the provider's facts."""

TAGS = ("definedTags", "systemTags")
_ALWAYS = {"lifecycleState": "state"}


class Bodies:
    """Reads and writes the models of one service."""

    def __init__(self, table: Table, service: str, names: Names = {}) -> None:  # noqa: B006 - never changed
        self._table, self._service = table, service
        self._names = {**_ALWAYS, **names}

    # What is answered

    def shown(self, name: str, held: Inputs) -> dict[str, Any]:
        """What the cloud holds of something, as a model says it; what is required and not held gets a value of its type."""
        model = self._subtype(self._table.model(self._service, name), held)
        keys = {key.lower(): key for key in held}
        found = {}
        for attribute, kind in model.attributes.items():
            key = self._key(attribute, kind, keys)
            value = self._convert(attribute, kind, held[key]) if key is not None else None
            if value is None and kind.required:
                value = self._placeholder(kind)
            if value is not None:
                found[attribute] = value
        return found

    def _subtype(self, model: Model, held: Inputs) -> Model:
        if not model.by:
            return model
        key = self._key(model.by, model.attributes[model.by], {each.lower(): each for each in held}) or model.by
        name = model.subtypes.get(str(held.get(key)))
        return self._table.model(self._service, name) if name is not None else model

    def _key(self, attribute: str, kind: Type, keys: Mapping[str, str]) -> str | None:
        """Which of the held properties an attribute is."""
        named = self._names.get(attribute, attribute).lower()
        plural = f"{named}s" if kind.kind in ("model", "list") else ""
        return keys.get(named) or keys.get(attribute.lower()) or keys.get(plural)

    def _convert(self, attribute: str, kind: Type, value: Any) -> Any:  # noqa: PLR0911 - one return a type
        if value is None:
            return None
        match kind.kind:
            case "str":
                return _text(kind, value)
            case "datetime":
                return rfc3339(str(value))
            case "int" | "float":
                return _number(kind.kind, value)
            case "bool":
                return value if isinstance(value, bool) else str(value).lower() == "true"
            case "list" if kind.item is not None:
                items = value if isinstance(value, list) else [value]
                return [found for item in items if (found := self._convert(attribute, kind.item, item)) is not None]
            case "map" if attribute in TAGS:
                return nested(value)
            case "model":
                one = value[0] if isinstance(value, list) and value else _document(value)
                return self.shown(kind.model, one) if isinstance(one, dict) and (one or kind.required) else None
        return value

    def _placeholder(self, kind: Type) -> Any:
        match kind.kind:
            case "str":
                return kind.values[0] if kind.values else ""
            case "datetime":
                return rfc3339(CREATED)
            case "model":
                return self.shown(kind.model, {})
        return {"int": 0, "float": 0.0, "bool": False, "list": []}.get(kind.kind, {})

    # What is asked

    def given(self, name: str, body: Any, fields: Fields, inner: Inner) -> tuple[dict[str, Any], dict[str, Any], list[Failure]]:
        """A body as the provider's inputs, what the provider has no input for, and what is wrong with it."""
        reading = _Reading(inner=inner)
        inputs, others = self._object(reading, Type(kind="model", model=name), body, fields, "")
        return inputs, others, reading.problems

    def _object(self, reading: "_Reading", kind: Type, body: Any, fields: Fields, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
        if not isinstance(body, dict):
            reading.wrong(path, "must be an object")
            return {}, {}
        model = self._subtype(self._table.model(self._service, kind.model), body)
        keys = {key.lower(): key for key in fields}
        inputs: dict[str, Any] = {}
        others: dict[str, Any] = {}
        for attribute, value in body.items():
            place = f"{path}.{attribute}" if path else attribute
            wanted = model.attributes.get(attribute)
            if wanted is None:
                reading.wrong(place, f"is no field of {kind.model}; it has: {', '.join(model.attributes)}")
            elif value is not None:
                key = self._key(attribute, wanted, keys)
                spec = fields.get(key) if key is not None else None
                found = self._value(reading, wanted, value, spec, place)
                if spec is not None and key is not None:
                    inputs[key] = found
                else:
                    others[str(self._names.get(attribute, attribute))] = found
        for attribute, wanted in model.attributes.items():
            if wanted.required and body.get(attribute) is None:
                reading.wrong(f"{path}.{attribute}" if path else attribute, "is required")
        return inputs, others

    def _value(self, reading: "_Reading", kind: Type, value: Any, spec: Spec | None, path: str) -> Any:
        match kind.kind:
            case "model":
                inputs, others = self._object(reading, kind, value, reading.inner(_object_spec(spec)) or {}, path)
                whole = {**inputs, **others}
                if spec is not None and spec.type == "string":
                    return json.dumps(value)
                return [whole] if spec is not None and spec.type == "array" else whole
            case "list" if kind.item is not None and isinstance(value, list):
                each = spec.item if spec is not None else None
                return [self._value(reading, kind.item, item, each, f"{path}[{index}]") for index, item in enumerate(value)]
            case "map" if isinstance(value, dict):
                return flat(value) if path.rpartition(".")[2] in TAGS else value
        if not _fits(kind, value):
            only = f"one of {', '.join(kind.values)}" if kind.values else _WORDS.get(kind.kind, kind.kind)
            reading.wrong(path, f"is {value!r}, and must be {only}")
        return _as_input(spec, value)


_WORDS = {"str": "a string", "int": "a whole number", "float": "a number", "bool": "true or false", "list": "a list", "map": "an object"}


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """A body that is read: where the provider's facts are, and what was found wrong so far."""

    inner: Inner
    problems: list[Failure] = field(default_factory=list)

    def wrong(self, path: str, reason: str) -> None:
        self.problems.append(Failure(path=path, reason=reason))


def _document(value: Any) -> Any:
    """An object that the provider keeps as text: a policy of deliveries."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def _as_input(spec: Spec | None, value: Any) -> Any:
    """A number as the provider has it."""
    if spec is not None and spec.type == "string" and isinstance(value, int):
        return str(value)
    return int(value) if spec is not None and spec.type == "integer" and isinstance(value, float) and value.is_integer() else value


def _object_spec(spec: Spec | None) -> Spec | None:
    """The object that a property holds, be it in a list of one."""
    return spec.item if spec is not None and spec.type == "array" and spec.item is not None else spec


def _fits(kind: Type, value: Any) -> bool:
    if isinstance(value, bool):
        return kind.kind in ("bool", "object")
    match kind.kind:
        case "str" | "datetime":
            text = isinstance(value, str) and (not kind.values or value in kind.values)
            return text and (kind.kind == "str" or rfc3339(value) is not None)
        case "int" | "float":
            return isinstance(value, int) or (kind.kind == "float" and isinstance(value, float))
    return kind.kind == "object"  # what is a list, a map or a model has been read


def _text(kind: Type, value: Any) -> str | None:
    text = str(value)
    if kind.values:
        return next((known for known in kind.values if known.lower() == text.lower()), None)
    return text if text or kind.required else None


def _number(kind: str, value: Any) -> int | float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if kind == "int" else number


_GO = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?).*")


def rfc3339(text: str) -> str | None:
    """A time as the API writes it. Providers write it as Go does: `2026-01-01 00:00:00 +0000 UTC`."""
    said = _GO.fullmatch(text)
    if said is None:
        return None
    try:
        moment = datetime.fromisoformat(f"{said[1]}T{said[2]}").replace(tzinfo=UTC)
    except ValueError:
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def nested(tags: Any) -> dict[str, dict[str, Any]]:
    """Defined tags by namespace, of `{"Operations.CostCenter": "42"}`."""
    found: dict[str, dict[str, Any]] = {}
    for key, value in tags.items() if isinstance(tags, dict) else ():
        namespace, _, name = str(key).partition(".")
        found.setdefault(namespace, {})[name] = value
    return found


def flat(tags: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `nested`."""
    return {
        f"{namespace}.{name}": value for namespace, inside in tags.items() if isinstance(inside, dict) for name, value in inside.items()
    }
