"""What lets the platform's own pods run on GPU nodes."""

from infra.facts import ClusterContext

NVIDIA = "nvidia.com/gpu"


def gpu_tolerations(cluster: ClusterContext) -> list[dict[str, str]]:
    """NVIDIA's taint whatever its value, as the charts have it, and the other taints that GPU pools carry."""
    others = [toleration for toleration in cluster.gpu_pool_tolerations if toleration["key"] != NVIDIA]
    return [{"key": NVIDIA, "operator": "Exists", "effect": "NoSchedule"}, *others]
