"""The pod of a runner: restricted, with no right in the cluster, bounded in time and size, and only where its pool is."""

from collections.abc import Iterable

from components.ci.runners.names import gate
from components.ci.runners.section import ScaleSet
from components.framework import restricted
from components.framework.values import Values
from components.queues.model.workloads import QUEUE
from infra.facts import POOL_LABEL, Pool
from infra.gpus import RESOURCES

USER = 1001
"""`runner` in GitHub's image (actions/runner images/Dockerfile, 2.336.0)."""
GATE, WORK = "/opt/gate", "/home/runner/_work"
HOOK = "job-started.sh"


def template(name: str, scale_set: ScaleSet, pools: Iterable[Pool]) -> Values:
    """`pools` are those of the entry that the scale set names, one in each availability domain."""
    found = tuple(pools)
    labels = {
        **({QUEUE: scale_set.queue} if scale_set.queue else {}),
        **({"kueue.x-k8s.io/priority-class": scale_set.priority} if scale_set.priority else {}),
    }
    return {
        "metadata": {
            **({"labels": labels} if labels else {}),
            "annotations": {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"},  # a job does not survive a move
        },
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "activeDeadlineSeconds": scale_set.deadline_minutes * 60,
            "terminationGracePeriodSeconds": 60,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": USER,
                "runAsGroup": USER,
                "fsGroup": USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "nodeSelector": node_selector(found),
            **({"tolerations": tolerations} if (tolerations := _tolerations(found)) else {}),
            "containers": [_container(scale_set, found)],
            "volumes": [
                {"name": "work", "emptyDir": {"sizeLimit": f"{scale_set.storage_gib}Gi"}},
                {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": f"{scale_set.shared_memory_gib}Gi"}},
                {"name": "gate", "configMap": {"name": gate(name), "defaultMode": 0o555}},
            ],
        },
    }


def gpus(scale_set: ScaleSet, pools: Iterable[Pool]) -> int:
    """GPUs of one runner."""
    if scale_set.gpus is not None:
        return scale_set.gpus
    return int(any(pool.gpus_per_node for pool in pools))


def node_selector(pools: Iterable[Pool]) -> dict[str, str]:
    """Labels that the nodes of all the pools have, and others have not. Empty where there are none."""
    found = [dict(pool.labels) for pool in pools]
    shared = {key: value for key, value in found[0].items() if all(labels.get(key) == value for labels in found)}
    return {POOL_LABEL: shared[POOL_LABEL]} if POOL_LABEL in shared else shared


def _tolerations(pools: Iterable[Pool]) -> list[dict[str, str]]:
    return [taint.toleration for taint in dict.fromkeys(taint for pool in pools for taint in pool.taints)]


def _container(scale_set: ScaleSet, pools: tuple[Pool, ...]) -> Values:
    count = gpus(scale_set, pools)
    resources = {
        "cpu": str(scale_set.cpu),
        "memory": f"{scale_set.memory_gib}Gi",
        "ephemeral-storage": f"{scale_set.storage_gib}Gi",
        **({RESOURCES[pools[0].gpu_vendor]: str(count)} if count else {}),
    }
    return {
        "name": "runner",
        "image": scale_set.image,
        "command": ["/home/runner/run.sh"],
        "env": [{"name": "ACTIONS_RUNNER_HOOK_JOB_STARTED", "value": f"{GATE}/{HOOK}"}],
        "resources": {"requests": resources, "limits": resources},
        "securityContext": restricted.CONTAINER,
        "volumeMounts": [
            {"name": "work", "mountPath": WORK},
            {"name": "shared-memory", "mountPath": "/dev/shm"},  # noqa: S108 - the place where programs look for it
            {"name": "gate", "mountPath": GATE, "readOnly": True},
        ],
    }
