"""The engine's event log, read as it grows."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NOTICES = ("deprecated: ", "not read: ")
"""How the program begins what it says of keys of the stack file that are out of date or of no use."""
NOTHING = ("same", "read", "refresh")
"""Operations that change neither the cloud nor the state."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step that the engine planned or took."""

    op: str
    """`create`, `update`, `delete`, `same`, `replace`, `create-replacement`, `delete-replaced`, `refresh`, `read` ..."""
    urn: str
    type: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    keys: tuple[str, ...] = ()
    """Properties that force the replacement."""
    diffs: tuple[str, ...] = ()
    """Properties that differ."""
    detailed: Mapping[str, str] = field(default_factory=dict)
    """Kind of difference (`add`, `update-replace` ...) by property path, where the provider says."""

    @property
    def state(self) -> Mapping[str, Any]:
        """The resource after the step, or before it when nothing is left of it."""
        return self.new or self.old or {}


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    severity: str
    """`error`, `warning`, `info`."""
    message: str
    urn: str = ""

    @property
    def is_notice(self) -> bool:
        """Whether it is about the stack file, and so reported once, on standard error."""
        return self.severity == "warning" and self.message.startswith(NOTICES)


@dataclass(frozen=True, kw_only=True)
class Violation:
    """What a policy says of a resource, or of the whole stack when `urn` is empty."""

    policy: str
    pack: str
    level: str
    """`mandatory` stops an update, `advisory` does not."""
    message: str
    urn: str = ""
    severity: str = ""
    """`low`, `medium`, `high` or `critical`; empty where the pack does not say."""

    @property
    def refuses(self) -> bool:
        return self.level != "advisory"


class EventLog:
    """What one operation of the engine reported. `poll` takes in what was written since."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self.planned: list[Step] = []
        """Each step once, in the engine's order, as it was begun."""
        self.done: list[Step] = []
        """Each step that came to its end, with the outputs it left."""
        self.failed: list[Step] = []
        self.diagnostics: list[Diagnostic] = []
        self.violations: list[Violation] = []
        self.counts: Mapping[str, int] | None = None
        """Resources by operation, from the summary; None before there is one."""
        self.config: Mapping[str, str] = {}
        """The stack's configuration, secrets left out: sections as JSON, by their full keys."""
        self.torn = ""
        """How the log is known to lack something; empty while it does not."""
        self._next = 0
        """Number of the next event: the engine counts them."""

    def poll(self) -> int:
        """Read on. Returns the number of events that were new."""
        if not self._path.exists():
            return 0
        with self._path.open("rb") as log:
            log.seek(self._offset)
            written = log.read()
        complete = written[: written.rfind(b"\n") + 1]
        self._offset += len(complete)
        lines = complete.splitlines()
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                event = None
            if isinstance(event, dict):
                self._take(event)
            else:
                self.torn = self.torn or "an event in it is torn"
        return len(lines)

    def close(self) -> None:
        """Nothing is written any more: take in the rest, and note where the last line has no end."""
        self.poll()
        if self._path.exists() and self._path.stat().st_size > self._offset:
            self.torn = self.torn or "its last line is torn"

    def _take(self, event: Mapping[str, Any]) -> None:
        number = event.get("sequence", self._next)
        if number != self._next:
            self.torn = self.torn or f"event {self._next} is not in it"
        self._next = number + 1
        if "resourcePreEvent" in event:
            self.planned.append(_step(event["resourcePreEvent"]["metadata"]))
        elif "resOutputsEvent" in event:
            self.done.append(_step(event["resOutputsEvent"]["metadata"]))
        elif "resOpFailedEvent" in event:
            self.failed.append(_step(event["resOpFailedEvent"]["metadata"]))
        elif "diagnosticEvent" in event:
            self._diagnose(event["diagnosticEvent"])
        elif "policyEvent" in event:
            self.violations.append(_violation(event["policyEvent"]))
        elif "preludeEvent" in event:
            self.config = event["preludeEvent"].get("config") or {}
        elif "summaryEvent" in event:
            self.counts = event["summaryEvent"].get("resourceChanges") or {}

    def _diagnose(self, event: Mapping[str, Any]) -> None:
        severity = event.get("severity", "").removesuffix("#err")
        message = event.get("message", "").strip()
        if severity != "debug" and message and not event.get("ephemeral"):
            self.diagnostics.append(Diagnostic(severity=severity, message=message, urn=event.get("urn", "")))

    @property
    def notices(self) -> list[str]:
        """What the program says of keys that are out of date or of no use."""
        return list(dict.fromkeys(diagnostic.message for diagnostic in self.diagnostics if diagnostic.is_notice))

    @property
    def errors(self) -> list[Diagnostic]:
        return [diagnostic for diagnostic in self.diagnostics if diagnostic.severity == "error"]


def changes(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps that change something."""
    return (step for step in steps if step.op not in NOTHING)


def _step(metadata: Mapping[str, Any]) -> Step:
    return Step(
        op=metadata["op"],
        urn=metadata["urn"],
        type=metadata["type"],
        old=metadata.get("old"),
        new=metadata.get("new"),
        keys=tuple(metadata.get("keys") or ()),
        diffs=tuple(metadata.get("diffs") or ()),
        detailed={path: entry["diffKind"] for path, entry in (metadata.get("detailedDiff") or {}).items()},
    )


def _violation(event: Mapping[str, Any]) -> Violation:
    return Violation(
        policy=event.get("policyName", ""),
        pack=event.get("policyPackName", ""),
        level=event.get("enforcementLevel", ""),
        message=event.get("message", "").strip(),
        urn=event.get("resourceUrn", ""),
        severity=event.get("severity", ""),
    )
