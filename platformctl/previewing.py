"""A plan of a stack, for every command that starts from one."""

from pathlib import Path

from platformctl.engine import stackfile
from platformctl.engine.failure import stop
from platformctl.engine.plan import Plan
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
