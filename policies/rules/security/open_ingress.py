"""The internet reaches the ports of load balancers, and nothing else."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from infra import internet
from policies.accessor import INTEGER, TEXT, Inputs, Refused
from policies.rule import Accepted, Config, Rule, Setting, Violation
from policies.standards import checkov, cis_oci, nsa
from policies.subject import Resource, Stack

RULE_TYPE = "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule"
LISTS = ("oci:Core/securityList:SecurityList", "oci:Core/defaultSecurityList:DefaultSecurityList")
VCN, DEFAULT_LIST = "oci:Core/vcn:Vcn", "oci:Core/defaultSecurityList:DefaultSecurityList"
WIDEST_IPV6 = 32
"""As infra.internet.WIDEST: the largest providers have a few of them."""
UNROUTED_IPV6 = IPv6Network("fc00::/7")
"""RFC 4193."""
IPV4_INSIDE = tuple(map(IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96")))
"""Blocks of IPv6 that hold all of IPv4. RFC 4291 and 6052."""
NO_BLOCKS = ("NETWORK_SECURITY_GROUP", "SERVICE_CIDR_BLOCK")
"""Kinds of sources that are no block of addresses; whatever else is said is read as one."""

_TCP, _UDP = "6", "17"
_PATH_MTU = {"1": (3, 4), "58": (2, 0)}
"""Type and code of what tells the largest packet, by protocol: ICMP and ICMPv6."""
_HTTP3 = 443
"""The one port over UDP, where it is open over TCP."""


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    if resource.type == RULE_TYPE:
        if resource.read.require(TEXT, "direction") != "EGRESS":
            yield from _judged(resource.read, config, ranged=True)
        return
    for rule in resource.read.each("ingressSecurityRules"):
        yield from _judged(rule, config, ranged=False)


def check_stack(stack: Stack, _: Config) -> Iterator[Violation]:
    tamed = {vcn.urn for item in stack.of(DEFAULT_LIST) for vcn in stack.behind(item, "manageDefaultResourceId", VCN)}
    for vcn in stack.of(VCN):
        if vcn.urn not in tamed:
            said = "its default security list lets the internet in on port 22, as Oracle makes it"
            yield Violation(f"{said}: manage it with a DefaultSecurityList without rules", vcn.urn)


def _judged(rule: Inputs, config: Config, *, ranged: bool) -> Iterator[Violation]:
    if (rule.optional(TEXT, "sourceType") or "") in NO_BLOCKS and not _is_block(rule):
        return
    source = rule.require(TEXT, "source")
    if not is_internet(source):
        return
    where = f"{rule.path}: " if not ranged else ""
    protocol = rule.require(TEXT, "protocol")
    if protocol in _PATH_MTU:
        options, (kind, code) = rule.section("icmpOptions"), _PATH_MTU[protocol]
        if (options.require(INTEGER, "type"), options.require(INTEGER, "code")) != (kind, code):
            yield Violation(f"{where}{source} may send any ICMP; allow type {kind} code {code} (path MTU) only")
        return
    if protocol not in (_TCP, _UDP):
        yield Violation(f"{where}{source} may send protocol {protocol} to every port: name TCP and a port, or a narrower source")
        return
    first, last = _ports(rule, "tcpOptions" if protocol == _TCP else "udpOptions", ranged=ranged)
    allowed = {int(port) for port in config.texts("ports")}
    allowed = allowed if protocol == _TCP else allowed & {_HTTP3}
    if not (first == last and first in allowed):
        name, ports = "TCP" if protocol == _TCP else "UDP", str(first) if first == last else f"{first} to {last}"
        yield Violation(f"{where}{source} reaches {name} {ports}, and the internet may reach {_listed(name, allowed)}: narrow the source")


def _ports(rule: Inputs, options: str, *, ranged: bool) -> tuple[int, int]:
    """The ports that are reached; all where none are named."""
    steps = (options, "destinationPortRange") if ranged else (options,)
    first, last = rule.optional(INTEGER, *steps, "min"), rule.optional(INTEGER, *steps, "max")
    return (0 if first is None else first), (65535 if last is None else last)


def is_internet(source: str) -> bool:
    """Raises Refused for what is no block."""
    try:
        block: IPv4Network | IPv6Network = ip_network(source, strict=False)
    except ValueError:
        raise Refused(f"source {source!r} is not a block of addresses: write one such as 10.0.0.0/16") from None
    if isinstance(block, IPv6Network) and any(block.subnet_of(net) for net in IPV4_INSIDE):
        block = IPv4Network((int(block.network_address) & 0xFFFFFFFF, block.prefixlen - 96))
    if block.version == 4:
        return internet.is_internet(block)
    return block.prefixlen < WIDEST_IPV6 and not block.subnet_of(UNROUTED_IPV6)


def _is_block(rule: Inputs) -> bool:
    """What is written as a block is one, whatever the rule calls it."""
    source: str = rule.known(TEXT, "source") or ""
    try:
        ip_network(source, strict=False)
    except ValueError:
        return False
    return True


def _listed(protocol: str, ports: set[int]) -> str:
    return f"{protocol} {', '.join(map(str, sorted(ports)))} only" if ports else "nothing"


PORTS = Setting(
    name="ports",
    kind="texts",
    meaning="TCP ports that the internet may reach: the web's, and those of `loadBalancers.ports` that are no port of nodes.",
    stricter="fewer",
    default=tuple(map(str, internet.WEB)),
    given=lambda declared: tuple(map(str, declared.listeners)),
)

RULE = Rule(
    name="open-ingress",
    title="The internet reaches load balancers only",
    topic="security",
    severity="critical",
    applies=(RULE_TYPE, *LISTS, VCN),
    why="Port 22, the Kubernetes API, kubelets and OKE's control channel are scanned within minutes of being reachable. Oracle's default "
    "security list opens port 22 to everybody unless it is managed.",
    fix="Name the blocks that need to get in, or a network security group as the source.",
    standards=(
        cis_oci("2.1"),
        cis_oci("2.2"),
        cis_oci("2.3"),
        cis_oci("2.4"),
        cis_oci("2.5"),
        checkov("CKV_OCI_19"),
        checkov("CKV_OCI_20"),
        checkov("CKV_OCI_22"),
        checkov("CKV2_OCI_2"),
        nsa("Network separation and hardening"),
    ),
    settings=(PORTS,),
    accepts=(
        Accepted(
            path="*source", trouble=("unknown", "missing"), because="a source that is a group is known once the group is, and no block"
        ),
        Accepted(path="ingressSecurityRules", trouble=("missing",), because="a list without rules lets nobody in"),
        Accepted(path="*sourceType", trouble=("missing",), because="Oracle takes the source for a block then, as the rule does"),
    ),
    check=check,
    check_stack=check_stack,
)
