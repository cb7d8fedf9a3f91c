"""Where two plans differ, and what a difference is known by: a row is rehearsed again when the difference of its plans is another."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import BaseModel

from stacks.config import parse
from stacks.plan import PlatformPlan, plan
from testkit.changes.documents import Document

LENGTH = 12
"""Characters of a hash that are kept: enough for some hundred rows."""


def fingerprint(before: Document, after: Document) -> str:
    """A hash of everything that is planned otherwise after the change."""
    return hashed(differences(_decided(before), _decided(after)))


def hashed(lines: Iterator[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:LENGTH]


def _decided(document: Document) -> Mapping[str, Any]:
    """What is decided from a stack file, without the file itself: every key of it would be a difference."""
    made: PlatformPlan = plan(parse(document))
    return {field.name: getattr(made, field.name) for field in fields(made) if field.name != "stack"}


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """A line for each place where two values differ, with what is there in each."""
    if type(old) is type(new) and old == new:
        return
    was, now = _parts(old), _parts(new)
    if was is None or now is None:
        yield f"{path}: {_text(old)} -> {_text(new)}"
        return
    for key in dict.fromkeys([*was, *now]):
        if key in was and key in now:
            yield from differences(was[key], now[key], f"{path}.{key}")
        else:
            yield f"{path}.{key}: {_text(was.get(key))} -> {_text(now.get(key))}"


def _parts(value: Any) -> Mapping[str, Any] | None:
    """What a value is made of, by name; None for one that is a whole."""
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items()}
    if isinstance(value, Set):
        return {_text(item): item for item in sorted(value, key=_text)}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return {str(index): item for index, item in enumerate(value)}
    return None


def _text(value: Any) -> str:
    parts = _parts(value)
    if parts is not None:
        return "{" + ", ".join(f"{key}: {_text(item)}" for key, item in parts.items()) + "}"
    return value.__qualname__ if callable(value) and hasattr(value, "__qualname__") else str(value)
