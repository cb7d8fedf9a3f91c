"""Progress goes to standard error, what a command found to standard output."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from platformctl.engine.events import EventLog
from platformctl.errors import Refused
from toolchain.progress import Progress

NOT_WRITTEN = "the answer could not be written whole to standard output: {}."

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


class Answer:
    """Whether the command has said what it found, to standard output or to a file: then an error is not said there once more."""

    given = False
    text = ""
    """All that `put` wrote."""


def put(text: str) -> None:
    """What the command found. Raises Refused where it cannot be written whole."""
    Answer.given = True
    line_ended = text if text.endswith("\n") else f"{text}\n"
    Answer.text += line_ended
    with whole():
        sys.stdout.write(line_ended)
        sys.stdout.flush()


@contextmanager
def whole() -> Iterator[None]:
    """Half an answer is none: raises Refused where standard output does not take what is written to it."""
    try:
        yield
    except OSError as error:
        # What is still held back would be tried again at the end, and fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Refused(NOT_WRITTEN.format(error.strerror)) from None
