"""Rules of one's own, `network.extraRules`: what they may be, and the security rules that they become."""

from collections.abc import Iterator, Sequence

from infra.internet import WIDEST, is_internet
from infra.oke.network.nsg_rules import MOST_RULES, Cidr, Nsg, Peer, Ports, Rule
from infra.oke.network.section import ExtraRule
from infra.problems import Problem

GROUPS = {nsg.key: nsg for nsg in Nsg if nsg is not Nsg.BASTION}
"""By what the stack file calls them. The bastion has a list of its subnet, and no group."""

_OTHER = {"ingress": "egress", "egress": "ingress"}


def rules(asked: Sequence[ExtraRule]) -> tuple[Rule, ...]:
    """Each with its other half, where the other end is a group."""
    return tuple(rule for row in asked for rule in _halves(row))


def _halves(row: ExtraRule) -> Iterator[Rule]:
    own, peer = GROUPS[row.group], _peer(row)
    yield _rule(row, own, row.direction == "ingress", peer)
    if isinstance(peer, Nsg) and peer is not own:
        yield _rule(row, peer, row.direction != "ingress", own)


def _peer(row: ExtraRule) -> Peer:
    return GROUPS[row.peer_group] if row.peer_group is not None else Cidr(str(row.peer_cidr))


def _rule(row: ExtraRule, nsg: Nsg, inwards: bool, peer: Peer) -> Rule:
    return Rule(
        nsg=nsg,
        direction="ingress" if inwards else "egress",
        peer=peer,
        protocol=row.protocol,
        ports=_ports(row),
        icmp=(row.icmp_type, row.icmp_code) if row.icmp_type is not None else None,
        why=row.reason,
        source="the stack file",
        name=row.name,
    )


def _ports(row: ExtraRule) -> Ports | None:
    return (row.port, row.end_port or row.port) if row.port is not None else None


def problems(asked: Sequence[ExtraRule], table: Sequence[Rule], groups: Sequence[Nsg], *, internet_egress: bool) -> Iterator[Problem]:
    """What is wrong with them beside the rules of `table`, which the cluster needs and which made `groups`."""
    there = {rule.content for rule in table}
    names: set[str] = set()
    for index, row in enumerate(asked):
        path = f"network.extraRules.{index}"
        if row.name in names:
            yield Problem(f"{path}.name", f"{row.name!r} is the name of a rule before it; choose another")
        names.add(row.name)
        found = [problem.under(path) for problem in (*_shape(row), *_ends(row, groups), *_internet(row, internet_egress))]
        yield from found
        if not found:
            content = next(_halves(row)).content
            if content in there:
                yield Problem(path, "lets through what another rule lets through already; take it out")
            there.add(content)
    counts = {nsg: sum(rule.nsg is nsg for rule in (*table, *_sound(asked))) for nsg in groups}
    for nsg, count in counts.items():
        if count > MOST_RULES:
            said = f"the group {nsg.key} would have {count} rules, and a network security group takes {MOST_RULES}"
            yield Problem("network", f"{said}; name fewer blocks or ports in loadBalancers, or fewer extraRules")


def _sound(asked: Sequence[ExtraRule]) -> Iterator[Rule]:
    """Of those that have both their ends."""
    yield from (rule for row in asked if (row.peer_cidr is None) != (row.peer_group is None) for rule in _halves(row))


def _shape(row: ExtraRule) -> Iterator[Problem]:
    ported, icmp = row.protocol in ("tcp", "udp"), row.protocol == "icmp"
    for key, value in (("port", row.port), ("endPort", row.end_port)):
        if value is not None and not ported:
            yield Problem(key, f"is {value}, but {row.protocol} has no ports that a rule could name; take it out, or choose tcp or udp")
    if ported and row.end_port is not None:
        if row.port is None:
            yield Problem("port", f"is missing, but endPort is {row.end_port}; give the first port of the range")
        elif row.end_port < row.port:
            yield Problem("endPort", f"is {row.end_port}, less than port, which is {row.port}; swap them")
    for key, value in (("icmpType", row.icmp_type), ("icmpCode", row.icmp_code)):
        if value is not None and not icmp:
            yield Problem(key, f"is {value}, but protocol is {row.protocol}; take it out, or choose icmp")
    if icmp and row.icmp_code is not None and row.icmp_type is None:
        yield Problem("icmpType", f"is missing, but icmpCode is {row.icmp_code}; give the type that it is a code of")


def _ends(row: ExtraRule, groups: Sequence[Nsg]) -> Iterator[Problem]:
    if row.peer_cidr is None and row.peer_group is None:
        yield Problem("peerCidr", "is missing, as is peerGroup; give one: whom the rule is about")
    if row.peer_cidr is not None and row.peer_group is not None:
        yield Problem("peerGroup", "is given beside peerCidr, but a rule has one other end; keep one of them, or write two rules")
    have = [nsg.key for nsg in groups if nsg is not Nsg.BASTION]
    for key, group in (("group", row.group), ("peerGroup", row.peer_group)):
        if group is not None and group not in have:
            yield Problem(key, f"{group!r} is a group that this network does not make; it has {', '.join(have)}")


def _internet(row: ExtraRule, egress: bool) -> Iterator[Problem]:
    if row.peer_cidr is None or not is_internet(row.peer_cidr):
        return
    if row.direction == "ingress":
        ways = f"name your own blocks, /{WIDEST} or narrower; for load balancers there are network.loadBalancers.ports and allowedCidrs"
        yield Problem("peerCidr", f"{row.peer_cidr} would let the internet in; {ways}")
    elif not egress:
        yield Problem("peerCidr", f"{row.peer_cidr} is the internet, but network.internetEgress is false, so no route leads there")
