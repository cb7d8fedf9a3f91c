"""GPU pods land on GPU nodes, and on no others: the real scheduler decides, over simulated nodes."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from infra.facts import Pool, Taint
from testkit.control_plane.client import Client, Object
from testkit.control_plane.nodes import nodes
from testkit.control_plane.pods import is_decided

PRODUCT = "nvidia.com/gpu.product"
A10 = Pool(
    name="a10",
    min_nodes=1,
    max_nodes=1,
    shape="VM.GPU.A10.1",
    zone="AD-1",
    gpus_per_node=1,
    gpu_model="A10",
    gpu_memory_gib=24,
    labels={PRODUCT: "NVIDIA-A10", "pool": "a10"},
    taints=(Taint(key="nvidia.com/gpu"),),
)
PLAIN = Pool(name="plain", min_nodes=1, max_nodes=2, labels={"pool": "plain"})


@pytest.fixture(autouse=True)
def pools(add_nodes: Callable[[Iterable[Object]], None]) -> None:
    add_nodes([*nodes(A10), *nodes(PLAIN)])


def gpu_pod(namespace: str, name: str = "train", *, gpus: int = 1, **spec: object) -> dict[str, Any]:
    limits = {"nvidia.com/gpu": str(gpus)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"containers": [{"name": "train", "image": "example.org/train:1", "resources": {"limits": limits}}], **spec},
    }


def refusal(client: Client, namespace: str, name: str = "train") -> str:
    """Why the scheduler leaves the pod pending, once it has tried."""

    def judged(found: Object) -> bool:
        return is_decided(found)

    pod = client.wait("v1", "Pod", name, judged, namespace=namespace)
    assert pod["status"]["phase"] == "Pending", pod["spec"].get("nodeName")
    (said,) = [each for each in pod["status"]["conditions"] if each["type"] == "PodScheduled"]
    assert said["reason"] == "Unschedulable"
    return str(said["message"])


def running_on(client: Client, namespace: str, name: str = "train") -> str:
    pod = client.wait("v1", "Pod", name, lambda found: found["status"]["phase"] == "Running", namespace=namespace)
    return str(pod["spec"]["nodeName"])


def test_a_gpu_pod_runs_on_the_gpu_node(client: Client, namespace: str) -> None:
    client.apply(gpu_pod(namespace, tolerations=[A10.taints[0].toleration]))
    assert running_on(client, namespace) == "a10-0"


def test_a_second_one_waits_for_the_first(client: Client, namespace: str) -> None:
    client.apply(gpu_pod(namespace, "first", tolerations=[A10.taints[0].toleration]))
    assert running_on(client, namespace, "first") == "a10-0"
    client.apply(gpu_pod(namespace, "second", tolerations=[A10.taints[0].toleration]))
    assert "Insufficient nvidia.com/gpu" in refusal(client, namespace, "second")
    client.delete("v1", "Pod", "first", namespace=namespace)
    assert running_on(client, namespace, "second") == "a10-0"


def test_without_the_toleration_it_stays_pending(client: Client, namespace: str) -> None:
    client.apply(gpu_pod(namespace))
    assert "1 node(s) had untolerated taint(s)" in refusal(client, namespace)


def test_with_a_selector_that_no_node_has_it_stays_pending(client: Client, namespace: str) -> None:
    client.apply(gpu_pod(namespace, nodeSelector={PRODUCT: "NVIDIA-L40S"}, tolerations=[A10.taints[0].toleration]))
    assert "3 node(s) didn't match Pod's node affinity/selector" in refusal(client, namespace)


def test_with_more_gpus_than_a_node_has_it_stays_pending(client: Client, namespace: str) -> None:
    client.apply(gpu_pod(namespace, gpus=2, tolerations=[A10.taints[0].toleration]))
    assert "Insufficient nvidia.com/gpu" in refusal(client, namespace)


@pytest.mark.parametrize("label", [
    {"kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux", "kubernetes.io/hostname": "a10-0"},
    {"topology.kubernetes.io/zone": "AD-1"},
    {"node.kubernetes.io/instance-type": "VM.GPU.A10.1"},
    {PRODUCT: "NVIDIA-A10"},
])  # fmt: skip
def test_the_nodes_of_a_pool_are_found_by_its_labels(client: Client, namespace: str, label: dict[str, str]) -> None:
    client.apply(gpu_pod(namespace, gpus=0, nodeSelector=label, tolerations=[A10.taints[0].toleration]))
    assert running_on(client, namespace) == "a10-0"


def test_a_pod_without_gpus_keeps_off_the_gpu_node(client: Client, namespace: str) -> None:
    for name in ("one", "two", "three"):
        client.apply(gpu_pod(namespace, name, gpus=0))
    assert {running_on(client, namespace, name) for name in ("one", "two", "three")} <= {"plain-0", "plain-1"}
