"""YAML that people write, read within limits: a file that would hang, overflow or surprise its reader is refused with the line.

What a scalar is, is decided as Pulumi's engine does (gopkg.in/yaml.v3, resolve.go), which reads the same file: `yes` is text, `0777` is
511, `2026-01-01` is a time.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from infra.problems import PlanError, Problem

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # pragma: no cover - PyYAML built without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

LARGEST = 1024 * 1024
"""Bytes of a file. The largest stack file of the project has 6,000."""
DEEPEST = 64
"""Mappings and lists inside each other."""
MOST = 20_000
"""Values of a file, those that an alias repeats counted each time."""

_RESOLVER = yaml.resolver.Resolver()

SHOWN = 8
"""Keys of a path that are named where a file is too deep."""

TEXT, MAPPING, LIST, MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:merge"
_PREFIX = "tag:yaml.org,2002:"
_PLAIN = frozenset({"str", "int", "float", "bool", "null", "map", "seq"})

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((sign + word for sign in ("", "+") for word in (".inf", ".Inf", ".INF")), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
"""Control characters, halves of a pair, and what turns the direction of text around or has no width."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")


class YamlError(PlanError):
    """The text cannot be used. Each problem knows its line, and its path from the root of the text."""


class Time(str):
    """A scalar that YAML takes for a date, as it is written."""

    __slots__ = ()


@dataclass
class _Open:
    """A mapping or a list that is not closed yet."""

    node: yaml.CollectionNode
    anchor: str | None
    key: yaml.Node | None = None
    size: int = 1
    """Values in it, and itself."""
    depth: int = 0
    """Mappings and lists inside each other in it."""
    lines: dict[str, int] = field(default_factory=dict)
    """Where each key was first given."""


def line(of: Any) -> int:
    """Where a node or an event begins, from 1."""
    return int(of.start_mark.line) + 1


def compose(raw: bytes | str) -> yaml.Node | None:
    """The only document of `raw`, None where it is empty. Raises YamlError."""
    text = _decoded(raw)
    try:
        return _Composer().compose(yaml.parse(text, Loader=Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = ", ".join(part for part in (error.problem, error.context) if part)
        raise _refused(mark.line + 1 if mark else None, f"is not YAML: {words}") from None
    except yaml.reader.ReaderError as error:
        at = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else None
        raise _refused(at, f"is not YAML: it has the character {_code(error.character)}, which no text may have") from None
    except yaml.YAMLError as error:
        raise _refused(None, f"is not YAML: {' '.join(str(error).split())}") from None


def _decoded(raw: bytes | str) -> str:
    size = len(raw)
    if size > LARGEST:
        raise _refused(None, f"has {size:,} bytes, but a stack file has at most {LARGEST:,}; keep what is large elsewhere")
    if isinstance(raw, str):
        return raw
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw[:4]:
        raise _refused(1, "is not YAML in UTF-8: it is in UTF-16 or UTF-32; save it as UTF-8, as `file` and the engine expect")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = raw.count(b"\n", 0, error.start) + 1
        raise _refused(at, f"is not YAML in UTF-8: byte 0x{raw[error.start]:02x} is no character; save it as UTF-8") from None


def _code(character: Any) -> str:
    return f"U+{character if isinstance(character, int) else ord(character):04X}"


def _refused(at: int | None, message: str, path: str = "") -> YamlError:
    return YamlError([Problem(path, message, at)])


class _Composer:
    """Makes nodes of events, without recursion, so that depth is bounded by the limit alone."""

    def __init__(self) -> None:
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[yaml.Node, int, int]] = {}
        """What is marked, with its size and its depth."""
        self.root: yaml.Node | None = None
        self.twice: list[Problem] = []
        self.count = 0

    def compose(self, events: Iterator[Any]) -> yaml.Node | None:
        documents = 0
        for event in events:
            begun: Any = getattr(event, "start_mark", None)
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        raise self._error(event, "has a second document after `---`; a stack file is one")
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.MappingStartEvent():
                    self._begin(event, yaml.MappingNode(event.tag or MAPPING, [], begun))
                case yaml.SequenceStartEvent():
                    self._begin(event, yaml.SequenceNode(event.tag or LIST, [], begun))
                case yaml.CollectionEndEvent():
                    self._end()
        if self.twice:
            raise YamlError(self.twice)
        return self.root

    def _error(self, where: Any, message: str) -> YamlError:
        path = self._path().split(".")
        return _refused(line(where), message, ".".join(path if len(path) <= SHOWN else [*path[:SHOWN], "..."]))

    def _path(self) -> str:
        """Where the composer stands."""
        parts = []
        for each in self.open:
            if isinstance(each.node, yaml.SequenceNode):
                parts.append(str(len(each.node.value)))
            elif each.key is not None:
                parts.append(str(getattr(each.key, "value", "?")))
        return ".".join(parts)

    def _scalar(self, event: Any) -> None:
        tag, style = event.tag, event.style or "'"
        if tag in (None, "!"):
            tag = _RESOLVER.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
            style = None if event.implicit[0] else style
        self._place(yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark, style=style), event.anchor)

    def _alias(self, event: Any) -> None:
        if any(each.anchor == event.anchor for each in self.open):
            raise self._error(event, f"*{event.anchor} stands inside what it repeats, so it would never end; write out what is meant")
        found = self.anchors.get(event.anchor)
        if found is None:
            raise self._error(event, f"*{event.anchor} repeats nothing: no value before it is marked &{event.anchor}")
        node, size, depth = found
        self._place(node, None, size, depth, event)

    def _begin(self, event: Any, node: yaml.CollectionNode) -> None:
        self.open.append(_Open(node, event.anchor))
        self._bounded(event, 1, 0)

    def _end(self) -> None:
        done = self.open.pop()
        self._place(done.node, done.anchor, done.size, done.depth + 1)

    def _bounded(self, event: Any, size: int, depth: int) -> None:
        self.count += size
        if self.count > MOST:
            raise self._error(event, f"has more than {MOST:,} values, those that aliases repeat counted each time")
        if len(self.open) + depth > DEEPEST:
            raise self._error(event, f"is more than {DEEPEST} mappings and lists deep; no setting of a stack file is")

    def _place(self, node: yaml.Node, anchor: str | None, size: int = 1, depth: int = 0, alias: Any = None) -> None:
        """Put a node where the composer stands."""
        if anchor is not None:
            self.anchors[anchor] = (node, size, depth)
        if alias is not None or isinstance(node, yaml.ScalarNode):
            self._bounded(alias or node, size, depth)
        if not self.open:
            self.root = node
            return
        here = self.open[-1]
        here.size += size
        here.depth = max(here.depth, depth)
        if isinstance(here.node, yaml.SequenceNode):
            here.node.value.append(node)
        elif here.key is not None:
            here.node.value.append((here.key, node))
            here.key = None
        elif isinstance(node, yaml.ScalarNode):
            self._key(here, node, line(alias or node))
        else:
            raise self._error(alias or node, "has a mapping or a list as a key; keys are text")

    def _key(self, here: _Open, key: yaml.ScalarNode, at: int) -> None:
        before = here.lines.get(key.value)
        here.lines.setdefault(key.value, at)
        here.key = key
        if before is not None:
            self.twice.append(Problem(self._path(), f"is given twice, on lines {before} and {at}; keep one", at))


def value(node: yaml.Node | None) -> Any:
    """What the node means to the engine: mappings, lists, text, numbers, true, false and None; dates as Time."""
    if isinstance(node, yaml.MappingNode):
        given = {key.value: value(item) for key, item in node.value if key.tag != MERGE}
        merged: dict[str, Any] = {}
        for key, item in node.value:
            if key.tag == MERGE:
                for each in reversed(item.value) if isinstance(item, yaml.SequenceNode) else [item]:
                    found = value(each)
                    merged |= found if isinstance(found, dict) else {}
        return {**merged, **given}
    if isinstance(node, yaml.SequenceNode):
        return [value(item) for item in node.value]
    return scalar(node) if isinstance(node, yaml.ScalarNode) else None


def scalar(node: yaml.ScalarNode) -> Any:
    """What the engine takes a scalar for. Without a style it is plain, and neither quoted nor tagged."""
    return node.value if node.style is not None and node.tag == TEXT else _resolved(node.value)


def _resolved(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _DATE.fullmatch(text):
        return Time(text)
    plain = text.replace("_", "") if text[:1] in "+-0123456789" else text
    if _WHOLE.fullmatch(plain):
        return _whole(plain)
    if _NUMBER.fullmatch(plain):
        return float(plain)
    return text


def _whole(text: str) -> int | float:
    sign, digits = (-1 if text[0] == "-" else 1), text.lstrip("+-").lower()
    for prefix, base in (("0x", 16), ("0o", 8), ("0b", 2), ("0", 8)):
        if digits.startswith(prefix) and digits != "0":
            return sign * int(digits.removeprefix(prefix), base)
    return sign * int(digits) if len(digits) <= 19 else sign * float(digits)


def doubtful(node: yaml.Node | None) -> tuple[Problem, ...]:
    """What in a node the engine would read as something that nobody writes on purpose, or that JSON cannot say. Each mistake once."""
    return tuple(_doubtful(node, "", set())) if node is not None else ()


def _doubtful(node: yaml.Node, path: str, seen: set[int]) -> Iterator[Problem]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield from _doubtful_scalar(node, path)
        return
    if node.tag not in (MAPPING, LIST):
        yield Problem(path, f"has the tag {_tag(node)}, which a stack file has no use for; take it out", line(node))
    if isinstance(node, yaml.MappingNode):
        for key, item in node.value:
            here = path if key.tag == MERGE else f"{path}.{key.value}" if path else key.value
            yield from _doubtful_key(key, item, here)
            yield from _doubtful(item, here, seen)
    else:
        for index, item in enumerate(node.value):
            yield from _doubtful(item, f"{path}.{index}", seen)


def _doubtful_key(key: yaml.ScalarNode, item: yaml.Node, path: str) -> Iterator[Problem]:
    at = line(key)
    if key.tag == MERGE:
        if not all(isinstance(each, yaml.MappingNode) for each in (item.value if isinstance(item, yaml.SequenceNode) else [item])):
            yield Problem(path, "merges (`<<`) what is no mapping", at)
        return
    meant = scalar(key)
    if isinstance(meant, Time) or not isinstance(meant, str):
        yield Problem(path, f"the key {key.value or 'null'} is {_kind(meant)} to YAML; put it in quotes", at)
    elif (bad := _control(meant)) is not None:
        yield Problem(path.replace(bad, "?"), f"the key has the character {_code(bad)}, which nobody can see; take it out", at)


def _doubtful_scalar(node: yaml.ScalarNode, path: str) -> Iterator[Problem]:
    at, found = line(node), scalar(node)
    if node.style is not None and node.tag.removeprefix(_PREFIX) not in _PLAIN:
        yield Problem(path, f"has the tag {_tag(node)}, which a stack file has no use for; take it out", at)
    elif isinstance(found, Time):
        yield Problem(path, f"{found} is a date to YAML, which becomes a time of day with it; put it in quotes: {str(found)!r}", at)
    elif isinstance(found, float) and not math.isfinite(found):
        yield Problem(path, f"is {node.value}, but must be a number; .nan and .inf are none that could be planned with", at)
    elif isinstance(found, str) and (bad := _control(found)) is not None:
        yield Problem(path, f"has the character {_code(bad)}, which nobody can see; take it out", at)


def _control(text: str) -> str | None:
    """The first character of `text` that does something and shows nothing."""
    found = _UNSEEN.search(text)
    return found[0] if found else None


def _tag(node: yaml.Node) -> str:
    tag = str(node.tag).replace(_PREFIX, "!!")
    return tag if len(tag) <= 40 else f"{tag[:37]}..."


def _kind(found: Any) -> str:
    match found:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case Time():
            return "a date"
    return "a number"
