"""What changed between two sets of inputs, where, and what it means. Pure."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from simulator import paths
from simulator.facts import Fields, Spec, TypeFacts
from simulator.paths import ANY, Path

Kind = Literal["add", "delete", "update"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One place where the inputs differ."""

    path: Path
    kind: Kind
    old: Any = None
    new: Any = None
    spec: Spec | None = None
    """What the schema says of this place."""
    replaces: bool = False


@dataclass(frozen=True, kw_only=True)
class Difference:
    """All changes of a resource."""

    changes: tuple[Change, ...] = ()
    delete_before_replace: bool = False

    @property
    def replaces(self) -> bool:
        return any(change.replaces for change in self.changes)


def compare(old: Mapping[str, Any], new: Mapping[str, Any], facts: TypeFacts | None, ignored: Iterable[str] = ()) -> tuple[Change, ...]:
    """Every place where `new` differs from `old`, in the order of the properties.

    A property that the cloud fills is no change when the program stops giving it, and spellings the provider holds equal are
    equal. `ignored` are property paths that count as unchanged, with all below them.
    """
    patterns = [paths.parse(path) for path in ignored]
    fields = facts.inputs if facts is not None else None
    found = _objects(old, new, fields, facts, ())
    return tuple(change for change in found if not any(paths.covers(pattern, change.path) for pattern in patterns))


def _objects(
    old: Mapping[str, Any], new: Mapping[str, Any], fields: Fields | None, facts: TypeFacts | None, path: Path
) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        if key.startswith("__"):
            continue
        spec = fields.get(key) if fields is not None else None
        if key in new and new[key] is None and key not in old:  # a null that counts, or it would not have been read
            yield Change(path=(*path, key), kind="add", spec=spec)
        elif key in old and old[key] is None and key not in new:
            yield Change(path=(*path, key), kind="delete", spec=spec)
        else:
            yield from _values(old.get(key), new.get(key), spec, facts, (*path, key))


def _values(old: Any, new: Any, spec: Spec | None, facts: TypeFacts | None, path: Path) -> Iterator[Change]:
    if old == new:
        return
    if new is None:
        if spec is None or not spec.computed:
            yield Change(path=path, kind="delete", old=old, spec=spec)
    elif old is None:
        yield Change(path=path, kind="add", new=new, spec=spec)
    elif isinstance(old, dict) and isinstance(new, dict):
        inner = facts.fields(spec) if facts is not None else None
        if inner is None and spec is not None and spec.type == "map":
            inner = dict.fromkeys([*old, *new], spec.item) if spec.item is not None else None
        yield from _objects(old, new, inner, facts, path)
    elif isinstance(old, list) and isinstance(new, list):
        item = spec.item if spec is not None else None
        for index in range(max(len(old), len(new))):
            was = old[index] if index < len(old) else None
            now = new[index] if index < len(new) else None
            yield from _values(was, now, item, facts, (*path, index))
    elif not (spec is not None and spec.suppress is not None and _same(old, new, spec.suppress)):
        yield Change(path=path, kind="update", old=old, new=new, spec=spec)


def _same(old: Any, new: Any, rule: str) -> bool:
    """Whether the provider holds two spellings for the same value; rules by the name of its Go function."""
    try:
        match rule.rsplit(".", 1)[-1]:
            case "EqualIgnoreCaseSuppressDiff" | "ipv6CompressionDiffSuppressFunction":
                return str(old).lower() == str(new).lower()
            case "Int64StringDiffSuppressFunction":
                return int(old) == int(new)
            case "JsonStringDiffSuppressFunction":
                return bool(json.loads(old) == json.loads(new))
            case "suppressDiffIfOldIsEmptyString":
                return str(old) == ""
            case _:
                return False
    except (TypeError, ValueError):
        return False


def roots(changes: Iterable[Change]) -> list[str]:
    """The properties of the resource that changes lie in, each once."""
    return list(dict.fromkeys(str(change.path[0]) for change in changes))


def mark(changes: Iterable[Change], decide: Callable[[Change, tuple[Path, ...]], bool]) -> tuple[Change, ...]:
    """Each change with what it means: `decide` gets it with every schema path it touches."""
    return tuple(replace(change, replaces=decide(change, tuple(touched(change)))) for change in changes)


def touched(change: Change) -> Iterator[Path]:
    """The schema paths a change touches: its own, and those of all that comes or goes with it.

    An element that comes, goes or is another one has no path of its own in a schema: it touches the list.
    """
    place = paths.general(change.path)
    if isinstance(change.path[-1], int):
        yield place[:-1]
    yield place
    content = change.new if change.new is not None else change.old
    yield from _leaves(content, place)


def _leaves(content: Any, place: Path) -> Iterator[Path]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield (*place, key)
            yield from _leaves(value, (*place, key))
    elif isinstance(content, list):
        for value in content:
            yield from _leaves(value, (*place, ANY))


def by_schema(facts: TypeFacts, change: Change, places: Iterable[Path]) -> bool:
    """Whether the schema says that a change at these places replaces the resource."""
    if facts.replaced_always:
        return True
    return any(place in facts.replaces for place in (*places, *_map(change.path, facts)))


def _map(path: Path, facts: TypeFacts) -> Iterator[Path]:
    """The map that a path leads into: its keys are not in the schema."""
    spec: Spec | None = None
    fields: Fields | None = facts.inputs
    for index, step in enumerate(path):
        if spec is not None and spec.type == "map":
            yield paths.general(path[:index])
            return
        spec = spec.item if spec is not None and isinstance(step, int) else (fields or {}).get(str(step))
        fields = facts.fields(spec)
