"""The `network`, `endpoint`, `bastion` and `kubeconfig` sections of an OKE cluster."""

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from infra.section import Cidr, Ocid, Section


class Subnet(Section):
    id: Ocid | None = None
    """A subnet that exists, of the network that `vcnId` names. Its block must be in `cidr`."""
    cidr: Cidr | None = None
    """The subnet's block. Left out, the planner chooses one; fix it before you add roles to a running network."""
    prefix: Annotated[int, Field(ge=16, le=30)] | None = None
    """Length of the prefix, when only the size matters. Ignored beside `cidr`."""


class Subnets(Section):
    endpoint: Subnet = Subnet()
    """The Kubernetes API endpoint."""
    workers: Subnet = Subnet()
    """The nodes."""
    pods: Subnet = Subnet()
    """The pods, with `podNetwork: native`. Must hold every pool's maximum."""
    public_lb: Subnet = Subnet()
    """Load balancers that the internet reaches."""
    internal_lb: Subnet = Subnet()
    """Load balancers inside the network."""
    bastion: Subnet = Subnet()
    """What the Bastion service reaches the endpoint from."""
    storage: Subnet = Subnet()
    """Mount targets of File Storage and Lustre."""


class LoadBalancers(Section):
    public: bool = False
    """Make a public subnet for load balancers. Nothing is public unless asked."""
    internal: bool = True
    """Make a private subnet for load balancers."""
    allowed_cidrs: tuple[Cidr, ...] = (IPv4Network("0.0.0.0/0"),)
    """Who may reach the public load balancers, on ports 80 and 443."""


class Network(Section):
    compartment_id: Ocid | None = None
    """Compartment of the network. Left out: the cluster's."""
    vcn_id: Ocid | None = None
    """A network that exists, to use instead of making one. `vcnCidr` is its block, and each subnet in use has `id` and `cidr`."""
    vcn_cidr: Cidr = IPv4Network("10.0.0.0/16")
    """Block of the virtual cloud network. It cannot change later without replacing everything in it."""
    pod_network: Literal["native", "flannel"] = "native"
    """`native`: pods get addresses of the VCN. `flannel`: an overlay; no RDMA, no network security groups on pods."""
    pods_cidr: Cidr = IPv4Network("10.244.0.0/16")
    """Overlay block of the pods, with `podNetwork: flannel` only."""
    services_cidr: Cidr = IPv4Network("10.96.0.0/16")
    """Block of the cluster's services. Outside the VCN."""
    subnets: Subnets = Subnets()
    """Blocks of single subnets, by role."""
    load_balancers: LoadBalancers = LoadBalancers()
    """Which load balancers services may ask for."""
    internet_egress: bool = True
    """Nodes and pods reach the internet through NAT. Without it images come from Oracle's registry only."""


class Endpoint(Section):
    public: bool = False
    """Give the Kubernetes API a public address. Needs `allowedCidrs`."""
    allowed_cidrs: tuple[Cidr, ...] = ()
    """Who may reach port 6443 from outside the network. 0.0.0.0/0 is refused."""


class Bastion(Section):
    enabled: bool = False
    """Make an OCI Bastion, the way to a private endpoint without a machine of one's own."""
    allowed_cidrs: tuple[Cidr, ...] = ()
    """Who may open sessions. 0.0.0.0/0 is refused."""
    max_session_hours: Annotated[int, Field(ge=1, le=3)] = 3
    """Longest session, in hours."""
    nodes: bool = False
    """Sessions may go on to the nodes over SSH; who may log in is each pool's `sshPublicKey`."""


class Kubeconfig(Section):
    endpoint: Literal["private", "public", "tunnel"] = "private"
    """How whoever runs `pulumi up` reaches the API: from inside the network, from outside, or by a port forwarded through the Bastion."""
    tunnel_port: Annotated[int, Field(ge=1024, le=65535)] = 6443
    """Local port of the forwarded connection, with `endpoint: tunnel`."""
    profile: str | None = None
    """Profile of the `oci` command's configuration that tokens are made with."""
    auth: Literal["api_key", "security_token", "instance_principal", "resource_principal"] | None = None
    """How the `oci` command authenticates when it makes tokens. Left out: its own default."""
