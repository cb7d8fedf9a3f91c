"""A process of this tool that serves another: says where on its first line, and ends when its standard input closes."""

import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from platformctl.errors import Refused
from platformctl.root import ROOT

HOUSE = ROOT
"""The checkout that this tool and the simulator are part of; not necessarily the one that is rehearsed."""

START_SECONDS = 60.0


class ServerError(Refused):
    """The process did not start, or said nothing of use. The message holds what it printed."""


class Server:
    """Starts at once and answers later: `first_line` waits for it."""

    def __init__(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path, *, directory: Path = HOUSE
    ) -> None:
        self.module = module
        self._log = log
        with log.open("w") as printed:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=directory, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=printed, text=True,
            )  # fmt: skip
        self._line = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        if self._process.stdout is not None:
            self._line = self._process.stdout.readline()

    def first_line(self) -> str:
        """What it said when it was ready. Raises ServerError when it ended without a word, or took START_SECONDS."""
        self._reader.join(START_SECONDS)
        if not self._line.strip():
            raise ServerError(f"`python -m {self.module}` did not start:\n{self.printed()}")
        return self._line

    def printed(self) -> str:
        """What it wrote to standard error."""
        return self._log.read_text(encoding="utf-8", errors="replace").strip() or "(it printed nothing)"

    def stop(self) -> None:
        """End it at once: all that it holds is written already, or thrown away with the rehearsal."""
        self._process.kill()
        self._process.wait()
        self._reader.join(1)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
