"""Reads an IAM statement whole, or not at all: what is granted, to whom, where, and on which conditions.

Grammar: Oracle, "Policy Syntax" and "Conditions", 2026-08. Keywords come in any case, names in either kind of quotes. What is no single
plain statement (a comment, a second statement, `endorse`, `admit`, `define`) raises, so that nothing is granted beside what was read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from infra.tenancy import is_tenancy

Verb = Literal["inspect", "read", "use", "manage"]
VERBS: Final[tuple[Verb, ...]] = ("inspect", "read", "use", "manage")
"""Each holds those before it."""

ANYONE: Final = frozenset({"any-user", "any-group"})
SUBJECTS: Final = frozenset({"group", "dynamic-group", "service"})
CROSS_TENANCY: Final = frozenset({"admit", "define", "endorse"})

TIMESTAMP: Final = "request.utc-timestamp"
"""Compared by `before` and `after`. Oracle, "Restricting Access to Resources Based on Time Frame", 2026-08."""

DEEPEST: Final = 4
"""Conditions in conditions."""

_TOKEN = re.compile(r"\s*(?:(?P<quoted>'[^'\n]*'|\"[^\"\n]*\")|(?P<mark>!=|[{},=])|(?P<word>[A-Za-z0-9_.:/@*|+-]+))")
_TYPE = re.compile(r"[a-z][a-z0-9-]*")
_PERMISSION = re.compile(r"[A-Z][A-Z0-9_]*")
_VARIABLE = re.compile(r"(?:request|target)(?:\.[a-z0-9_-]+)+", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_.@/+ -]+")
"""Spaces only come in quotes: without them they end the word."""
_PATH = re.compile(r"[A-Za-z0-9_.@/+ -]+(?::[A-Za-z0-9_.@/+ -]+)*")


class UnreadableStatement(ValueError):  # noqa: N818 - it says what the statement is
    """A text is no single plain statement. `str()` says why, to follow the statement in a message."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    effect: Literal["allow", "deny"]
    subject: str
    """`any-user`, `any-group`, `group`, `dynamic-group` or `service`."""
    names: tuple[str, ...] = ()
    """Of the groups or services."""
    verb: Verb | None = None
    resource: str = ""
    """Resource type or family, in small letters."""
    permissions: tuple[str, ...] = ()
    """Single permissions, in place of a verb and a type."""
    compartment: str | None = None
    """Name, path or OCID; None for the tenancy, under whichever name."""
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What every request that is allowed has in common: variables that must equal one value."""
    either: bool = False
    """It has conditions of which any one is enough."""

    @property
    def access(self) -> str:
        return f"{self.verb} {self.resource}" if self.verb else f"{{{', '.join(self.permissions)}}}"


def parse(text: str) -> Statement:
    """The statement that `text` is. Raises UnreadableStatement."""
    reader = _Reader(_tokens(text))
    effect = reader.word()
    if effect in CROSS_TENANCY:
        raise UnreadableStatement(f"is of the kind {effect}, which reaches other tenancies")
    if effect not in ("allow", "deny"):
        raise UnreadableStatement("does not begin with Allow or Deny")
    subject, names = _subject(reader)
    reader.keyword("to")
    verb, resource, permissions = _access(reader)
    reader.keyword("in")
    compartment = _place(reader)
    facts: dict[str, str] = {}
    either = False
    if not reader.done:
        reader.keyword("where")
        facts, either = _conditions(reader)
    if not reader.done:
        raise UnreadableStatement(f"goes on after its end with {reader.rest!r}: write each statement as an entry of its own")
    return Statement(
        effect="allow" if effect == "allow" else "deny",
        subject=subject,
        names=names,
        verb=verb,
        resource=resource,
        permissions=permissions,
        compartment=compartment,
        facts=MappingProxyType(facts),
        either=either,
    )


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    place = 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise UnreadableStatement(f"cannot be read from {text[place : place + 20].strip()!r} on")
        found.append(match["quoted"] or match["mark"] or match["word"])
        place = match.end()
    return found


class _Reader:
    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens, self._place = tokens, 0

    @property
    def done(self) -> bool:
        return self._place >= len(self._tokens)

    @property
    def rest(self) -> str:
        return " ".join(self._tokens[self._place :])[:40]

    @property
    def next(self) -> str:
        return "" if self.done else self._tokens[self._place]

    def take(self) -> str:
        if self.done:
            raise UnreadableStatement("ends before it says what it grants, to whom and where")
        self._place += 1
        return self._tokens[self._place - 1]

    def word(self) -> str:
        return self.take().lower()

    def keyword(self, wanted: str) -> None:
        found = self.take()
        if found.lower() != wanted:
            raise UnreadableStatement(f"has {found!r} where {wanted!r} belongs")

    def take_one_of(self, *wanted: str) -> str:
        found = self.take()
        if found not in wanted:
            raise UnreadableStatement(f"has {found!r} where {' or '.join(wanted)} belongs")
        return found

    def text(self, pattern: re.Pattern[str], what: str) -> str:
        found = self.take()
        plain = found[1:-1] if found[0] in "'\"" else found
        if not pattern.fullmatch(plain):
            raise UnreadableStatement(f"has {found!r} where {what} belongs")
        return plain


def _subject(reader: _Reader) -> tuple[str, tuple[str, ...]]:
    subject = reader.word()
    if subject in ANYONE:
        return subject, ()
    if subject not in SUBJECTS:
        raise UnreadableStatement(f"is for {subject!r}; known: {', '.join(sorted(ANYONE | SUBJECTS))}")
    return subject, tuple(_names(reader))


def _names(reader: _Reader) -> Iterator[str]:
    while True:
        if reader.next.lower() == "id":
            reader.take()
        name = reader.text(_NAME, "a name")
        if reader.next.startswith("/"):  # Of an identity domain: 'Default'/'ml'
            rest = reader.take()[1:] or reader.text(_NAME, "a name")
            if not _NAME.fullmatch(rest):
                raise UnreadableStatement(f"has {rest!r} where a name belongs")
            name = f"{name}/{rest}"
        if name.lower() in ANYONE | SUBJECTS:
            raise UnreadableStatement(f"has {name!r} where a name belongs")
        yield name
        if reader.next != ",":
            return
        reader.take()


def _access(reader: _Reader) -> tuple[Verb | None, str, tuple[str, ...]]:
    if reader.next == "{":
        reader.take()
        permissions = []
        while True:
            permissions.append(_upper(reader))
            if reader.take_one_of(",", "}") == "}":
                return None, "", tuple(permissions)
    found = reader.word()
    for verb in VERBS:
        if found == verb:
            resource = reader.word()
            if not _TYPE.fullmatch(resource):
                raise UnreadableStatement(f"has {resource!r} where a resource type belongs")
            return verb, resource, ()
    raise UnreadableStatement(f"grants by {found!r}; verbs are {', '.join(VERBS)}")


def _upper(reader: _Reader) -> str:
    found = reader.take().upper()
    if not _PERMISSION.fullmatch(found):
        raise UnreadableStatement(f"has {found!r} where a permission belongs")
    return found


def _place(reader: _Reader) -> str | None:
    found = reader.word()
    if found == "tenancy":
        return None
    if found != "compartment":
        raise UnreadableStatement(f"is in {found!r}; it is either in tenancy, or in compartment and its name")
    if reader.next.lower() == "id":
        reader.take()
    name = reader.text(_PATH, "a compartment")
    return None if is_tenancy(name) else name


def _conditions(reader: _Reader, depth: int = 0) -> tuple[dict[str, str], bool]:
    """What all of them say together, and whether any one of several is enough."""
    if depth > DEEPEST:
        raise UnreadableStatement("nests its conditions too deep to be read")
    how = reader.next.lower()
    if how not in ("all", "any"):
        return dict(_comparison(reader)), False
    reader.take()
    reader.keyword("{")
    facts: dict[str, str] = {}
    either = how == "any"
    while True:
        inner, loose = _conditions(reader, depth + 1)
        either = either or loose
        for variable, value in () if how == "any" else inner.items():
            if facts.setdefault(variable, value) != value:
                raise UnreadableStatement(f"asks for two values of {variable} at once")
        if reader.take_one_of(",", "}") == "}":
            return facts, either


def _comparison(reader: _Reader) -> Iterator[tuple[str, str]]:
    """The variable and its value where they must be equal; nothing for another comparison, which only narrows."""
    variable = reader.text(_VARIABLE, "a variable such as request.principal.type").lower()
    if variable == TIMESTAMP and reader.next.lower() in ("before", "after"):
        reader.take()
        reader.take()
        return
    if reader.take_one_of("=", "!=") == "!=":
        reader.take()
        return
    value = reader.take()
    if value[0] not in "'\"":
        return  # A pattern, or another variable: more than one value
    if not value[1:-1] or "*" in value:
        raise UnreadableStatement(f"compares {variable} with {value}, which is no single value")
    yield variable, value[1:-1]
