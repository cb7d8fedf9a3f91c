"""The `cluster` section of a cluster that this stack makes on Oracle Kubernetes Engine."""

from typing import Annotated, Literal

from pydantic import Field

from infra.oke.network.section import Bastion, Endpoint, Kubeconfig, Network
from infra.oke.pools.section import ImportedImage, NodePool
from infra.oke.storage.section import Storage
from infra.section import DnsLabel, Ocid, Section

AuthMethod = Literal[
    "ApiKey", "SecurityToken", "InstancePrincipal", "ResourcePrincipal", "OKEWorkloadIdentity", "WorkloadIdentityFederation"
]


class Auth(Section):
    method: AuthMethod | None = None
    """How Pulumi authenticates with Oracle. Left out: what the environment says."""
    profile: str | None = None
    """Profile of the OCI configuration file."""


class Encryption(Section):
    cluster_key_id: Ocid | None = None
    """KMS key for the cluster's secrets. It cannot change later without replacing the cluster."""
    image_key_ids: tuple[Ocid, ...] = ()
    """KMS keys that images must be signed with. Any entry turns image verification on."""
    key_compartment_id: Ocid | None = None
    """Compartment of the keys. Left out: the cluster's."""
    in_transit: bool = True
    """Encrypt the traffic between nodes and their volumes, where the shape can."""


class Autoscaler(Section):
    scale_down_minutes: Annotated[int, Field(ge=1, le=1440)] = 10
    """How long a node stays idle before it goes."""
    expander: Literal["random", "least-waste", "most-pods", "priority"] = "least-waste"
    """Which pool grows when several could."""
    version: str | None = None
    """Version of the add-on. Left out: Oracle keeps it current."""


class ManagedAddOns(Section):
    cert_manager: bool = False
    """Install cert-manager as an OKE add-on. Choose one source: this, or the platform's own chart."""
    metrics_server: bool = True
    """Install metrics-server as an OKE add-on (it brings OKE's cert-manager with it)."""


class OkeCluster(Section):
    """A cluster on Oracle Kubernetes Engine, made by this stack."""

    backend: Literal["oke"]
    """`oke`: make the cluster."""
    tenancy_id: Ocid
    """The tenancy (root compartment)."""
    compartment_id: Ocid
    """Compartment that everything is made in."""
    region: str
    """OCI region: `eu-frankfurt-1`."""
    home_region: str | None = None
    """Region that identity resources are written to. Left out: looked up."""
    auth: Auth = Auth()
    """How Pulumi reaches Oracle."""
    kubernetes_version: str
    """Kubernetes version of the control plane, as OKE names it: `v1.34.2`."""
    network: Network = Network()
    """Network of the cluster."""
    endpoint: Endpoint = Endpoint()
    """The Kubernetes API's address."""
    bastion: Bastion = Bastion()
    """The way in to a private endpoint."""
    kubeconfig: Kubeconfig = Kubeconfig()
    """How `pulumi up` reaches the Kubernetes API."""
    encryption: Encryption = Encryption()
    """Keys of one's own, and image verification."""
    node_pools: Annotated[dict[DnsLabel, NodePool], Field(min_length=1)]
    """Node pools by name. At least one has a fixed size: system pods live there."""
    imported_images: dict[DnsLabel, ImportedImage] = {}
    """Images to import, by the name that pools use."""
    autoscaler: Autoscaler = Autoscaler()
    """Cluster Autoscaler, for pools with `minSize` and `maxSize`."""
    oke_addons: ManagedAddOns = ManagedAddOns()
    """Add-ons that Oracle manages."""
    device_plugin: Literal["oke", "operator"] = "oke"
    """Who owns NVIDIA's device plugin and driver: Oracle's images and add-on, or the GPU Operator. Exactly one."""
    storage: Storage = Storage()
    """Buckets and file systems."""
