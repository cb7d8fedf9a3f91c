"""An engine that is killed at a step of an update, a change or a destruction, and the same command after what docs/recover.md says.

Every kind of step of a whole stack is tried by `make crashes`.
"""

from pathlib import Path

import pytest

from platformctl.engine import stackfile
from platformctl.engine.failure import reasons
from platformctl.engine.session import OperationError, Session
from testkit import crashes

PROJECT = Path(__file__).resolve().parents[1] / "platformctl" / "project"
VCN = "urn:pulumi:sample::sample::sample:net:Network$oci:Core/vcn:Vcn::net-vcn"
SUBNET = "urn:pulumi:sample::sample::sample:net:Network$oci:Core/subnet:Subnet::net-subnet"
GROUP = "urn:pulumi:sample::sample::sample:net:Network$oci:Core/networkSecurityGroup:NetworkSecurityGroup::net-group"
NEW_RULE = (
    "urn:pulumi:sample::sample::sample:net:Network$oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule::net-rule-2"
)
BUCKET = "urn:pulumi:sample::sample::oci:ObjectStorage/bucket:Bucket::models"


@pytest.fixture
def session() -> Session:
    return Session(PROJECT, stackfile.locate("sample", PROJECT), extra=crashes.EVERY_STEP)


def nothing_left(session: Session) -> None:
    session.run("destroy", "--ignore-protect")
    assert crashes.forgotten(session) == []


@pytest.mark.parametrize(("urn", "heard"), [(VCN, True), (SUBNET, True), (SUBNET, False), (BUCKET, True)])
def test_an_update_goes_on_where_it_was_killed(session: Session, urn: str, heard: bool) -> None:
    with session:
        left = crashes.killed(session, "up", "create", urn, heard=heard)
        assert (left.reached, left.locked) == (True, True)
        assert urn in [each.urn for each in left.pending]
        with pytest.raises(OperationError) as refused:  # nobody gets past the lock unawares
            session.run("up")
        assert any("pulumi cancel" in reason for reason in reasons(refused.value))
        crashes.recovered(session)
        session.run("up")
        assert session.preview().changes == ()
        nothing_left(session)


def test_a_stack_whose_first_update_was_killed_can_be_destroyed(session: Session) -> None:
    with session:
        crashes.killed(session, "up", "create", GROUP)
        crashes.recovered(session)
        nothing_left(session)


def test_what_was_made_and_is_not_in_the_state_is_in_the_way_until_it_is_settled(session: Session) -> None:
    """The engine alone asks for it once more, and Oracle has it already."""
    with session:
        crashes.killed(session, "up", "create", SUBNET)
        assert session.engine("cancel", "--yes").returncode == 0
        with pytest.raises(OperationError) as refused:
            session.run("up")
        assert any("overlaps the CIDR" in reason for reason in reasons(refused.value))


def test_a_change_and_a_destruction_go_on_where_they_were_killed(session: Session, tmp_path: Path) -> None:
    changed = tmp_path / "Pulumi.sample.yaml"
    changed.write_text("config:\n  sample:cidr: 10.1.0.0/16\n  sample:rules: 3\n")
    with session:
        session.run("up")
        session.change(stackfile.locate(str(changed), PROJECT))
        left = crashes.killed(session, "up", "create", NEW_RULE)
        assert left.reached
        assert not crashes.recovered(session), "a rule has no name, and is found by its group"
        session.run("up")
        assert session.preview().changes == ()
        left = crashes.killed(session, "destroy", "delete", SUBNET)
        assert left.reached
        assert "deleting" in [each.what for each in left.pending]
        assert not crashes.recovered(session), "what was being deleted has its id"
        nothing_left(session)
