"""Workloads given to the real Kueue without jobs, and what becomes of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from testkit.control_plane.client import Client

V = "kueue.x-k8s.io/v1beta2"
GPU = "nvidia.com/gpu"
TOLERATIONS = [{"key": GPU, "operator": "Exists", "effect": "NoSchedule"}]
"""Of whoever asks for GPUs: without, Kueue gives no flavor of nodes that have some."""
SECONDS = 90.0
"""How long a verdict is waited for on a machine that is busy."""


def workload(name: str, namespace: str, queue: str, requests: Mapping[str, Any], priority: int = 0) -> dict[str, Any]:
    """One pod's worth. Kueue decides on it as on a job's."""
    container = {
        "name": "main",
        "image": "example.org/train:1",
        "resources": {"requests": {key: str(value) for key, value in requests.items()}},
    }
    pods = {
        "name": "main",
        "count": 1,
        "template": {"spec": {"restartPolicy": "Never", "containers": [container], "tolerations": TOLERATIONS}},
    }
    return {
        "apiVersion": V, "kind": "Workload", "metadata": {"name": name, "namespace": namespace, "labels": {"queue": queue}},
        "spec": {"queueName": queue, "podSets": [pods], "priority": priority},
    }  # fmt: skip


def condition(found: Mapping[str, Any], kind: str) -> str | None:
    """Its status: True, False, or None where nobody said."""
    conditions = found.get("status", {}).get("conditions", [])
    return next((each["status"] for each in conditions if each["type"] == kind), None)


def decided(found: Iterable[Mapping[str, Any]]) -> bool:
    """Whether Kueue has looked at each: it has quota, or it is said why not."""
    return all(condition(each, "QuotaReserved") is not None for each in found)


def admitted(found: Iterable[Mapping[str, Any]], resource: str = GPU) -> int:
    """What the workloads that have quota use."""
    return sum(
        int(part["resourceUsage"].get(resource, 0))
        for each in found
        if condition(each, "QuotaReserved") == "True"
        for part in each["status"]["admission"]["podSetAssignments"]
    )


def of(client: Client, namespace: str) -> list[dict[str, Any]]:
    return client.list(V, "Workload", namespace=namespace)
