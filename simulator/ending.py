"""How a process of the simulated cloud is ended."""

import signal
import threading
from types import FrameType


def told_to_end() -> threading.Event:
    """Set when the process is told to end. Nothing is lost then: the simulated state is written with every change."""
    event = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        event.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return event
