"""Where two values differ: down to the leaf, lists matched by what their entries are called, long texts cut around the place. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from platformctl.engine.plan import UNKNOWN
from simulator.signatures import SIGNATURE

NAMES = ("name", "alert", "record", "key", "id")
"""What an entry of a list is called, in Kubernetes, Prometheus and Oracle's APIs; the first that all entries have, each another."""
WIDTH = 60
"""Most columns of one side of a difference."""
BEFORE = 16
"""Columns of a long text that are shown before the place where it differs."""
LATER = "known after the update"
NONE = "none"
_GONE = object()


@dataclass(frozen=True, kw_only=True)
class Part:
    path: str
    """As the engine writes paths; an entry that is known by its name is `[name=x]`."""
    before: str
    after: str


def parts(path: str, before: Any, after: Any, *, later: bool = False) -> Iterator[Part]:
    """The leaves at which the values differ. None stands for no value; `later`, that the new one is not known yet."""
    if after is None and later:
        yield Part(path=path, before=_said(before), after=LATER)
        return
    yield from _parts(path, _GONE if before is None else before, _GONE if after is None else after)


def _parts(path: str, before: Any, after: Any) -> Iterator[Part]:
    if before is not _GONE and after is not _GONE:
        inside = _within(path, before, after)
        if inside is not None:
            for at, old, new in inside:
                if not _same(old, new):
                    yield from _parts(at, old, new)
            return
    shown = _around(before, after) if isinstance(before, str) and isinstance(after, str) else (_said(before), _said(after))
    yield Part(path=path, before=shown[0], after=shown[1])


def _within(path: str, before: Any, after: Any) -> list[tuple[str, Any, Any]] | None:
    """The two values' parts side by side; None for what has none to compare."""
    if isinstance(before, Mapping) and isinstance(after, Mapping) and SIGNATURE not in before and SIGNATURE not in after:
        return [(_key(path, key), before.get(key, _GONE), after.get(key, _GONE)) for key in dict.fromkeys((*before, *after))]
    if _is_list(before) and _is_list(after):
        return _entries(path, before, after)
    if isinstance(before, str) and isinstance(after, str):
        old, new = _document(before), _document(after)
        if old is not None and new is not None:
            return _within(path, old, new)
    return None


def _entries(path: str, before: Sequence[Any], after: Sequence[Any]) -> list[tuple[str, Any, Any]] | None:
    """None for lists of the same entries in another order or number: those are shown whole."""
    for name in NAMES:
        old, new = _named(before, name), _named(after, name)
        if old is not None and new is not None:
            return [(f"{path}[{name}={called}]", old.get(called, _GONE), new.get(called, _GONE)) for called in dict.fromkeys((*old, *new))]
    if len(before) == len(after):
        return [(f"{path}[{at}]", old, new) for at, (old, new) in enumerate(zip(before, after, strict=True))]
    # Of plain entries, what came and what went: by place, one that is put in front would change all after it.
    gone, come = [item for item in before if item not in after], [item for item in after if item not in before]
    if not gone and not come:
        return None
    return [(f"{path}[]", old, new) for old, new in zip_longest(gone, come, fillvalue=_GONE)]


def _named(entries: Sequence[Any], name: str) -> dict[str, Any] | None:
    """The entries by what they are called; None where one has no such name, or two have one. No entries have any names."""
    found = {str(entry[name]): entry for entry in entries if isinstance(entry, Mapping) and isinstance(entry.get(name), str | int)}
    return found if len(found) == len(entries) else None


def _document(text: str) -> Any:
    """What a text says that is JSON: a dashboard in a ConfigMap. None for any other text."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _around(before: str, after: str) -> tuple[str, str]:
    """Both texts, cut to where they differ."""
    if max(len(before), len(after)) + 2 <= WIDTH:
        return _said(before), _said(after)
    same = next((at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), min(len(before), len(after)))
    start = max(same - BEFORE, 0)
    return _cut(before, start), _cut(after, start)


def _cut(text: str, start: int) -> str:
    room = WIDTH - 4
    shown = json.dumps(text[start : start + room], ensure_ascii=False)[1:-1]
    return f'"{"…" if start else ""}{shown}{"…" if len(text) > start + room else ""}"'


def _same(before: Any, after: Any) -> bool:
    """As JSON has it: true is not 1."""
    if before is _GONE or after is _GONE:
        return before is after
    return before == after and json.dumps(before, sort_keys=True, default=str) == json.dumps(after, sort_keys=True, default=str)


def _said(value: Any) -> str:
    """A value in one line."""
    if value is _GONE or value is None:
        return NONE
    plain = _plain(value)
    if plain is not value and isinstance(plain, str):
        return plain
    text = json.dumps(plain, default=str, ensure_ascii=False)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


def _plain(value: Any) -> Any:
    """The value with what is secret, and what is not known yet, said in words."""
    if value == UNKNOWN:
        return LATER
    if isinstance(value, Mapping):
        return "[secret]" if SIGNATURE in value else {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if _is_list(value) else value


def _key(path: str, key: str) -> str:
    if key.replace("_", "").replace("-", "").isalnum():
        return f"{path}.{key}" if path else key
    return f'{path}["{key}"]'


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
