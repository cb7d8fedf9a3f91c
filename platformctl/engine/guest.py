"""`python -m platformctl.engine.guest ENTRY`: another revision's program, served from a process of its own.

Its `stacks`, `infra` and `components` are that revision's, while this package stays the one that was started: prints the
port of its language host and serves until standard input closes.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from platformctl.engine.server import HOUSE, Server


class Guest:
    """The process, seen from the one that started it."""

    def __init__(self, entry: Path, environment: Mapping[str, str], log: Path) -> None:
        self._server = Server("platformctl.engine.guest", [str(entry)], environment, log)

    @property
    def port(self) -> int:
        """Port of its language host. Raises ServerError."""
        return int(self._server.first_line())

    def stop(self) -> None:
        self._server.stop()


def main(entry: Path) -> None:
    from platformctl.engine.program import Program  # noqa: PLC0415 - the starting process has no use for it

    root = entry.parent
    sys.path[:] = [str(root), *(path for path in sys.path if path and Path(path).resolve() != HOUSE)]
    os.chdir(root)
    program = Program(entry)
    sys.stdout.write(f"{program.port}\n")
    sys.stdout.flush()
    program.import_ahead()
    sys.stdin.read()
    program.stop()
    os._exit(0)  # a program that hangs must not keep its process alive


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
