"""An answer of the engine is whole, or it is an error."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platformctl.engine import stackfile
from platformctl.engine.completeness import lacking
from platformctl.engine.events import EventLog
from platformctl.engine.failure import reasons
from platformctl.engine.session import OperationError, Session

VCN, SUBNET = "urn:pulumi:dev::p::oci:Core/vcn:Vcn::vcn", "urn:pulumi:dev::p::oci:Core/subnet:Subnet::subnet"

Event = dict[str, Any]


def step(urn: str, op: str = "create") -> Event:
    return {"resourcePreEvent": {"metadata": {"op": op, "urn": urn, "type": urn.split("::")[2]}}}


def summary(**counts: int) -> Event:
    return {"summaryEvent": {"resourceChanges": counts}}


WHOLE = (step(VCN), step(SUBNET), summary(create=2))


def numbered(*events: Event) -> str:
    return "".join(f"{json.dumps({'sequence': number, **event})}\n" for number, event in enumerate(events))


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], EventLog]:
    def take(text: str) -> EventLog:
        path = tmp_path / "events"
        path.write_text(text)
        log = EventLog(path)
        log.close()
        return log

    return take


def test_a_whole_answer_lacks_nothing(read: Callable[[str], EventLog]) -> None:
    assert lacking(read(numbered(*WHOLE)), ended_well=True, registered=(VCN, SUBNET)) == ()


def test_a_replacement_is_counted_once(read: Callable[[str], EventLog]) -> None:
    steps = [step(VCN, op) for op in ("create-replacement", "replace", "delete-replaced")]
    assert lacking(read(numbered(*steps, summary(replace=1))), ended_well=True) == ()


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("", "its summary is not in it"),
        (numbered(*WHOLE[:2]), "its summary is not in it"),
        (numbered(*WHOLE)[:-1], "its last line is torn"),
        (numbered(*WHOLE)[:40], "its last line is torn"),
        (numbered(*WHOLE)[:40] + "\n", "an event in it is torn"),
        (numbered(*WHOLE).replace('"sequence": 1, ', '"sequence": 2, '), "event 1 is not in it"),
        ("".join(numbered(*WHOLE).splitlines(keepends=True)[::2]), "event 1 is not in it"),
        ("null\n" + numbered(*WHOLE), "an event in it is torn"),
        (numbered(step(VCN), step(SUBNET), summary(create=3)), "it has 2 steps, and its summary counts 3"),
    ],
)
def test_what_is_missing_is_named_once(read: Callable[[str], EventLog], text: str, lacks: str) -> None:
    assert lacking(read(text), ended_well=True, registered=()) == (lacks,)


def test_each_resource_that_the_program_asked_for_is_in_it(read: Callable[[str], EventLog]) -> None:
    log = read(numbered(step(VCN), summary(create=1)))
    assert lacking(log, ended_well=True, registered=(VCN, SUBNET)) == ("the program asked for subnet, and it does not tell of that",)
    others = (VCN, SUBNET, f"{SUBNET}-2")
    assert lacking(log, ended_well=True, registered=others) == ("the program asked for subnet and 1 more, and it does not tell of that",)


def test_an_operation_that_failed_need_not_have_got_there(read: Callable[[str], EventLog]) -> None:
    assert lacking(read(numbered(step(VCN))), ended_well=False, registered=(VCN, SUBNET)) == ()
    assert lacking(read(numbered(step(VCN), step(SUBNET))[:-1]), ended_well=False) == ("its last line is torn",)


@pytest.mark.engine
@pytest.mark.parametrize("operation", ["preview", "up", "refresh", "destroy"])
def test_a_cloud_that_has_died_is_a_failure(project: Path, operation: str) -> None:
    with Session(project, stackfile.locate("sample", project)) as session:
        if operation in ("refresh", "destroy"):
            session.run("up")
        assert session._cloud.ports
        session._cloud.stop()
        with pytest.raises(OperationError) as failed:
            session.run(operation, *(["--ignore-protect"] if operation == "destroy" else []))
    assert "did not begin responding" in "".join(reasons(failed.value))


@pytest.mark.engine
def test_a_log_that_lost_an_event_is_a_failure(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take = EventLog._take
    monkeypatch.setattr(EventLog, "_take", lambda log, event: None if "summaryEvent" in event else take(log, event))
    with Session(project, stackfile.locate("sample", project)) as session, pytest.raises(OperationError) as failed:
        session.preview()
    assert failed.value.outcome.exit_code == 0
    assert not failed.value.is_refusal
    assert reasons(failed.value)[0].startswith("the engine's answer is not whole: event ")
