"""A process of this tool that serves another: says where on its first line, and ends when its standard input closes."""

import contextlib
import queue
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
ANSWER_SECONDS = 60.0


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
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Hand over line by line, and an empty text once the process says nothing any more."""
        with contextlib.suppress(ValueError):  # closed under the reader by `stop`
            for line in self._process.stdout or ():
                self._lines.put(line)
        self._lines.put("")

    def first_line(self) -> str:
        """What it said when it was ready. Raises ServerError when it ended without a word, or took START_SECONDS."""
        if not self._line:
            self._line = self._next()
        if not self._line.strip():
            raise ServerError(f"`python -m {self.module}` did not start:\n{self.printed()}")
        return self._line

    def ask(self, line: str) -> str:
        """Its answer to a line, which is one line. Raises ServerError when it is gone, or says nothing for ANSWER_SECONDS."""
        self.first_line()
        try:
            print(line, file=self._process.stdin, flush=True)
            answer = self._next(ANSWER_SECONDS)
        except OSError:
            answer = ""
        if not answer:
            raise ServerError(f"`python -m {self.module}` does not answer any more:\n{self.printed()}")
        return answer

    def _next(self, seconds: float | None = None) -> str:
        try:
            return self._lines.get(timeout=START_SECONDS if seconds is None else seconds)
        except queue.Empty:
            return ""

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
                with contextlib.suppress(OSError):  # what was asked of a process that is gone
                    stream.close()
