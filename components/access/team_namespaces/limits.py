"""Quotas and defaults of a team's namespace, from what the team may use."""

from typing import Any

from infra.facts import ClusterContext, Pool, TeamNamespace
from infra.gpus import RESOURCES

OBJECTS = {"pods": 1000, "count/jobs.batch": 1000, "configmaps": 500, "secrets": 500, "services": 100, "persistentvolumeclaims": 100}
"""Most objects of a namespace: far more than work needs, and few enough that one team cannot fill etcd or the schedulers for all."""

REQUEST = {"cpu": "100m", "memory": "256Mi"}
LIMIT = {"memory": "1Gi"}
"""Of a container that says nothing. A quota refuses pods that ask for nothing, so every container gets these."""


def resource_of(cluster: ClusterContext, model: str) -> str:
    """What pods ask for GPUs of a model by."""
    return next(RESOURCES[pool.gpu_vendor] for pool in cluster.gpu_pools if pool.gpu_model == model)


def gpus_by_resource(cluster: ClusterContext, namespace: TeamNamespace) -> dict[str, int]:
    """Most GPUs of the namespace, by what pods ask for them by; none of a resource is said too."""
    found = dict.fromkeys(RESOURCES.values(), 0)
    for model, gpus in namespace.gpus.items():
        found[resource_of(cluster, model)] += gpus
    return found


def resource_quota(cluster: ClusterContext, namespace: TeamNamespace, storage_gib: int) -> dict[str, Any]:
    """The last wall: it holds whatever made the pods. Nothing of a team is reachable from outside the cluster. Disks cost money, and
    objects fill the API server's database, so that both have an end.

    GPUs are counted over all models, as Kubernetes knows them by one name.
    """
    hard = {
        **{f"requests.{resource}": str(gpus) for resource, gpus in gpus_by_resource(cluster, namespace).items()},
        "requests.storage": f"{storage_gib}Gi",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
        **{name: str(most) for name, most in OBJECTS.items()},
    }
    if namespace.cpus is not None:
        hard["requests.cpu"] = str(namespace.cpus)
    if namespace.memory_gib is not None:
        hard["requests.memory"] = f"{namespace.memory_gib}Gi"
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "team", "namespace": namespace.name},
        "spec": {"hard": hard},
    }


def limit_range(namespace: TeamNamespace) -> dict[str, Any]:
    """Defaults only: a maximum for GPUs would become every container's default (Kubernetes, "Limit Ranges", 2026-08)."""
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "team", "namespace": namespace.name},
        "spec": {"limits": [{"type": "Container", "defaultRequest": dict(REQUEST), "default": dict(LIMIT)}]},
    }


def largest_node(cluster: ClusterContext, namespace: TeamNamespace) -> int:
    """GPUs of the largest node that the namespace can use: the most that one pod can ask for."""
    pools: list[Pool] = [pool for pool in cluster.gpu_pools if pool.gpu_model in namespace.gpus]
    return max((pool.gpus_per_node for pool in pools), default=0)
