"""A change is found where it is, and means what the provider makes of it."""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.diff import compare
from simulator.paths import render
from simulator.wire import UNKNOWN

if TYPE_CHECKING:
    from tests.simulator.conftest import Cloud

CLUSTER = "oci:ContainerEngine/cluster:Cluster"
POOL = "oci:ContainerEngine/nodePool:NodePool"
SUBNET = "oci:Core/subnet:Subnet"
VCN = "oci:Core/vcn:Vcn"


def nested(path: str, value: Any) -> dict[str, Any]:
    """`a.b` and 1 as {"a": {"b": 1}}; `a[].b` as {"a": [{"b": 1}]}."""
    for key in reversed(path.split(".")):
        value = {key.removesuffix("[]"): [value] if key.endswith("[]") else value}
    return dict(value)


# What the official provider does: terraform-provider-oci v8.28.0, ForceNew by resource.
@pytest.mark.parametrize(
    ("token", "path", "replaces"),
    [
        (CLUSTER, "vcnId", True),
        (CLUSTER, "kmsKeyId", True),
        (CLUSTER, "clusterPodNetworkOptions[].cniType", True),
        (CLUSTER, "options.kubernetesNetworkConfig.podsCidr", True),
        (CLUSTER, "options.serviceLbSubnetIds[]", True),
        (CLUSTER, "endpointConfig.subnetId", True),
        (CLUSTER, "endpointConfig.isPublicIpEnabled", False),
        (CLUSTER, "endpointConfig.nsgIds[]", False),
        (CLUSTER, "name", False),
        (CLUSTER, "kubernetesVersion", False),
        (POOL, "clusterId", True),
        (POOL, "nodeConfigDetails.computeClusterId", True),
        (POOL, "nodeConfigDetails.nodePoolPodNetworkOptionDetails.cniType", True),
        (POOL, "nodeShape", False),
        (POOL, "nodeSourceDetails.imageId", False),
        (POOL, "nodeConfigDetails.placementConfigs[].subnetId", False),
        (POOL, "nodeMetadata.user_data", False),
        (VCN, "cidrBlock", True),
        (VCN, "cidrBlocks[]", False),
        (SUBNET, "dnsLabel", True),
        (SUBNET, "cidrBlock", False),
        ("oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule", "networkSecurityGroupId", True),
        ("oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule", "tcpOptions.destinationPortRange.max", False),
        ("oci:Core/instance:Instance", "createVnicDetails.securityAttributes.a", True),
        ("oci:ContainerEngine/containerInstance:ContainerInstance", "containers[].environmentVariables.A", True),
        ("oci:Core/vcn:Vcn", "freeformTags.a", False),
        ("oci:Identity/userGroupMembership:UserGroupMembership", "userId", True),
        ("oci:Core/shapeManagement:ShapeManagement", "shapeName", True),
        ("oci:Core/image:Image", "imageSourceDetails.sourceUri", True),
        ("oci:Core/image:Image", "displayName", False),
    ],
)
def test_a_change_replaces_exactly_what_oracle_cannot_change(oci: "Cloud", token: str, path: str, replaces: bool) -> None:
    difference = oci.diff(token, nested(path, "before"), nested(path, "after"))
    assert [render(change.path) for change in difference.changes] == [path.replace("[]", "[0]")]
    assert difference.replaces is replaces


def test_a_block_that_comes_with_what_replaces_replaces(oci: "Cloud") -> None:
    difference = oci.diff(CLUSTER, {}, {"options": {"serviceLbSubnetIds": ["s"]}})
    assert [(change.path, change.kind, change.replaces) for change in difference.changes] == [(("options",), "add", True)]
    assert not oci.diff(CLUSTER, {}, {"options": {"admissionControllerOptions": {"isPodSecurityPolicyEnabled": True}}}).replaces


def test_an_element_that_comes_or_goes_changes_its_list(oci: "Cloud") -> None:
    def networks(*kinds: str) -> dict[str, Any]:
        return {"clusterPodNetworkOptions": [{"cniType": kind} for kind in kinds]}

    more, fewer = oci.diff(CLUSTER, networks(), networks("a")), oci.diff(CLUSTER, networks("a", "b"), networks("a"))
    assert [change.kind for change in (*more.changes, *fewer.changes)] == ["add", "delete"]
    assert more.replaces and fewer.replaces
    locks = oci.diff("oci:FileStorage/export:Export", {"locks": []}, {"locks": [{"x": 1}]})
    assert locks.replaces  # the list replaces, whatever is in the element


def test_an_endpoint_that_was_nowhere_may_come(oci: "Cloud") -> None:
    assert not oci.diff(CLUSTER, {}, {"endpointConfig": {"subnetId": "s"}}).replaces
    assert not oci.diff(CLUSTER, {"endpointConfig": {"subnetId": ""}}, {"endpointConfig": {"subnetId": "s"}}).replaces


@pytest.mark.parametrize(("kind", "replaces"), [("GENERIC_BM", True), ("AMD_VM", False)])
def test_bare_metal_instances_alone_are_replaced_for_their_platform(oci: "Cloud", kind: str, replaces: bool) -> None:
    olds, news = ({"platformConfig": {"type": kind, "isSymmetricMultiThreadingEnabled": on}} for on in (True, False))
    assert oci.diff("oci:Core/instance:Instance", olds, news).replaces is replaces


def test_instance_metadata_replaces_only_where_it_holds_keys_or_user_data(oci: "Cloud") -> None:
    instance = "oci:Core/instance:Instance"
    assert oci.diff(instance, {"metadata": {"user_data": "a"}}, {"metadata": {"user_data": "b"}}).replaces
    assert not oci.diff(instance, {"metadata": {"note": "a"}}, {"metadata": {"note": "b"}}).replaces


def test_a_value_not_known_yet_may_be_another_one(oci: "Cloud") -> None:
    difference = oci.diff(POOL, {"clusterId": "ocid1"}, {"clusterId": UNKNOWN})
    assert difference.replaces


def test_what_the_cloud_fills_may_leave_the_program(oci: "Cloud") -> None:
    assert oci.diff(VCN, {"displayName": "a", "freeformTags": {"a": "b"}}, {}).changes == ()
    fewer = oci.diff(CLUSTER, {"endpointConfig": {"subnetId": "s", "nsgIds": ["n"]}}, {"endpointConfig": {"subnetId": "s"}})
    assert [(change.path, change.kind) for change in fewer.changes] == [(("endpointConfig", "nsgIds"), "delete")]


def test_spellings_the_provider_holds_equal_are_equal(oci: "Cloud") -> None:
    instance = "oci:ContainerEngine/containerInstance:ContainerInstance"
    olds = {"availabilityDomain": "Uocm:AD-1", "gracefulShutdownTimeoutInSeconds": "30"}
    assert oci.diff(instance, olds, {"availabilityDomain": "uocm:ad-1", "gracefulShutdownTimeoutInSeconds": "030"}).changes == ()
    assert oci.diff(instance, olds, {**olds, "gracefulShutdownTimeoutInSeconds": "31"}).changes != ()
    assert oci.diff(POOL, {"nodeShape": "a"}, {"nodeShape": "A"}).changes != ()


def test_ignored_paths_are_no_change_and_their_neighbours_are(oci: "Cloud") -> None:
    olds = {"nodeConfigDetails": {"size": 3, "kmsKeyId": "a"}, "initialNodeLabels": [{"key": "a"}, {"key": "b"}]}
    news = {"nodeConfigDetails": {"size": 0, "kmsKeyId": "b"}, "initialNodeLabels": [{"key": "c"}, {"key": "d"}]}
    ignored = ("nodeConfigDetails.size", "initialNodeLabels[*].key")
    assert [render(change.path) for change in oci.diff(POOL, olds, news, ignored).changes] == ["nodeConfigDetails.kmsKeyId"]


def test_bookkeeping_is_no_change(oci: "Cloud") -> None:
    assert oci.diff(CLUSTER, {"name": "a"}, {"name": "a", "__defaults": ["name"]}).changes == ()


def test_a_named_cluster_goes_before_its_replacement_comes(oci: "Cloud") -> None:
    assert oci.diff(CLUSTER, {"name": "a", "vcnId": "1"}, {"name": "a", "vcnId": "2"}).delete_before_replace
    auto = {"name": "a-1234567", "__defaults": ["name"]}
    assert not oci.diff(CLUSTER, {**auto, "vcnId": "1"}, {**auto, "vcnId": "2"}).delete_before_replace
    assert not oci.diff(CLUSTER, {"name": "a", "kubernetesVersion": "1"}, {"name": "a", "kubernetesVersion": "2"}).delete_before_replace


TREES = st.recursive(
    st.integers(0, 3) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1, max_size=2), inner, max_size=3),
    max_leaves=8,
)
PROPERTIES = st.dictionaries(st.text("abc", min_size=1, max_size=2), TREES, max_size=4)


@given(PROPERTIES)
def test_the_same_is_no_change(properties: dict[str, Any]) -> None:
    assert compare(properties, properties, None) == ()


@given(PROPERTIES, PROPERTIES)
def test_what_differs_is_found(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert bool(compare(old, new, None)) is (old != new)


@given(PROPERTIES, PROPERTIES)
def test_both_ways_find_the_same_places(old: dict[str, Any], new: dict[str, Any]) -> None:
    there = {change.path for change in compare(old, new, None)}
    assert there == {change.path for change in compare(new, old, None)}
