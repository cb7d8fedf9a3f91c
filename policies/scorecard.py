"""`python -m policies.scorecard`: each control of CIS OKE, and who answers for it: a rule, Oracle, or evidence that somebody collects."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from policies.cis_oke import CONTROLS, Control
from policies.registry import RULES
from policies.rule import Rule

Status = Literal["automated", "oracle", "manual"]
WORDS: dict[Status, str] = {"automated": "automated", "oracle": "Oracle-managed", "manual": "manual evidence"}


@dataclass(frozen=True)
class Entry:
    control: Control
    rules: tuple[str, ...]

    @property
    def status(self) -> Status:
        return "automated" if self.rules else self.control.owner

    @property
    def answer(self) -> str:
        """The rules, or why it is Oracle's, or what to show."""
        return ", ".join(self.rules) if self.rules else self.control.evidence


def scorecard(rules: Sequence[Rule] = RULES) -> tuple[Entry, ...]:
    return tuple(Entry(control, tuple(rule.name for rule in rules if _checks(rule, control))) for control in CONTROLS)


def counts(entries: Sequence[Entry]) -> str:
    parts = [f"{sum(entry.status == status for entry in entries)} {words}" for status, words in WORDS.items()]
    return f"CIS OKE 1.6.0: {len(entries)} controls: {', '.join(parts)}"


def _checks(rule: Rule, control: Control) -> bool:
    return any(standard.framework == "CIS OKE" and standard.control == control.number for standard in rule.standards)


def main() -> int:
    entries = scorecard()
    width = max(len(entry.control.subject) for entry in entries)
    for entry in entries:
        sys.stdout.write(f"{entry.control.number:7} {WORDS[entry.status]:16} {entry.control.subject:{width}}  {entry.answer}\n")
    sys.stdout.write(f"\n{counts(entries)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
