"""Simulated nodes: what a pool says of its nodes is what the scheduler sees."""

import pytest

from infra.facts import Pool, Taint
from testkit.control_plane.nodes import nodes

A10 = Pool(
    name="a10",
    min_nodes=0,
    max_nodes=2,
    shape="VM.GPU.A10.1",
    zone="AD-1",
    gpus_per_node=1,
    labels={"nvidia.com/gpu.product": "NVIDIA-A10"},
    taints=(Taint(key="nvidia.com/gpu"), Taint(key="team", value="a", effect="NoExecute")),
)


def test_a_pool_has_as_many_nodes_as_it_may_have_unless_told() -> None:
    assert [node["metadata"]["name"] for node in nodes(A10)] == ["a10-0", "a10-1"]
    assert [node["metadata"]["name"] for node in nodes(A10, count=1)] == ["a10-0"]
    assert nodes(A10, count=0) == ()


def test_a_node_carries_its_pools_labels_and_taints() -> None:
    node = nodes(A10)[1]
    assert node["metadata"]["labels"] == {
        "kubernetes.io/hostname": "a10-1",
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": "AD-1",
        "node.kubernetes.io/instance-type": "VM.GPU.A10.1",
        "nvidia.com/gpu.product": "NVIDIA-A10",
    }
    assert node["spec"]["taints"] == [
        {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"},
        {"key": "team", "value": "a", "effect": "NoExecute"},
    ]


def test_a_node_offers_its_gpus_and_what_it_is_told_to_offer() -> None:
    status = nodes(A10, cpus=30, memory_gib=240, ephemeral_storage_gib=200, pods=31)[0]["status"]
    assert status["allocatable"] == status["capacity"]
    assert status["capacity"] == {"cpu": "30", "memory": "240Gi", "ephemeral-storage": "200Gi", "pods": "31", "nvidia.com/gpu": "1"}


def test_what_a_pool_does_not_say_is_left_out() -> None:
    (node,) = nodes(Pool(name="plain", min_nodes=1, max_nodes=1, architecture="arm64"))
    assert set(node["metadata"]["labels"]) == {"kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch"}
    assert node["metadata"]["labels"]["kubernetes.io/arch"] == node["status"]["nodeInfo"]["architecture"] == "arm64"
    assert node["spec"] == {}
    assert "nvidia.com/gpu" not in node["status"]["capacity"]


@pytest.mark.parametrize("count", [1, 3])
def test_every_node_has_a_name_of_its_own(count: int) -> None:
    assert len({node["metadata"]["labels"]["kubernetes.io/hostname"] for node in nodes(A10, count=count)}) == count
