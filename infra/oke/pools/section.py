"""The `nodePools` section: what a group of equal nodes may be asked to be."""

from typing import Annotated, Literal

from pydantic import Field

from infra.facts import Taint
from infra.oke.images import variants
from infra.section import SecretHttpsAddress, Section, SshPublicKey, Texts, form, ocid

FaultDomain = Literal["FAULT-DOMAIN-1", "FAULT-DOMAIN-2", "FAULT-DOMAIN-3"]
"""Each availability domain has these three. Oracle, "Regions and Availability Domains", 2026-11."""


class Image(Section):
    id: Annotated[str, ocid("image")] | None = None
    """The image itself. Left out: the one that the lock file pins, and without one the newest when the stack first needed it."""
    name: str | None = None
    """Name of the image in `id`, so that its architecture and driver can be checked before anything is made."""
    imported: str | None = None
    """Key of an entry of `importedImages`."""


class NodePool(Section):
    shape: str
    """OCI shape of the nodes: `VM.GPU.A10.1`, `BM.GPU.H100.8`, `VM.Standard.E5.Flex` ..."""
    ocpus: Annotated[float, Field(gt=0)] | None = None
    """OCPUs per node; needed by flexible shapes and only there."""
    memory_gib: Annotated[float, Field(gt=0)] | None = None
    """Memory per node in GiB; needed by flexible shapes and only there."""
    size: Annotated[int, Field(ge=0)] | None = None
    """Nodes of a pool of fixed size. Give either this, or `minSize` and `maxSize`."""
    min_size: Annotated[int, Field(ge=0)] | None = None
    """Fewest nodes the autoscaler keeps, per availability domain for GPU pools."""
    max_size: Annotated[int, Field(ge=1)] | None = None
    """Most nodes the autoscaler makes, per availability domain for GPU pools."""
    availability_domains: Annotated[tuple[Annotated[int, Field(ge=1, le=3)], ...], Field(min_length=1)] | None = None
    """Numbers of the availability domains to use. Left out: all of the region's."""
    boot_volume_gib: Annotated[int, Field(ge=50, le=32768)] | None = None
    """Boot volume in GiB. Left out: 100, and 200 on GPU nodes, whose images are large."""
    max_pods_per_node: Annotated[int, Field(ge=1, le=110)] | None = None
    """Most pods on a node. Left out: what the shape's network interfaces carry."""
    labels: dict[str, str] = {}
    """Labels of the nodes; the autoscaler gets them too."""
    taints: tuple[Taint, ...] = ()
    """Taints beyond those that OKE puts on GPU and preemptible nodes itself."""
    preemptible: bool = False
    """Half the price, and gone at two minutes' notice. Few GPU shapes allow it."""
    image: Image = Image()
    """Which image the nodes boot. Left out: one of OKE's for the version and the shape, pinned by `platformctl images update`."""
    kubernetes_version: str | None = None
    """Version of the nodes, to upgrade a pool after its cluster. Left out: the cluster's."""
    capacity_reservation_id: Annotated[str, ocid("capacityreservation")] | None = None
    """Capacity reservation to draw from; it belongs to one availability domain."""
    rdma: bool = False
    """Join the nodes by RDMA, in one compute cluster per availability domain."""
    cycling: Literal["off", "boot-volume", "instance"] = "boot-volume"
    """How nodes that exist follow a change: not at all, by replacing the boot volume, or the instance. A boot volume carries the image, the
    version, taints, `bootVolumeGib` and the SSH key; a change of anything else is refused until this is `instance` or `off`."""
    eviction_grace_minutes: Annotated[int, Field(ge=0, le=60)] = 60
    """How long a drained node waits for its pods, in minutes."""
    ssh_public_key: SshPublicKey | None = None
    """Key that may log in to the nodes."""
    user_data: Texts = ()
    """What the nodes do on their first boot before they join: a shell script or cloud-config, or a list of both. One that fails keeps its
    node out of the cluster. No secrets: whoever reads the node's metadata reads it."""
    kubelet_args: dict[str, str] = {}
    """Arguments of the kubelet, without dashes: `cpu-manager-policy: static`. Labels, taints and pods per node have keys of their own."""
    fault_domains: Annotated[tuple[FaultDomain, ...], Field(min_length=1)] | None = None
    """Fault domains to keep the nodes to, in each availability domain. Left out: Oracle spreads them over all three."""
    subnet_id: Annotated[str, ocid("subnet")] | None = None
    """A subnet that exists in the cluster's network, for these nodes instead of `network.subnets.workers`. Its room is not counted."""
    nsg_ids: tuple[Annotated[str, ocid("networksecuritygroup")], ...] = ()
    """Network security groups that exist, for these nodes beside the platform's own. At most 4."""
    pod_subnet_id: Annotated[str, ocid("subnet")] | None = None
    """A subnet that exists in the cluster's network, for the pods of these nodes instead of `network.subnets.pods`. Native pods only."""
    pod_nsg_ids: tuple[Annotated[str, ocid("networksecuritygroup")], ...] = ()
    """Network security groups that exist, for the pods of these nodes beside the platform's own. Native pods only; at most 4."""

    @property
    def user_data_parts(self) -> tuple[str, ...]:
        return (self.user_data,) if isinstance(self.user_data, str) else self.user_data

    @property
    def wants_autoscaler(self) -> bool:
        return self.min_size is not None or self.max_size is not None


class ImportedImage(Section):
    """A custom image made from a file in Object Storage, as Oracle offers its Ubuntu GPU images."""

    source_url: SecretHttpsAddress
    """Address of the image file in Object Storage. A pre-authenticated address is a secret: set it with `pulumi config set --secret`."""
    variant: Annotated[str, form(variants.NAME, variants.NAME_WORDS)]
    """Which of Oracle's images it is, by system, processor and driver: `ubuntu-24.04-cuda-13.2`, `ubuntu-24.04-aarch64-cuda-13.2`,
    `ubuntu-24.04-rocm-7.2.4`."""


class Autoscaler(Section):
    scale_down_minutes: Annotated[int, Field(ge=1, le=1440)] = 10
    """How long a node stays idle before it goes."""
    expander: Literal["random", "least-waste", "most-pods", "priority"] = "least-waste"
    """Which pool grows when several could."""
    version: str | None = None
    """Version of the add-on. Left out: Oracle keeps it current."""
