"""The `network` section of an OKE cluster."""

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from infra.internet import WEB
from infra.section import Cidr, Cidrs, CompartmentId, DnsLabel, Section, form, ocid

Port = Annotated[int, Field(ge=1, le=65535)]
RuleGroup = Literal["endpoint", "workers", "pods", "publicLb", "internalLb", "fileStorage", "lustre"]
"""Groups that rules may be added to, as the stack file calls them."""


class Subnet(Section):
    id: Annotated[str, ocid("subnet")] | None = None
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
    """Make a public subnet for load balancers. Nothing is public unless asked. Added later it is nobody's default: Services name it. One
    that the cluster was made with cannot be taken away while the cluster lives."""
    internal: bool = True
    """Make a private subnet for load balancers. The subnets that a cluster was made with stay its defaults, and cannot be taken away while
    it lives."""
    allowed_cidrs: tuple[Cidr, ...] = (IPv4Network("0.0.0.0/0"),)
    """Who may reach the public load balancers, on `ports`."""
    ports: Annotated[tuple[Port, ...], Field(min_length=1)] = WEB
    """TCP ports that load balancers listen on. Left out: 80 and 443. A list replaces them. Ports of nodes and of the Kubernetes API are
    open to nobody else but who `allowedCidrs` names."""


class ExtraRule(Section):
    """A rule of one's own, beside those that the cluster needs."""

    name: DnsLabel
    """What the rule is called, and its resource after it."""
    group: RuleGroup
    """Whose network security group gets it."""
    direction: Literal["ingress", "egress"]
    """Into the group, or out of it."""
    protocol: Literal["tcp", "udp", "icmp", "all"]
    """What may pass."""
    port: Port | None = None
    """Destination port, or the first of a range. Left out: all."""
    end_port: Port | None = None
    """Last port of the range."""
    icmp_type: Annotated[int, Field(ge=0, le=255)] | None = None
    """Type of ICMP. Left out: all."""
    icmp_code: Annotated[int, Field(ge=0, le=255)] | None = None
    """Code of the type. Left out: all."""
    peer_cidr: Cidr | None = None
    """The other end: a block. Give this, or `peerGroup`."""
    peer_group: RuleGroup | None = None
    """The other end: a group, which gets the other half of the rule."""
    reason: Annotated[str, form(r"^\S.{0,254}$", "a reason on one line of at most 255 characters")]
    """Why it is there. It is the rule's description."""


class Network(Section):
    compartment_id: CompartmentId | None = None
    """Compartment of the network. Left out: the cluster's."""
    vcn_id: Annotated[str, ocid("vcn")] | None = None
    """A network that exists, to use instead of making one. `vcnCidr` has its blocks, and each subnet in use has `id` and `cidr`."""
    vcn_cidr: Cidrs = IPv4Network("10.0.0.0/16")
    """Block of the virtual cloud network, or a list of blocks: private ones, or of 100.64.0.0/10. A block added at the end moves no subnet;
    one that leaves a subnet outside is refused."""
    pod_network: Literal["native", "flannel"] = "native"
    """`native`: pods get addresses of the VCN. `flannel`: an overlay; no RDMA, no network security groups on pods."""
    policy_engine: Literal["calico", "cilium"] | None = None
    """What enforces NetworkPolicies. Neither of OKE's pod networks does, so that whoever shares the cluster can reach everything in it:
    install Calico or Cilium, then name it here. Teams need one."""
    pods_cidr: Cidr | None = None
    """Overlay block of the pods, with `podNetwork: flannel` only. Left out: 10.244.0.0/16. Native pods live in `subnets.pods`."""
    services_cidr: Cidr = IPv4Network("10.96.0.0/16")
    """Block of the cluster's services. Outside the VCN."""
    subnets: Subnets = Subnets()
    """Blocks of single subnets, by role."""
    load_balancers: LoadBalancers = LoadBalancers()
    """Which load balancers services may ask for."""
    extra_rules: tuple[ExtraRule, ...] = ()
    """Rules beside those that the cluster needs. The internet gets in through load balancers alone."""
    internet_egress: bool = True
    """Nodes and pods reach the internet through NAT. Without it images come from Oracle's registry only."""

    @property
    def vcn_cidrs(self) -> tuple[IPv4Network, ...]:
        return self.vcn_cidr if isinstance(self.vcn_cidr, tuple) else (self.vcn_cidr,)
