"""Node Feature Discovery: tells which nodes have a GPU. A cluster has exactly one, which the GPU Operator's own copy is not."""

from dataclasses import dataclass

from components.addon import AddOn, AddOnSettings
from components.charts import NODE_FEATURE_DISCOVERY
from components.gpu.tolerations import gpu_tolerations
from components.release import Released, alone
from components.values import Values, merged
from infra.facts import ClusterContext


@dataclass(frozen=True, kw_only=True)
class NodeFeatureDiscoverySettings(AddOnSettings):
    pass


class NodeFeatureDiscovery(AddOn[NodeFeatureDiscoverySettings]):
    key = "node-feature-discovery"
    namespace = "node-feature-discovery"
    pod_security = "privileged"  # its workers read the host's devices
    charts = (NODE_FEATURE_DISCOVERY,)
    Settings = NodeFeatureDiscoverySettings
    resources: Released

    @classmethod
    def wanted(cls, cluster: ClusterContext) -> bool:
        return super().wanted(cluster) and bool(cluster.nvidia_pools)

    def declare(self) -> Released:
        return alone(self, NODE_FEATURE_DISCOVERY, values(self.context, self.settings))


# PCI, "Class Codes": network, InfiniBand among it, and display controllers, which GPUs are.
CLASSES = ("02", "0200", "0207", "0300", "0302")


def values(cluster: ClusterContext, settings: NodeFeatureDiscoverySettings) -> Values:
    """Helm values. Devices are told by vendor alone: `pci-10de.present` is what the GPU Operator looks for."""
    decided: Values = {
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
    return merged(decided, settings.values)
