"""`platformctl rehearse`: a stack's whole lifecycle on a simulated cloud, from the first preview until nothing is left."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from platformctl.arguments import AsJson, NoPolicies, PolicyConfig, Root, Stack
from platformctl.engine import stackfile
from platformctl.engine.events import Step, changes
from platformctl.engine.failure import reasons, stop
from platformctl.engine.losses import judged
from platformctl.engine.plan import Plan, name_of, type_of
from platformctl.engine.session import OperationError, Session
from platformctl.engine.stackfile import StackFile
from platformctl.errors import Refused, Stop, WrongInput
from platformctl.render import document
from platformctl.render.policy_words import fix_of, resource, summary
from platformctl.render.words import counted, planned
from platformctl.reporting import Report, put, reporting
from platformctl.root import ROOT

SHOWN = 10
"""How many offending resources a failure names."""


@dataclass(frozen=True, kw_only=True)
class Phase:
    name: str
    seconds: float
    found: str
    counts: Mapping[str, int] = field(default_factory=dict)
    passed: bool = True
    reasons: tuple[str, ...] = ()


class PhaseError(Exception):
    """A phase did what it must not, or not what it must."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


Act = Callable[[Report], tuple[Mapping[str, int], str]]
"""Does a phase's work; returns counts by operation and what to say of them. Raises PhaseError and OperationError."""


def command(  # noqa: PLR0917 - the command line's options
    stack: Stack,
    then: Annotated[str | None, typer.Option(help="A changed stack file, to go on with once the first is up.", metavar="STACK")] = None,
    state: Annotated[str, typer.Option(help="Where the engine keeps its state: `file`, or `s3` for a local bucket.")] = "file",
    as_json: AsJson = False,
    no_policies: NoPolicies = False,
    policy_config: PolicyConfig = None,
    root: Root = ROOT,
) -> None:
    """Take a stack from nothing to nothing.

    Preview, up, a second preview that must be empty, a change if one is given, refresh, destroy: each phase must do what it should.

    Example: platformctl rehearse dev --then changed/Pulumi.dev.yaml
    """
    file = stackfile.locate(stack, root)
    changed = stackfile.locate(then, root) if then else None
    with contextlib.ExitStack() as scope:
        session = scope.enter_context(_session(root, file, state, not no_policies, policy_config))
        phases: list[Phase] = []
        failed: Stop | None = None
        began = time.monotonic()
        for name, act in _phases(session, changed):
            current = changed if changed is not None and name.startswith("changed") else file
            phase, failed = _perform(name, act, session, current)
            phases.append(phase)
            if not as_json:
                put(_line(phase))
            if failed is not None:
                break
        total = time.monotonic() - began
    if as_json:
        put(
            document.text(
                {"stack": session.stack, "state": state, "passed": failed is None, "phases": [_document(phase) for phase in phases]}
            )
        )
    if failed is not None:
        raise failed
    if not as_json:
        put(f"{session.stack} was rehearsed in {total:.1f} s: {len(phases)} phases passed, and nothing is left.")


def _phases(session: Session, changed: StackFile | None) -> Iterator[tuple[str, Act]]:
    yield "preview", lambda report: _previewed(session.preview(report=report, with_policies=True))
    yield "up", lambda report: _done(session, "up", report, with_policies=True)
    yield "second preview", lambda report: _empty(session.preview(report=report, with_policies=True))
    if changed is not None:
        session.change(changed)
        yield "changed preview", lambda report: _previewed(_judged(session, changed, session.preview(report=report, with_policies=True)))
        yield "changed up", lambda report: _done(session, "up", report, with_policies=True)
        yield "changed second preview", lambda report: _empty(session.preview(report=report, with_policies=True))
    yield "refresh", lambda report: _refreshed(session, report)
    yield "destroy", lambda report: _destroyed(session, report)


def _judged(session: Session, changed: StackFile, plan: Plan) -> Plan:
    """The plan of the change, with what it takes away; as it is where no policies watch."""
    if plan.rules is None:
        return plan
    return judged(plan, stackfile.acknowledged(changed, session.project.name), datetime.now(tz=UTC).date())


def _perform(name: str, act: Act, session: Session, file: StackFile) -> tuple[Phase, Stop | None]:
    began = time.monotonic()
    try:
        with reporting(name, live_only=True) as report:
            counts, found = act(report)
    except PhaseError as error:
        phase = Phase(name=name, seconds=time.monotonic() - began, found="failed", passed=False, reasons=error.lines)
        return phase, Refused(f"{name} failed:", *(f"  {line}" for line in error.lines))
    except OperationError as error:
        ended = stop(error, file, session.project.name)
        phase = Phase(name=name, seconds=time.monotonic() - began, found="failed", passed=False, reasons=tuple(reasons(error)))
        return phase, ended
    return Phase(name=name, seconds=time.monotonic() - began, found=found, counts=counts), None


def _previewed(plan: Plan) -> tuple[Mapping[str, int], str]:
    _kept(plan)
    return plan.counts, f"{planned(plan.counts)}; {summary(plan)}"


def _kept(plan: Plan) -> None:
    if plan.refusals:
        raise PhaseError(
            *(
                f"{resource(violation)}: {violation.policy}: {violation.message}. {fix_of(plan, violation)}"
                for violation in plan.refusals[:SHOWN]
            ),
            *_more(len(plan.refusals)),
        )


def _done(session: Session, operation: str, report: Report, *flags: str, with_policies: bool = False) -> tuple[Mapping[str, int], str]:
    log = session.run(operation, *flags, report=report, with_policies=with_policies).log
    counts = _without_stack(log.done)
    return counts, counted(counts)


def _empty(plan: Plan) -> tuple[Mapping[str, int], str]:
    _kept(plan)
    left = plan.changes
    if left:
        raise PhaseError(
            "nothing was changed, and yet the engine would:",
            *(
                f"{resource.op} {resource.type} {resource.name}: {_what(resource.diffs)}{_where(resource.options.declared)}"
                for resource in left[:SHOWN]
            ),
            *_more(len(left)),
        )
    return plan.counts, f"no change of {sum(plan.counts.values())} resources"


def _refreshed(session: Session, report: Report) -> tuple[Mapping[str, int], str]:
    log = session.run("refresh", report=report).log
    drifted = list(changes(log.done))
    if drifted:
        raise PhaseError(
            "the cloud does not hold what the program asked for:",
            *(
                f"{step.op} {type_of(step.urn)} {name_of(step.urn)}: {_what(step.detailed or dict.fromkeys(step.diffs, 'update'))}"
                for step in drifted[:SHOWN]
            ),
            *_more(len(drifted)),
        )
    counts = _without_stack(log.done)
    return counts, f"no change of {sum(counts.values())} resources"


def _destroyed(session: Session, report: Report) -> tuple[Mapping[str, int], str]:
    # Protection is for the real thing; here the end of everything is what is tried.
    counts, found = _done(session, "destroy", report, "--ignore-protect")
    left = _left(session)
    if left:
        raise PhaseError("the simulated cloud is not empty:", *(f"{kind} {name}" for kind, name in left[:SHOWN]), *_more(len(left)))
    return counts, f"{found}; the simulated cloud is empty"


def _left(session: Session) -> list[tuple[str, str]]:
    """Type and name of what the program made and nobody deleted. What went with its carrier (`deleted_with`) is gone unasked."""
    from simulator.simulated_state import SimulatedState  # noqa: PLC0415

    there = {record.urn: record for record in SimulatedState(session.simulated).state.records.values() if record.urn}
    options = session.report.of

    def gone(urn: str) -> bool:
        carrier = options(urn).deleted_with
        return bool(carrier) and (carrier not in there or gone(carrier))

    return [(record.type, record.name) for urn, record in there.items() if not gone(urn)]


def _without_stack(steps: list[Step]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for urn, op in {step.urn: step.op for step in steps if step.type != "pulumi:pulumi:Stack"}.items():
        kind = "replace" if op in ("create-replacement", "delete-replaced", "replace") else op
        counts[kind] = counts.get(kind, 0) + (1 if urn else 0)
    return counts


def _what(diffs: Mapping[str, str]) -> str:
    return ", ".join(diffs) or "the resource itself"


def _where(declared: str) -> str:
    return f" ({declared})" if declared else ""


def _more(count: int) -> list[str]:
    return [f"and {count - SHOWN} more"] if count > SHOWN else []


def _line(phase: Phase) -> str:
    return f"{'ok  ' if phase.passed else 'FAIL'}  {phase.name:<23} {phase.seconds:6.1f} s  {phase.found}"


def _document(phase: Phase) -> dict[str, Any]:
    return {
        "name": phase.name,
        "seconds": round(phase.seconds, 3),
        "passed": phase.passed,
        "counts": dict(phase.counts),
        "found": phase.found,
        "reasons": phase.reasons,
    }


@contextlib.contextmanager
def _session(root: Path, file: StackFile, state: str, policies: bool, policy_config: Path | None) -> Iterator[Session]:
    if state == "file":
        with Session(root, file, policies=policies, policy_config=policy_config) as session:
            yield session
    elif state == "s3":
        from platformctl.engine.bucket import serving  # noqa: PLC0415

        with (
            serving() as (backend, keys),
            Session(root, file, backend=backend, extra=keys, policies=policies, policy_config=policy_config) as session,
        ):
            session.found()
            yield session
    else:
        raise WrongInput(f"--state {state}: not a place for state; choose file or s3.")
