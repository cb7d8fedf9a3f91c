"""Progress goes to standard error, what a command found to standard output."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from platformctl.engine.events import EventLog
from toolchain.progress import Progress

Report = Callable[[EventLog], None]


@contextmanager
def reporting(title: str, *, live_only: bool = False) -> Iterator[Report]:
    """Tell that `title` is under way and how far the engine is. With `live_only`, only where a person watches."""
    if live_only and not sys.stderr.isatty():
        yield lambda log: None
        return
    with Progress().step(title) as step:

        def report(log: EventLog) -> None:
            step.note = f"{len(log.done) or len(log.planned)} resources"

        yield report


def say(*lines: str) -> None:
    """Lines for the person, not for the pipe."""
    for line in lines:
        sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def put(text: str) -> None:
    """What the command found."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    sys.stdout.flush()
