"""Long steps shown as they happen: a live line on a terminal, a line now and then in a log. Standard library only."""

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
TICK_SECONDS = 0.1
LOG_EVERY_SECONDS = 15.0
"""How often a step still running says so where there is no terminal: often enough for CI, rare enough to read."""


class Step:
    """One step under way. `note` is what it does at this moment: the package compiled, the file fetched."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.note = ""


class Progress:
    """Tells steps on a stream: `with progress.step("Compiling") as step: step.note = "12 of 90"`."""

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        live: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
        log_every: float = LOG_EVERY_SECONDS,
    ) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._live = live if live is not None else self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._clock = clock
        self._log_every = log_every

    def say(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show that a step runs, for as long as it runs, and how long it took. A step that raises is shown as failed."""
        step, began, done = Step(title), self._clock(), threading.Event()
        if not self._live:
            self.say(f"{title} ...")
        ticker = threading.Thread(target=self._tick, args=(step, began, done), daemon=True)
        ticker.start()
        outcome = "failed after"
        try:
            yield step
            outcome = "done in"
        finally:
            done.set()
            ticker.join()
            self._clear()
            self.say(f"{title}: {outcome} {elapsed(self._clock() - began)}")

    def _tick(self, step: Step, began: float, done: threading.Event) -> None:
        frame, last = 0, began
        while not done.wait(TICK_SECONDS if self._live else min(TICK_SECONDS, self._log_every)):
            now = self._clock()
            if self._live:
                self._redraw(f"{SPINNER[frame % len(SPINNER)]} {elapsed(now - began):>9}  {step.title}  {step.note}")
                frame += 1
            elif now - last >= self._log_every:
                last = now
                self.say(f"  {elapsed(now - began)}  {step.note or step.title}")

    def _redraw(self, line: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(f"\r\x1b[2K{line[:width]}")
        self._stream.flush()

    def _clear(self) -> None:
        if self._live:
            self._stream.write("\r\x1b[2K")


def elapsed(seconds: float) -> str:
    """`8 s`, `3 min 08 s`."""
    whole = int(seconds)
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"
