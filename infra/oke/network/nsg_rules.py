"""Who may talk to whom in the cluster network: one table of flows, and the security rules that follow from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Network
from typing import Literal

from infra.internet import WEB, is_cluster_port, is_internet
from infra.oke.network.cidr import NetworkPlanError, PodNetwork, Role
from infra.problems import Problem

ANYWHERE = "0.0.0.0/0"

Direction = Literal["ingress", "egress"]
Protocol = Literal["tcp", "udp", "icmp", "all"]
Ports = tuple[int, int]
"""First and last port."""

PROTOCOL_NUMBERS: dict[Protocol, str] = {"tcp": "6", "udp": "17", "icmp": "1", "all": "all"}
"""As the API wants them: IANA's numbers."""

WIDEST_ALLOWED = 8
"""Shortest prefix an administrators' block may have: half the internet is no address of an office."""


MOST_RULES = 120
"""Of one network security group, both directions together. Oracle, "Service Limits" (Networking), 2026-11."""


class Nsg(StrEnum):
    """A group that rules belong to. All are network security groups but the bastion's, which is the security list of its subnet:
    the Bastion service puts its own interface there, and that takes no group."""

    ENDPOINT = "endpoint"
    WORKERS = "workers"
    PODS = "pods"
    PUBLIC_LB = "public-lb"
    INTERNAL_LB = "internal-lb"
    FSS = "fss"
    LUSTRE = "lustre"
    BASTION = "bastion"

    @property
    def key(self) -> str:
        """What the stack file calls it: `publicLb`."""
        return "fileStorage" if self is Nsg.FSS else SUBNET_OF[self].key if self is not Nsg.LUSTRE else self.value


SUBNET_OF: dict[Nsg, Role] = {
    Nsg.ENDPOINT: Role.ENDPOINT,
    Nsg.WORKERS: Role.WORKERS,
    Nsg.PODS: Role.PODS,
    Nsg.PUBLIC_LB: Role.PUBLIC_LB,
    Nsg.INTERNAL_LB: Role.INTERNAL_LB,
    Nsg.FSS: Role.STORAGE,
    Nsg.LUSTRE: Role.STORAGE,
    Nsg.BASTION: Role.BASTION,
}
"""Where the members of a group live."""


@dataclass(frozen=True)
class Subnet:
    """Every address of one of the planned subnets."""

    role: Role


@dataclass(frozen=True)
class Cidr:
    block: str


@dataclass(frozen=True)
class Services:
    """All services of the region in Oracle's own network."""


Peer = Nsg | Subnet | Cidr | Services


@dataclass(frozen=True, kw_only=True)
class Rule:
    nsg: Nsg
    direction: Direction
    peer: Peer
    protocol: Protocol
    ports: Ports | None = None
    """Destination ports; None for all."""
    source_ports: Ports | None = None
    icmp: tuple[int, int | None] | None = None
    """ICMP type and code; None for all."""
    why: str
    source: str
    name: str | None = None
    """What somebody who added it calls it."""

    @property
    def key(self) -> str:
        """Unique among the rules of a network, and the same whatever other rules there are."""
        return f"extra-{self.name}-{self.nsg.value}" if self.name else self.content

    @property
    def content(self) -> str:
        """What it lets through, and nothing else of it."""
        parts = [self.nsg.value, self.direction, _peer_key(self.peer), self.protocol]
        if self.ports:
            parts.append(_range(self.ports))
        if self.source_ports:
            parts.append(f"from-{_range(self.source_ports)}")
        if self.icmp:
            parts.append("-".join(str(part) for part in self.icmp if part is not None))
        return "-".join(parts)


@dataclass(frozen=True, kw_only=True)
class Features:
    """What the network is asked to carry. Each flag opens what it needs and nothing else."""

    vcn_cidrs: tuple[str, ...]
    pod_network: PodNetwork = "native"
    bastion: bool = False
    worker_ssh: bool = False
    """SSH to the nodes, from the bastion's subnet only."""
    public_lb: bool = False
    internal_lb: bool = False
    lb_allowed_cidrs: tuple[str, ...] = (ANYWHERE,)
    """Who may reach the public load balancers."""
    lb_ports: tuple[int, ...] = WEB
    """TCP ports that load balancers listen on."""
    internet_egress: bool = True
    fss: bool = False
    lustre: bool = False
    endpoint_public: bool = False
    endpoint_allowed_cidrs: tuple[str, ...] = ()
    """Who may reach the API from outside the network."""


class _Listed(StrEnum):
    """An end of a flow that is a list of blocks in the features."""

    ADMINISTRATORS = "endpoint_allowed_cidrs"
    CLIENTS = "lb_allowed_cidrs"
    NETWORK = "vcn_cidrs"


# Sources of the rows.
ORACLE = "Oracle, Example Network Resource Configurations (contengnetworkconfigexample), copy of 2024-08-23"
ORACLE_FSS = "Oracle, Configuring VCN Security Rules for File Storage (securitylistsfilestorage), scenario A, read 2026-11"
ORACLE_LUSTRE = "Oracle, File Storage with Lustre: Required VCN Security Rules (security-rules), option 1, read 2026-11"
MODULE = "oracle-terraform-modules/terraform-oci-oke 25ef9a0, 2026-04-29, modules/network"

API: Ports = (6443, 6443)
CONTROL_CHANNEL: Ports = (12250, 12250)
KUBELET: Ports = (10250, 10250)
PROXY_HEALTH: Ports = (10256, 10256)
NODE_PORTS: Ports = (30000, 32767)
SSH: Ports = (22, 22)
HTTP = 80
LISTENERS: Ports = (0, 0)
"""Stands for each port that load balancers listen on."""
NFS_PORTMAPPER: Ports = (111, 111)
NFS: Ports = (2048, 2050)
NFS_MOUNT: Ports = (2048, 2048)
LUSTRE_SERVER: Ports = (988, 988)
LUSTRE_PRIVILEGED: Ports = (512, 1023)
TOO_BIG = (3, 4)
"""ICMP "fragmentation needed": without it path MTU discovery fails, and the VCN's frames of 9000 bytes vanish on the way out."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Who starts a conversation with whom. Rules are stateful, so the answers need none. Each end that is a group gets its rule."""

    start: Peer | _Listed
    end: Peer | _Listed
    protocol: Protocol
    ports: Ports | None = None
    source_ports: Ports | None = None
    icmp: tuple[int, int] | None = None
    when: Callable[[Features], bool]
    only: Nsg | None = None
    """The one end that needs a rule, where a wider rule of the other covers it. None for both."""
    why: str
    source: str = ORACLE


def _always(_: Features) -> bool:
    return True


def _native(features: Features) -> bool:
    return features.pod_network == "native"


def _flannel(features: Features) -> bool:
    return features.pod_network == "flannel"


def _bastion(features: Features) -> bool:
    return features.bastion


def _ssh(features: Features) -> bool:
    return features.worker_ssh


def _egress(features: Features) -> bool:
    return features.internet_egress


def _native_egress(features: Features) -> bool:
    return _native(features) and features.internet_egress


def _fss(features: Features) -> bool:
    return features.fss


def _lustre(features: Features) -> bool:
    return features.lustre


def _balancer_flows(balancer: Nsg, clients: _Listed, when: Callable[[Features], bool]) -> tuple[Flow, ...]:
    def native(features: Features) -> bool:
        return when(features) and _native(features)

    return (
        Flow(start=clients, end=balancer, protocol="tcp", ports=LISTENERS, when=when, why="Clients to listeners"),
        # Oracle lets "all" protocols through on these ports; a rule can only name ports of one protocol, and the health check is HTTP.
        Flow(start=balancer, end=Nsg.WORKERS, protocol="tcp", ports=NODE_PORTS, when=when, why="Load balancer to node ports"),
        Flow(start=balancer, end=Nsg.WORKERS, protocol="udp", ports=NODE_PORTS, when=when, why="Load balancer to node ports"),
        Flow(start=balancer, end=Nsg.WORKERS, protocol="tcp", ports=PROXY_HEALTH, when=when, why="Health check of kube-proxy"),
        Flow(
            start=balancer,
            end=Nsg.PODS,
            protocol="tcp",
            when=native,
            why="OCI's native ingress controller makes pods themselves the backends",
            source=MODULE,
        ),
    )


_ENDPOINT, _WORKERS, _PODS = Nsg.ENDPOINT, Nsg.WORKERS, Nsg.PODS

TABLE: tuple[Flow, ...] = (
    # The API endpoint and the nodes
    Flow(start=_WORKERS, end=_ENDPOINT, protocol="tcp", ports=API, when=_always, why="Kubelets to the Kubernetes API"),
    Flow(start=_WORKERS, end=_ENDPOINT, protocol="tcp", ports=CONTROL_CHANNEL, when=_always, why="Nodes to OKE's control channel"),
    Flow(start=_ENDPOINT, end=_WORKERS, protocol="tcp", ports=KUBELET, when=_native, why="Logs, exec and metrics from kubelets"),
    Flow(start=_ENDPOINT, end=_WORKERS, protocol="tcp", when=_flannel, why="Kubelets, and webhooks of pods behind their nodes"),
    Flow(start=_ENDPOINT, end=Services(), protocol="tcp", when=_always, why="Control plane to OKE"),
    Flow(start=_ENDPOINT, end=Services(), protocol="icmp", icmp=TOO_BIG, when=_always, why="Path MTU discovery"),
    Flow(start=_WORKERS, end=Services(), protocol="tcp", when=_always, why="Nodes to OKE and the registry: they do not register without"),
    # Path MTU discovery
    Flow(start=Cidr(ANYWHERE), end=_WORKERS, protocol="icmp", icmp=TOO_BIG, when=_always, why="Path MTU discovery"),
    Flow(start=_WORKERS, end=Cidr(ANYWHERE), protocol="icmp", icmp=TOO_BIG, when=_always, why="Path MTU discovery"),
    Flow(start=_WORKERS, end=_ENDPOINT, only=_ENDPOINT, protocol="icmp", icmp=TOO_BIG, when=_always, why="Path MTU discovery"),
    Flow(start=_ENDPOINT, end=_WORKERS, only=_ENDPOINT, protocol="icmp", icmp=TOO_BIG, when=_always, why="Path MTU discovery"),
    # Nodes among themselves
    Flow(start=_WORKERS, end=_WORKERS, protocol="all", when=_flannel, why="The overlay that pods on different nodes meet in"),
    Flow(
        start=_WORKERS,
        end=_WORKERS,
        protocol="all",
        when=_native,
        why="Pods on the host's network (exporters, NCCL over RDMA's control path) and node ports forwarded between nodes",
        source=MODULE,
    ),
    # Pods with addresses of their own
    Flow(start=_PODS, end=_ENDPOINT, protocol="tcp", ports=API, when=_native, why="Pods to the Kubernetes API"),
    Flow(start=_PODS, end=_ENDPOINT, protocol="tcp", ports=CONTROL_CHANNEL, when=_native, why="Pods to OKE's control channel"),
    Flow(start=_ENDPOINT, end=_PODS, protocol="all", when=_native, why="Webhooks and aggregated APIs served by pods"),
    Flow(start=_WORKERS, end=_PODS, protocol="all", when=_native, why="Probes, and what a node forwards"),
    Flow(start=_PODS, end=_PODS, protocol="all", when=_native, why="Pods to pods"),
    Flow(start=_PODS, end=Services(), protocol="tcp", when=_native, why="Pods to Oracle's services: registry, Object Storage"),
    Flow(start=_PODS, end=Services(), protocol="icmp", icmp=TOO_BIG, when=_native, why="Path MTU discovery"),
    Flow(
        start=_PODS,
        end=_WORKERS,
        protocol="all",
        when=_native,
        why="metrics-server and Prometheus to kubelets and exporters; node ports",
        source=MODULE,
    ),
    Flow(
        start=Cidr(ANYWHERE),
        end=_PODS,
        protocol="icmp",
        icmp=TOO_BIG,
        when=_native_egress,
        why="Path MTU discovery: pods send frames of 9000 bytes, the internet takes 1500",
        source=MODULE,
    ),
    # The internet, through NAT
    Flow(start=_WORKERS, end=Cidr(ANYWHERE), protocol="tcp", when=_egress, why="Images and packages, through the NAT gateway"),
    Flow(
        start=_PODS,
        end=Cidr(ANYWHERE),
        protocol="tcp",
        when=_native_egress,
        why="CI jobs fetch over HTTP and SSH too, not only over the HTTPS that Oracle's example allows",
        source=MODULE,
    ),
    # Administrators
    Flow(start=Nsg.BASTION, end=_ENDPOINT, protocol="tcp", ports=API, when=_bastion, why="Forwarded sessions to the Kubernetes API"),
    Flow(start=Nsg.BASTION, end=_WORKERS, protocol="tcp", ports=SSH, when=_ssh, why="Forwarded sessions to nodes"),
    Flow(start=_Listed.ADMINISTRATORS, end=_ENDPOINT, protocol="tcp", ports=API, when=_always, why="Administrators to the Kubernetes API"),
    # Load balancers
    *_balancer_flows(Nsg.PUBLIC_LB, _Listed.CLIENTS, lambda features: features.public_lb),
    *_balancer_flows(Nsg.INTERNAL_LB, _Listed.NETWORK, lambda features: features.internal_lb),
    # File Storage: nodes mount, so their group talks, also for pods. Answers are listed as Oracle lists them, by source port.
    Flow(start=_WORKERS, end=Nsg.FSS, protocol="tcp", ports=NFS_PORTMAPPER, when=_fss, why="Port mapper", source=ORACLE_FSS),
    Flow(start=_WORKERS, end=Nsg.FSS, protocol="tcp", ports=NFS, when=_fss, why="Mount and NFS", source=ORACLE_FSS),
    Flow(start=_WORKERS, end=Nsg.FSS, protocol="udp", ports=NFS_PORTMAPPER, when=_fss, why="Port mapper", source=ORACLE_FSS),
    Flow(start=_WORKERS, end=Nsg.FSS, protocol="udp", ports=NFS_MOUNT, when=_fss, why="Mount", source=ORACLE_FSS),
    Flow(start=Nsg.FSS, end=_WORKERS, protocol="tcp", source_ports=NFS_PORTMAPPER, when=_fss, why="Port mapper", source=ORACLE_FSS),
    Flow(start=Nsg.FSS, end=_WORKERS, protocol="tcp", source_ports=NFS, when=_fss, why="Mount and NFS", source=ORACLE_FSS),
    Flow(start=Nsg.FSS, end=_WORKERS, protocol="udp", source_ports=NFS_PORTMAPPER, when=_fss, why="Port mapper", source=ORACLE_FSS),
    # Lustre: servers and clients call each other, from privileged ports only.
    *(
        Flow(
            start=start,
            end=end,
            protocol="tcp",
            ports=LUSTRE_SERVER,
            source_ports=LUSTRE_PRIVILEGED,
            when=_lustre,
            why="LNet",
            source=ORACLE_LUSTRE,
        )
        for start, end in ((_WORKERS, Nsg.LUSTRE), (Nsg.LUSTRE, _WORKERS), (Nsg.LUSTRE, Nsg.LUSTRE))
    ),
)


def rules(features: Features) -> tuple[Rule, ...]:
    """The rules that `features` need, in the table's order, no two alike.

    Raises NetworkPlanError where they would open the API or SSH to the internet.
    """
    problems = tuple(_refusals(features))
    if problems:
        raise NetworkPlanError(problems)
    flows = (each for flow in TABLE if flow.when(features) for each in _on_each_port(flow, features))
    found = (rule for flow in flows for rule in _sides(flow, features))
    return tuple({rule.key: rule for rule in found}.values())


def _on_each_port(flow: Flow, features: Features) -> Iterable[Flow]:
    if flow.ports != LISTENERS:
        yield flow
        return
    for port in features.lb_ports:
        yield replace(flow, ports=(port, port), why=f"{flow.why}, and redirects to HTTPS" if port == HTTP else flow.why)


def groups(table: Iterable[Rule]) -> tuple[Nsg, ...]:
    """The groups that exist with these rules: the ones that have some."""
    owners = {rule.nsg for rule in table}
    return tuple(nsg for nsg in Nsg if nsg in owners)


def narrow(path: str, cidrs: Iterable[str], purpose: str) -> Iterable[Problem]:
    """What is wrong with a list of administrators' blocks: no IPv4 block, or so wide that it is the internet."""
    for cidr in cidrs:
        try:
            block = IPv4Network(cidr)
        except ValueError:
            hint = "the network has no IPv6" if ":" in cidr else "write one such as 203.0.113.0/24"
            yield Problem(path, f"{cidr!r} is not an IPv4 block; {hint}")
            continue
        if block.prefixlen < WIDEST_ALLOWED:
            yield Problem(path, f"{block} would open {purpose} to the internet; list your own blocks, /{WIDEST_ALLOWED} or narrower")


def _refusals(features: Features) -> Iterable[Problem]:
    yield from narrow("endpoint.allowedCidrs", features.endpoint_allowed_cidrs, "the Kubernetes API (port 6443)")
    if features.endpoint_public and not features.endpoint_allowed_cidrs:
        yield Problem("endpoint.allowedCidrs", "is empty, so nobody reaches the public endpoint; list your blocks or set public: false")
    if features.worker_ssh and not features.bastion:
        yield Problem("bastion.enabled", "is false, but SSH to nodes goes through the bastion; enable it")
    yield from _listeners(features)


def _listeners(features: Features) -> Iterable[Problem]:
    open_to = []
    for cidr in features.lb_allowed_cidrs if features.public_lb else ():
        try:
            open_to += [cidr] if is_internet(IPv4Network(cidr)) else []
        except ValueError:
            yield Problem("network.loadBalancers.allowedCidrs", f"{cidr!r} is not an IPv4 block; write one such as 203.0.113.0/24")
    if features.lb_ports != WEB and not (features.public_lb or features.internal_lb):
        yield Problem("network.loadBalancers.ports", "are given, but there are neither public nor internal load balancers; take them out")
    for index, port in enumerate(features.lb_ports):
        path = f"network.loadBalancers.ports.{index}"
        if port in features.lb_ports[:index]:
            yield Problem(path, f"{port} is there twice; take one out")
        elif open_to and is_cluster_port(port):
            said = f"{port} is a port of nodes or of the Kubernetes API, which {open_to[0]} would reach"
            yield Problem(path, f"{said}; take it out, or name your own blocks in network.loadBalancers.allowedCidrs")


def _sides(flow: Flow, features: Features) -> Iterable[Rule]:
    for start in _ends(flow.start, features):
        for end in _ends(flow.end, features):
            if isinstance(start, Nsg) and flow.only in (None, start):
                yield _rule(flow, start, "egress", end)
            if isinstance(end, Nsg) and flow.only in (None, end):
                yield _rule(flow, end, "ingress", start)


def _rule(flow: Flow, nsg: Nsg, direction: Direction, peer: Peer) -> Rule:
    return Rule(
        nsg=nsg,
        direction=direction,
        peer=_seen_from(nsg, peer),
        protocol=flow.protocol,
        ports=flow.ports,
        source_ports=flow.source_ports,
        icmp=flow.icmp,
        why=flow.why,
        source=flow.source,
    )


def _ends(end: Peer | _Listed, features: Features) -> tuple[Peer, ...]:
    return tuple(Cidr(block) for block in dict.fromkeys(getattr(features, end.value))) if isinstance(end, _Listed) else (end,)


def _seen_from(nsg: Nsg, peer: Peer) -> Peer:
    """The bastion is not in any group, and its security list knows no groups: between it and others subnets are named instead."""
    return Subnet(SUBNET_OF[peer]) if isinstance(peer, Nsg) and Nsg.BASTION in (nsg, peer) else peer


def _peer_key(peer: Peer) -> str:
    match peer:
        case Services():
            return "services"
        case Subnet():
            return f"{peer.role.value}-subnet"
        case Cidr():
            return "anywhere" if peer.block == ANYWHERE else peer.block.replace(".", "-").replace("/", "-")
        case _:
            return peer.value


def _range(ports: Ports) -> str:
    return str(ports[0]) if ports[0] == ports[1] else f"{ports[0]}-{ports[1]}"
