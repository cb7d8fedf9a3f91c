"""`python -m platformctl.engine.guest ENTRY`: a program that is served from a process of its own.

Another revision's program needs it, for its `stacks`, `infra` and `components` are that revision's, while this package stays the one that
was started. A program that is judged needs it, for it must not reach the process that reports the verdict. Prints the port of its language
host; answers each line `report` with what its last run asked for, as JSON; ends when standard input closes.
"""

import gc
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from platformctl.engine import program_report
from platformctl.engine.program_report import ProgramFailure, ProgramReport
from platformctl.engine.server import HOUSE, Server, ServerError

REPORT = "report"


class Guest:
    """The process, seen from the one that started it."""

    def __init__(self, entry: Path, environment: Mapping[str, str], log: Path) -> None:
        self._server = Server("platformctl.engine.guest", [str(entry)], environment, log)

    @property
    def port(self) -> int:
        """Port of its language host. Raises ServerError."""
        return int(self._server.first_line())

    def report(self) -> ProgramReport:
        """What its last run asked for, and how it ended: with its process, if nobody is there any more to say it."""
        try:
            return program_report.from_json(json.loads(self._server.ask(REPORT)))
        except (ServerError, ValueError, LookupError, TypeError) as error:
            trace = str(error) if isinstance(error, ServerError) else f"its report cannot be read: {error}"
            return ProgramReport(failure=ProgramFailure(message="the program ended its own process", trace=trace))

    def stop(self) -> None:
        self._server.stop()


def main(entry: Path) -> None:
    from platformctl.engine.program import Program  # noqa: PLC0415 - the starting process has no use for it

    gc.disable()  # as in `platformctl.__main__`, where a program runs that nobody judges
    answers, root = _answers(), entry.parent
    sys.path[:] = [str(root), *(path for path in sys.path if path and Path(path).resolve() != HOUSE)]
    os.chdir(root)
    program = Program(entry)
    print(program.port, file=answers, flush=True)
    program.import_ahead()
    for line in sys.stdin:
        if line.strip() == REPORT:
            print(json.dumps(program_report.to_json(program.report())), file=answers, flush=True)
    program.stop()
    os._exit(0)  # a program that hangs must not keep its process alive


def _answers() -> TextIO:
    """Standard output, for the answers alone. What the program prints goes to standard error."""
    kept = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return kept


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
