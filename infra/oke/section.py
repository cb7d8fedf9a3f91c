"""The `cluster` section of a cluster that this stack makes on Oracle Kubernetes Engine."""

from typing import Annotated, Literal

from pydantic import Field

from infra.oke.access.section import Bastion
from infra.oke.cluster.section import Auth, Encryption, Endpoint, Kubeconfig, ManagedAddOns
from infra.oke.network.section import Network
from infra.oke.pools.section import Autoscaler, ImportedImage, NodePool
from infra.oke.storage.section import Storage
from infra.section import CompartmentId, DnsLabel, Section, TenancyId, ocid


class OkeCluster(Section):
    """A cluster on Oracle Kubernetes Engine, made by this stack."""

    backend: Literal["oke"]
    """`oke`: make the cluster."""
    tenancy_id: TenancyId
    """The tenancy (root compartment)."""
    compartment_id: CompartmentId
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
    oidc_discovery: bool = False
    """Publish the cluster's OpenID configuration, which holds no secret: other clouds can then trust tokens of its service accounts."""
    registry_compartment_id: Annotated[str, ocid("compartment")] | None = None
    """Compartment of private repositories that nodes may pull images from. They need Oracle's credential provider as well."""
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
