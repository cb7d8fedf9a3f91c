"""What the platform inside a cluster may know of the cluster."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import pulumi
import pulumi_kubernetes as k8s

from infra.needs import Need
from infra.section import Section

POOL_LABEL = "oke-gpu-platform/pool"
"""Which entry of `nodePools` a node belongs to, in every availability domain."""


class Taint(Section):
    key: str
    """Key of the taint."""
    value: str = "present"
    """Value of the taint."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = "NoSchedule"
    """What happens to pods that do not tolerate it."""

    @property
    def toleration(self) -> dict[str, str]:
        """The toleration that matches this taint, whatever its value, as it goes into a pod spec.

        The Cluster Autoscaler gives nodes that do not exist yet `nvidia.com/gpu` with an empty value (cloudprovider/oci, 2026-08): a
        toleration that asks for `present` never makes a GPU pool grow from zero.
        """
        return {"key": self.key, "operator": "Exists", "effect": self.effect}


USABLE = Fraction(9, 10)
"""Of a node's processors and memory, where nobody measured: the kubelet, the system and daemon sets have the rest. An estimate."""


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A group of equal nodes. `min_nodes` may be 0: the nodes need not exist yet."""

    name: str
    entry: str = ""
    """Entry of the stack file's `nodePools` that it comes from: the pool as its owner knows it. Left out, it has the same name."""
    min_nodes: int
    max_nodes: int
    shape: str | None = None
    """OCI shape, or None for a machine that Oracle does not rent out."""
    cpus: int = 0
    """Processors of one node, as Kubernetes counts them; 0 where nobody said. What the system keeps for itself is part of it."""
    memory_gib: int = 0
    """Memory of one node; 0 where nobody said."""
    zone: str | None = None
    """Value of topology.kubernetes.io/zone on the nodes, None where it is not one zone."""
    architecture: str = "amd64"
    """Value of kubernetes.io/arch on the nodes."""
    ephemeral_storage_gib: int = 0
    """Disk of a node that pods may fill, in GiB; 0 where nobody said."""
    gpus_per_node: int = 0
    gpu_vendor: Literal["nvidia", "amd"] = "nvidia"
    gpu_model: str | None = None
    gpu_memory_gib: int = 0
    """Memory of one GPU, in GiB."""
    rdma: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "entry", self.entry or self.name)

    @property
    def max_gpus(self) -> int:
        return self.max_nodes * self.gpus_per_node


Priority = Literal["low", "normal", "high"]
"""Who goes first, where teams share what is free."""


@dataclass(frozen=True, kw_only=True)
class TeamNamespace:
    """A namespace of a team, and the most that all its pods together may ask for."""

    name: str
    gpus: Mapping[str, int] = field(default_factory=dict)
    """By model, what is borrowed included."""
    cpus: int | None = None
    """On all nodes; None, as the memory, where nobody said how large the nodes with its GPUs are."""
    memory_gib: int | None = None
    ci: bool = False
    """It has a service account that jobs are submitted by from outside."""


@dataclass(frozen=True, kw_only=True)
class Team:
    """Who shares the cluster, and what is theirs. Queues, quotas, rights and budgets are made from it."""

    name: str
    namespaces: tuple[TeamNamespace, ...]
    members: str | None = None
    """The group whose members work in its namespaces: on OKE the OCID of an IAM group. None where nobody but CI does."""
    gpus: Mapping[str, int] = field(default_factory=dict)
    """GPUs that are the team's, by model. The processors and memory of their nodes go with them."""
    borrows: Mapping[str, int] = field(default_factory=dict)
    """GPUs beyond its own that it may use while others do not, by model."""
    lends: bool = True
    """Others may use what it does not. Where not, its jobs never wait for anybody, and are never stopped for anybody."""
    cpus: int = 0
    """On nodes without GPUs."""
    memory_gib: int = 0
    """On nodes without GPUs."""
    priority: Priority = "normal"
    gpu_hours: int | None = None
    """Most hours of one GPU, of all models together, in a calendar month."""
    monthly_usd: int | None = None
    """Most that its GPUs may cost in a calendar month, in US dollars at list price."""
    pod_security: Literal["baseline", "restricted"] = "restricted"

    def most(self, model: str) -> int:
        """GPUs of a model that it can come to hold."""
        return self.gpus.get(model, 0) + self.borrows.get(model, 0)


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What the cluster's nodes cost, as plain data."""

    node_usd_per_hour: Mapping[str, float] = field(default_factory=dict)
    """List price of one node, by entry of `nodePools`; none for a cluster that is not rented."""
    monthly_usd: int | None = None
    """The cap on spending."""


@dataclass(frozen=True, kw_only=True)
class ClusterContext:
    """What may be known of a cluster before it is there: all that add-ons are planned from. Plain data."""

    pools: tuple[Pool, ...] = ()
    host_has_gpu_driver: bool = False
    """The nodes' images carry NVIDIA's driver: a second one would fight it."""
    provided: frozenset[str] = frozenset()
    """What the cloud already runs in the cluster: `nvidia-device-plugin`, `cert-manager`, `metrics-server` ..."""
    addon_namespaces: frozenset[str] = frozenset()
    """Namespaces of the add-ons that there are, installed or not."""
    storage_classes: frozenset[str] = frozenset()
    """Names of storage classes that exist before the platform is installed."""
    network_policies: bool = False
    """Something enforces NetworkPolicies."""
    distribution: str | None = None
    """Kubernetes distribution of a cluster that exists, as `infra.existing.section` names it; None where nobody said."""
    teams: tuple[Team, ...] = ()
    """Who shares the cluster, in the order of the stack file."""
    gpu_caps: Mapping[str, int] = field(default_factory=dict)
    """Most GPUs that the stack may have, by model. One that is not here is capped by its pools alone."""
    prices: Prices = Prices()
    addons: frozenset[str] = frozenset()
    """Keys of the add-ons that this stack installs."""

    @property
    def gpu_pools(self) -> tuple[Pool, ...]:
        return tuple(pool for pool in self.pools if pool.gpus_per_node)

    @property
    def gpu_models(self) -> Mapping[str, int]:
        """Most GPUs that the pools can have, by model."""
        found: dict[str, int] = {}
        for pool in self.gpu_pools:
            if pool.gpu_model is not None:
                found[pool.gpu_model] = found.get(pool.gpu_model, 0) + pool.max_gpus
        return found

    @property
    def gpu_limits(self) -> Mapping[str, int]:
        """Most GPUs that there may be, by model: what the pools can have, within the cap."""
        return {model: min(most, self.gpu_caps.get(model, most)) for model, most in self.gpu_models.items()}

    @property
    def nvidia_pools(self) -> tuple[Pool, ...]:
        return tuple(pool for pool in self.gpu_pools if pool.gpu_vendor == "nvidia")

    @property
    def gpu_pool_tolerations(self) -> list[dict[str, str]]:
        """One toleration per distinct taint of the GPU pools, in pool order."""
        taints = dict.fromkeys(taint for pool in self.gpu_pools for taint in pool.taints)
        return [taint.toleration for taint in taints]

    @property
    def team_namespaces(self) -> frozenset[str]:
        """Namespaces that the teams have. Whoever puts something into one makes none of its own."""
        return frozenset(space.name for team in self.teams for space in team.namespaces)

    def has(self, addon: str) -> bool:
        """Whether `addon` will be there, whoever brings it."""
        return addon in self.addons or addon in self.provided


@dataclass(frozen=True, kw_only=True)
class ClusterFacts:
    """What carries plans into the cluster needs of it: made by `infra.oke` or by `infra.existing`."""

    provider: k8s.Provider
    cluster: pulumi.Resource | None
    """What takes the in-cluster resources with it when it is deleted; None for a cluster that is not ours."""
    cluster_identifier: pulumi.Input[str]
    """Changes only when the cluster becomes another one: its OCID, or the name an existing cluster is given."""
    provided_by: Mapping[str, pulumi.Resource] = field(default_factory=dict)
    """What of `ClusterContext.provided` this stack makes itself, and so must be waited for by whoever needs it."""
    granted: Mapping[type[Need], Mapping[str, pulumi.Input[str]]] = field(default_factory=dict)
    """What is known of a need once it is met, by its fields."""
    ready: tuple[pulumi.Resource, ...] = ()
    """What every in-cluster resource must wait for: the nodes that system pods run on, their network and their DNS."""
