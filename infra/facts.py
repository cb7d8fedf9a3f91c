"""What the platform inside a cluster may know of the ground it stands on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as k8s


@dataclass(frozen=True, kw_only=True)
class Taint:
    key: str
    value: str = "present"
    effect: str = "NoSchedule"

    @property
    def toleration(self) -> dict[str, str]:
        """The toleration that matches this taint, as it goes into a pod spec."""
        return {"key": self.key, "operator": "Equal", "value": self.value, "effect": self.effect}


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A group of equal nodes. `min_nodes` may be 0: the nodes need not exist yet."""

    name: str
    min_nodes: int
    max_nodes: int
    shape: str | None = None
    """OCI shape, or None for a machine that Oracle does not rent out."""
    zone: str | None = None
    """Value of topology.kubernetes.io/zone on the nodes, None where it is not one zone."""
    architecture: str = "amd64"
    """Value of kubernetes.io/arch on the nodes."""
    gpus_per_node: int = 0
    gpu_model: str | None = None
    gpu_memory_gib: int = 0
    """Memory of one GPU, in GiB."""
    rdma: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()

    @property
    def max_gpus(self) -> int:
        return self.max_nodes * self.gpus_per_node


@dataclass(frozen=True, kw_only=True)
class ClusterFacts:
    """The only thing `components` knows of the cloud: made by `infra.oke` or by `infra.existing`."""

    provider: k8s.Provider
    cluster: pulumi.Resource | None
    """What takes the in-cluster resources with it when it is deleted; None for a cluster that is not ours."""
    cluster_identifier: pulumi.Input[str]
    """Changes only when the cluster becomes another one: its OCID, or the name an existing cluster is given."""
    pools: tuple[Pool, ...]
    host_has_gpu_driver: bool
    """The nodes' images carry NVIDIA's driver: a second one would fight it."""
    provided: frozenset[str] = frozenset()
    """What the cloud already runs in the cluster: `nvidia-device-plugin`, `cert-manager`, `metrics-server` ..."""
    storage_classes: frozenset[str] = frozenset()
    """Names of storage classes that exist before the platform is installed."""
    ready: tuple[pulumi.Resource, ...] = ()
    """What an in-cluster resource must wait for: the nodes that system pods run on, the rights they need."""

    @property
    def gpu_pools(self) -> tuple[Pool, ...]:
        return tuple(pool for pool in self.pools if pool.gpus_per_node)

    @property
    def gpu_tolerations(self) -> list[dict[str, str]]:
        """One toleration per distinct taint of the GPU pools, in pool order."""
        taints = dict.fromkeys(taint for pool in self.gpu_pools for taint in pool.taints)
        return [taint.toleration for taint in taints]
