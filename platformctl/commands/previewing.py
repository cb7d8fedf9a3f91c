"""A plan of a stack, for every command that starts from one."""

from pathlib import Path

from platformctl.engine import stackfile
from platformctl.engine.failure import stop
from platformctl.engine.plan import Plan
from platformctl.engine.session import OperationError, Session
from platformctl.telling import telling


def previewed(stack: str, root: Path) -> Plan:
    """What the engine would do to create `stack` from nothing. Raises WrongInput and Refused."""
    file = stackfile.locate(stack, root)
    with Session(root, file) as session, telling(f"Previewing {file.name}") as told:
        try:
            return session.preview(told=told)
        except OperationError as failed:
            raise stop(failed, file.path, session.project.name) from failed
