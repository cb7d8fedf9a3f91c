"""A node pool as OKE is to make it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from infra.catalogue.shapes import Shape
from infra.facts import Taint
from infra.node_pool_tags import AUTOSCALER_MAX, AUTOSCALER_MIN, EPHEMERAL_STORAGE
from infra.oke.images.choice import Os
from infra.oke.images.lock import PinnedImage, Wanted
from infra.oke.network.cidr import PodNetwork
from infra.oke.pools import kubelet_args

Cycling = Literal["off", "boot-volume", "instance"]
DevicePlugin = Literal["oke", "operator"]

EPHEMERAL_STORAGE_PERCENT = 80
"""Share of the boot volume told to the autoscaler: kubelet keeps some 10 % free, the system fills as much. Too little is safe,
too much makes nodes for pods that then do not fit."""


def name_in_oke(prefix: str, pool: str) -> str:
    """What OKE calls a pool of the platform `prefix`."""
    return f"{prefix}-{pool}"


@dataclass(frozen=True, kw_only=True)
class PoolPlan:
    """One node pool as OKE is to make it."""

    name: str
    """Name of the pool in the stack file and, for a GPU pool in a region with several availability domains, which one: `a10-ad2`."""
    entry: str
    """Entry of the stack file's `nodePools` that it comes from."""
    shape: Shape
    ocpus: float | None
    """None, as the memory, where the shape fixes it."""
    memory_gib: float | None
    availability_domain: int | None
    """The one the nodes live in, 1-based; None where they are spread."""
    availability_domains: tuple[int, ...]
    autoscaled: bool
    size: int
    """Nodes to create the pool with."""
    min_size: int
    max_size: int
    boot_volume_gib: int
    max_pods_per_node: int
    pod_network: PodNetwork
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    """All taints that the nodes carry."""
    kubelet_taints: tuple[Taint, ...]
    """Those of them that the kubelet is told: OKE puts on the others, and the autoscaler knows them."""
    preemptible: bool
    rdma: bool
    os: Os
    image_id: str | None
    """None, as `imported_image`, where one of OKE's own images is to be looked up."""
    imported_image: str | None
    kubernetes_version: str
    capacity_reservation_id: str | None
    cycling: Cycling
    eviction_grace_minutes: int
    ssh_public_key: str | None
    pinned_image: PinnedImage | None = None
    """What the stack's lock file has for the pool."""
    fault_domains: tuple[str, ...] = ()
    """Empty lets Oracle spread the nodes over all."""
    subnet_id: str | None = None
    """None, as `pod_subnet_id`, for the subnet that the cluster has for all."""
    nsg_ids: tuple[str, ...] = ()
    """Beside the platform's own, as `pod_nsg_ids`."""
    pod_subnet_id: str | None = None
    pod_nsg_ids: tuple[str, ...] = ()
    user_data: tuple[str, ...] = ()
    """Parts of the first boot that the stack file brings."""
    kubelet_args: Mapping[str, str] = field(default_factory=dict)
    """Arguments of the kubelet that the stack file brings."""

    @property
    def boots_oke_image(self) -> bool:
        """Whether the image is one of OKE's own, which the stack file leaves open."""
        return self.image_id is None and self.imported_image is None

    @property
    def wanted_image(self) -> Wanted:
        return Wanted(kubernetes_version=self.kubernetes_version, architecture=self.shape.architecture, gpu_vendor=self.shape.gpu_vendor)

    @property
    def is_system(self) -> bool:
        """System pods can live here: nodes that stay, and that no taint keeps empty."""
        repelling = [taint for taint in self.taints if taint.effect != "PreferNoSchedule"]
        return not self.autoscaled and self.size > 0 and not repelling

    @property
    def ephemeral_storage_gib(self) -> int:
        return self.boot_volume_gib * EPHEMERAL_STORAGE_PERCENT // 100

    @property
    def ephemeral_storage(self) -> str:
        """A Kubernetes quantity."""
        return f"{self.ephemeral_storage_gib}Gi"

    @property
    def tags(self) -> dict[str, str]:
        """Free-form tags that something reads: the autoscaler, the estimate, the policies."""
        if not self.autoscaled:
            return {}
        return {
            AUTOSCALER_MAX: str(self.max_size),
            AUTOSCALER_MIN: str(self.min_size),
            EPHEMERAL_STORAGE: self.ephemeral_storage,
        }

    @property
    def kubelet_extra_args(self) -> str | None:
        """The kubelet's own arguments, which the autoscaler reads the taints from too."""
        taints = ",".join(f"{taint.key}={taint.value}:{taint.effect}" for taint in self.kubelet_taints)
        found = ((f"--register-with-taints={taints}",) if taints else ()) + kubelet_args.written(self.kubelet_args)
        return " ".join(found) or None
