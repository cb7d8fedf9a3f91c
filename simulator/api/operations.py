"""The operations and models of Oracle's REST API, as the OCI SDK knows them: `operations.json`, typed, and found by method and path."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

TABLE = Path(__file__).with_name("operations.json")


@dataclass(frozen=True, kw_only=True, slots=True)
class Type:
    """What an attribute, a body or an answer holds."""

    kind: str
    """str, int, float, bool, datetime, object, stream, list, map or model."""
    item: "Type | None" = None
    """What a list or map holds."""
    model: str = ""
    values: tuple[str, ...] = ()
    """The only ones there are."""
    required: bool = False


def parse(word: str) -> Type:
    """A type, as the table writes it: see tools/schema/oci_api.py."""
    required, word = word.endswith("!"), word.removesuffix("!")
    if word[0] in "[{":
        return Type(kind="list" if word[0] == "[" else "map", item=parse(word[1:-1]), required=required)
    if word[0] == "#":
        return Type(kind="model", model=word[1:], required=required)
    kind, _, values = word.partition("=")
    return Type(kind=kind, values=tuple(values.split("|")) if values else (), required=required)


@dataclass(frozen=True, kw_only=True)
class Model:
    """The properties of an object."""

    attributes: Mapping[str, Type]
    by: str = ""
    """The attribute that says which of the subtypes it is."""
    subtypes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of a service."""

    service: str
    name: str
    method: str
    path: str
    query: tuple[str, ...] = ()
    body: Type | None = None
    answer: Type | None = None

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path.strip("/").split("/"))

    def match(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """The parameters in a path of as many segments; None when it is another path."""
        found = {}
        for wanted, segment in zip(self.segments, segments, strict=True):
            if wanted.startswith("{"):
                found[wanted.strip("{}")] = unquote(segment)
            elif wanted != segment:
                return None
        return found


class Table:
    """All that the SDK knows."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.sdk: str = raw["sdk"]
        self._models = {service: held["models"] for service, held in raw["services"].items()}
        self._read: dict[tuple[str, str], Model] = {}
        self.operations = tuple(
            Operation(
                service=service,
                name=row["name"],
                method=row["method"],
                path=row["path"],
                query=tuple(row.get("query", ())),
                body=parse(row["body"]) if "body" in row else None,
                answer=parse(row["answer"]) if "answer" in row else None,
            )
            for service, held in raw["services"].items()
            for row in held["operations"]
        )
        self._by_length: dict[int, list[Operation]] = {}
        for operation in self.operations:
            self._by_length.setdefault(len(operation.segments), []).append(operation)
        for rows in self._by_length.values():  # what is named goes before what is any
            rows.sort(key=lambda row: sum(segment.startswith("{") for segment in row.segments))

    def model(self, service: str, name: str) -> Model:
        found = self._read.get((service, name))
        if found is None:
            raw = self._models[service][name]
            found = Model(
                attributes=MappingProxyType({key: parse(word) for key, word in raw["attributes"].items()}),
                by=raw.get("by", ""),
                subtypes=MappingProxyType(raw.get("subtypes", {})),
            )
            self._read[service, name] = found
        return found

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation behind a method and a path, and the parameters in the path."""
        segments = tuple(path.strip("/").split("/"))
        for operation in self._by_length.get(len(segments), ()):
            if operation.method == method and (parameters := operation.match(segments)) is not None:
                return operation, parameters
        return None

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods that a path takes."""
        segments = tuple(path.strip("/").split("/"))
        rows = self._by_length.get(len(segments), ())
        return tuple(dict.fromkeys(row.method for row in rows if row.match(segments) is not None))


@lru_cache(maxsize=1)
def table() -> Table:
    return Table(json.loads(TABLE.read_text(encoding="utf-8")))
