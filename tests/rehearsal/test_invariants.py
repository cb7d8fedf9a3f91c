"""What must hold for every resource of every stack, read from the engine's own account of it."""

import re
from collections.abc import Callable

import pytest

from infra.pricing import estimate
from infra.pricing.free import is_free
from infra.tags import TAGGABLE
from platformctl.engine.plan import Plan, PlannedResource, type_of

STACKS = ("dev", "prod", "rtx4060", "guardrails")
SLOW = (
    "oci:ContainerEngine/cluster:Cluster",
    "oci:ContainerEngine/nodePool:NodePool",
    "oci:ContainerEngine/addon:Addon",
    "oci:Core/image:Image",
)
HOLDS_DATA = (
    "oci:ContainerEngine/cluster:Cluster", "oci:Core/vcn:Vcn", "oci:ObjectStorage/bucket:Bucket", "oci:FileStorage/fileSystem:FileSystem"
)  # fmt: skip
IAM = ("oci:Identity/", "oci:Budget/", "oci:Limits/")


@pytest.fixture(params=STACKS)
def plan(request: pytest.FixtureRequest, plans: Callable[[str], Plan]) -> Plan:
    return plans(request.param)


def resources(plan: Plan) -> list[PlannedResource]:
    """What the cloud or the cluster will hold: no components, no providers."""
    return [resource for resource in plan.custom if not resource.type.startswith("pulumi:")]


def test_no_resource_falls_to_a_default_provider(plan: Plan) -> None:
    found = [resource.name for resource in resources(plan) if not resource.options.provider]
    assert found == []
    assert not any("default_" in resource.name for resource in plan.resources)


def test_every_resource_belongs_to_a_component(plan: Plan) -> None:
    stray = [resource.name for resource in resources(plan) if type_of(resource.parent).startswith("pulumi:")]
    assert stray == []


def test_everything_that_takes_tags_has_those_of_the_platform(plan: Plan) -> None:
    untagged = [
        resource.name
        for resource in resources(plan)
        if resource.type in TAGGABLE and not {"platform", "environment", "managed-by"} <= set(resource.inputs.get("freeformTags") or {})
    ]
    assert untagged == []


def test_what_a_pool_makes_is_tagged_too(plan: Plan) -> None:
    pools = [resource for resource in resources(plan) if resource.type == "oci:ContainerEngine/nodePool:NodePool"]
    assert all("platform" in pool.inputs["nodeConfigDetails"]["freeformTags"] for pool in pools)


def test_what_takes_long_says_how_long_it_may_take(plan: Plan) -> None:
    assert [resource.name for resource in resources(plan) if resource.type in SLOW and not resource.options.timeouts] == []


def test_autoscaled_pools_leave_their_size_to_the_autoscaler(plan: Plan) -> None:
    for pool in resources(plan):
        if pool.type == "oci:ContainerEngine/nodePool:NodePool":
            scaled = "autoscaler-max" in pool.inputs["freeformTags"]
            assert scaled == ("nodeConfigDetails.size" in pool.options.ignore_changes), pool.name


def test_nothing_is_reached_from_the_internet_unless_asked(plan: Plan) -> None:
    for resource in resources(plan):
        if resource.type == "oci:Core/subnet:Subnet":
            assert resource.inputs["prohibitInternetIngress"] == (not resource.name.endswith("public-lb")), resource.name
        if resource.type == "oci:ContainerEngine/cluster:Cluster":
            assert resource.inputs["endpointConfig"]["isPublicIpEnabled"] is False
        if resource.type == "oci:ObjectStorage/bucket:Bucket":
            assert resource.inputs["accessType"] == "NoPublicAccess"


def test_identity_and_guardrails_are_written_in_the_home_region(plan: Plan) -> None:
    for resource in resources(plan):
        if resource.type.startswith(IAM):
            assert resource.options.provider.endswith("::oci-home"), resource.name


def test_every_resource_type_is_priced_or_known_to_be_free(plan: Plan) -> None:
    found = estimate(plan.custom)
    priced = {line.name for line in found.lines} | {item.name for item in found.metered}
    assert [resource.name for resource in resources(plan) if resource.name not in priced and not is_free(resource.type)] == []


def test_names_do_not_depend_on_chance(plan: Plan) -> None:
    names = [str(resource.inputs.get(key)) for resource in resources(plan) for key in ("name", "displayName") if key in resource.inputs]
    assert [name for name in names if re.search(r"-[0-9a-f]{7,}$", name)] == []


def test_only_prod_is_protected_from_deletion(plans: Callable[[str], Plan]) -> None:
    assert all(resource.options.protect for resource in resources(plans("prod")) if resource.type in HOLDS_DATA)
    assert not any(resource.options.protect for resource in resources(plans("dev")))


def test_one_machine_needs_nothing_of_oracle(plans: Callable[[str], Plan]) -> None:
    assert [resource.type for resource in plans("rtx4060").resources if "oci" in resource.type] == []


def test_what_lives_in_the_cluster_goes_with_it(plans: Callable[[str], Plan]) -> None:
    inside = [resource for resource in resources(plans("dev")) if resource.type.startswith("kubernetes:")]
    assert inside
    assert all(resource.options.deleted_with.endswith("::cluster") for resource in inside)


def test_add_ons_wait_for_the_nodes_and_for_what_they_need_and_for_no_more(plans: Callable[[str], Plan]) -> None:
    by_name = {resource.name: resource for resource in plans("dev").resources if resource.custom}
    waits = {urn.rpartition("::")[2] for urn in by_name["node-feature-discovery-namespace"].dependencies}
    assert {"pool-system", "add-ons-core-dns", "add-ons-kube-proxy", "add-ons-oci-vcn-ip-native"} <= waits
    assert not {"add-ons-cert-manager", "add-ons-kubernetes-metrics-server", "add-ons-nvidia-gpu-plugin"} & waits
