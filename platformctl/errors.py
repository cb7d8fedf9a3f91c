"""Why a command stops, and with which exit code: 1 when a check refused, 2 when what was asked for is wrong."""

from collections.abc import Sequence
from typing import Any


class Stop(Exception):  # noqa: N818 - not every end is an error
    """The command ends here. One line of `lines` goes to standard error each; no traceback is shown."""

    exit_code = 1

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines: Sequence[str] = lines

    def to_json(self) -> dict[str, Any]:
        """The same for machines: a problem of a file says where it is by itself."""
        return {"error": {"exitCode": self.exit_code, "problems": [_problem(line) for line in self.lines]}}


def _problem(line: str) -> dict[str, Any]:
    # Here, for a guest runs the `infra` of another revision, and has to import that one first.
    from infra.stack_file import Located  # noqa: PLC0415

    if not isinstance(line, Located):
        return {"message": str(line)}
    return {"file": line.file, "line": line.line, "path": line.problem.path, "message": line.problem.message}


class Refused(Stop):
    """A check did its work: the plan, the rehearsal or the program did not pass."""

    exit_code = 1


class WrongInput(Stop):
    """What the user named does not exist or does not hold: the message says how to fix it."""

    exit_code = 2


class Interrupted(Stop):
    """Ctrl-C. The exit code is a shell's for it."""

    exit_code = 130
