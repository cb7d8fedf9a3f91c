"""Addresses of the cluster network: which block each subnet gets, and whether the pools fit into it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network
from types import MappingProxyType
from typing import Literal

from infra.internet import UNROUTED
from infra.problems import PlanError, Problem

PodNetwork = Literal["native", "flannel"]
"""`native`: pods have addresses of the VCN. `flannel`: pods live in an overlay behind their node's address."""

CNI_TYPES: Mapping[PodNetwork, str] = MappingProxyType({"native": "OCI_VCN_IP_NATIVE", "flannel": "FLANNEL_OVERLAY"})
"""What OKE calls the pod networks."""


class NetworkPlanError(PlanError):
    """The network cannot be made as asked."""


class Role(StrEnum):
    """What a subnet is for. The value is part of resource names."""

    PODS = "pods"
    WORKERS = "workers"
    STORAGE = "storage"
    PUBLIC_LB = "public-lb"
    INTERNAL_LB = "internal-lb"
    ENDPOINT = "endpoint"
    BASTION = "bastion"

    @property
    def key(self) -> str:
        """The role's key in the stack file: `publicLb`."""
        first, *rest = self.value.split("-")
        return first + "".join(word.capitalize() for word in rest)

    @property
    def path(self) -> str:
        return f"network.subnets.{self.key}"


# Room to grow, not Oracle's minimum (a /30 endpoint would do): a pod takes an address, a node one more.
# Oracle, "Example Network Resource Configurations", 2024-08-23; terraform-oci-oke 25ef9a0, 2026-04-29, has the same but a /29 endpoint.
PREFIXES: Mapping[Role, int] = MappingProxyType(
    {
        Role.PODS: 18,
        Role.WORKERS: 20,
        Role.STORAGE: 25,
        Role.PUBLIC_LB: 27,
        Role.INTERNAL_LB: 27,
        Role.ENDPOINT: 28,
        Role.BASTION: 29,
    }
)
"""Length of each subnet's prefix, in bits, where nothing else is asked for."""

LARGEST, SMALLEST = 16, 30
"""Prefix lengths Oracle allows for a VCN's block, and so for a subnet. "Networking Overview", 2026-11."""

RESERVED = 3
"""Addresses of every subnet that Oracle keeps: the first two and the last. "Overview of VCNs and Subnets", 2026-11."""

SERVICES_LARGEST, SERVICES_SMALLEST = 12, 29
"""Prefix lengths kube-apiserver takes for the services' block: at most 20 bits of addresses, at least 8 addresses."""

OVERLAY_PODS = "10.244.0.0/16"
"""Block of the pods under flannel, where none is asked for."""


@dataclass(frozen=True, kw_only=True)
class SubnetRequest:
    """What the stack file says of one subnet. A block fixes it; a prefix only sizes it and is ignored beside a block."""

    cidr: IPv4Network | str | None = None
    prefix: int | None = None


@dataclass(frozen=True, kw_only=True)
class AddressRequest:
    vcn_cidrs: Sequence[IPv4Network | str]
    roles: Iterable[Role]
    """The subnets to make. `pods` is dropped under flannel."""
    subnets: Mapping[Role, SubnetRequest] = field(default_factory=dict)
    pod_network: PodNetwork = "native"
    pods_cidr: IPv4Network | str | None = None
    """Overlay of the pods, under flannel only; None for OVERLAY_PODS."""
    services_cidr: IPv4Network | str = "10.96.0.0/16"


@dataclass(frozen=True, kw_only=True)
class AddressPlan:
    vcn: tuple[IPv4Network, ...]
    blocks: Mapping[Role, IPv4Network]
    """The subnets to make, in the order of Role."""
    services: IPv4Network
    pods: IPv4Network | None
    """Overlay of the pods; None where they live in the VCN."""


def plan(request: AddressRequest) -> AddressPlan:
    """Give every role a block: explicit ones as they are, the others around them, largest first, each aligned to its size.

    Every role keeps its place whether it is wanted or not, so asking for a bastion or for storage later moves no subnet that
    exists, and so does a block added at the end of the network's. What does move them: another first block, prefix or explicit block;
    and, where the network is too small for all roles at once, another set of roles. A running network whose subnets all have an
    explicit `cidr` never moves. Node pools play no part.

    Raises NetworkPlanError with every problem found.
    """
    problems: list[Problem] = []
    vcn = _vcn(request.vcn_cidrs, problems)
    wanted = tuple(role for role in Role if role in set(request.roles) and (role is not Role.PODS or request.pod_network == "native"))
    fixed = _fixed(request, vcn, problems)
    services = _cluster_block("network.servicesCidr", request.services_cidr, vcn, problems)
    if services and not SERVICES_LARGEST <= services.prefixlen <= SERVICES_SMALLEST:
        sizes_taken = f"/{SERVICES_LARGEST} to /{SERVICES_SMALLEST}"
        problems.append(Problem("network.servicesCidr", f"{services} has a size that Kubernetes refuses; it takes {sizes_taken}"))
    pods = _overlay(request, vcn, problems)
    if pods and services and pods.overlaps(services):
        problems.append(Problem("network.podsCidr", f"{pods} overlaps network.servicesCidr {services}; choose another block"))
    if problems or services is None:
        raise NetworkPlanError(problems)
    sizes = {role: request.subnets.get(role, SubnetRequest()).prefix or PREFIXES[role] for role in Role}
    every = {role: size for role, size in sizes.items() if role not in fixed}
    asked = {role: size for role, size in every.items() if role in wanted}
    needed = {role: block for role, block in fixed.items() if role in wanted}
    # As few of the blocks as will do, the first ones: what fits into them stays there, however many are added.
    tries = ((vcn[:count], there, these) for count in range(1, len(vcn) + 1) for there, these in ((fixed, every), (needed, asked)))
    for places, there, these in tries:
        blocks, homeless = _place(places, there, these)
        if not homeless:
            break
    if homeless:
        raise NetworkPlanError(_no_room(role, sizes[role], vcn, blocks) for role in homeless)
    return AddressPlan(vcn=vcn, blocks=MappingProxyType({role: blocks[role] for role in wanted}), services=services, pods=pods)


@dataclass(frozen=True, kw_only=True)
class PoolDemand:
    """What one node pool may grow to."""

    name: str
    max_nodes: int
    """The autoscaler's maximum, or the size of a pool that has none."""
    max_pods_per_node: int
    own_subnet: bool = False
    """Its nodes take no address of the subnet that the cluster has for all; nor its pods with `own_pod_subnet`."""
    own_pod_subnet: bool = False


def check_capacity(addresses: AddressPlan, demands: Iterable[PoolDemand]) -> None:
    """Hold the pools, at their largest, against the subnets they live in.

    Raises NetworkPlanError with what is needed, what there is, and the smallest prefix that would do.
    """
    pools = tuple(demands)
    problems: list[Problem] = []
    with_nodes, with_pods = [pool for pool in pools if not pool.own_subnet], [pool for pool in pools if not pool.own_pod_subnet]
    nodes = sum(pool.max_nodes for pool in with_nodes)
    pods = sum(pool.max_nodes * pool.max_pods_per_node for pool in with_pods)
    per_pod = ", ".join(f"{pool.name} {pool.max_nodes} x {pool.max_pods_per_node}" for pool in with_pods)
    per_node = ", ".join(f"{pool.name} {pool.max_nodes}" for pool in with_nodes)
    for role, needed, detail in ((Role.WORKERS, nodes, f"one a node: {per_node}"), (Role.PODS, pods, f"one a pod: {per_pod}")):
        block = addresses.blocks.get(role)
        if block is not None and needed > block.num_addresses - RESERVED:
            fits = smallest_prefix(needed)
            remedy = "no block of a VCN holds as many" if fits is None else f"the smallest that fits is /{fits}"
            problems.append(
                Problem(
                    f"{role.path}.prefix",
                    f"the pools need {needed} addresses at their largest ({detail}), but {block} has {block.num_addresses - RESERVED}; "
                    f"{remedy}. Give the subnet a wider prefix or lower the pools' maximum",
                )
            )
    if addresses.pods is not None and pods > addresses.pods.num_addresses:
        problems.append(
            Problem(
                "network.podsCidr",
                f"the pools need {pods} addresses at their largest (one a pod: {per_pod}), but {addresses.pods} has "
                f"{addresses.pods.num_addresses}; choose a wider block or lower the pools' maximum",
            )
        )
    if problems:
        raise NetworkPlanError(problems)


def smallest_prefix(needed: int) -> int | None:
    """Longest prefix of a subnet that has `needed` usable addresses; None where none is large enough."""
    prefix = 32 - max(needed + RESERVED - 1, 1).bit_length()
    return min(prefix, SMALLEST) if prefix >= LARGEST else None


def _parse(path: str, value: IPv4Network | str, problems: list[Problem]) -> IPv4Network | None:
    text = str(value)
    try:
        return IPv4Network(text)
    except ValueError:
        pass
    try:
        problems.append(Problem(path, f"{text} has host bits set; write {IPv4Network(text, strict=False)}"))
    except ValueError:
        problems.append(Problem(path, f"{text!r} is not an IPv4 block; write one such as 10.0.0.0/16"))
    return None


def _vcn(cidrs: Sequence[IPv4Network | str], problems: list[Problem]) -> tuple[IPv4Network, ...]:
    found: list[IPv4Network] = []
    if not cidrs:
        problems.append(Problem("network.vcnCidr", "is missing; write a block such as 10.0.0.0/16"))
    for index, value in enumerate(cidrs):
        path = f"network.vcnCidr.{index}" if len(cidrs) > 1 else "network.vcnCidr"
        block = _parse(path, value, problems)
        if block is None:
            continue
        # Oracle takes any block but those it reserves ("Overview of VCNs and Subnets", 2026-11); with a routable one, the cluster would not
        # reach whom it belongs to.
        if not any(block.subnet_of(private) for private in UNROUTED):
            problems.append(Problem(path, f"{block} is not private; choose a block of {', '.join(map(str, UNROUTED))}"))
        if not LARGEST <= block.prefixlen <= SMALLEST:
            size = "large" if block.prefixlen < LARGEST else "small"
            problems.append(Problem(path, f"{block} is too {size}; Oracle allows /{LARGEST} to /{SMALLEST}"))
        overlapped = (other for other in found if block.overlaps(other))
        problems += [Problem(path, f"{block} overlaps {other}; the blocks of a VCN must not") for other in overlapped]
        found.append(block)
    return tuple(found)


def _fixed(request: AddressRequest, vcn: Sequence[IPv4Network], problems: list[Problem]) -> dict[Role, IPv4Network]:
    """The explicit blocks, each checked against the network and the ones before it."""
    fixed: dict[Role, IPv4Network] = {}
    for role in Role:
        asked = request.subnets.get(role)
        if asked is None or (asked.cidr is None and asked.prefix is None):
            continue
        if role is Role.PODS and request.pod_network == "flannel":
            problems.append(Problem(role.path, "flannel has no subnet of pods; remove it, or set network.podsCidr"))
        elif asked.cidr is None:
            if asked.prefix is not None and not LARGEST <= asked.prefix <= SMALLEST:
                problems.append(Problem(f"{role.path}.prefix", f"/{asked.prefix} is not possible; Oracle allows /{LARGEST} to /{SMALLEST}"))
        elif block := _parse(f"{role.path}.cidr", asked.cidr, problems):
            if block.prefixlen > SMALLEST:
                problems.append(Problem(f"{role.path}.cidr", f"{block} is too small; Oracle allows /{LARGEST} to /{SMALLEST}"))
            if vcn and not any(block.subnet_of(whole) for whole in vcn):
                problems.append(Problem(f"{role.path}.cidr", _outside(block, vcn)))
            problems += [
                Problem(f"{role.path}.cidr", f"{block} overlaps {other.path}.cidr {taken}; choose another block")
                for other, taken in fixed.items()
                if block.overlaps(taken)
            ]
            fixed[role] = block
    return fixed


def _outside(block: IPv4Network, vcn: Sequence[IPv4Network]) -> str:
    it = "it" if len(vcn) == 1 else "one of them"
    return f"{block} is outside of the VCN {_join(vcn)}; choose a block inside {it}, or add the VCN's block around it to network.vcnCidr"


def _overlay(request: AddressRequest, vcn: Sequence[IPv4Network], problems: list[Problem]) -> IPv4Network | None:
    if request.pod_network == "flannel":
        return _cluster_block("network.podsCidr", request.pods_cidr or OVERLAY_PODS, vcn, problems)
    if request.pods_cidr is not None:
        instead = f"{Role.PODS.path}.cidr or prefix sizes it, so take this out, or set network.podNetwork to flannel"
        problems.append(Problem("network.podsCidr", f"is given, but native pods take addresses of a subnet: {instead}"))
    return None


def _cluster_block(path: str, value: IPv4Network | str, vcn: Sequence[IPv4Network], problems: list[Problem]) -> IPv4Network | None:
    """A block that only the cluster's own network uses: it must not hide addresses of the VCN."""
    block = _parse(path, value, problems)
    if block is None:
        return None
    if not any(block.subnet_of(private) for private in UNROUTED):
        problems.append(Problem(path, f"{block} is not private; choose a block of {', '.join(map(str, UNROUTED))}"))
    problems += [Problem(path, f"{block} overlaps the VCN {whole}; choose a block outside it") for whole in vcn if block.overlaps(whole)]
    return block


def _place(
    vcn: Sequence[IPv4Network], fixed: Mapping[Role, IPv4Network], sizes: Mapping[Role, int]
) -> tuple[dict[Role, IPv4Network], list[Role]]:
    """Blocks for `fixed` and `sizes`, and the roles that found no room. Largest first fills aligned space without waste."""
    blocks, homeless = dict(fixed), list[Role]()
    for role in sorted(sizes, key=lambda role: (sizes[role], list(Role).index(role))):
        free = (gap for whole in vcn if (gap := _first_gap(whole, sizes[role], blocks.values())))
        if gap := next(free, None):
            blocks[role] = gap
        else:
            homeless.append(role)
    return blocks, homeless


def _first_gap(whole: IPv4Network, prefix: int, taken: Iterable[IPv4Network]) -> IPv4Network | None:
    size = 2 ** (32 - prefix)
    blocks = sorted(taken)
    start = int(whole.network_address)
    while prefix >= whole.prefixlen and start + size - 1 <= int(whole.broadcast_address):
        candidate = IPv4Network((start, prefix))
        obstacle = next((block for block in blocks if block.overlaps(candidate)), None)
        if obstacle is None:
            return candidate
        start = -(-(int(obstacle.broadcast_address) + 1) // size) * size
    return None


def _no_room(role: Role, prefix: int, vcn: Sequence[IPv4Network], blocks: Mapping[Role, IPv4Network]) -> Problem:
    beside = ", ".join(f"{other} {block}" for other, block in blocks.items()) or "nothing"
    return Problem(
        "network.vcnCidr", f"{_join(vcn)} has no room for {role} (/{prefix}) beside {beside}; widen the network or set {role.path}.prefix"
    )


def _join(blocks: Iterable[IPv4Network]) -> str:
    return " and ".join(map(str, blocks))
