"""`platformctl rehearse`, on the real engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platformctl.commands import rehearse
from platformctl.engine import stackfile
from platformctl.engine.session import Session
from platformctl.errors import Refused
from simulator.simulated_state import SimulatedState

pytestmark = pytest.mark.engine

Run = Callable[..., Any]


def phases(out: str) -> list[tuple[str, str]]:
    """Verdict and name of each phase that was told."""
    return [(line[:4].strip(), line[6:29].strip()) for line in out.splitlines() if line[:4] in ("ok  ", "FAIL")]


def test_a_stack_lives_from_nothing_to_nothing(platformctl: Run) -> None:
    ran = platformctl("rehearse", "sample")
    assert ran.code == 0, ran.err
    assert phases(ran.out) == [("ok", name) for name in ("preview", "up", "second preview", "refresh", "destroy")]
    assert "8 to create" in ran.out
    assert "no change of 8 resources" in ran.out
    assert "8 deleted; the simulated cloud is empty" in ran.out


def test_a_change_is_rehearsed_on_what_is_up(platformctl: Run, stack: Callable[..., str]) -> None:
    ran = platformctl("rehearse", "sample", "--then", stack(cidr="10.1.0.0/16", rules=3), "--json")
    assert ran.code == 0, ran.err
    told = {phase["name"]: phase for phase in ran.document["phases"]}
    assert told["changed preview"]["counts"] == {"create": 1, "same": 8}
    assert told["changed up"]["counts"]["create"] == 1
    assert told["changed second preview"]["counts"] == {"same": 9}
    assert ran.document["passed"] is True


def test_a_program_that_is_never_content_is_caught(platformctl: Run, stack: Callable[..., str]) -> None:
    ran = platformctl("rehearse", stack(mistake="restless"))
    assert ran.code == 1
    assert phases(ran.out)[-1] == ("FAIL", "second preview")
    assert "nothing was changed, and yet the engine would:" in ran.err
    assert "update oci:ObjectStorage/bucket:Bucket models: freeformTags" in ran.err
    assert "(__main__.py:" in ran.err


def test_a_failure_says_its_phase_resource_and_message(platformctl: Run, stack: Callable[..., str]) -> None:
    ran = platformctl("rehearse", stack(mistake="check"), "--json")
    assert ran.code == 1
    assert ran.document["passed"] is False
    (last,) = [phase for phase in ran.document["phases"] if not phase["passed"]]
    assert last["name"] == "preview"
    assert any("oci:ObjectStorage/bucket:Bucket models" in reason for reason in last["reasons"])


def test_state_may_be_kept_in_a_bucket(platformctl: Run) -> None:
    pytest.importorskip("moto.server")
    ran = platformctl("rehearse", "sample", "--state", "s3")
    assert ran.code == 0, ran.err
    assert phases(ran.out)[-1] == ("ok", "destroy")


def test_another_place_for_state_is_wrong_input(platformctl: Run) -> None:
    ran = platformctl("rehearse", "sample", "--state", "ftp")
    assert (ran.code, ran.err) == (2, "--state ftp: not a place for state; choose file or s3.\n")


@pytest.fixture
def session(project: Path) -> Any:
    with Session(project, stackfile.locate("sample", project)) as begun:
        begun.run("up")
        yield begun


def nothing(log: object) -> None:
    pass


def test_drift_is_found_by_the_refresh(session: Session) -> None:
    SimulatedState(session.simulated).drift("oci:Core/vcn:Vcn", "net-vcn", displayName="renamed in the console")
    with pytest.raises(
        rehearse.PhaseError, match="does not hold what the program asked for:\nupdate oci:Core/vcn:Vcn net-vcn: displayName"
    ):
        rehearse._refreshed(session, nothing)


def test_a_refusal_of_the_cloud_names_the_resource(session: Session, project: Path) -> None:
    SimulatedState(session.simulated).fail("the bucket is not empty", type="oci:ObjectStorage/bucket:Bucket", operation="delete")
    phase, ended = rehearse._perform(
        "destroy", lambda report: rehearse._destroyed(session, report), session, stackfile.locate("sample", project)
    )
    assert isinstance(ended, Refused)
    assert not phase.passed
    assert any("oci:ObjectStorage/bucket:Bucket models" in reason and "the bucket is not empty" in reason for reason in phase.reasons)


def test_what_is_left_in_the_world_fails_the_destroy(session: Session) -> None:
    simulated = SimulatedState(session.simulated)
    vcn = simulated.find("oci:Core/vcn:Vcn", "net-vcn")
    vcn.id, vcn.urn = "ocid1.vcn.oc1..forgotten", vcn.urn.replace("net-vcn", "forgotten")
    simulated.put(vcn)
    with pytest.raises(rehearse.PhaseError, match="the simulated cloud is not empty:\noci:Core/vcn:Vcn forgotten"):
        rehearse._destroyed(session, nothing)
