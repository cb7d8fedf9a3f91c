"""Node pools as they are declared: what goes to Oracle, who owns the size, what they wait for."""

from dataclasses import replace
from typing import Any

import pulumi
import pytest
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]

from infra.facts import Taint
from infra.oci import oci
from infra.oke.pools.cloud_init import FirstBoot, user_data
from infra.oke.pools.component import NodePool, NodePoolArgs
from infra.oke.pools.plan import plan
from infra.oke.pools.pool_plan import PoolPlan
from testkit.registrations import Sent
from tests.infra.oke.pools.entries import entry, sections

SPECS = (
    entry("system", shape="VM.Standard.E5.Flex", ocpus=4, memory_gib=32, size=3, cycling="instance", ssh_public_key="ssh-ed25519 A"),
    entry("a10", shape="VM.GPU.A10.1", max_size=4, taints=(Taint(key="team", value="vision"),), labels={"team": "vision"}),
    entry("h100", shape="BM.GPU.H100.8", max_size=2, rdma=True, imported_image="gpu", availability_domains=(2,)),
    entry("v100", shape="VM.GPU3.1", max_size=1, preemptible=True, cycling="off", eviction_grace_minutes=0, availability_domains=(1,)),
    entry(
        "kept",
        shape="VM.GPU.A10.2",
        max_size=1,
        capacity_reservation_id="ocid1.reservation",
        cycling="instance",
        availability_domains=(3,),
    ),
)


def planned(name: str, **context: Any) -> PoolPlan:
    defaults: dict[str, Any] = {
        "region": "us-ashburn-1",
        "region_ads": 3,
        "cluster_version": "v1.34.2",
        "imported_images": {"gpu": "ubuntu-22.04-cuda-12.8"},
    }
    return next(made for made in plan(sections(SPECS), **(defaults | context)) if made.name == name)


def args(made: PoolPlan, **more: Any) -> NodePoolArgs:
    args = NodePoolArgs(
        prefix="lab",
        compartment_id="ocid1.compartment",
        cluster_id="ocid1.cluster",
        plan=made,
        availability_domains=["Uocm:IAD-AD-1", "Uocm:IAD-AD-2", "Uocm:IAD-AD-3"],
        image_id="ocid1.image",
        worker_subnet_id="ocid1.subnet.workers",
        worker_nsg_ids=["ocid1.nsg.workers"],
        pod_subnet_id="ocid1.subnet.pods" if made.pod_network == "native" else None,
        pod_nsg_ids=["ocid1.nsg.pods"],
        compute_cluster_id="ocid1.computecluster" if made.rdma else None,
    )
    return replace(args, **more)


def inputs(request: Any) -> dict[str, Any]:
    """The request's properties as plain data."""
    found: dict[str, Any] = MessageToDict(request.object)
    return found


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_a_pool_of_fixed_size_is_declared_whole(sent: Sent) -> pulumi.Output[None]:
    pool = NodePool("pool-system", args(replace(planned("system"), fault_domains=("FAULT-DOMAIN-1",)), volume_key_id="ocid1.key"))

    def check(_: object) -> None:
        request = sent["pool-system"]
        assert list(request.ignoreChanges) == []
        assert list(request.replaceOnChanges) == []
        assert (request.customTimeouts.create, request.customTimeouts.update, request.customTimeouts.delete) == ("60m", "6h", "2h")
        assert inputs(request) == {
            "name": "lab-system",
            "compartmentId": "ocid1.compartment",
            "clusterId": "ocid1.cluster",
            "kubernetesVersion": "v1.34.2",
            "nodeShape": "VM.Standard.E5.Flex",
            "nodeShapeConfig": {"ocpus": 4, "memoryInGbs": 32},
            "nodeSourceDetails": {"sourceType": "IMAGE", "imageId": "ocid1.image", "bootVolumeSizeInGbs": "100"},
            "nodeConfigDetails": {
                "size": 3,
                "placementConfigs": [
                    {
                        "availabilityDomain": f"Uocm:IAD-AD-{number}",
                        "subnetId": "ocid1.subnet.workers",
                        "faultDomains": ["FAULT-DOMAIN-1"],
                    }
                    for number in (1, 2, 3)
                ],
                "nsgIds": ["ocid1.nsg.workers"],
                "nodePoolPodNetworkOptionDetails": {
                    "cniType": "OCI_VCN_IP_NATIVE",
                    "podSubnetIds": ["ocid1.subnet.pods"],
                    "podNsgIds": ["ocid1.nsg.pods"],
                    "maxPodsPerNode": 93,
                },
                "kmsKeyId": "ocid1.key",
                "isPvEncryptionInTransitEnabled": True,
            },
            "initialNodeLabels": [{"key": "oke-gpu-platform/pool", "value": "system"}],
            "nodeMetadata": {
                "areLegacyImdsEndpointsDisabled": "true",
                "user_data": user_data(FirstBoot(os="oracle-linux", kubernetes_version="v1.34.2")),
            },
            "nodeEvictionNodePoolSettings": {
                "evictionGraceDuration": "PT60M",
                "isForceActionAfterGraceDuration": True,
                "isForceDeleteAfterGraceDuration": True,
            },
            "nodePoolCyclingDetails": {
                "isNodeCyclingEnabled": True,
                "cycleModes": ["INSTANCE_REPLACE"],
                "maximumSurge": "1",
                "maximumUnavailable": "0",
            },
            "sshPublicKey": "ssh-ed25519 A",
        }

    return pool.id.apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_the_autoscaler_owns_the_size_of_its_pools(sent: Sent) -> pulumi.Output[None]:
    pool = NodePool("pool-a10-ad2", args(planned("a10-ad2")))

    def check(_: object) -> None:
        request = sent["pool-a10-ad2"]
        found = inputs(request)
        assert list(request.ignoreChanges) == ["nodeConfigDetails.size"]
        assert list(request.replaceOnChanges) == ["nodeShape"]
        assert found["nodeConfigDetails"]["size"] == 0
        assert found["freeformTags"] == {
            "autoscaler-max": "4",
            "autoscaler-min": "0",
            "cluster-autoscaler/node-ephemeral-storage": "160Gi",
        }
        assert "nodeShapeConfig" not in found
        assert [placement["availabilityDomain"] for placement in found["nodeConfigDetails"]["placementConfigs"]] == ["Uocm:IAD-AD-2"]
        assert found["nodeMetadata"]["kubelet-extra-args"] == "--register-with-taints=team=vision:NoSchedule"
        assert {label["key"]: label["value"] for label in found["initialNodeLabels"]}["nvidia.com/gpu.product"] == "NVIDIA-A10"
        assert found["nodePoolCyclingDetails"] == {
            "isNodeCyclingEnabled": True,
            "cycleModes": ["BOOT_VOLUME_REPLACE"],
            "maximumSurge": "0",
            "maximumUnavailable": "1",
        }

    return pool.id.apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_an_rdma_pool_joins_its_compute_cluster(sent: Sent) -> pulumi.Output[None]:
    pool = NodePool("pool-h100-ad2", args(planned("h100-ad2")))

    def check(_: object) -> None:
        request = sent["pool-h100-ad2"]
        found = inputs(request)
        assert request.customTimeouts.create == "2h"
        assert found["nodeConfigDetails"]["computeClusterId"] == "ocid1.computecluster"
        assert found["nodeConfigDetails"]["isPvEncryptionInTransitEnabled"] is False
        assert found["nodeMetadata"]["user_data"] == user_data(FirstBoot(os="ubuntu", kubernetes_version="v1.34.2", rdma=True))

    return pool.id.apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_preemptible_nodes_end_with_their_disk_and_do_not_cycle(sent: Sent) -> pulumi.Output[None]:
    pool = NodePool("pool-v100-ad1", args(planned("v100-ad1")))

    def check(_: object) -> None:
        found = inputs(sent["pool-v100-ad1"])
        (placement,) = found["nodeConfigDetails"]["placementConfigs"]
        assert placement["preemptibleNodeConfig"] == {"preemptionAction": {"type": "TERMINATE", "isPreserveBootVolume": False}}
        assert found["nodePoolCyclingDetails"] == {"isNodeCyclingEnabled": False, "maximumSurge": "0", "maximumUnavailable": "1"}
        assert found["nodeEvictionNodePoolSettings"]["evictionGraceDuration"] == "PT0M"

    return pool.id.apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_reserved_capacity_is_asked_for_where_nodes_are_placed_and_not_exceeded_while_cycling(sent: Sent) -> pulumi.Output[None]:
    pool = NodePool("pool-kept-ad3", args(planned("kept-ad3")))

    def check(_: object) -> None:
        found = inputs(sent["pool-kept-ad3"])
        (placement,) = found["nodeConfigDetails"]["placementConfigs"]
        assert (placement["availabilityDomain"], placement["capacityReservationId"]) == ("Uocm:IAD-AD-3", "ocid1.reservation")
        assert found["nodePoolCyclingDetails"] == {
            "isNodeCyclingEnabled": True,
            "cycleModes": ["INSTANCE_REPLACE"],
            "maximumSurge": "0",
            "maximumUnavailable": "1",
        }

    return pool.id.apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_an_overlay_needs_no_subnet_for_pods(sent: Sent) -> pulumi.Output[None]:
    pool = NodePool("pool-system", args(planned("system", pod_network="flannel")))

    def check(_: object) -> None:
        found = inputs(sent["pool-system"])["nodeConfigDetails"]["nodePoolPodNetworkOptionDetails"]
        assert found == {"cniType": "FLANNEL_OVERLAY"}

    return pool.id.apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_nodes_boot_after_what_they_need(sent: Sent) -> pulumi.Output[None]:
    policy = oci.identity.Policy("rdma", compartment_id="c", name="rdma", description="d", statements=["s"])
    pool = NodePool("pool-system", args(planned("system"), after=[policy]))

    def check(_: object) -> None:
        assert [urn.rsplit("::", 1)[1] for urn in sent["pool-system"].dependencies] == ["rdma"]

    return pool.id.apply(check)


@pytest.mark.parametrize(
    ("name", "more", "message"),
    [
        ("system", {"pod_subnet_id": None}, "pool system has native pods: a pod subnet goes with VCN-native pods, and only with them"),
        ("system", {"compute_cluster_id": "ocid1.x"}, "pool system has rdma off: a compute cluster goes with RDMA, and only with it"),
        ("h100-ad2", {"compute_cluster_id": None}, "pool h100-ad2 has rdma on: a compute cluster goes with RDMA, and only with it"),
    ],
)
def test_what_does_not_go_with_the_plan_is_refused(name: str, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NodePool("pool", args(planned(name), **more))


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_a_pool_may_have_its_own_subnets_and_groups_beside_the_platforms(sent: Sent) -> pulumi.Output[None]:
    own: dict[str, Any] = {
        "subnet_id": "ocid1.subnet.own",
        "nsg_ids": ("ocid1.nsg.own",),
        "pod_subnet_id": "ocid1.subnet.p",
        "pod_nsg_ids": ("ocid1.nsg.p",),
    }
    pool = NodePool("pool-system", args(replace(planned("system"), **own)))

    def check(_: object) -> None:
        details = inputs(sent["pool-system"])["nodeConfigDetails"]
        assert {place["subnetId"] for place in details["placementConfigs"]} == {"ocid1.subnet.own"}
        assert details["nsgIds"] == ["ocid1.nsg.workers", "ocid1.nsg.own"]
        pods = details["nodePoolPodNetworkOptionDetails"]
        assert (pods["podSubnetIds"], pods["podNsgIds"]) == (["ocid1.subnet.p"], ["ocid1.nsg.pods", "ocid1.nsg.p"])

    return pool.id.apply(check)
