"""The whole network decided at once: addresses, capacity and rules, from what the stack file asks for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import TypeVar

from infra.internet import WEB
from infra.oke.network import extra_rules
from infra.oke.network.cidr import (
    AddressPlan,
    AddressRequest,
    NetworkPlanError,
    PodNetwork,
    PoolDemand,
    Role,
    SubnetRequest,
    check_capacity,
)
from infra.oke.network.cidr import plan as plan_addresses
from infra.oke.network.nsg_rules import ANYWHERE, Features, Nsg, Rule, groups, narrow, rules
from infra.oke.network.section import ExtraRule
from infra.problems import Problem

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ExistingNetwork:
    """A network that is there already. Its gateways, routes and security lists stay as they are; only groups are added."""

    vcn_id: str
    subnet_ids: Mapping[Role, str]
    """A regional subnet for every role of the plan, whose block is the role's explicit `cidr`."""


@dataclass(frozen=True, kw_only=True)
class NetworkRequest:
    vcn_cidrs: Sequence[IPv4Network | str] = ("10.0.0.0/16",)
    pod_network: PodNetwork = "native"
    pods_cidr: IPv4Network | str | None = None
    services_cidr: IPv4Network | str = "10.96.0.0/16"
    subnets: Mapping[Role, SubnetRequest] = field(default_factory=dict)
    vcn_id: str | None = None
    """A network that exists, to use instead of making one."""
    subnet_ids: Mapping[Role, str] = field(default_factory=dict)
    """Its subnets."""
    public_lb: bool = False
    internal_lb: bool = True
    lb_allowed_cidrs: Sequence[IPv4Network | str] = (ANYWHERE,)
    lb_ports: Sequence[int] = WEB
    extra_rules: Sequence[ExtraRule] = ()
    internet_egress: bool = True
    endpoint_public: bool = False
    endpoint_public_subnet: bool | None = None
    """Whether its subnet takes public addresses; None: as the endpoint."""
    endpoint_allowed_cidrs: Sequence[IPv4Network | str] = ()
    bastion: bool = False
    bastion_allowed_cidrs: Sequence[IPv4Network | str] = ()
    """Who may open sessions at the bastion."""
    worker_ssh: bool = False
    file_storage: bool = False
    lustre: bool = False
    pools: Sequence[PoolDemand] = ()


@dataclass(frozen=True, kw_only=True)
class NetworkPlan:
    addresses: AddressPlan
    features: Features
    rules: tuple[Rule, ...]
    groups: tuple[Nsg, ...]
    """The groups that rules belong to, the bastion's list among them."""
    public: frozenset[Role]
    """Subnets that the internet reaches."""
    existing: ExistingNetwork | None = None
    """None where the network is to be made."""

    @property
    def blocks(self) -> Mapping[Role, IPv4Network]:
        return self.addresses.blocks


def plan_network(request: NetworkRequest) -> NetworkPlan:
    """Raises NetworkPlanError with everything that is wrong with the request: addresses, capacity and rules together."""
    problems: list[Problem] = []
    features = Features(
        vcn_cidrs=tuple(map(str, request.vcn_cidrs)),
        pod_network=request.pod_network,
        bastion=request.bastion,
        worker_ssh=request.worker_ssh,
        public_lb=request.public_lb,
        internal_lb=request.internal_lb,
        lb_allowed_cidrs=tuple(map(str, request.lb_allowed_cidrs)),
        lb_ports=tuple(request.lb_ports),
        internet_egress=request.internet_egress,
        fss=request.file_storage,
        lustre=request.lustre,
        endpoint_public=request.endpoint_public,
        endpoint_allowed_cidrs=tuple(map(str, request.endpoint_allowed_cidrs)),
    )
    addresses = _collect(problems, lambda: plan_addresses(_address_request(request)))
    if addresses is not None:
        _collect(problems, lambda: check_capacity(addresses, request.pools))
    table = _collect(problems, lambda: rules(features))
    if table is not None:
        problems += extra_rules.problems(request.extra_rules, table, groups(table), internet_egress=request.internet_egress)
    problems += check_bastion(request.bastion_allowed_cidrs) if request.bastion else ()
    problems += _check_existing(request)
    problems += _check_endpoint_subnet(request)
    if problems or addresses is None or table is None:
        raise NetworkPlanError(problems)
    asked = request.endpoint_public_subnet
    asked_public = {Role.PUBLIC_LB: request.public_lb, Role.ENDPOINT: request.endpoint_public if asked is None else asked}
    return NetworkPlan(
        addresses=addresses,
        features=features,
        rules=(*table, *extra_rules.rules(request.extra_rules)),
        groups=groups(table),
        public=frozenset(role for role, public in asked_public.items() if public),
        existing=ExistingNetwork(vcn_id=request.vcn_id, subnet_ids=request.subnet_ids) if request.vcn_id else None,
    )


def check_bastion(allowed_cidrs: Sequence[IPv4Network | str]) -> tuple[Problem, ...]:
    """What is wrong with the list of who may open sessions at the bastion."""
    if not allowed_cidrs:
        return (Problem("bastion.allowedCidrs", "is empty, so nobody could open a session; list your own blocks"),)
    return tuple(narrow("bastion.allowedCidrs", map(str, allowed_cidrs), "the bastion (SSH, port 22)"))


def _check_existing(request: NetworkRequest) -> Iterator[Problem]:
    if request.vcn_id is None:
        for role in request.subnet_ids:
            yield Problem(f"{role.path}.id", "names a subnet that exists, but network.vcnId no network; name that too, or take the id out")
        return
    for role in _roles(request):
        if role not in request.subnet_ids:
            yield Problem(f"{role.path}.id", "is missing, but nothing is made in the network that network.vcnId names; name its subnet")
        if request.subnets.get(role, SubnetRequest()).cidr is None:
            yield Problem(f"{role.path}.cidr", "is missing, but rules and capacity rest on it; give the block of the subnet that exists")


def _check_endpoint_subnet(request: NetworkRequest) -> Iterator[Problem]:
    if request.endpoint_public_subnet is None:
        return
    if request.vcn_id is not None:
        yield Problem("endpoint.publicSubnet", "says what no one here decides: subnets.endpoint.id names a subnet that exists; take it out")
    elif request.endpoint_public and not request.endpoint_public_subnet:
        yield Problem(
            "endpoint.publicSubnet", "is false, but endpoint.public is true, and a private subnet has no public address; set true"
        )


def _roles(request: NetworkRequest) -> tuple[Role, ...]:
    """What subnets the cluster needs."""
    wanted = {
        Role.ENDPOINT: True,
        Role.WORKERS: True,
        Role.PODS: request.pod_network == "native",
        Role.PUBLIC_LB: request.public_lb,
        Role.INTERNAL_LB: request.internal_lb,
        Role.BASTION: request.bastion,
        Role.STORAGE: request.file_storage or request.lustre,
    }
    return tuple(role for role, asked in wanted.items() if asked)


def _address_request(request: NetworkRequest) -> AddressRequest:
    return AddressRequest(
        vcn_cidrs=request.vcn_cidrs,
        roles=_roles(request),
        subnets=request.subnets,
        pod_network=request.pod_network,
        pods_cidr=request.pods_cidr,
        services_cidr=request.services_cidr,
    )


def _collect(problems: list[Problem], attempt: Callable[[], T]) -> T | None:
    try:
        return attempt()
    except NetworkPlanError as error:
        problems += error.problems
        return None
