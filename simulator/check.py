"""Are these inputs what the schema says? Pure: properties and facts in, failures out."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulator.errors import Failure
from simulator.facts import Fields, Spec
from simulator.paths import Path, render
from simulator.wire import ASSETS, SIGNATURE, UNKNOWN

FieldsOf = Callable[[Spec | None], Fields | None]
"""Finds the properties of an object's type."""

NAMES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "map": "a map",
    "object": "an object",
    "asset": "an asset or archive",
}


def check(inputs: Mapping[str, Any], fields: Fields, fields_of: FieldsOf) -> tuple[Failure, ...]:
    """Everything wrong with the inputs: unknown, missing, of the wrong type, not an accepted value, too many, in conflict."""
    return tuple(_object(inputs, fields, fields_of, ()))


def _object(value: Mapping[str, Any], fields: Fields, fields_of: FieldsOf, path: Path) -> Iterator[Failure]:
    for key, item in value.items():
        if key.startswith("__"):
            continue  # the provider's own bookkeeping
        spec = fields.get(key)
        if spec is None:
            yield Failure(path=render((*path, key)), reason=_unknown(key, fields))
        elif item is not None:
            yield from _value(item, spec, fields_of, (*path, key))
            yield from _conflicts(key, spec, value, path)
    for key, spec in fields.items():
        if spec.required and value.get(key) is None:
            yield Failure(path=render((*path, key)), reason="is required and was not given")


def _unknown(key: str, fields: Fields) -> str:
    import difflib  # noqa: PLC0415 - only a mistake needs it

    allowed = sorted(name for name, spec in fields.items() if not spec.read_only)
    close = difflib.get_close_matches(key, allowed, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"is not a property here; {hint}Allowed: {', '.join(allowed) or 'none'}"


def _conflicts(key: str, spec: Spec, beside: Mapping[str, Any], path: Path) -> Iterator[Failure]:
    for other in spec.conflicts:
        if key < other and beside.get(other) is not None:  # each pair once
            yield Failure(path=render((*path, key)), reason=f"cannot be given together with {render((*path, other))}: keep one of them")


def _value(value: Any, spec: Spec, fields_of: FieldsOf, path: Path) -> Iterator[Failure]:
    if value == UNKNOWN:
        return
    if spec.read_only:
        yield Failure(path=render(path), reason="is set by the cloud and cannot be given")
        return
    match spec.type:
        case "array":
            yield from _array(value, spec, fields_of, path)
        case "map":
            yield from _map(value, spec, fields_of, path)
        case "object":
            yield from _nested(value, spec, fields_of, path)
        case "either":
            if not any(not list(_value(value, choice, fields_of, path)) for choice in spec.choices):
                wanted = " or ".join(NAMES.get(choice.type, choice.type) for choice in spec.choices)
                yield _wrong(value, wanted, path)
        case "any":
            return
        case _:
            yield from _scalar(value, spec, path)


def _array(value: Any, spec: Spec, fields_of: FieldsOf, path: Path) -> Iterator[Failure]:
    if not isinstance(value, list):
        yield _wrong(value, NAMES["array"], path)
        return
    low, high = spec.minimum_items, spec.maximum_items
    if low is not None and len(value) < low:
        yield Failure(path=render(path), reason=f"has {len(value)} elements, at least {low} are needed")
    if high is not None and len(value) > high:
        yield Failure(path=render(path), reason=f"has {len(value)} elements, at most {high} are allowed")
    if spec.item is not None:
        for index, item in enumerate(value):
            if item is not None:
                yield from _value(item, spec.item, fields_of, (*path, index))


def _map(value: Any, spec: Spec, fields_of: FieldsOf, path: Path) -> Iterator[Failure]:
    if not isinstance(value, dict):
        yield _wrong(value, NAMES["map"], path)
    elif spec.item is not None:
        for key, item in value.items():
            if item is not None:
                yield from _value(item, spec.item, fields_of, (*path, key))


def _nested(value: Any, spec: Spec, fields_of: FieldsOf, path: Path) -> Iterator[Failure]:
    if not isinstance(value, dict):
        yield _wrong(value, NAMES["object"], path)
        return
    fields = fields_of(spec)
    if fields is not None:
        yield from _object(value, fields, fields_of, path)


def _scalar(value: Any, spec: Spec, path: Path) -> Iterator[Failure]:
    if not _fits(value, spec.type):
        yield _wrong(value, NAMES[spec.type], path)
    elif spec.enum and str(value).lower() not in {allowed.lower() for allowed in spec.enum}:
        yield Failure(path=render(path), reason=f"is {value!r}, allowed: {', '.join(spec.enum)}")


def _fits(value: Any, kind: str) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "asset":
            return isinstance(value, dict) and value.get(SIGNATURE) in ASSETS
    raise ValueError(f"the schema facts name a type {kind!r} that is none")


def _wrong(value: Any, wanted: str, path: Path) -> Failure:
    return Failure(path=render(path), reason=f"must be {wanted}, not {_found(value)}")


def _found(value: Any) -> str:
    match value:
        case bool():
            return f"{str(value).lower()} (true or false)"
        case str():
            return f"the string {value if len(value) <= 40 else value[:37] + '...'!r}"
        case int() | float():
            return f"the number {value}"
        case list():
            return f"a list of {len(value)}"
        case _:
            return "an object with " + (", ".join(list(value)[:5]) or "nothing in it")
