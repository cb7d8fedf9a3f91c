"""Why an operation failed, in lines a person can act on."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.problems import Problem
from platformctl.engine.events import EventLog
from platformctl.engine.failure import reasons, stop
from platformctl.engine.operation import Outcome
from platformctl.engine.program_report import ProgramFailure
from platformctl.engine.session import OperationError
from platformctl.engine.stackfile import StackFile
from platformctl.errors import Refused, WrongInput

DEV = StackFile(name="dev", path=Path("Pulumi.dev.yaml"), shown="Pulumi.dev.yaml")
URN = "urn:pulumi:dev::p::platform:oke:Network$oci:Core/vcn:Vcn::vcn"


def failed(
    folder: Path, *events: dict[str, Any], program: ProgramFailure | None = None, printed: str = "", stuck: bool = False
) -> OperationError:
    path = folder / "events"
    path.write_text("".join(f"{json.dumps(event)}\n" for event in events))
    log = EventLog(path)
    log.poll()
    return OperationError(Outcome(operation="preview", exit_code=255, seconds=1.0, log=log, printed=printed, stuck=stuck), program)


def error(message: str, urn: str = "") -> dict[str, Any]:
    return {"diagnosticEvent": {"severity": "error", "message": message, "urn": urn}}


def test_problems_of_the_stack_file_are_placed_in_it(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("config:\n  p:name: x\n  p:cluster:\n    nodePools:\n      a10: {maxSize: -1}\n")
    program = ProgramFailure(message="-", problems=(Problem("cluster.nodePools.a10.maxSize", "is -1"), Problem("", "is odd")))
    ended = stop(failed(tmp_path, program=program), StackFile(name="dev", path=file, shown="up/Pulumi.dev.yaml"), "p")
    assert isinstance(ended, WrongInput)
    assert list(ended.lines) == ["up/Pulumi.dev.yaml:5: cluster.nodePools.a10.maxSize: is -1", "up/Pulumi.dev.yaml:1: is odd"]


def test_an_error_is_said_once_with_its_resource(tmp_path: Path) -> None:
    ended = stop(failed(tmp_path, error("no room", URN), error("no room", URN), error("update failed")), DEV, "p")
    assert isinstance(ended, Refused)
    assert list(ended.lines) == ["preview failed", "oci:Core/vcn:Vcn vcn: no room", "update failed"]


def test_what_was_called_off_is_not_a_reason(tmp_path: Path) -> None:
    called_off = [error(f"failed to run {what}: context canceled", f"{URN}-2") for what in ("policy", "remediation")]
    events = error("no room", URN), *called_off
    assert reasons(failed(tmp_path, *events)) == ["oci:Core/vcn:Vcn vcn: no room"]


def test_what_the_program_said_is_not_said_again(tmp_path: Path) -> None:
    program = ProgramFailure(message="KeyError: 'x'", trace="Traceback ...\n")
    events = error("KeyError: 'x'"), error("an unhandled error occurred: KeyError: 'x'")
    ended = stop(failed(tmp_path, *events, program=program), DEV, "p")
    assert list(ended.lines) == ["preview failed: KeyError: 'x'", "Traceback ..."]


def test_a_failed_step_without_a_message_is_still_named(tmp_path: Path) -> None:
    step = {"resOpFailedEvent": {"metadata": {"op": "create", "urn": URN, "type": "oci:Core/vcn:Vcn"}}}
    assert reasons(failed(tmp_path, step)) == ["oci:Core/vcn:Vcn vcn: create failed"]


def test_a_mandatory_policy_is_a_reason_and_advice_is_not(tmp_path: Path) -> None:
    policies = [
        {"policyEvent": {"policyName": name, "enforcementLevel": level, "message": "too many", "resourceUrn": URN}}
        for name, level in (("gpu-cap", "mandatory"), ("style", "advisory"))
    ]
    assert reasons(failed(tmp_path, *policies)) == ["oci:Core/vcn:Vcn vcn: gpu-cap: too many"]


REFUSAL = {"policyEvent": {"policyName": "gpu-cap", "enforcementLevel": "mandatory", "message": "too many", "resourceUrn": URN}}
ADVICE = {"policyEvent": {"policyName": "tags", "enforcementLevel": "advisory", "message": "no tags", "resourceUrn": URN}}
SUMMARY: dict[str, Any] = {"summaryEvent": {"resourceChanges": {"create": 2}}}


def test_a_whole_plan_that_policies_alone_refuse_is_a_refusal(tmp_path: Path) -> None:
    assert failed(tmp_path, REFUSAL, error("preview failed"), SUMMARY).is_refusal


@pytest.mark.parametrize(
    "events",
    [
        (REFUSAL, error("preview failed")),
        (REFUSAL, error("no room", URN), SUMMARY),
        (REFUSAL, error("the pack is gone"), SUMMARY),
        (REFUSAL, {"resOpFailedEvent": {"metadata": {"op": "create", "urn": URN, "type": "oci:Core/vcn:Vcn"}}}, SUMMARY),
        (ADVICE, error("preview failed"), SUMMARY),
        (error("preview failed"), SUMMARY),
    ],
    ids=["no summary", "a refused resource", "another error", "a failed step", "advice", "no violation"],
)
def test_whatever_else_went_wrong_is_a_failure(tmp_path: Path, events: tuple[dict[str, Any], ...]) -> None:
    assert not failed(tmp_path, *events).is_refusal


def test_a_broken_program_and_a_halt_are_failures_whatever_policies_say(tmp_path: Path) -> None:
    events = (REFUSAL, error("preview failed"), SUMMARY)
    assert not failed(tmp_path, *events, program=ProgramFailure(message="KeyError: 'x'")).is_refusal
    assert not failed(tmp_path, *events, stuck=True).is_refusal


def test_that_the_operation_failed_is_not_a_reason(tmp_path: Path) -> None:
    assert reasons(failed(tmp_path, REFUSAL, error("preview failed"))) == ["oci:Core/vcn:Vcn vcn: gpu-cap: too many"]


def test_a_halt_is_said_so(tmp_path: Path) -> None:
    assert reasons(failed(tmp_path, stuck=True))[0].startswith("the engine came to a halt and was ended")


def test_an_engine_that_only_prints_is_quoted(tmp_path: Path) -> None:
    assert reasons(failed(tmp_path, printed="error: boom")) == ["error: boom"]
    assert reasons(failed(tmp_path)) == ["the engine ended with exit status 255 and said nothing"]


def test_a_traceback_of_a_failed_operation_carries_all_that_is_known_of_it(tmp_path: Path) -> None:
    step = {"resOpFailedEvent": {"metadata": {"op": "create", "urn": f"{URN}-2", "type": "oci:Core/vcn:Vcn"}}}
    failure = failed(tmp_path, error("no room", URN), step, program=ProgramFailure(message="KeyError: 'x'"), printed="lost", stuck=True)
    assert str(failure).splitlines() == [
        "preview failed",
        "exit status 255 after 1.0 s, ended for saying nothing",
        "program: KeyError: 'x'",
        f"error: {URN} no room",
        f"failed: create {URN}-2",
        "standard error: lost",
    ]
