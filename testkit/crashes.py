"""An engine that is killed at a step, and what brings the stack back: nothing here is told to the engine or to the program."""

import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from platformctl.engine.session import OperationError, Session
from platformctl.state.pending import CREATING, Pending, pending, settled
from simulator.simulated_state import Delay, Operation, Record, SimulatedState

EVERY_STEP = {"PULUMI_SKIP_CHECKPOINTS": "false"}
"""The engine writes its state with every step, as it does outside rehearsals."""
CLOUD_SECONDS = 1.0
"""How long the cloud takes for the step at which the engine is killed."""
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class Left:
    """What a killed engine left behind."""

    reached: bool
    """Whether the step was begun, and the engine killed in it."""
    locked: bool
    pending: tuple[Pending, ...]
    """What was under way by its own account."""


def killed(session: Session, operation: str, step: Operation, urn: str, *, heard: bool = True) -> Left:
    """Run `operation`, kill the engine (`kill -9`) while the cloud performs `step` of `urn`, and let the cloud go on.

    It ends what it was asked for; without `heard` it had never been asked.
    """
    cloud = SimulatedState(session.simulated)
    before = _known(cloud, urn)
    name = urn.rpartition("::")[2]
    with cloud.locked():
        cloud.state.delays.append(Delay(type=urn.split("::")[2].rpartition("$")[2], operation=step, name=name, seconds=CLOUD_SECONDS))
        cloud.touch()
    dead = threading.Event()
    watching: list[threading.Thread] = []

    def started(process: "subprocess.Popen[bytes]") -> None:
        watching.append(threading.Thread(target=_kill, args=(process, cloud, f"{step} {urn}", dead), daemon=True))
        watching[0].start()

    session.started = started
    try:
        with contextlib.suppress(OperationError):
            session.run(operation, *(("--ignore-protect",) if operation == "destroy" else ()))
    finally:
        session.started = lambda process: None
        for thread in watching:
            thread.join()
    _idle(cloud)
    with cloud.locked():
        cloud.state.delays.clear()
        cloud.touch()
        if not heard:
            _undo(cloud, step, urn, before)
    return Left(reached=dead.is_set(), locked=any(_locks(session)), pending=_pending(session))


def recovered(session: Session) -> list[str]:
    """What somebody does by hand before the same command is given again, done. Returns the commands, without names and ids."""
    done = ["pulumi cancel"]
    _must(session.engine("cancel", "--yes"))
    creating = [each.urn for each in _pending(session) if each.what == CREATING]
    if not creating:
        return done
    cloud = SimulatedState(session.simulated)
    with cloud.locked():
        made = {record.urn: record.id for record in cloud.state.records.values() if record.urn in creating}
    state = session.simulated.with_name("settled.json")
    state.write_text(json.dumps(settled(_exported(session), made)), encoding="utf-8")
    _must(session.engine("stack", "import", f"--file={state}"))
    session.run("refresh")
    return [*done, f"platformctl state recover{' --made' if made else ''}", "pulumi refresh"]


def _kill(process: "subprocess.Popen[bytes]", cloud: SimulatedState, what: str, dead: threading.Event) -> None:
    seen = SimulatedState(cloud.path)
    while process.poll() is None:
        with seen.locked():
            under_way = what in seen.state.under_way
        if under_way:
            process.kill()
            dead.set()
            return
        time.sleep(0.05)


def _idle(cloud: SimulatedState) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with cloud.locked():
            if not cloud.state.under_way:
                return
        time.sleep(0.05)
    raise TimeoutError(f"the simulated cloud is not done with {cloud.state.under_way}")


def _known(cloud: SimulatedState, urn: str) -> dict[str, Any]:
    with cloud.locked():
        return {key: json.loads(json.dumps(vars(record))) for key, record in cloud.state.records.items() if record.urn == urn}


def _undo(cloud: SimulatedState, step: Operation, urn: str, before: dict[str, Any]) -> None:
    for record in [record for record in cloud.state.records.values() if record.urn == urn and record.key not in before]:
        cloud.remove(record)
    for fields in before.values():
        cloud.put(Record(**fields))


def _locks(session: Session) -> Iterator[str]:
    folder = session.simulated.parent / "state" / ".pulumi" / "locks"
    yield from (str(path) for path in folder.rglob("*.json")) if folder.is_dir() else ()


def _exported(session: Session) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(_must(session.engine("stack", "export")))
    return state


def _pending(session: Session) -> tuple[Pending, ...]:
    return pending(_exported(session))


def _must(ran: "subprocess.CompletedProcess[str]") -> str:
    if ran.returncode:
        raise RuntimeError(f"{ran.args} failed: {ran.stderr}")
    return ran.stdout
