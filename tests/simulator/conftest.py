"""Providers to call as the engine calls them, without an engine."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from simulator.diff import Difference
from simulator.errors import CloudError
from simulator.provider import Checked, Live, Provider, Resource
from simulator.serving import provider
from simulator.simulated_state import SimulatedState
from toolchain import built
from toolchain.programs import ENGINE


@dataclass
class Cloud:
    """One provider, with the calls a test makes of it in short."""

    provider: Provider
    config: dict[str, Any] = field(default_factory=dict)

    @property
    def simulated(self) -> SimulatedState:
        return self.provider.simulated

    def resource(self, token: str, name: str, ident: str = "") -> Resource:
        return Resource(urn=f"urn:pulumi:dev::test::{token}::{name}", type=token, name=name, id=ident)

    def check(self, token: str, name: str = "it", /, olds: dict[str, Any] | None = None, **inputs: Any) -> Checked:
        return self.provider.check(self.config, self.resource(token, name), inputs, olds or {})

    def refusals(self, token: str, /, **inputs: Any) -> list[str]:
        return [str(failure) for failure in self.check(token, **inputs).failures]

    def create(self, token: str, name: str = "it", /, **inputs: Any) -> Live:
        checked = self.check(token, name, **inputs)
        assert checked.failures == ()
        return self.provider.create(self.config, self.resource(token, name), checked.inputs)

    def refused(self, token: str, name: str = "it", /, **inputs: Any) -> str:
        """What the cloud says to a resource it must not accept."""
        with pytest.raises(CloudError) as refusal:
            self.create(token, name, **inputs)
        return str(refusal.value)

    def update(self, token: str, live: Live, name: str = "it", /, **inputs: Any) -> dict[str, Any]:
        resource = self.resource(token, name, live.id)
        return self.provider.update(self.config, resource, inputs, live.inputs)

    def read(self, token: str, live: Live, name: str = "it") -> Live:
        return self.provider.read(self.config, self.resource(token, name, live.id), live.inputs)

    def delete(self, token: str, live: Live, name: str = "it") -> None:
        self.provider.delete(self.config, self.resource(token, name, live.id))

    def diff(self, token: str, olds: dict[str, Any], news: dict[str, Any], ignored: tuple[str, ...] = ()) -> Difference:
        return self.provider.diff(self.config, self.resource(token, "it"), olds, news, ignored)

    def look_up(self, token: str, /, **arguments: Any) -> dict[str, Any]:
        found, failures = self.provider.invoke(self.config, token, arguments)
        assert failures == ()
        return found


@pytest.fixture
def simulated() -> SimulatedState:
    return SimulatedState()


@pytest.fixture
def oci(simulated: SimulatedState) -> Cloud:
    return Cloud(provider("oci", simulated), {"region": "eu-frankfurt-1"})


@pytest.fixture
def kubernetes(simulated: SimulatedState) -> Cloud:
    return Cloud(provider("kubernetes", simulated), {"clusterIdentifier": "one"})


@pytest.fixture
def random(simulated: SimulatedState) -> Cloud:
    return Cloud(provider("random", simulated))


@dataclass(frozen=True)
class Site:
    """A network with a cluster in it."""

    cloud: Cloud
    vcn: Live
    subnet: Live
    cluster: Live

    def pool(self, name: str = "pool", **changes: Any) -> dict[str, Any]:
        """Inputs of a node pool that Oracle accepts."""
        placement = {"availabilityDomain": "Uocm:EU-FRANKFURT-1-AD-1", "subnetId": self.subnet.id}
        return {
            "compartmentId": "c",
            "clusterId": self.cluster.id,
            "name": name,
            "kubernetesVersion": "v1.35.2",
            "nodeShape": "VM.GPU.A10.1",
            "nodeConfigDetails": {"size": 1, "placementConfigs": [placement]},
            **changes,
        }


@pytest.fixture
def site(oci: Cloud) -> Site:
    vcn = oci.create("oci:Core/vcn:Vcn", "main", compartmentId="c", cidrBlocks=["10.0.0.0/16"])
    subnet = oci.create("oci:Core/subnet:Subnet", "nodes", compartmentId="c", vcnId=vcn.id, cidrBlock="10.0.1.0/24")
    cluster = oci.create(
        "oci:ContainerEngine/cluster:Cluster", "cluster", compartmentId="c", name="cluster", vcnId=vcn.id,
        kubernetesVersion="v1.35.2", type="ENHANCED_CLUSTER", endpointConfig={"subnetId": subnet.id},
    )  # fmt: skip
    return Site(oci, vcn, subnet, cluster)


@pytest.fixture(scope="session")
def engine() -> Path:
    """The pulumi program, which tests marked `engine` have."""
    found = built.find(ENGINE)
    assert found is not None
    return found
