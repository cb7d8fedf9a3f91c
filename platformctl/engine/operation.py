"""One operation of the engine: `preview`, `up`, `refresh` or `destroy`, run to its end, reported as it goes."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from platformctl.engine.completeness import lacking
from platformctl.engine.events import EventLog

POLL_SECONDS = 0.1
SILENCE_SECONDS = 20.0
"""An engine that has reported an error and then says nothing for this long waits for a program that will not end."""
STUCK_SECONDS = 300.0
"""An engine that says nothing for this long has come to a halt: the simulated cloud answers in milliseconds."""
PREVIEW_STUCK_SECONDS = 60.0
"""The same of a preview, which waits for nothing that takes long: 10,000 resources are judged in a tenth of this."""

PATIENCE_SECONDS = 3.0
"""How long an engine that is told to end may take before it is told again."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """How to call the engine for one stack."""

    engine: Path
    directory: Path
    """Where the copies of Pulumi.yaml and the stack file are."""
    environment: Mapping[str, str]
    stack: str
    client: int
    """Port of the language host that serves the program."""
    logs: Path
    """Folder for what the engine writes; several operations may share it."""
    started: Callable[["subprocess.Popen[bytes]"], None] = lambda process: None
    """Called with the engine's process."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    operation: str
    exit_code: int
    seconds: float
    log: EventLog
    printed: str
    """What the engine wrote to standard error: all it says when it stops before its first step."""
    stuck: bool = False
    lacks: tuple[str, ...] = ()
    """What is missing of its answer; empty when the answer is whole."""

    @property
    def failed(self) -> bool:
        return self.exit_code != 0 or bool(self.lacks)


def run(command: Command, operation: str, *flags: str, report: Callable[[EventLog], None] = lambda log: None) -> Outcome:
    """Run `operation`; `report` is called whenever the engine reported something. An engine that came to a halt is ended."""
    began = time.monotonic()
    number = len(list(command.logs.glob("*.events")))
    events, out, err = (command.logs / f"{number}-{operation}.{kind}" for kind in ("events", "out", "err"))
    arguments = _arguments(command, operation, flags, events)
    log = EventLog(events)
    with out.open("w") as stdout, err.open("w") as stderr:
        process = subprocess.Popen(
            arguments, cwd=command.directory, env=dict(command.environment), stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
        )
        try:
            command.started(process)
            stuck = _follow(process, log, report, PREVIEW_STUCK_SECONDS if operation == "preview" else STUCK_SECONDS)
        except BaseException:
            _end(process)
            raise
    while log.poll():
        report(log)
    log.close()
    return Outcome(
        operation=operation,
        exit_code=process.returncode,
        seconds=time.monotonic() - began,
        log=log,
        printed=err.read_text(encoding="utf-8", errors="replace").strip(),
        stuck=stuck,
        lacks=lacking(log, ended_well=process.returncode == 0),
    )


def _arguments(command: Command, operation: str, flags: Sequence[str], events: Path) -> list[str]:
    acting = [] if operation == "preview" else ["--yes", "--skip-preview"]
    return [
        str(command.engine), operation, "--non-interactive", "--color=never", f"--stack={command.stack}", f"--event-log={events}",
        f"--client=127.0.0.1:{command.client}", "--exec-kind=auto.inline", "--suppress-progress", "--suppress-outputs", *acting, *flags,
    ]  # fmt: skip


def _follow(process: subprocess.Popen[bytes], log: EventLog, report: Callable[[EventLog], None], patience: float) -> bool:
    """Wait for the engine's end. Returns whether it had to be ended, for saying nothing for `patience` seconds."""
    ended = threading.Event()

    def wait() -> None:
        process.wait()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    heard = time.monotonic()
    while not ended.wait(POLL_SECONDS):
        if log.poll():
            heard = time.monotonic()
            report(log)
        elif time.monotonic() - heard > (SILENCE_SECONDS if log.errors else patience):
            _end(process)
            ended.wait()
            return True
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the engine: asked twice, as at the keyboard, then for good."""
    for ask in (signal.SIGINT, signal.SIGINT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(ask)
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
