"""A plan of a stack, as it would be made or as it was tried, for every command that starts from one."""

from dataclasses import replace
from pathlib import Path

from platformctl.engine import stackfile
from platformctl.engine.failure import stop
from platformctl.engine.plan import Plan, made, plan
from platformctl.engine.session import OperationError, Session
from platformctl.reporting import reporting


def previewed(stack: str, root: Path, *, policies: bool = False, policy_config: Path | None = None) -> Plan:
    """What the engine would do to create `stack` from nothing, and with `policies` what they say of it. Raises WrongInput and Refused.

    A plan that policies refuse is given back all the same: see `Plan.refusals`.
    """
    file = stackfile.locate(stack, root)
    with (
        Session(root, file, policies=policies, policy_config=policy_config) as session,
        reporting(f"Previewing {file.name}") as report,
    ):
        try:
            return session.preview(report=report, with_policies=policies)
        except OperationError as failed:
            raise stop(failed, file, session.project.name) from failed


def brought_up(stack: str, root: Path) -> Plan:
    """The plan of `stack`, and what came of it on the simulated cloud. Raises WrongInput and Refused."""
    file = stackfile.locate(stack, root)
    with Session(root, file) as session, reporting(f"Bringing up {file.name} on the simulated cloud") as report:
        try:
            outcome = session.run("up", report=report)
        except OperationError as failed:
            raise stop(failed, file, session.project.name) from failed
        return replace(plan(session.stack, outcome.log, session.report.of), made=made(outcome.log))
