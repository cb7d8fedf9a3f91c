"""What lets the platform's own pods run on GPU nodes."""

from infra.facts import Ground

NVIDIA = "nvidia.com/gpu"


def gpu_tolerations(ground: Ground) -> list[dict[str, str]]:
    """NVIDIA's taint whatever its value, as the charts have it, and the other taints that GPU pools carry."""
    others = [toleration for toleration in ground.gpu_tolerations if toleration["key"] != NVIDIA]
    return [{"key": NVIDIA, "operator": "Exists", "effect": "NoSchedule"}, *others]
