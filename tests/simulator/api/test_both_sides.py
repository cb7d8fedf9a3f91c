"""One state: what Pulumi's simulated provider makes, the SDK sees, and the other way round."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import oci  # type: ignore[import-untyped]
import pytest

from platformctl.engine.session import Session
from platformctl.engine.stackfile import locate
from platformctl.root import ROOT
from simulator.api.kinds import KINDS
from simulator.api.server import Api
from simulator.oci.provider import Oci
from simulator.provider import Resource
from simulator.simulated_state import SimulatedState
from tests.simulator.api.cases import BY_NAME, CASES, COMPARTMENT, REGION
from tests.simulator.api.conftest import running
from tests.simulator.api.test_resources import Maker, camel, sound

Client = Callable[[Any], Any]
POOL = "oci:ContainerEngine/nodePool:NodePool"
VCN = "oci:Core/vcn:Vcn"
SUBNET = "oci:Core/subnet:Subnet"


def test_the_provider_finds_drifts_and_deletes_what_the_sdk_made(client: Client, simulated: SimulatedState) -> None:
    maker, provider, config = Maker(client), Oci(simulated), {"region": REGION}
    maker.make(BY_NAME["vcn"])
    resource = Resource(urn="urn:pulumi:dev::p::oci:Core/vcn:Vcn::net", type=VCN, name="net", id=maker.ids["vcn"])
    found = provider.read(config, resource, {})
    assert (found.id, found.inputs["displayName"], found.inputs["cidrBlocks"]) == (maker.ids["vcn"], "first", ["10.0.0.0/16"])
    provider.delete(config, resource)
    assert client(oci.core.VirtualNetworkClient).list_vcns(COMPARTMENT).data == []


def test_the_sdk_changes_what_the_provider_made_and_the_provider_sees_it(client: Client, simulated: SimulatedState) -> None:
    provider, config = Oci(simulated), {"region": REGION}
    resource = Resource(urn="urn:pulumi:dev::p::oci:Core/vcn:Vcn::net", type=VCN, name="net")
    inputs = {"compartmentId": COMPARTMENT, "cidrBlocks": ["10.0.0.0/16"], "displayName": "net"}
    made = provider.create(config, resource, inputs)
    network = client(oci.core.VirtualNetworkClient)
    network.update_vcn(made.id, oci.core.models.UpdateVcnDetails(display_name="clicked"))
    found = provider.read(config, Resource(urn=resource.urn, type=VCN, name="net", id=made.id), inputs)
    assert found.inputs["displayName"] == "clicked"


def read(state: SimulatedState, region: str, config: dict[str, Any]) -> set[str]:
    """Have the SDK read every resource that there is as the API shows it; returns the models that were read."""
    cloud, done = Api(state, region).cloud, set()
    for case in CASES:
        kind = next(kind for kind in KINDS if kind.model == (case.model or camel(case.name)))
        client = case.client({**config, "region": region}, service_endpoint="http://127.0.0.1:1").base_client
        for record in state.of(kind.type):
            text = json.dumps(cloud.shown(kind, cloud.service(kind), record))
            sound(client.deserialize_response_data(text.encode(), kind.model))
            done.add(kind.model)
        client.session.close()
    return done


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_sdk_sees_a_stack_that_was_rehearsed(stack: str, key: str, config: dict[str, Any]) -> None:
    with Session(ROOT, locate(stack, ROOT), policies=False) as session:
        session.run("up")
        state = SimulatedState(Path(session.simulated))
        pools = {record.outputs["name"] for record in state.of(POOL)}
        region = next(record for record in state.of(SUBNET)).id.split(".")[3]
        assert pools
        with running(Api(state, region)) as server:
            endpoint = server.endpoint
            oke = oci.container_engine.ContainerEngineClient({**config, "region": region}, service_endpoint=endpoint)
            compartment = next(record for record in state.of(POOL)).outputs["compartmentId"]
            clusters, found = oke.list_clusters(compartment).data, oke.list_node_pools(compartment).data
            for each in (*clusters, *found, *(oke.get_node_pool(pool.id).data for pool in found), oke.get_cluster(clusters[0].id).data):
                sound(each)
            assert {pool.name for pool in found} == pools
            assert {pool.cluster_id for pool in found} == {clusters[0].id}
            search = oci.resource_search.ResourceSearchClient({**config, "region": region}, service_endpoint=endpoint)
            query = oci.resource_search.models.StructuredSearchDetails(query="query all resources")
            seen = oci.pagination.list_call_get_all_results(search.search_resources, query).data
            assert {"Vcn", "Subnet", "ClustersCluster", "NodePool", "Bastion"} <= {each.resource_type for each in seen}
            assert read(state, region, config) >= {"Vcn", "Subnet", "Cluster", "NodePool", "Bastion", "Addon", "Policy"}
        session.run("destroy", "--ignore-protect")
