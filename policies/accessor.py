"""Reads a resource's inputs so that nothing is passed over: what is unknown, missing or of another type raises, and becomes a violation.

`Inputs` wraps plain nested data as it comes over the wire. A rule says what it needs (`require`), what may be left out (`optional`),
what must be there whatever it is (`present`), and what may still be open (`known`). There is no other way to a value.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

from infra.pricing.resources import UNKNOWN

T = TypeVar("T")
Path = tuple[str | int, ...]

# How the engine writes a value that it does not know yet. pulumi sdk/python/lib/pulumi/runtime/rpc.py, 3.272.0; a preview sends the text's.
UNKNOWNS: Final = frozenset({
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # true or false
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
    UNKNOWN,  # text
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
    "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
    "e48ece36-62e2-4504-bad9-02848725956a",  # archive
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # mapping
})  # fmt: skip


@dataclass(frozen=True)
class Kind(Generic[T]):
    """A type of value, with its name in a message."""

    words: str
    read: Callable[[Any], T | None]
    """The value as this kind, None where it is another."""

    def called(self, words: str) -> "Kind[T]":
        """The same kind, with a name that tells what to write."""
        return Kind(words, self.read)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if float("-inf") < value < float("inf") else None


def _integer(value: Any) -> int | None:
    """Numbers arrive as floats; nothing that is counted here is negative."""
    number = _number(value)
    return int(number) if number is not None and number.is_integer() and number >= 0 else None


def _digits(value: Any) -> int | None:
    """A whole number written as text, as tags and some of Oracle's properties are."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 9 else None


def _list(value: Any) -> Sequence[Any] | None:
    return value if isinstance(value, list | tuple) else None


def _mapping(value: Any) -> Mapping[str, Any] | None:
    return value if isinstance(value, Mapping) else None


TEXT: Final = Kind("a text", _text)
FLAG: Final = Kind("true or false", _flag)
NUMBER: Final = Kind("a number", _number)
INTEGER: Final = Kind("a whole number, 0 or more", _integer)
DIGITS: Final = Kind('a whole number written as text, such as "4"', _digits)
LIST: Final = Kind("a list", _list)
MAPPING: Final = Kind("a mapping", _mapping)

Trouble = Literal["unknown", "missing", "wrong type"]


class Refused(Exception):  # noqa: N818 - it is no error: it is a verdict, reached where nothing further can be judged
    """A resource cannot be judged, and so does not pass. `str()` is the violation's message."""


class Unreadable(Refused):
    """An input that a rule needs cannot be read. `str()` says which, why, and what to do."""

    def __init__(self, path: Path, trouble: Trouble, wanted: str, found: str = "") -> None:
        self.path, self.trouble = path, trouble
        match trouble:
            case "unknown":
                says = "is not known before the update, so it cannot be checked: it must be a literal or a config value"
            case "missing":
                says = f"is missing: set it to {wanted}"
            case _:
                says = f"is {found}, but must be {wanted}"
        super().__init__(f"{written(path)} {says}")


def written(path: Path) -> str:
    """A path as people write it: `nodeConfigDetails.placementConfigs[0].subnetId`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "the inputs"


def unknown(value: Any) -> bool:
    return isinstance(value, str) and value in UNKNOWNS


@dataclass(frozen=True)
class Read:
    """One look at an input, for tests that then take it away."""

    path: Path
    kind: Kind[Any]
    way: Literal["require", "optional", "present", "known"]


class Inputs:
    """A mapping of a resource's inputs. Steps are keys; a key may hold dots, so they are given one by one."""

    __slots__ = ("_path", "_reads", "_secrets", "_value")

    def __init__(
        self, value: Mapping[str, Any], *, path: Path = (), secrets: frozenset[Path] = frozenset(), reads: list[Read] | None = None
    ) -> None:
        self._value, self._path, self._secrets, self._reads = value, path, secrets, reads

    def require(self, kind: Kind[T], *steps: str) -> T:
        """The value. Raises Unreadable where it is unknown, missing, or of another kind."""
        value = self._find(kind, steps, "require")
        if value is None:
            raise Unreadable(self._path + steps, "missing", kind.words)
        return self._as(kind, steps, value)

    def optional(self, kind: Kind[T], *steps: str) -> T | None:
        """The value, None where it is left out. Raises Unreadable where it is unknown or of another kind."""
        value = self._find(kind, steps, "optional")
        return None if value is None else self._as(kind, steps, value)

    def present(self, kind: Kind[Any], *steps: str) -> bool:
        """Whether there is something, known or not; an empty text, list or mapping is nothing. Raises Unreadable for another kind."""
        value = self._find(kind, steps, "present")
        if value is None:
            return False
        if unknown(value):
            return True
        found = self._as(kind, steps, value)
        return found not in ("", [], (), {})

    def known(self, kind: Kind[T], *steps: str) -> T | None:
        """The value, None where it is left out or not known yet. Raises Unreadable for another kind.

        Only for rules that say in `accepts` why an unknown value may pass.
        """
        value = self._find(kind, steps, "known")
        return None if value is None or unknown(value) else self._as(kind, steps, value)

    def section(self, *steps: str) -> "Inputs":
        """The mapping at `steps`. Raises Unreadable as `require` does."""
        return self._inner(self.require(MAPPING, *steps), steps)

    def each(self, *steps: str) -> Iterator["Inputs"]:
        """The mappings in the list at `steps`; none where the list is left out. Raises Unreadable."""
        items = self.optional(LIST, *steps) or ()
        for place, item in enumerate(items):
            path = (*self._path, *steps, place)
            self._record(path, MAPPING, "require")
            yield self._inner(_checked(MAPPING, path, item), (*steps, place))

    def texts(self, *steps: str) -> tuple[str, ...]:
        """The texts in the list at `steps`; none where it is left out. Raises Unreadable."""
        items = self.optional(LIST, *steps) or ()
        return tuple(self._item(TEXT, (*steps, place), item, "require") for place, item in enumerate(items))

    def known_texts(self, *steps: str) -> tuple[str, ...]:
        """The texts in the list at `steps` that are known, for rules that accept the others."""
        items = self.known(LIST, *steps) or ()
        found = (None if unknown(item) else self._item(TEXT, (*steps, place), item, "known") for place, item in enumerate(items))
        return tuple(text for text in found if text is not None)

    def walk(self, *, into_lists: bool = True) -> Iterator[tuple[Path, Any]]:
        """Every value below, with its path: mappings and lists before what is in them. Does not judge them; see `judge`."""
        yield from _walk(self._value, self._path, into_lists)

    def judge(self, kind: Kind[T], path: Path, value: Any) -> T:
        """A value that `walk` found, as `require` would give it."""
        return self._item(kind, path[len(self._path) :], value, "require")

    def secret(self, path: Path) -> bool:
        """Whether the value at `path`, or what it lies in, is marked as a secret."""
        return any(path[: len(place)] == place for place in self._secrets)

    @property
    def path(self) -> str:
        return written(self._path)

    def _inner(self, value: Mapping[str, Any], steps: Path) -> "Inputs":
        return Inputs(value, path=self._path + steps, secrets=self._secrets, reads=self._reads)

    def _find(self, kind: Kind[Any], steps: tuple[str, ...], way: Literal["require", "optional", "present", "known"]) -> Any:
        value: Any = self._value
        for depth, step in enumerate(steps):
            if depth:
                self._record(self._path + steps[:depth], MAPPING, way)
            if value is None:
                return None
            if unknown(value):
                return value
            value = _checked(MAPPING, self._path + steps[:depth], value).get(step)
        self._record(self._path + steps, kind, way)
        return value

    def _as(self, kind: Kind[T], steps: Path, value: Any) -> T:
        return _checked(kind, self._path + steps, value)

    def _item(self, kind: Kind[T], steps: Path, value: Any, way: Literal["require", "known"]) -> T:
        self._record(self._path + steps, kind, way)
        return _checked(kind, self._path + steps, value)

    def _record(self, path: Path, kind: Kind[Any], way: Literal["require", "optional", "present", "known"]) -> None:
        if self._reads is not None:
            self._reads.append(Read(path, kind, way))


def _checked(kind: Kind[T], path: Path, value: Any) -> T:
    if unknown(value):
        raise Unreadable(path, "unknown", kind.words)
    found = kind.read(value)
    if found is None:
        raise Unreadable(path, "wrong type", kind.words, _described(value))
    return found


def _described(value: Any) -> str:  # noqa: PLR0911 - a word for each kind
    """What a value is. Its content is not shown: it may be a secret."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"{value:g}"
        case str():
            return "another text" if value else "an empty text"
        case Mapping():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            return f"a {type(value).__name__}"


def _walk(value: Any, path: Path, into_lists: bool) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        items: Iterator[tuple[str | int, Any]] = iter(value.items())
    elif isinstance(value, list | tuple) and into_lists:
        items = iter(enumerate(value))
    else:
        return
    for key, item in items:
        yield (*path, key), item
        yield from _walk(item, (*path, key), into_lists)
