"""What a provider's schema says of a type: its properties, what they hold, which of them replace."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator import paths


@dataclass(frozen=True, kw_only=True, slots=True)
class Spec:
    """What one property may hold."""

    type: str
    """string, integer, number, boolean, array, map, object, asset, any or either."""
    item: "Spec | None" = None
    """What each element of an array or map holds."""
    ref: str | None = None
    """Name of the object's type."""
    choices: tuple["Spec", ...] = ()
    """What `either` may be."""
    required: bool = False
    computed: bool = False
    """The cloud fills it when it is not given; taking it out of the program changes nothing."""
    read_only: bool = False
    auto_name: bool = False
    """Named after the resource when not given."""
    secret: bool = False
    enum: tuple[str, ...] = ()
    minimum_items: int | None = None
    maximum_items: int | None = None
    conflicts: tuple[str, ...] = ()
    """Properties beside this one that cannot be given with it."""
    default: Any = None
    suppress: str | None = None
    """How the provider decides that two spellings are the same value."""


Fields = Mapping[str, Spec]


@dataclass(frozen=True, kw_only=True, slots=True)
class TypeFacts:
    """What is known of a resource type."""

    token: str
    inputs: Fields
    outputs: Fields
    types: Mapping[str, Fields] = field(default_factory=dict)
    replaces: frozenset[paths.Path] = frozenset()
    """Paths, with `*` for indexes, whose change replaces the resource."""
    replaced_always: bool = False
    """The provider cannot update it: every change replaces."""

    def fields(self, spec: Spec | None) -> Fields | None:
        """The properties of an object, None where its shape is not described."""
        return self.types.get(spec.ref) if spec is not None and spec.ref is not None else None


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionFacts:
    """What is known of a function (a lookup)."""

    token: str
    inputs: Fields
    outputs: Fields
    types: Mapping[str, Fields] = field(default_factory=dict)

    def fields(self, spec: Spec | None) -> Fields | None:
        """The properties of an object, None where its shape is not described."""
        return self.types.get(spec.ref) if spec is not None and spec.ref is not None else None


class Named(dict[str, Fields]):
    """Types by name, read when they are first asked for: a provider knows hundreds and a program uses dozens."""

    def __init__(self, raw: Mapping[str, Mapping[str, Any]], read: Callable[[Any], Spec]) -> None:
        super().__init__()
        self._raw, self._read = raw, read

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self._raw else default

    def __missing__(self, name: str) -> Fields:
        self[name] = {key: self._read(value) for key, value in self._raw[name].items()}
        return self[name]


class Schema:
    """Facts by token, from a JSON file beside the provider."""

    def __init__(self, path: Path, read: Callable[[str, Mapping[str, Any]], Any]) -> None:
        self._path, self._read = path, read
        self._raw: dict[str, Any] | None = None
        self._known: dict[str, Any] = {}

    @property
    def raw(self) -> dict[str, Any]:
        if self._raw is None:
            self._raw = json.loads(self._path.read_text(encoding="utf-8"))
        return self._raw

    def tokens(self) -> tuple[str, ...]:
        return tuple(self.raw)

    def get(self, token: str) -> Any | None:
        """The facts of a token, None when there are none."""
        if token not in self._known:
            if token not in self.raw:
                return None
            self._known[token] = self._read(token, self.raw[token])
        return self._known[token]


def spec_of_record(record: Mapping[str, Any]) -> Spec:
    """A property as `oci/schema.json` writes it: one JSON object."""
    kind, ref = record["type"], record.get("ref")
    item = Spec(type=record["itemsType"], ref=ref) if kind in ("array", "map") and "itemsType" in record else None
    return Spec(
        type=kind,
        item=item,
        ref=ref if item is None else None,
        required=record.get("required", False),
        computed=record.get("computed", False),
        read_only=record.get("readOnly", False),
        auto_name=record.get("autoName", False),
        secret=record.get("secret", False),
        enum=tuple(record.get("enum", ())),
        minimum_items=record.get("minItems"),
        maximum_items=record.get("maxItems"),
        conflicts=tuple(record.get("conflicts", ())),
        default=record.get("default"),
        suppress=record.get("diffSuppress"),
    )


def spec_of_word(word: str) -> Spec:
    """A property as `kubernetes/schema.json` writes it: one short word, see tools/schema/kubernetes.py."""
    if word.endswith("!"):
        bare = spec_of_word(word[:-1])
        return Spec(type=bare.type, item=bare.item, ref=bare.ref, choices=bare.choices, enum=bare.enum, required=True)
    if word.startswith("["):
        return Spec(type="array", item=spec_of_word(word[1:-1]))
    if word.startswith("{"):
        return Spec(type="map", item=spec_of_word(word[1:-1]))
    if word.startswith("#"):
        return Spec(type="object", ref=word[1:])
    if "|" in word:
        return Spec(type="either", choices=tuple(spec_of_word(choice) for choice in word.split("|")))
    kind, _, only = word.partition("=")
    return Spec(type=kind, enum=(only,) if only else ())
