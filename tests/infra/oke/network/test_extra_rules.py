"""Rules of one's own: both ends get their half, and what the internet or nothing would use is refused by its place."""

from ipaddress import IPv4Network
from typing import Any

import pytest
from pydantic import ValidationError

from infra.oke.network.cidr import NetworkPlanError
from infra.oke.network.extra_rules import GROUPS
from infra.oke.network.nsg_rules import MOST_RULES, Cidr, Nsg
from infra.oke.network.plan import NetworkPlan, NetworkRequest, plan_network
from infra.oke.network.section import ExtraRule
from policies.rule import Config
from policies.rules.security import open_ingress
from policies.subject import Options, Resource

OFFICE = IPv4Network("172.20.0.0/16")


def row(**given: Any) -> ExtraRule:
    return ExtraRule(
        **{"name": "metrics", "group": "workers", "direction": "ingress", "protocol": "tcp", "reason": "Ours", "peer_cidr": OFFICE, **given}
    )


def planned(*rows: ExtraRule, **request: Any) -> NetworkPlan:
    return plan_network(NetworkRequest(extra_rules=rows, **request))


def refusals(*rows: ExtraRule, **request: Any) -> list[str]:
    with pytest.raises(NetworkPlanError) as refusal:
        planned(*rows, **request)
    return [str(problem) for problem in refusal.value.problems]


def extra(plan: NetworkPlan) -> dict[str, Any]:
    return {rule.key: rule for rule in plan.rules if rule.name is not None}


def test_a_rule_about_a_block_is_one_rule() -> None:
    (rule,) = extra(planned(row(port=9100, end_port=9110))).values()
    assert (rule.key, rule.nsg, rule.direction, rule.peer, rule.ports, rule.why) == (
        "extra-metrics-workers", Nsg.WORKERS, "ingress", Cidr("172.20.0.0/16"), (9100, 9110), "Ours"
    )  # fmt: skip


def test_a_rule_about_a_group_gets_its_other_half() -> None:
    found = extra(planned(row(group="internalLb", direction="egress", peer_cidr=None, peer_group="pods", protocol="udp", port=53)))
    assert {key: (rule.direction, rule.peer, rule.ports) for key, rule in found.items()} == {
        "extra-metrics-internal-lb": ("egress", Nsg.PODS, (53, 53)),
        "extra-metrics-pods": ("ingress", Nsg.INTERNAL_LB, (53, 53)),
    }


def test_every_group_has_a_name_in_the_stack_file() -> None:
    assert set(GROUPS) == set(ExtraRule.model_fields["group"].annotation.__args__)  # type: ignore[union-attr]
    assert set(GROUPS.values()) == set(Nsg) - {Nsg.BASTION}


@pytest.mark.parametrize(("given", "message"), [
    ({"port": 1, "protocol": "all"}, "port: is 1, but all has no ports that a rule could name; take it out, or choose tcp or udp"),
    ({"end_port": 1, "protocol": "icmp"}, "endPort: is 1, but icmp has no ports that a rule could name"),
    ({"end_port": 80}, "port: is missing, but endPort is 80; give the first port of the range"),
    ({"port": 90, "end_port": 80}, "endPort: is 80, less than port, which is 90; swap them"),
    ({"icmp_type": 3}, "icmpType: is 3, but protocol is tcp; take it out, or choose icmp"),
    ({"icmp_code": 4, "protocol": "icmp"}, "icmpType: is missing, but icmpCode is 4; give the type that it is a code of"),
    ({"peer_cidr": None}, "peerCidr: is missing, as is peerGroup; give one: whom the rule is about"),
    ({"peer_group": "pods"}, "peerGroup: is given beside peerCidr, but a rule has one other end; keep one of them, or write two rules"),
    ({"group": "lustre"}, "group: 'lustre' is a group that this network does not make; it has endpoint, workers, pods, internalLb"),
    ({"peer_cidr": None, "peer_group": "publicLb"}, "peerGroup: 'publicLb' is a group that this network does not make; "),
    ({"peer_cidr": IPv4Network("0.0.0.0/0")}, "peerCidr: 0.0.0.0/0 would let the internet in; name your own blocks, /16 or narrower; "),
    ({"peer_cidr": IPv4Network("128.0.0.0/1"), "port": 443}, "peerCidr: 128.0.0.0/1 would let the internet in; "),
    ({"peer_cidr": IPv4Network("203.0.0.0/15"), "protocol": "icmp"}, "peerCidr: 203.0.0.0/15 would let the internet in; "),
])  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(given: dict[str, Any], message: str) -> None:
    (found,) = refusals(row(**given))
    assert found.startswith(f"network.extraRules.0.{message}")


def test_a_way_out_that_no_route_leads_to_is_refused() -> None:
    (found,) = refusals(row(direction="egress", peer_cidr=IPv4Network("0.0.0.0/0"), port=22), internet_egress=False)
    assert found.startswith("network.extraRules.0.peerCidr: 0.0.0.0/0 is the internet, but network.internetEgress is false, so no route")
    assert extra(planned(row(direction="egress", peer_cidr=IPv4Network("0.0.0.0/0"), protocol="udp", port=53)))


def test_what_passes_already_and_names_given_twice_are_refused() -> None:
    everything = row(peer_cidr=None, peer_group="pods", protocol="all")
    assert refusals(everything) == ["network.extraRules.0: lets through what another rule lets through already; take it out"]
    assert refusals(row(port=1), row(port=2)) == ["network.extraRules.1.name: 'metrics' is the name of a rule before it; choose another"]
    assert refusals(row(port=1), row(name="b", port=1)) == [
        "network.extraRules.1: lets through what another rule lets through already; take it out"
    ]


def test_a_group_has_room_for_so_many_rules() -> None:
    rows = [row(name=f"rule-{port}", port=port) for port in range(1, MOST_RULES)]
    (found,) = refusals(*rows)
    assert found.startswith("network: the group workers would have ")
    (found,) = refusals(public_lb=True, lb_allowed_cidrs=[f"203.0.113.{last}/32" for last in range(59)], lb_ports=(80, 443))
    assert found.startswith("network: the group publicLb would have 122 rules, and a network security group takes 120; name fewer")


@pytest.mark.parametrize("given", [
    {"name": "Metrics"}, {"group": "bastion"}, {"direction": "in"}, {"protocol": "6"}, {"port": 0}, {"port": 65536}, {"port": "80"},
    {"icmp_type": 256}, {"peer_cidr": "office"}, {"reason": ""}, {"reason": " x"}, {"reason": "x" * 256}, {"reason": "two\nlines"},
    {"stateless": True},
])  # fmt: skip
def test_a_row_of_another_form_is_no_row(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ExtraRule.model_validate({**row().model_dump(), **given}, strict=True)


@pytest.mark.parametrize("block", ["0.0.0.0/0", "8.0.0.0/9", "203.0.0.0/15", "203.0.0.0/16", "10.0.0.0/8", "100.64.0.0/10", "100.0.0.0/8"])
def test_planner_and_policy_hold_the_same_for_the_internet(block: str) -> None:
    try:
        planned(row(peer_cidr=IPv4Network(block), port=9100))
        refused = False
    except NetworkPlanError:
        refused = True
    inputs = {
        "direction": "INGRESS", "protocol": "6", "source": block, "sourceType": "CIDR_BLOCK",
        "tcpOptions": {"destinationPortRange": {"min": 9100, "max": 9100}},
    }  # fmt: skip
    item = Resource(type=open_ingress.RULE_TYPE, name="it", urn="urn:it", inputs=inputs, options=Options())
    assert bool(list(open_ingress.check(item, Config(open_ingress.RULE.defaults, None)))) is refused  # type: ignore[arg-type]
