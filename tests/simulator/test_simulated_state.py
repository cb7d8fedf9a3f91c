"""The simulated state is one file that many may hold, and none may spoil."""

import json
from pathlib import Path

import pytest

from simulator.simulated_state import Delay, Record, SimulatedState

VCN = "oci:Core/vcn:Vcn"


def vcn(name: str = "main", **outputs: str) -> Record:
    return Record(type=VCN, id=f"ocid1.vcn.{name}", urn=f"urn:pulumi:dev::p::{VCN}::{name}", outputs=outputs)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "simulated.json"


def test_what_is_put_is_in_the_file_before_the_call_returns(path: Path) -> None:
    SimulatedState(path).put(vcn(displayName="a"))
    assert [record["outputs"] for record in json.loads(path.read_text())["resources"]] == [{"displayName": "a"}]


def test_a_world_without_a_file_lives_in_memory() -> None:
    simulated = SimulatedState()
    simulated.put(vcn())
    assert simulated.find(VCN, "main").id == "ocid1.vcn.main"


def test_two_that_share_a_file_lose_nothing_of_each_other(path: Path) -> None:
    one, other = SimulatedState(path), SimulatedState(path)
    one.put(vcn("a"))
    other.put(vcn("b"))
    one.remove(vcn("a"))
    with other.locked():
        assert [record.name for record in other.of(VCN)] == ["b"]


def test_an_edit_of_the_file_is_seen(path: Path) -> None:
    simulated = SimulatedState(path)
    simulated.put(vcn(displayName="before"))
    path.write_text(path.read_text().replace("before", "after"))
    with simulated.locked():
        assert simulated.find(VCN, "main").outputs == {"displayName": "after"}


def test_drift_changes_what_the_cloud_holds_and_not_what_was_asked(path: Path) -> None:
    simulated = SimulatedState(path)
    record = vcn(displayName="asked")
    record.inputs = {"displayName": "asked"}
    simulated.put(record)
    SimulatedState(path).drift(VCN, "main", displayName="clicked")
    with simulated.locked():
        found = simulated.find(VCN, "main")
    assert (found.inputs, found.outputs) == ({"displayName": "asked"}, {"displayName": "clicked"})


def test_looking_for_what_is_not_there_says_what_is() -> None:
    simulated = SimulatedState()
    simulated.put(vcn("main"))
    with pytest.raises(KeyError, match="no oci:Core/vcn:Vcn called 'other'; it has: main"):
        simulated.find(VCN, "other")


def test_a_fault_happens_as_often_as_said_and_only_where_it_fits() -> None:
    simulated = SimulatedState()
    simulated.fail("Out of host capacity", type="oci:ContainerEngine/*", name="a10.*", times=2)
    pool = "oci:ContainerEngine/nodePool:NodePool"
    assert simulated.take_fault("create", VCN, "a10") is None
    assert simulated.take_fault("delete", pool, "a10") is None
    assert simulated.take_fault("create", pool, "h100") is None
    assert [simulated.take_fault("create", pool, "a10-ad1") for _ in range(3)] == ["Out of host capacity"] * 2 + [None]


def test_a_fault_without_end_does_not_count_down() -> None:
    simulated = SimulatedState()
    simulated.fail("no", times=-1)
    assert {simulated.take_fault("create", VCN, "x") for _ in range(5)} == {"no"}


def test_settings_survive_the_file(path: Path) -> None:
    simulated = SimulatedState(path)
    with simulated.locked():
        simulated.state.limits["gpu-a10-count"] = 4
        simulated.state.home_region = "us-ashburn-1"
        simulated.state.delays.append(Delay(type="oci:*", operation="delete", seconds=1.5))
        simulated.touch()
    again = SimulatedState(path)
    assert (again.state.limits, again.state.home_region) == ({"gpu-a10-count": 4}, "us-ashburn-1")
    assert (again.delay("delete", VCN), again.delay("create", VCN)) == (1.5, 0.0)


def test_a_delay_may_be_for_one_resource_by_name() -> None:
    simulated = SimulatedState()
    simulated.state.delays += [Delay(type="oci:*", seconds=1), Delay(type=VCN, name="ma.*", seconds=2)]
    assert [simulated.delay("create", VCN, name) for name in ("main", "xmain", "other")] == [2, 1, 1]


def test_a_urn_remembers_the_resources_it_lost() -> None:
    simulated = SimulatedState()
    record = vcn()
    assert simulated.generation(record.urn) == 0
    simulated.put(record)
    assert simulated.generation(record.urn) == 1
    simulated.remove(record)
    assert simulated.generation(record.urn) == 1


def test_a_file_that_is_no_world_is_refused_by_name(path: Path) -> None:
    path.write_text('{"weather": []}')
    with pytest.raises(ValueError, match=r"simulated\.json is not a simulated state file"):
        SimulatedState(path)
