"""An engine that is killed at a step, and what brings the stack back: nothing here is told to the engine or to the program."""

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from platformctl.engine.failure import reasons
from platformctl.engine.session import OperationError, Session
from platformctl.state import recovery
from platformctl.state.identities import Found
from platformctl.state.listing import LISTED, owner
from platformctl.state.pending import Pending, pending
from simulator.simulated_state import Delay, Operation, Record, SimulatedState

EVERY_STEP = {"PULUMI_SKIP_CHECKPOINTS": "false"}
"""The engine writes its state with every step, as it does outside rehearsals."""
CLOUD_SECONDS = 1.0
"""How long the cloud takes for the step at which the engine is killed."""
PATIENCE_SECONDS = 120.0
WITH_ANOTHER = ("oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule",)
"""Types whose resources go with their owner, in the cloud as in the simulated one."""


@dataclass(frozen=True, kw_only=True)
class Left:
    """What a killed engine left behind."""

    reached: bool
    """Whether the step was begun, and the engine killed in it."""
    locked: bool
    pending: tuple[Pending, ...]
    """What was under way by its own account."""
    said: tuple[str, ...] = ()
    """Why the operation failed, where it did before the step."""


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
    said: list[str] = []
    try:
        session.run(operation, *(("--ignore-protect",) if operation == "destroy" else ()))
    except OperationError as failed:
        said = reasons(failed)
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
    why = () if dead.is_set() else tuple(said)
    return Left(reached=dead.is_set(), locked=any(_locks(session)), pending=_pending(session), said=why)


def records(session: Session) -> dict[str, object]:
    """What the cloud has, by URN, as far as an operation changes it."""
    cloud = SimulatedState(session.simulated)
    with cloud.locked():
        return {record.urn: json.loads(json.dumps(record.inputs)) for record in cloud.state.records.values() if record.urn}


def forgotten(session: Session) -> list[str]:
    """What is still in the cloud by its name though everything was destroyed; not what went with what it belongs to."""
    cloud = SimulatedState(session.simulated)
    with cloud.locked():
        return sorted(record.name for record in cloud.state.records.values() if record.urn and record.type not in WITH_ANOTHER)


def recovered(session: Session) -> frozenset[str]:
    """Do what `platformctl state recover` does, before the same command is given again. Returns for what somebody had to look, by URN."""
    engine = _engine(session)
    state = recovery.exported(engine)
    cloud = SimulatedState(session.simulated)
    with cloud.locked():
        there = [record for record in cloud.state.records.values() if record.urn]
    found = [_found(record) for record in there if record.inputs.get("displayName") or record.inputs.get("name")]

    def search(name: str, region: str) -> list[Found]:
        return [each for each in found if each.name == name]

    def listed(pending: Pending) -> list[dict[str, Any]]:
        """As the service lists them: in its own words."""
        how = LISTED[pending.type]
        own = [record for record in there if record.type == pending.type and record.inputs.get(how.owner) == owner(pending)]
        return [{"id": record.id, **{how.told.get(key, key): value for key, value in record.inputs.items()}} for record in own]

    alone = recovery.traced(state, {}, search, listed)
    given = {record.urn: record.id for record in there if record.urn in {trace.pending.urn for trace in alone if trace.unknown}}
    traces = recovery.traced(state, given, search, listed)
    recovery.settle(engine, state, traces, lambda urns: session.run("refresh", *(f"--target={urn}" for urn in urns)))
    return frozenset(given)


def _found(record: Record) -> Found:
    """A resource as Search tells of it: by its name, and where it has none not at all."""
    inputs = record.inputs
    name = inputs.get("displayName") or inputs["name"]
    return Found(
        ident=record.id,
        name=str(name),
        compartment=str(inputs.get("compartmentId", "")),
        state="ACTIVE",
        tags=inputs.get("freeformTags") or {},
    )


def _engine(session: Session) -> recovery.Engine:
    return lambda *arguments: _must(session.engine(*arguments))


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


def _pending(session: Session) -> tuple[Pending, ...]:
    return pending(recovery.exported(_engine(session)))


def _must(ran: "subprocess.CompletedProcess[str]") -> str:
    if ran.returncode:
        raise RuntimeError(f"{ran.args} failed: {ran.stderr}")
    return ran.stdout
