"""Helm values of Node Feature Discovery."""

from components.framework.plan import Decided, parts
from components.framework.values import Values
from components.gpu.tolerations import gpu_tolerations
from infra.facts import ClusterContext

# PCI, "Class Codes": network, InfiniBand among it, and display controllers, which GPUs are.
CLASSES = ("02", "0200", "0207", "0300", "0302")

DECIDED = (
    *parts({(part, "enable"): "the GPU Operator would find no node with a GPU" for part in ("master", "worker")}),
    Decided(("worker", "config"), "the GPU Operator finds GPUs by the devices in it; keep them, and add to it", more=True),
    Decided(("worker", "tolerations"), "no worker would run on GPU nodes without them; write them whole, and add to them", more=True),
    Decided(("master", "extraLabelNs"), "labels of GPUs are in the namespaces of it; keep them, and add to it", more=True),
)


def values(cluster: ClusterContext) -> Values:
    """Helm values. Devices are told by vendor alone: `pci-10de.present` is what the GPU Operator looks for."""
    return {
        "master": {
            "extraLabelNs": ["nvidia.com"],
            "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}},
        },
        "worker": {
            "tolerations": gpu_tolerations(cluster),
            "config": {"sources": {"pci": {"deviceClassWhitelist": list(CLASSES), "deviceLabelFields": ["vendor"]}}},
            "resources": {"requests": {"cpu": "5m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}},
        },
        "topologyUpdater": {"enable": False},
    }
