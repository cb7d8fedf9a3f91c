"""Sections of the control plane: how it is reached, what it is encrypted with, what Oracle installs into it."""

from typing import Annotated, Literal

from pydantic import Field

from infra.section import Cidr, CompartmentId, KeyId, Section

AuthMethod = Literal[
    "ApiKey", "SecurityToken", "InstancePrincipal", "ResourcePrincipal", "OKEWorkloadIdentity", "WorkloadIdentityFederation"
]


class Auth(Section):
    method: AuthMethod | None = None
    """How Pulumi authenticates with Oracle. Left out: what the environment says."""
    profile: str | None = None
    """Profile of the OCI configuration file."""


class Encryption(Section):
    cluster_key_id: KeyId | None = None
    """KMS key for the cluster's secrets. It cannot change later without replacing the cluster."""
    image_key_ids: tuple[KeyId, ...] = ()
    """KMS keys that images must be signed with. Any entry turns image verification on."""
    key_compartment_id: CompartmentId | None = None
    """Compartment of the keys. Left out: the cluster's."""
    in_transit: bool = True
    """Encrypt the traffic between nodes and their volumes, where the shape can."""


class ManagedAddOns(Section):
    cert_manager: bool = False
    """Install cert-manager as an OKE add-on. Choose one source: this, or the platform's own chart."""
    metrics_server: bool = True
    """Install metrics-server as an OKE add-on (it brings OKE's cert-manager with it)."""


class Endpoint(Section):
    public: bool = False
    """Give the Kubernetes API a public address. Needs `allowedCidrs`. Where `publicSubnet` stays what it is, the address comes and goes in
    place. Otherwise the endpoint moves to another subnet, which replaces the cluster and needs another block
    (`network.subnets.endpoint.cidr`)."""
    public_subnet: bool | None = None
    """Whether addresses in the endpoint's subnet can be public. Left out: as `public`. Decide it first, for a cluster cannot leave its
    endpoint's subnet: `true` lets you open the endpoint later, and close one that was made public."""
    allowed_cidrs: tuple[Cidr, ...] = ()
    """Who may reach port 6443 from outside the network. 0.0.0.0/0 is refused."""


class Kubeconfig(Section):
    endpoint: Literal["private", "public", "tunnel"] = "private"
    """How whoever runs `pulumi up` reaches the API: from inside the network, from outside, or by a port forwarded through the Bastion."""
    tunnel_port: Annotated[int, Field(ge=1024, le=65535)] = 6443
    """Local port of the forwarded connection, with `endpoint: tunnel`."""
    profile: str | None = None
    """Profile of the `oci` command's configuration that tokens are made with."""
    auth: Literal["api_key", "security_token", "instance_principal", "resource_principal"] | None = None
    """How the `oci` command authenticates when it makes tokens. Left out: its own default."""
