"""A network that stood before the stack is in the simulated cloud, as the stack file describes it."""

from pathlib import Path

import pytest

from platformctl.engine import stackfile, surroundings
from simulator.simulated_state import SimulatedState

ROOT = Path(__file__).resolve().parents[3]
OWN = ROOT / "examples" / "Pulumi.own-network.yaml"


def simulated(tmp_path: Path, text: str) -> SimulatedState:
    file = tmp_path / "Pulumi.own.yaml"
    file.write_text(text)
    path = tmp_path / "simulated.json"
    surroundings.adopt(path, stackfile.locate(str(file), tmp_path))
    return SimulatedState(path)


def test_the_network_is_there_with_its_blocks_and_nobody_made_it(tmp_path: Path) -> None:
    with simulated(tmp_path, OWN.read_text()).locked() as found:
        records = list(found.state.records.values())
    (vcn,) = (record for record in records if record.type == surroundings.VCN)
    assert (vcn.id, vcn.outputs, vcn.urn) == ("ocid1.vcn.oc1.eu-frankfurt-1.exampleshared", {"cidrBlocks": ["10.40.0.0/16"]}, "")
    subnets = (record for record in records if record.type == surroundings.SUBNET)
    assert {record.id.rpartition("example")[2]: record.outputs["cidrBlock"] for record in subnets} == {
        "endpoint": "10.40.0.0/28",
        "bastion": "10.40.0.16/28",
        "balancers": "10.40.1.0/24",
        "workers": "10.40.4.0/22",
        "pods": "10.40.64.0/18",
    }


@pytest.mark.parametrize(
    "text",
    [
        (ROOT / "Pulumi.dev.yaml").read_text(),
        OWN.read_text().replace("backend: oke", "backend: nobody's"),
        OWN.read_text().replace("      vcnId: ", "      # vcnId: "),
        (ROOT / "examples" / "Pulumi.rtx4060.yaml").read_text() + "# vcnId\n",
        "config: {}  # vcnId\n",
    ],
    ids=["its own network", "a mistake", "subnets without a network", "no cloud", "nothing"],
)
def test_no_other_stack_file_changes_the_cloud(text: str, tmp_path: Path) -> None:
    with simulated(tmp_path, text).locked() as found:
        assert not found.state.records
