"""Simulated nodes: what the nodes of a pool look like to the scheduler, GPUs included. kwok makes them ready."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from testkit.control_plane.client import Client, Object, has_condition
from toolchain.programs import CONTROL_PLANE

if TYPE_CHECKING:
    from infra.facts import Pool

GPU = "nvidia.com/gpu"


def nodes(
    pool: "Pool", *, count: int | None = None, cpus: int = 16, memory_gib: int = 64, ephemeral_storage_gib: int = 100, pods: int = 110
) -> tuple[Object, ...]:
    """Manifests of `count` nodes of the pool (None: as many as the pool may have), status included.

    A pool does not say how large its nodes are apart from GPUs: `cpus` and the rest do. Everything is allocatable.
    """
    resources = {
        "cpu": str(cpus),
        "memory": f"{memory_gib}Gi",
        "ephemeral-storage": f"{ephemeral_storage_gib}Gi",
        "pods": str(pods),
        **({GPU: str(pool.gpus_per_node)} if pool.gpus_per_node else {}),
    }
    return tuple(_node(pool, f"{pool.name}-{index}", resources) for index in range(pool.max_nodes if count is None else count))


def _node(pool: "Pool", name: str, resources: Mapping[str, str]) -> Object:
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": pool.architecture,
        **({"topology.kubernetes.io/zone": pool.zone} if pool.zone else {}),
        **({"node.kubernetes.io/instance-type": pool.shape} if pool.shape else {}),
        **pool.labels,
    }
    taints = [{"key": taint.key, "value": taint.value, "effect": taint.effect} for taint in pool.taints]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {"taints": taints} if taints else {},
        "status": {
            "capacity": dict(resources),
            "allocatable": dict(resources),
            "nodeInfo": _system(pool.architecture),
        },
    }


def _system(architecture: str) -> dict[str, str]:
    return {
        "architecture": architecture,
        "operatingSystem": "linux",
        "osImage": "simulated",
        "kernelVersion": "simulated",
        "containerRuntimeVersion": "simulated://1",
        "kubeletVersion": str(CONTROL_PLANE.version),
        "kubeProxyVersion": "",
        "machineID": "",
        "systemUUID": "",
        "bootID": "",
    }


def add(client: Client, manifests: Iterable[Object]) -> list[Object]:
    """Add the nodes to the cluster and wait until pods may be scheduled on them. Raises TimeoutError."""
    added = list(manifests)
    for manifest in added:
        client.create(manifest)
    return [client.wait("v1", "Node", each["metadata"]["name"], _schedulable) for each in added]


def _schedulable(node: Object) -> bool:
    """Ready, and the taint that Kubernetes gives to every new node is gone."""
    taints: list[dict[str, Any]] = node["spec"].get("taints", [])
    return has_condition(node, "Ready") and not any(taint["key"].startswith("node.kubernetes.io/") for taint in taints)
