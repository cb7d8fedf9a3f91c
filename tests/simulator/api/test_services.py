"""What single services answer beside the life of their resources."""

import base64
from collections.abc import Callable
from typing import Any

import oci  # type: ignore[import-untyped]
import pytest
import yaml

from simulator.oci import region as model
from simulator.oci.ids import NAMESPACE, TENANCY
from simulator.simulated_state import SimulatedState
from tests.simulator.api.cases import BY_NAME, COMPARTMENT, DOMAIN, REGION, VERSION
from tests.simulator.api.test_protocol import refused
from tests.simulator.api.test_resources import Maker, sound

Client = Callable[[Any], Any]
NETWORK = oci.core.models


@pytest.fixture
def maker(client: Client) -> Maker:
    return Maker(client)


# Network


def test_rules_of_a_network_security_group_are_added_changed_and_removed(maker: Maker, client: Client) -> None:
    network = client(oci.core.VirtualNetworkClient)
    maker.make(BY_NAME["network_security_group"])
    group = maker.ids["network_security_group"]
    ports = NETWORK.TcpOptions(destination_port_range=NETWORK.PortRange(min=6443, max=6443))
    rules = [
        NETWORK.AddSecurityRuleDetails(
            direction="INGRESS", protocol="6", source="10.0.0.0/16", source_type="CIDR_BLOCK", is_stateless=False, tcp_options=ports
        ),
        NETWORK.AddSecurityRuleDetails(direction="EGRESS", protocol="all", destination="0.0.0.0/0", destination_type="CIDR_BLOCK"),
    ]
    made = network.add_network_security_group_security_rules(
        group, NETWORK.AddNetworkSecurityGroupSecurityRulesDetails(security_rules=rules)
    ).data.security_rules
    sound(made)
    assert [each.direction for each in made] == ["INGRESS", "EGRESS"]
    held = network.list_network_security_group_security_rules(group, direction="INGRESS").data
    sound(held)
    assert [(each.id, each.tcp_options.destination_port_range.min) for each in held] == [(made[0].id, 6443)]

    change = NETWORK.UpdateSecurityRuleDetails(id=made[1].id, direction="EGRESS", protocol="all", destination="10.0.0.0/16")
    network.update_network_security_group_security_rules(
        group, NETWORK.UpdateNetworkSecurityGroupSecurityRulesDetails(security_rules=[change])
    )
    held = network.list_network_security_group_security_rules(group, direction="EGRESS").data
    assert [each.destination for each in held] == ["10.0.0.0/16"]

    gone = NETWORK.RemoveNetworkSecurityGroupSecurityRulesDetails(security_rule_ids=[made[0].id])
    network.remove_network_security_group_security_rules(group, gone)
    assert [each.id for each in network.list_network_security_group_security_rules(group).data] == [made[1].id]
    assert refused(network.remove_network_security_group_security_rules, group, gone)[0] == 404


def test_a_vcn_brings_its_defaults_and_takes_them_along(maker: Maker, client: Client, simulated: SimulatedState) -> None:
    network = client(oci.core.VirtualNetworkClient)
    maker.make(BY_NAME["vcn"])
    vcn = network.get_vcn(maker.ids["vcn"]).data
    found = network.get_security_list(vcn.default_security_list_id).data
    sound(found)
    assert (found.display_name, found.egress_security_rules[0].destination) == ("Default Security List for first", "0.0.0.0/0")
    assert [each.id for each in network.list_route_tables(COMPARTMENT).data] == [vcn.default_route_table_id]
    assert refused(network.delete_security_list, found.id)[:2] == (409, "Conflict")
    closed = NETWORK.UpdateSecurityListDetails(egress_security_rules=[], ingress_security_rules=[])
    network.update_security_list(found.id, closed)
    assert network.get_security_list(found.id).data.ingress_security_rules == []
    network.delete_vcn(vcn.id)
    network.get_vcn(vcn.id)
    assert network.list_security_lists(COMPARTMENT).data == []
    assert not [record for record in simulated.state.records.values() if record.type.startswith("oci:Core/")]


def test_blocks_of_a_vcn_are_added_changed_and_removed(maker: Maker, client: Client) -> None:
    network = client(oci.core.VirtualNetworkClient)
    maker.make(BY_NAME["subnet"])
    vcn = maker.ids["vcn"]
    network.add_vcn_cidr(vcn, NETWORK.AddVcnCidrDetails(cidr_block="10.1.0.0/16"))
    assert network.get_vcn(vcn).data.cidr_blocks == ["10.0.0.0/16", "10.1.0.0/16"]
    network.modify_vcn_cidr(vcn, NETWORK.ModifyVcnCidrDetails(original_cidr_block="10.1.0.0/16", new_cidr_block="10.2.0.0/16"))
    assert network.get_vcn(vcn).data.cidr_blocks == ["10.0.0.0/16", "10.2.0.0/16"]
    held = NETWORK.RemoveVcnCidrDetails(cidr_block="10.0.0.0/16")
    status, code, message = refused(network.remove_vcn_cidr, vcn, held)
    assert (status, code) == (400, "InvalidParameter")
    assert "leave subnets of the VCN outside" in message or "only one add/remove" in message
    assert refused(network.remove_vcn_cidr, vcn, NETWORK.RemoveVcnCidrDetails(cidr_block="10.9.0.0/16"))[0] == 400
    network.remove_vcn_cidr(vcn, NETWORK.RemoveVcnCidrDetails(cidr_block="10.2.0.0/16"))
    assert network.get_vcn(vcn).data.cidr_blocks == ["10.0.0.0/16"]


def test_what_goes_does_not_hold_what_it_was_in(maker: Maker, client: Client) -> None:
    network = client(oci.core.VirtualNetworkClient)
    maker.make(BY_NAME["subnet"])
    network.delete_subnet(maker.ids["subnet"])
    network.delete_vcn(maker.ids["vcn"])
    again = NETWORK.CreateVcnDetails(compartment_id=COMPARTMENT, cidr_blocks=["10.0.0.0/16"], display_name="again")
    network.create_vcn(again)
    assert [each.display_name for each in network.list_vcns(COMPARTMENT).data] == ["again"]


def test_an_image_is_said_to_run_on_a_shape(maker: Maker, client: Client) -> None:
    compute = client(oci.core.ComputeClient)
    maker.make(BY_NAME["image"])
    image = maker.ids["image"]
    for _ in range(2):
        sound(compute.add_image_shape_compatibility_entry(image, "BM.GPU.H100.8").data)
    assert [each.shape for each in compute.list_image_shape_compatibility_entries(image).data] == ["BM.GPU.H100.8"]
    assert compute.get_image_shape_compatibility_entry(image, "BM.GPU.H100.8").data.image_id == image
    compute.remove_image_shape_compatibility_entry(image, "BM.GPU.H100.8")
    assert refused(compute.get_image_shape_compatibility_entry, image, "BM.GPU.H100.8")[0] == 404
    assert refused(compute.add_image_shape_compatibility_entry, image, "BM.GPU.FANCY.8")[0] == 400


def test_room_is_what_the_limits_leave(client: Client, simulated: SimulatedState) -> None:
    with simulated.locked():
        simulated.state.limits["gpu-h100-count"] = 0
        simulated.touch()
    compute = client(oci.core.ComputeClient)

    def shape(name: str) -> Any:
        return NETWORK.CreateCapacityReportShapeAvailabilityDetails(instance_shape=name)

    details = NETWORK.CreateComputeCapacityReportDetails(
        compartment_id=TENANCY,
        availability_domain=DOMAIN,
        shape_availabilities=[shape("BM.GPU.H100.8"), shape("VM.GPU.A10.1"), shape("BM.GPU.FANCY.8")],
    )
    found = compute.create_compute_capacity_report(details).data
    sound(found)
    assert [each.availability_status for each in found.shape_availabilities] == [
        "OUT_OF_HOST_CAPACITY",
        "AVAILABLE",
        "HARDWARE_NOT_SUPPORTED",
    ]
    details.availability_domain = "nowhere"
    assert refused(compute.create_compute_capacity_report, details)[0] == 400


def test_a_resource_moves_to_another_compartment(maker: Maker, client: Client) -> None:
    network = client(oci.core.VirtualNetworkClient)
    maker.make(BY_NAME["vcn"])
    other = "ocid1.compartment.oc1..examplenetwork"
    network.change_vcn_compartment(maker.ids["vcn"], NETWORK.ChangeVcnCompartmentDetails(compartment_id=other))
    assert [each.id for each in network.list_vcns(other).data] == [maker.ids["vcn"]]


def test_the_region_offers_what_the_provider_offers(client: Client) -> None:
    network, compute = client(oci.core.VirtualNetworkClient), client(oci.core.ComputeClient)
    identity = client(oci.identity.IdentityClient)
    services = network.list_services().data
    shapes = oci.pagination.list_call_get_all_results(compute.list_shapes, COMPARTMENT).data
    domains = identity.list_availability_domains(COMPARTMENT).data
    for found in (services, shapes, domains, identity.list_fault_domains(COMPARTMENT, DOMAIN).data, identity.list_regions().data):
        assert found
        sound(found)
    assert {each.shape for each in shapes} == set(model.SHAPES)
    assert [each.name for each in domains] == list(model.domains(REGION))
    images = oci.pagination.list_call_get_all_results(compute.list_images, COMPARTMENT, shape="BM.GPU.H100.8").data
    sound(images)
    assert images and all("Gen2-GPU" in each.display_name for each in images)
    assert compute.get_image(images[0].id).data.display_name == images[0].display_name


# Clusters


def test_options_of_clusters_and_pools(client: Client) -> None:
    oke = client(oci.container_engine.ContainerEngineClient)
    found = oke.get_node_pool_options("all", node_pool_k8s_version=VERSION).data
    for each in (found, oke.get_cluster_options("all").data, oke.list_addon_options(VERSION).data):
        sound(each)
    assert VERSION in found.kubernetes_versions
    assert found.sources and all(f"OKE-{VERSION[1:]}" in each.source_name or "OKE" not in each.source_name for each in found.sources)


def test_a_kubeconfig_holds_no_secret(maker: Maker, client: Client) -> None:
    oke = client(oci.container_engine.ContainerEngineClient)
    maker.make(BY_NAME["cluster"])
    details = oci.container_engine.models.CreateClusterKubeconfigContentDetails(token_version="2.0.0", endpoint="PRIVATE_ENDPOINT")
    text = oke.create_kubeconfig(maker.ids["cluster"], create_cluster_kubeconfig_content_details=details).data.text
    found = yaml.safe_load(text)
    assert found["clusters"][0]["cluster"]["server"].startswith("https://10.0.1.")
    assert b"CERTIFICATE" in base64.b64decode(found["clusters"][0]["cluster"]["certificate-authority-data"])
    assert found["users"][0]["user"]["exec"]["command"] == "oci"
    assert refused(oke.create_kubeconfig, "ocid1.cluster.oc1.eu-frankfurt-1.a")[0] == 404


def test_the_endpoint_of_a_cluster_changes_and_stays_in_its_subnet(maker: Maker, client: Client) -> None:
    oke, models = client(oci.container_engine.ContainerEngineClient), oci.container_engine.models
    maker.make(BY_NAME["network_security_group"])
    maker.make(BY_NAME["cluster"])
    cluster, group = maker.ids["cluster"], maker.ids["network_security_group"]
    answered = oke.update_cluster_endpoint_config(cluster, models.UpdateClusterEndpointConfigDetails(nsg_ids=[group]))
    assert answered.headers["opc-work-request-id"]
    endpoint = maker.settled(BY_NAME["cluster"]).endpoint_config
    assert (endpoint.nsg_ids, endpoint.subnet_id) == ([group], maker.ids["subnet"])


def test_a_pool_is_scaled_and_keeps_what_is_not_said(maker: Maker, client: Client) -> None:
    oke, models = client(oci.container_engine.ContainerEngineClient), oci.container_engine.models
    maker.make(BY_NAME["node_pool"])
    pool = maker.ids["node_pool"]
    before = oke.get_node_pool(pool).data
    assert [each.lifecycle_state for each in before.nodes] == ["ACTIVE", "ACTIVE"]
    size = models.UpdateNodePoolDetails(node_config_details=models.UpdateNodePoolNodeConfigDetails(size=3))
    oke.update_node_pool(pool, size)
    after = maker.settled(BY_NAME["node_pool"])
    assert (after.node_config_details.size, len(after.nodes)) == (3, 3)
    assert after.node_config_details.placement_configs == before.node_config_details.placement_configs

    gone = after.nodes[0].id
    oke.delete_node(pool, gone)
    left = maker.settled(BY_NAME["node_pool"])
    assert left.node_config_details.size == 2
    assert gone not in [each.id for each in left.nodes]
    assert refused(oke.delete_node, pool, gone)[0] == 404


def test_a_cluster_takes_its_addons_along(maker: Maker, client: Client, simulated: SimulatedState) -> None:
    oke = client(oci.container_engine.ContainerEngineClient)
    maker.make(BY_NAME["addon"])
    oke.delete_cluster(maker.ids["cluster"])
    for _ in range(3):
        oke.list_clusters(COMPARTMENT)
    assert not [record for record in simulated.state.records.values() if record.type.startswith("oci:ContainerEngine/")]


# Identity, limits, storage


def test_compartments_are_there_before_anybody_makes_one(client: Client) -> None:
    identity = client(oci.identity.IdentityClient)
    found = identity.list_compartments(TENANCY, compartment_id_in_subtree=True).data
    sound(found)
    assert {"platform", "gpu-dev"} <= {each.name for each in found}
    assert identity.get_compartment(TENANCY).data.name == "simulated"
    assert identity.get_tenancy(TENANCY).data.home_region_key == "FRA"
    assert [each.is_home_region for each in identity.list_region_subscriptions(TENANCY).data] == [True]
    assert refused(identity.get_compartment, "ocid1.compartment.oc1..nobody")[0] == 404


def test_limits_are_those_of_the_simulated_state(client: Client, simulated: SimulatedState) -> None:
    with simulated.locked():
        simulated.state.limits["gpu-a10-count"] = 4
        simulated.touch()
    limits = client(oci.limits.LimitsClient)
    values = limits.list_limit_values(TENANCY, "compute", name="gpu-a10-count", availability_domain=DOMAIN).data
    sound(values)
    assert [each.value for each in values] == [4]
    left = limits.get_resource_availability("compute", "gpu-a10-count", TENANCY, availability_domain=DOMAIN).data
    sound(left)
    assert (left.available, left.used) == (4, 0)
    sound(limits.list_limit_definitions(TENANCY, service_name="compute").data)
    assert [each.name for each in limits.list_services(TENANCY).data] == ["compute"]


def test_namespaces(client: Client) -> None:
    storage, logs = client(oci.object_storage.ObjectStorageClient), client(oci.log_analytics.LogAnalyticsClient)
    assert storage.get_namespace().data == NAMESPACE
    sound(storage.get_namespace_metadata(NAMESPACE).data)
    assert [each.namespace_name for each in logs.list_namespaces(TENANCY).data.items] == [NAMESPACE]
    bucket = oci.object_storage.models.CreateBucketDetails(name="a", compartment_id=COMPARTMENT)
    assert refused(storage.create_bucket, "another", bucket)[0] == 404
    storage.create_bucket(NAMESPACE, bucket)
    assert storage.head_bucket(NAMESPACE, "a").headers["etag"]
    assert refused(storage.create_bucket, NAMESPACE, bucket)[:2] == (409, "Conflict")


def test_a_session_says_how_to_reach_its_target(maker: Maker) -> None:
    maker.make(BY_NAME["session"])
    session = maker.get(BY_NAME["session"])
    assert f":10.0.1.9:6443 -p 22 {session.id}@host.bastion.{REGION}" in session.ssh_metadata["command"]


# Search


def search(client: Client, query: str) -> list[Any]:
    details = oci.resource_search.models.StructuredSearchDetails(query=query)
    found = client(oci.resource_search.ResourceSearchClient).search_resources(details).data.items
    sound(found)
    return list(found)


def test_resources_are_found_by_type_compartment_and_tag(maker: Maker, client: Client) -> None:
    network = client(oci.core.VirtualNetworkClient)
    tagged = NETWORK.CreateVcnDetails(
        compartment_id=COMPARTMENT, cidr_blocks=["10.1.0.0/16"], display_name="tagged", freeform_tags={"project": "one"}
    )
    network.create_vcn(tagged)
    maker.make(BY_NAME["subnet"])
    assert {each.resource_type for each in search(client, "query all resources")} == {"Vcn", "Subnet"}
    assert len(search(client, "query vcn, subnet resources")) == 3
    asked = f"query all resources where compartmentId = '{COMPARTMENT}' && freeformTags.key = 'project' && freeformTags.value = 'one'"
    assert [each.display_name for each in search(client, asked)] == ["tagged"]
    assert [each.display_name for each in search(client, "query all resources where displayName =~ 'AGG'")] == ["tagged"]
    assert {each.display_name for each in search(client, "query vcn resources where displayName != 'tagged'")} == {"first"}
    assert {each.display_name for each in search(client, "query vcn resources where displayName !~ 'TAG'")} == {"first"}
    assert search(client, "query all resources where lifecycleState != 'AVAILABLE' && freeformTags.project = 'two'") == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("vcn", "must read: query <types or all> resources"),
        ("query all resources where a = 'b' || c = 'd'", "joins conditions with `or`"),
        ("query all resources where timeCreated > now", "has the condition 'timeCreated > now'"),
        ("query all resources where a = 'b' &&", "has the condition ''"),
    ],
)
def test_a_search_that_is_not_understood_is_refused(client: Client, query: str, words: str) -> None:
    details = oci.resource_search.models.StructuredSearchDetails(query=query)
    status, code, message = refused(client(oci.resource_search.ResourceSearchClient).search_resources, details)
    assert (status, code) == (400, "InvalidParameter")
    assert words in message
