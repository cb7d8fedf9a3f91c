"""The `cluster` section of a cluster that exists already."""

from typing import Annotated, Literal

from pydantic import Field

from infra.facts import Taint
from infra.section import DnsLabel, SecretText, Section


class ExistingPool(Section):
    """Nodes of a cluster that is not made here."""

    nodes: Annotated[int, Field(ge=1)] = 1
    """How many nodes there are."""
    ephemeral_storage_gib: Annotated[int, Field(ge=1)] | None = None
    """Disk of each node that pods may fill, in GiB."""
    gpu_model: str | None = None
    """Model of the GPUs: `RTX 4060`. Known models bring their memory and label."""
    gpus_per_node: Annotated[int, Field(ge=0)] = 0
    """GPUs on each node."""
    gpu_memory_gib: Annotated[int, Field(ge=1)] | None = None
    """Memory of one GPU in GiB; needed for a model that is not known."""
    gpu_product: str | None = None
    """Value of nvidia.com/gpu.product on the nodes; needed for a model that is not known."""
    cpus: Annotated[int, Field(ge=1)] | None = None
    """Processors of a node, as Kubernetes counts them. Needed for quotas on them."""
    memory_gib: Annotated[int, Field(ge=1)] | None = None
    """Memory of a node in GiB. Needed for quotas on it."""
    architecture: Literal["amd64", "arm64"] = "amd64"
    """Processor architecture."""
    labels: dict[str, str] = {}
    """Labels that select these nodes."""
    taints: tuple[Taint, ...] = ()
    """Taints that the nodes carry."""


class ExistingCluster(Section):
    """Any Kubernetes cluster that a kubeconfig reaches, down to one machine."""

    backend: Literal["existing"]
    """`existing`: use the cluster as it is."""
    kubeconfig: SecretText | None = None
    """Path of the kubeconfig file. Left out: what the environment says."""
    context: str
    """Context in the kubeconfig. Named, so that a changed default never moves the platform to another cluster."""
    node_pools: Annotated[dict[DnsLabel, ExistingPool], Field(min_length=1)]
    """What nodes the cluster has, by a name for each kind."""
    host_has_gpu_driver: bool = False
    """The machines carry NVIDIA's driver already."""
    provided: tuple[str, ...] = ()
    """What the cluster already runs, so that it is not installed twice."""
    distribution: Literal["kubeadm", "k3s", "rke2", "microk8s", "other"] | None = None
    """Kubernetes distribution, which decides where the nodes keep their containerd: NVIDIA's toolkit sets it up. Left out: as with kubeadm,
    /etc/containerd and /run/containerd. `other` asks for the paths in `addons.gpuOperator.values.toolkit.env`."""
    network_policies: bool = False
    """The pod network enforces NetworkPolicies, as Calico and Cilium do. Teams are kept apart by them."""
    storage_classes: tuple[str, ...] = ()
    """Storage classes that exist."""
