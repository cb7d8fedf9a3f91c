"""What a changed stack file does to a stack that is up, and whether it may and can."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from platformctl.engine import stackfile
from platformctl.engine.events import Violation
from platformctl.engine.failure import failed_resources, reasons
from platformctl.engine.losses import IN_USE, PROTECTED, judged
from platformctl.engine.plan import Plan, made
from platformctl.engine.policies import MANDATORY
from platformctl.engine.session import OperationError, Report, Session
from platformctl.engine.stackfile import StackFile

FAILS = "update"
"""What a resource is refused by that the cloud would not make so, though nothing says it before the update."""
SEEN = (PROTECTED, IN_USE)
"""What is known to stop the update: nothing is learned by trying it."""


def compared(
    session: Session, file: StackFile, report: Report = lambda log: None, *, policies: bool = True, today: date | None = None
) -> Plan:
    """The plan of `file`, which the session has gone on to, with what it takes away refused. Raises OperationError.

    What is protected is shown as such; the engine would refuse it, and show nothing.
    """
    plan = session.preview("--ignore-protect", report=report, with_policies=policies)
    acknowledged = stackfile.acknowledged(file, session.project.name)
    return judged(plan, acknowledged, today or datetime.now(tz=UTC).date(), policies=plan.rules is not None)


def tried(session: Session, plan: Plan, report: Report = lambda log: None) -> Plan:
    """The plan, carried out on the simulated cloud, with what stops it there.

    A preview asks each resource for itself. What gets in the way of what, a replacement of the one that it replaces most of all, shows
    only when it is done. A plan that is known to stop is not tried.
    """
    if not plan.changes or any(violation.policy in SEEN for violation in plan.refusals):
        return plan
    try:
        outcome = session.run("up", report=report)
    except OperationError as failed:
        return replace(plan, violations=(*_stopped(failed), *plan.violations))
    return replace(plan, made=made(outcome.log))


def _stopped(failed: OperationError) -> Iterator[Violation]:
    causes = failed_resources(failed) or [("", "; ".join(reasons(failed)))]
    for urn, message in causes:
        yield Violation(
            policy=FAILS,
            pack="platformctl",
            level=MANDATORY,
            message=f"the update would fail here, with what it did before left as it is: {message}",
            urn=urn,
            severity="critical",
        )
