"""The cluster network: `infra.oke.network.plan` decides, `Network` declares."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pulumi

from infra.oci import oci
from infra.oke.lookups import Service
from infra.oke.network.cidr import Role
from infra.oke.network.nsg_rules import ANYWHERE, PROTOCOL_NUMBERS, Cidr, Nsg, Peer, Rule, Services, Subnet
from infra.oke.network.plan import NetworkPlan

DNS_LABEL_LENGTH = 15
"""Longest DNS label of a VCN or subnet: letters and digits, a letter first. Oracle, "DNS in Your Virtual Cloud Network", 2026-11."""


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    prefix: str
    """Name of the platform; what display names and DNS labels begin with."""
    compartment_id: pulumi.Input[str]
    plan: NetworkPlan
    services: pulumi.Input[Service]
    """All services of the region, from `infra.oke.lookups`."""
    protect: bool = True
    """Refuse to delete the VCN until this is taken off."""


@dataclass(frozen=True, kw_only=True)
class NetworkResources:
    vcn: oci.core.Vcn | None
    """None, as the subnets, where the network was there already."""
    subnets: Mapping[Role, oci.core.Subnet]
    nsgs: Mapping[Nsg, oci.core.NetworkSecurityGroup]
    rules: Mapping[str, oci.core.NetworkSecurityGroupSecurityRule]
    """By the rule's key."""
    routes: tuple[oci.core.RouteTable, ...]

    @property
    def ready(self) -> tuple[pulumi.Resource, ...]:
        """What must stand before the first node boots: one that cannot reach the API never registers."""
        return (*self.routes, *self.rules.values())


class Network(pulumi.ComponentResource):
    """VCN, gateways, routes, subnets and groups. The default security list is emptied, so groups alone decide what may pass.

    Of a network that exists, groups alone.
    """

    resources: NetworkResources
    vcn_id: pulumi.Output[str]
    subnet_ids: Mapping[Role, pulumi.Output[str]]
    nsg_ids: Mapping[Nsg, pulumi.Output[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:oke:Network", name, {}, opts)
        self._name, self._args = name, args
        # What stands on the network is replaced by its successor (docs/decisions/0009-a-cluster-is-replaced-by-its-successor.md), so the
        # network is too: the other way round, the engine would delete the old cluster first.
        self._opts = pulumi.ResourceOptions(parent=self, delete_before_replace=False)
        self._services = pulumi.Output.from_input(args.services)
        vcn: oci.core.Vcn | None = None
        routes: dict[str, oci.core.RouteTable] = {}
        subnets: dict[Role, oci.core.Subnet] = {}
        if args.plan.existing is None:
            vcn = self._vcn()
            self.vcn_id = vcn.id
            routes = self._routes()
            subnets = self._subnets(routes, self._bastion_list())
            self.subnet_ids = MappingProxyType({role: subnet.id for role, subnet in subnets.items()})
        else:
            there = args.plan.existing
            self.vcn_id = pulumi.Output.from_input(there.vcn_id)
            self.subnet_ids = MappingProxyType({role: pulumi.Output.from_input(there.subnet_ids[role]) for role in args.plan.blocks})
        nsgs: dict[Nsg, oci.core.NetworkSecurityGroup] = {
            nsg: oci.core.NetworkSecurityGroup(
                f"{name}-{nsg.value}-nsg",
                compartment_id=args.compartment_id,
                vcn_id=self.vcn_id,
                display_name=f"{args.prefix}-{nsg.value}",
                opts=self._opts,
            )
            for nsg in args.plan.groups
            if nsg is not Nsg.BASTION
        }
        self.nsg_ids = MappingProxyType({nsg: group.id for nsg, group in nsgs.items()})
        self.resources = NetworkResources(
            vcn=vcn,
            subnets=MappingProxyType(subnets),
            nsgs=MappingProxyType(nsgs),
            rules=MappingProxyType({rule.key: self._rule(rule) for rule in args.plan.rules if rule.nsg is not Nsg.BASTION}),
            routes=tuple(routes.values()),
        )
        self.register_outputs({"vcnId": self.vcn_id, "subnetIds": {role.key: subnet for role, subnet in self.subnet_ids.items()}})

    def _vcn(self) -> oci.core.Vcn:
        args = self._args
        vcn = oci.core.Vcn(
            f"{self._name}-vcn",
            compartment_id=args.compartment_id,
            cidr_blocks=[str(block) for block in args.plan.addresses.vcn],
            display_name=args.prefix,
            dns_label=dns_label(args.prefix),
            opts=pulumi.ResourceOptions.merge(self._opts, pulumi.ResourceOptions(protect=args.protect)),
        )
        oci.core.DefaultSecurityList(
            f"{self._name}-default-security-list",
            manage_default_resource_id=vcn.default_security_list_id,
            compartment_id=args.compartment_id,
            display_name=f"{args.prefix}-default",
            ingress_security_rules=[],
            egress_security_rules=[],
            opts=self._opts,
        )
        return vcn

    def _routes(self) -> dict[str, oci.core.RouteTable]:
        """The private table, and the public one where something is public. Oracle refuses a table with both gateways in it."""
        args = self._args
        region = oci.core.ServiceGateway(
            f"{self._name}-services",
            compartment_id=args.compartment_id,
            vcn_id=self.vcn_id,
            display_name=f"{args.prefix}-services",
            services=[{"service_id": self._services.apply(lambda service: service.id)}],
            opts=self._opts,
        )
        private = [
            oci.core.RouteTableRouteRuleArgs(
                destination=self._services.apply(lambda service: service.cidr_block),
                destination_type="SERVICE_CIDR_BLOCK",
                network_entity_id=region.id,
                description="Oracle's services, without leaving its network",
            )
        ]
        if args.plan.features.internet_egress:
            nat = oci.core.NatGateway(
                f"{self._name}-nat",
                compartment_id=args.compartment_id,
                vcn_id=self.vcn_id,
                display_name=f"{args.prefix}-nat",
                opts=self._opts,
            )
            private.append(_everything_else(nat.id, "The internet, outwards only"))
        tables = {"private": self._route_table("private", private)}
        if args.plan.public:
            internet = oci.core.InternetGateway(
                f"{self._name}-internet",
                compartment_id=args.compartment_id,
                vcn_id=self.vcn_id,
                display_name=f"{args.prefix}-internet",
                enabled=True,
                opts=self._opts,
            )
            tables["public"] = self._route_table("public", [_everything_else(internet.id, "The internet, both ways")])
        return tables

    def _route_table(self, kind: str, routes: list[oci.core.RouteTableRouteRuleArgs]) -> oci.core.RouteTable:
        return oci.core.RouteTable(
            f"{self._name}-{kind}",
            compartment_id=self._args.compartment_id,
            vcn_id=self.vcn_id,
            display_name=f"{self._args.prefix}-{kind}",
            route_rules=routes,
            opts=self._opts,
        )

    def _bastion_list(self) -> oci.core.SecurityList | None:
        """What the Bastion service's interface may reach: it takes no group, so the subnet's list says it."""
        egress = [rule for rule in self._args.plan.rules if rule.nsg is Nsg.BASTION]
        if not egress:
            return None
        return oci.core.SecurityList(
            f"{self._name}-bastion-security-list",
            compartment_id=self._args.compartment_id,
            vcn_id=self.vcn_id,
            display_name=f"{self._args.prefix}-bastion",
            ingress_security_rules=[],
            egress_security_rules=[
                oci.core.SecurityListEgressSecurityRuleArgs(
                    destination=self._peer(rule.peer)[0],
                    destination_type="CIDR_BLOCK",
                    protocol=PROTOCOL_NUMBERS[rule.protocol],
                    stateless=False,
                    description=rule.why,
                    tcp_options=oci.core.SecurityListEgressSecurityRuleTcpOptionsArgs(min=rule.ports[0], max=rule.ports[1])
                    if rule.ports
                    else None,
                )
                for rule in egress
            ],
            opts=self._opts,
        )

    def _subnets(
        self, routes: Mapping[str, oci.core.RouteTable], bastion_list: oci.core.SecurityList | None
    ) -> dict[Role, oci.core.Subnet]:
        args = self._args
        return {
            role: oci.core.Subnet(
                f"{self._name}-{role.value}",
                compartment_id=args.compartment_id,
                vcn_id=self.vcn_id,
                display_name=f"{args.prefix}-{role.value}",
                dns_label=dns_label(role.value),
                cidr_block=str(block),
                route_table_id=routes["public" if role in args.plan.public else "private"].id,
                security_list_ids=[bastion_list.id] if bastion_list is not None and role is Role.BASTION else None,
                prohibit_public_ip_on_vnic=role not in args.plan.public,
                prohibit_internet_ingress=role not in args.plan.public,
                opts=self._opts,
            )
            for role, block in args.plan.blocks.items()
        }

    def _rule(self, rule: Rule) -> oci.core.NetworkSecurityGroupSecurityRule:
        peer, kind = self._peer(rule.peer)
        inwards = rule.direction == "ingress"
        return oci.core.NetworkSecurityGroupSecurityRule(
            f"{self._name}-{rule.key}",
            network_security_group_id=self.nsg_ids[rule.nsg],
            direction=rule.direction.upper(),
            protocol=PROTOCOL_NUMBERS[rule.protocol],
            source=peer if inwards else None,
            source_type=kind if inwards else None,
            destination=None if inwards else peer,
            destination_type=None if inwards else kind,
            tcp_options=_tcp(rule),
            udp_options=_udp(rule),
            icmp_options=_icmp(rule),
            stateless=False,
            description=rule.why,
            opts=self._opts,
        )

    def _peer(self, peer: Peer) -> tuple[pulumi.Input[str], str]:
        """The peer as the API names it, and the kind of name."""
        match peer:
            case Cidr():
                return peer.block, "CIDR_BLOCK"
            case Subnet():
                return str(self._args.plan.blocks[peer.role]), "CIDR_BLOCK"
            case Services():
                return self._services.apply(lambda service: service.cidr_block), "SERVICE_CIDR_BLOCK"
            case _:
                return self.nsg_ids[peer], "NETWORK_SECURITY_GROUP"


def dns_label(name: str) -> str:
    """`name` as a DNS label: its letters and digits, from the first letter on."""
    letters = "".join(character for character in name.lower() if character.isascii() and character.isalnum())
    return letters.lstrip("0123456789")[:DNS_LABEL_LENGTH] or "platform"


def _everything_else(gateway_id: pulumi.Input[str], why: str) -> oci.core.RouteTableRouteRuleArgs:
    return oci.core.RouteTableRouteRuleArgs(
        destination=ANYWHERE, destination_type="CIDR_BLOCK", network_entity_id=gateway_id, description=why
    )


def _tcp(rule: Rule) -> oci.core.NetworkSecurityGroupSecurityRuleTcpOptionsArgs | None:
    if rule.protocol != "tcp" or not (rule.ports or rule.source_ports):
        return None
    options = oci.core.NetworkSecurityGroupSecurityRuleTcpOptionsArgs()
    if rule.ports:
        first, last = rule.ports
        options.destination_port_range = oci.core.NetworkSecurityGroupSecurityRuleTcpOptionsDestinationPortRangeArgs(min=first, max=last)
    if rule.source_ports:
        first, last = rule.source_ports
        options.source_port_range = oci.core.NetworkSecurityGroupSecurityRuleTcpOptionsSourcePortRangeArgs(min=first, max=last)
    return options


def _udp(rule: Rule) -> oci.core.NetworkSecurityGroupSecurityRuleUdpOptionsArgs | None:
    if rule.protocol != "udp" or not (rule.ports or rule.source_ports):
        return None
    options = oci.core.NetworkSecurityGroupSecurityRuleUdpOptionsArgs()
    if rule.ports:
        first, last = rule.ports
        options.destination_port_range = oci.core.NetworkSecurityGroupSecurityRuleUdpOptionsDestinationPortRangeArgs(min=first, max=last)
    if rule.source_ports:
        first, last = rule.source_ports
        options.source_port_range = oci.core.NetworkSecurityGroupSecurityRuleUdpOptionsSourcePortRangeArgs(min=first, max=last)
    return options


def _icmp(rule: Rule) -> oci.core.NetworkSecurityGroupSecurityRuleIcmpOptionsArgs | None:
    return oci.core.NetworkSecurityGroupSecurityRuleIcmpOptionsArgs(type=rule.icmp[0], code=rule.icmp[1]) if rule.icmp else None
