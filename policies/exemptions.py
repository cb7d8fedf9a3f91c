"""Exceptions to rules, as code: who let what pass, why, and until when.

`exceptions.yaml` is a list of entries: `rule`, `resource` (its type, and a pattern of its name), `reason`, `approver`, `expires` (the
last day on which it holds), and `stack` where it holds in one alone. One that has expired excuses nothing, and is a violation itself, so
that it is renewed or removed.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType
from typing import Any

FILE = Path(__file__).with_name("exceptions.yaml")
KEYS = ("rule", "resource", "reason", "approver", "expires")
OPTIONAL = ("stack",)

_RESOURCE = re.compile(r"[^:*?\[\]]+:[^:*?\[\]]+:[^:/*?\[\]]+/(?P<name>.+)")
LETTERS = 3
"""How many characters of a name must be spelt out: an exception is for single resources."""


FOLLOWS: Mapping[str, tuple[str, ...]] = MappingProxyType({"gpu-pool-size": ("gpu-total", "stack-cost")})
"""Rules that one exception covers too, for they say the same of the same resource: a pool that may be larger makes the sums larger."""


@dataclass(frozen=True, kw_only=True)
class Exemption:
    rule: str
    resource: str
    """`type/name`, with `*` for a part of the name: `oci:ContainerEngine/nodePool:NodePool/h100-*`."""
    reason: str
    approver: str
    expires: date
    stack: str | None = None
    """The stack in which it holds; None for every one."""

    def covers(self, type_: str, name: str) -> bool:
        return fnmatchcase(f"{type_}/{name}", self.resource)

    @property
    def is_pattern(self) -> bool:
        return any(mark in self.resource for mark in "*?[")

    def holds_in(self, stack: str) -> bool:
        return self.stack in (None, stack)

    def live(self, today: date) -> bool:
        return today <= self.expires

    def __str__(self) -> str:
        return f"excepted until {self.expires} by {self.approver}: {self.reason}"


def load(file: Path = FILE) -> tuple[tuple[Exemption, ...], tuple[str, ...]]:
    """The entries of the file, and what is wrong with it. A file that is missing has none."""
    if not file.is_file():
        return (), ()
    text = file.read_text()
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return (), ()
    import yaml  # noqa: PLC0415 - only where there is an entry to read

    try:
        return parse(yaml.safe_load(text))
    except yaml.YAMLError as error:
        return (), (f"{file.name} is not YAML: {' '.join(str(error).split())}",)


def parse(document: Any) -> tuple[tuple[Exemption, ...], tuple[str, ...]]:
    """The entries, and what is wrong with the others."""
    if document is None:
        return (), ()
    if not isinstance(document, list):
        return (), ("the exceptions must be a list of entries",)
    entries: list[Exemption] = []
    problems: list[str] = []
    for place, entry in enumerate(document, 1):
        wrong = _problems(entry)
        problems += [f"exception {place}: {problem}" for problem in wrong]
        if not wrong:
            entries.append(Exemption(**entry))
    return tuple(entries), tuple(problems)


def exempting(exemptions: Sequence[Exemption], rule: str, type_: str, name: str, today: date) -> Exemption | None:
    """The exception that covers this rule on this resource today, its own or that of the rule that it follows from."""
    for exemption in exemptions:
        if rule in (exemption.rule, *FOLLOWS.get(exemption.rule, ())) and exemption.live(today) and exemption.covers(type_, name):
            return exemption
    return None


def expired(exemptions: Iterable[Exemption], today: date) -> tuple[Exemption, ...]:
    return tuple(exemption for exemption in exemptions if not exemption.live(today))


def problems(  # noqa: PLR0917 - what each is held against
    exemptions: Iterable[Exemption],
    rules: frozenset[str],
    today: date,
    most_days: int,
    own: frozenset[str] = frozenset(),
    critical: frozenset[str] = frozenset(),
) -> Iterator[str]:
    """What is wrong with entries that are complete: of no rule, of the pack's `own`, a pattern for a `critical` one, or for too long."""
    for exemption in exemptions:
        if exemption.rule not in rules:
            yield f"the exception for {exemption.resource} is from {exemption.rule}, and there is no such rule"
        if exemption.rule in own:
            yield f"the exception for {exemption.resource} is from {exemption.rule}, which is on the pack itself and knows none"
        if exemption.rule in critical and exemption.is_pattern:
            said = f"the exception from {exemption.rule} for {exemption.resource} is for a pattern, and the rule is critical"
            yield f"{said}: write an entry for each resource, by its full name"
        days = (exemption.expires - today).days
        if days > most_days:
            yield f"the exception from {exemption.rule} for {exemption.resource} lasts {days} days more; at most {most_days} are allowed"


def report(exemptions: Sequence[Exemption], today: date) -> str:
    """Every exception that holds, the one that ends first on top; then those that have expired."""
    ordered = sorted(exemptions, key=lambda exemption: (exemption.expires, exemption.rule, exemption.resource))
    live = [exemption for exemption in ordered if exemption.live(today)]
    lines = [f"{len(live)} live {'exception' if len(live) == 1 else 'exceptions'}"]
    for exemption in (*live, *expired(ordered, today)):
        days = (exemption.expires - today).days
        left = f"{days} days left" if days >= 0 else f"expired {-days} days ago"
        where = f" in {exemption.stack}" if exemption.stack else ""
        lines.append(f"  {exemption.rule} on {exemption.resource}{where}: until {exemption.expires} ({left})")
        lines.append(f"    {exemption.reason}; approved by {exemption.approver}")
    return "\n".join(lines)


def _problems(entry: Any) -> list[str]:
    if not isinstance(entry, Mapping):
        return ["must be a mapping"]
    allowed = (*KEYS, *OPTIONAL)
    problems = [f"{key} is not a key; allowed: {', '.join(allowed)}" for key in entry if key not in allowed]
    problems += [f"{key} must be a text that is not empty" for key in KEYS[:-1] if not str(entry.get(key) or "").strip()]
    problems += [f"{key} must be a text" for key in KEYS[:-1] if entry.get(key) and not isinstance(entry[key], str)]
    if type(entry.get("expires")) is not date:
        problems.append("expires must be a date, such as 2026-12-31")
    if "stack" in entry and not (isinstance(entry["stack"], str) and entry["stack"]):
        problems.append("stack must be the name of a stack, or left out")
    if not problems and not _is_narrow(entry["resource"]):
        much = f"resource {entry['resource']!r} covers too much"
        problems.append(f"{much}: write a type in full, and at least {LETTERS} characters of a name")
    return problems


def _is_narrow(resource: str) -> bool:
    match = _RESOURCE.fullmatch(resource)
    return match is not None and len(re.sub(r"\[.*?\]|[*?\W_]", "", match["name"])) >= LETTERS


def main() -> int:
    """`python -m policies.exemptions`: the report. The exit status is 1 where an entry is wrong or has expired."""
    entries, wrong = load()
    today = datetime.now(tz=UTC).date()
    sys.stdout.write("".join(f"{line}\n" for line in (report(entries, today), *wrong)))
    return int(bool(wrong or expired(entries, today)))


if __name__ == "__main__":
    sys.exit(main())
