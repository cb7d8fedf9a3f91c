"""The autoscaler's add-on: which pools, with what bounds, and how long it waits."""

from typing import Any

import pulumi
import pytest
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from infra.oci import oci
from infra.oke.cluster.autoscaler import Autoscaler, AutoscalerArgs, autoscaled, configuration, nodes
from infra.oke.pools import section
from infra.oke.pools.plan import plan
from testkit.registrations import Sent
from tests.infra.oke.pools.entries import Entry, entry, sections

SYSTEM = entry("system", shape="VM.Standard.E5.Flex", ocpus=4, memory_gib=32, size=3)
A10 = entry("a10", shape="VM.GPU.A10.1", max_size=4)
H100 = entry("h100", shape="BM.GPU.H100.8", min_size=1, max_size=2, availability_domains=(1,))


def plans(*specs: Entry) -> Any:
    return plan(sections(specs), region="us-ashburn-1", region_ads=2, cluster_version="v1.34.2")


def test_pools_of_fixed_size_are_left_alone() -> None:
    assert [made.name for made in autoscaled(plans(SYSTEM, H100, A10))] == ["a10-ad1", "a10-ad2", "h100-ad1"]


@given(st.permutations(["a10-ad1", "a10-ad2", "h100-ad1"]))
def test_the_list_of_pools_is_in_the_order_of_their_names(order: list[str]) -> None:
    made = {one.name: one for one in plans(SYSTEM, H100, A10)}
    assert nodes((made[name], f"ocid1.nodepool.{name}") for name in order) == (
        "0:4:ocid1.nodepool.a10-ad1, 0:4:ocid1.nodepool.a10-ad2, 1:2:ocid1.nodepool.h100-ad1"
    )


def test_the_settings_are_text_and_need_no_dynamic_group() -> None:
    assert configuration(plans(SYSTEM, A10), section.Autoscaler(scale_down_minutes=7, expander="priority")) == {
        "authType": "workload",
        "expander": "priority",
        "maxNodeProvisionTime": "15m",
        "scaleDownDelayAfterAdd": "7m",
        "scaleDownUnneededTime": "7m",
        "skipNodesWithLocalStorage": "true",
    }


def test_bare_metal_is_given_the_time_it_needs_to_boot() -> None:
    assert configuration(plans(SYSTEM, A10, H100), section.Autoscaler())["maxNodeProvisionTime"] == "45m"


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_the_add_on_waits_for_its_nodes_and_rights_and_depends_on_the_pools(sent: Sent) -> pulumi.Output[None]:
    policy = oci.identity.Policy("autoscaler", compartment_id="c", name="n", description="d", statements=["s"])
    pool = oci.containerengine.NodePool("pool-a10-ad1", cluster_id="c", compartment_id="c", node_shape="VM.GPU.A10.1")
    made = Autoscaler(
        "autoscaler",
        AutoscalerArgs(
            cluster_id="ocid1.cluster",
            plans=plans(SYSTEM, A10),
            pool_ids={"a10-ad1": pool.id, "a10-ad2": "ocid1.nodepool.two", "system": "ocid1.nodepool.three"},
            settings=section.Autoscaler(version="v1.34.0"),
            after=[policy],
        ),
    )

    def check(_: object) -> None:
        (request,) = sent.of("oci:ContainerEngine/addon:Addon")
        found = MessageToDict(request.object)
        assert (found["addonName"], found["clusterId"], found["version"]) == ("ClusterAutoscaler", "ocid1.cluster", "v1.34.0")
        assert found["removeAddonResourcesOnDelete"] is True
        keys = [entry["key"] for entry in found["configurations"]]
        assert keys == sorted(keys)
        settings = {entry["key"]: entry["value"] for entry in found["configurations"]}
        assert settings["nodes"] == "0:4:pool-a10-ad1-id, 0:4:ocid1.nodepool.two"
        assert all(isinstance(value, str) for value in settings.values())
        assert sorted(urn.rsplit("::", 1)[1] for urn in request.dependencies) == ["autoscaler", "pool-a10-ad1"]
        assert request.deletedWith == ""
        assert request.customTimeouts.create == "30m"

    return made.resources.addon.urn.apply(check)


def test_nothing_to_scale_is_refused() -> None:
    args = AutoscalerArgs(cluster_id="c", plans=plans(SYSTEM), pool_ids={}, settings=section.Autoscaler(), after=[])
    with pytest.raises(ValueError, match="no node pool has minSize and maxSize: the autoscaler has nothing to do"):
        Autoscaler("autoscaler", args)
