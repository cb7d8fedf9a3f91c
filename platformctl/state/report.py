"""What was found of the state's bucket, what was changed, and what is refused."""

from dataclasses import dataclass
from enum import StrEnum

from platformctl.state.location import StateLocation


class StateError(Exception):
    """The store cannot be asked: which request, what it answered, what to do."""


class Outcome(StrEnum):
    GOOD = "good"
    CHANGED = "changed"
    NOT_SHOWN = "not shown"
    """The store's S3 interface does not tell; the detail says how to find out."""
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Finding:
    subject: str
    outcome: Outcome
    detail: str
    fix: str = ""
    """What to do, where something is to be done."""


@dataclass(frozen=True, kw_only=True)
class Report:
    location: StateLocation
    findings: tuple[Finding, ...]

    @property
    def refused(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.REFUSED)

    @property
    def changed(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.CHANGED)

    @property
    def unseen(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.NOT_SHOWN)

    @property
    def ready(self) -> bool:
        """Whether state may be kept there."""
        return not self.refused
