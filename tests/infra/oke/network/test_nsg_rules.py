"""Rules: held against Oracle's published table, row by row, in both directions."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.oke.network.cidr import NetworkPlanError, PodNetwork
from infra.oke.network.nsg_rules import ANYWHERE, TABLE, Cidr, Features, Nsg, Rule, Services, Subnet, groups, narrow, rules

Row = tuple[str, str, str, str]
"""Group, direction, peer, and protocol with its ports."""

OFFICE = "203.0.113.0/24"
HOME = "198.51.100.7/32"
VCN = "10.0.0.0/16"
NAMED = {ANYWHERE: "anywhere", OFFICE: "office", HOME: "home", VCN: "vcn"}


def features(pod_network: PodNetwork = "native", *, everything: bool = True) -> Features:
    return Features(
        vcn_cidrs=(VCN,),
        pod_network=pod_network,
        bastion=everything,
        worker_ssh=everything,
        public_lb=everything,
        internal_lb=everything,
        fss=everything,
        lustre=everything,
        internet_egress=everything,
        endpoint_allowed_cidrs=(OFFICE,) if everything else (),
    )


def row(rule: Rule) -> Row:
    match rule.peer:
        case Subnet():
            peer = rule.peer.role.value
        case Cidr():
            peer = NAMED[rule.peer.block]
        case Services():
            peer = "services"
        case _:
            peer = rule.peer.value
    traffic: str = rule.protocol
    if rule.ports:
        traffic += f" {rule.ports[0]}" if rule.ports[0] == rule.ports[1] else f" {rule.ports[0]}-{rule.ports[1]}"
    if rule.source_ports:
        traffic += f" from {rule.source_ports[0]}-{rule.source_ports[1]}"
    if rule.icmp:
        traffic += f" {rule.icmp[0]},{rule.icmp[1]}"
    return rule.nsg.value, rule.direction, peer, traffic


def table(*lines: str) -> set[Row]:
    """Rows written as `group direction peer: protocol ports`."""
    found: set[Row] = set()
    for line in lines:
        who, traffic = line.split(": ")
        group, direction, peer = who.split()
        found.add((group, direction, peer, traffic))
    return found


# Oracle, "Example Network Resource Configurations" (docs.oracle.com/en-us/iaas/Content/ContEng/Concepts/contengnetworkconfigexample.htm),
# the copy updated 2024-08-23: example 2 for flannel, example 4 for VCN-native, private endpoints both. "ALL" protocols on a port, which a
# rule cannot say, are read as TCP and UDP for node ports and as TCP for kube-proxy's HTTP health check. Its load balancer rules stand for
# both balancers here.
BALANCERS = table(
    *(
        line
        for balancer in ("public-lb", "internal-lb")
        for line in (
            f"{balancer} egress workers: tcp 30000-32767",
            f"{balancer} egress workers: udp 30000-32767",
            f"{balancer} egress workers: tcp 10256",
            f"workers ingress {balancer}: tcp 30000-32767",
            f"workers ingress {balancer}: udp 30000-32767",
            f"workers ingress {balancer}: tcp 10256",
        )
    ),
    "public-lb ingress anywhere: tcp 80",
    "public-lb ingress anywhere: tcp 443",
    "internal-lb ingress vcn: tcp 80",
    "internal-lb ingress vcn: tcp 443",
)
COMMON = table(
    "endpoint ingress workers: tcp 6443",
    "endpoint ingress workers: tcp 12250",
    "endpoint ingress workers: icmp 3,4",
    "endpoint ingress bastion: tcp 6443",
    "endpoint ingress office: tcp 6443",
    "endpoint egress services: tcp",
    "endpoint egress services: icmp 3,4",
    "endpoint egress workers: icmp 3,4",
    "workers ingress anywhere: icmp 3,4",
    "workers ingress bastion: tcp 22",
    "workers egress services: tcp",
    "workers egress endpoint: tcp 6443",
    "workers egress endpoint: tcp 12250",
    "workers egress anywhere: icmp 3,4",
    "bastion egress endpoint: tcp 6443",
    "bastion egress workers: tcp 22",
)
ORACLE: dict[PodNetwork, set[Row]] = {
    "flannel": COMMON
    | BALANCERS
    | table(
        "endpoint egress workers: tcp",
        "workers ingress workers: all",
        "workers ingress endpoint: tcp",
        "workers egress workers: all",
        "workers egress anywhere: tcp",
    ),
    "native": COMMON
    | BALANCERS
    | table(
        "endpoint ingress pods: tcp 6443",
        "endpoint ingress pods: tcp 12250",
        "endpoint egress workers: tcp 10250",
        "endpoint egress pods: all",
        "workers ingress endpoint: tcp 10250",
        "workers egress pods: all",
        "pods ingress workers: all",
        "pods ingress endpoint: all",
        "pods ingress pods: all",
        "pods egress pods: all",
        "pods egress services: icmp 3,4",
        "pods egress services: tcp",
        "pods egress anywhere: tcp 443",
        "pods egress endpoint: tcp 6443",
        "pods egress endpoint: tcp 12250",
    ),
}

# Oracle, "Configuring VCN Security Rules for File Storage", scenario A, and "Required VCN Security Rules" of File Storage with Lustre,
# option 1, both read 2026-11.
STORAGE = table(
    "fss ingress workers: tcp 111",
    "fss ingress workers: tcp 2048-2050",
    "fss ingress workers: udp 111",
    "fss ingress workers: udp 2048",
    "fss egress workers: tcp from 111-111",
    "fss egress workers: tcp from 2048-2050",
    "fss egress workers: udp from 111-111",
    "workers egress fss: tcp 111",
    "workers egress fss: tcp 2048-2050",
    "workers egress fss: udp 111",
    "workers egress fss: udp 2048",
    "workers ingress fss: tcp from 111-111",
    "workers ingress fss: tcp from 2048-2050",
    "workers ingress fss: udp from 111-111",
    *(
        f"{one} {direction} {other}: tcp 988 from 512-1023"
        for one, other in (("workers", "lustre"), ("lustre", "workers"), ("lustre", "lustre"))
        for direction in ("ingress", "egress")
    ),
)

BEYOND: dict[PodNetwork, dict[Row, str]] = {
    "flannel": {},
    "native": {
        key: reason
        for keys, reason in (
            (table("workers ingress workers: all", "workers egress workers: all"), "pods on the host's network, and node ports forwarded"),
            (table("workers ingress pods: all", "pods egress workers: all"), "metrics-server and Prometheus reach kubelets and exporters"),
            (table("workers egress anywhere: tcp"), "in Oracle's requirements as optional, left out of its VCN-native example"),
            (table("pods egress anywhere: tcp"), "CI jobs use HTTP and SSH; holds Oracle's optional TCP 443"),
            (table("pods ingress anywhere: icmp 3,4"), "frames of 9000 bytes on the way to an internet of 1500"),
            (
                table(
                    *(f"{b} egress pods: tcp" for b in ("public-lb", "internal-lb")),
                    *(f"pods ingress {b}: tcp" for b in ("public-lb", "internal-lb")),
                ),
                "the native ingress controller makes pods the backends",
            ),
        )
        for key in keys
    },
}


@pytest.mark.parametrize("pod_network", ["native", "flannel"])
def test_nothing_that_oracle_requires_is_missing(pod_network: PodNetwork) -> None:
    ours = {row(rule) for rule in rules(features(pod_network))}
    wider = {("pods", "egress", "anywhere", "tcp 443"): ("pods", "egress", "anywhere", "tcp")}
    assert {wider.get(required, required) for required in ORACLE[pod_network] | STORAGE} - ours == set()


@pytest.mark.parametrize("pod_network", ["native", "flannel"])
def test_every_rule_beyond_oracles_has_its_reason(pod_network: PodNetwork) -> None:
    ours = {row(rule) for rule in rules(features(pod_network))}
    assert ours - ORACLE[pod_network] - STORAGE == set(BEYOND[pod_network])


def test_every_row_says_why_and_where_from() -> None:
    assert all(flow.why and flow.source for flow in TABLE)


def test_a_minimal_network_opens_nothing_to_or_from_outside() -> None:
    outside = [rule for rule in rules(features(everything=False)) if isinstance(rule.peer, Cidr)]
    assert {row(rule) for rule in outside} == table("workers ingress anywhere: icmp 3,4", "workers egress anywhere: icmp 3,4")


def test_groups_exist_only_where_they_have_rules() -> None:
    assert groups(rules(features("flannel", everything=False))) == (Nsg.ENDPOINT, Nsg.WORKERS)
    assert set(groups(rules(features()))) == set(Nsg)


flags = st.builds(
    Features,
    vcn_cidrs=st.just((VCN,)),
    pod_network=st.sampled_from(["native", "flannel"]),
    bastion=st.just(True),
    worker_ssh=st.booleans(),
    public_lb=st.booleans(),
    internal_lb=st.booleans(),
    internet_egress=st.booleans(),
    fss=st.booleans(),
    lustre=st.booleans(),
    endpoint_allowed_cidrs=st.sampled_from([(), (OFFICE,), (OFFICE, HOME)]),
)


@given(asked=flags)
def test_keys_are_unique_and_fit_a_name(asked: Features) -> None:
    found = rules(asked)
    assert len({rule.key for rule in found}) == len(found)
    assert all(set(rule.key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for rule in found)


@given(asked=flags)
def test_a_rule_between_groups_has_its_other_side(asked: Features) -> None:
    found = {row(rule) for rule in rules(asked)}
    icmp = {("endpoint", "ingress", "workers", "icmp 3,4"), ("endpoint", "egress", "workers", "icmp 3,4")}
    for group, direction, peer, traffic in found - icmp:
        if peer not in {"services", *NAMED.values()}:
            assert (peer, "egress" if direction == "ingress" else "ingress", group, traffic) in found


@given(asked=flags)
def test_no_rule_lets_the_internet_reach_the_api_or_ssh(asked: Features) -> None:
    for rule in rules(asked):
        if rule.direction == "ingress" and rule.peer == Cidr(ANYWHERE) and rule.protocol != "icmp":
            assert rule.ports in ((80, 80), (443, 443))


def row_counts(asked: Features) -> Counter[Nsg]:
    return Counter(rule.nsg for rule in rules(asked))


@pytest.mark.parametrize("pod_network", ["native", "flannel"])
def test_no_group_comes_near_oracles_limit_of_120_rules(pod_network: PodNetwork) -> None:
    assert max(row_counts(features(pod_network)).values()) < 60


def test_switching_a_feature_on_only_adds_rules() -> None:
    before = rules(replace(features(), fss=False))
    assert {rule.key for rule in before} < {rule.key for rule in rules(features())}


REFUSED = [
    (
        {"endpoint_allowed_cidrs": ("0.0.0.0/0",)},
        "endpoint.allowedCidrs",
        "0.0.0.0/0 would open the Kubernetes API (port 6443) to the internet",
    ),
    ({"endpoint_allowed_cidrs": ("128.0.0.0/1",)}, "endpoint.allowedCidrs", "list your own blocks, /8 or narrower"),
    ({"endpoint_allowed_cidrs": ("::/0",)}, "endpoint.allowedCidrs", "'::/0' is not an IPv4 block; the network has no IPv6"),
    ({"endpoint_allowed_cidrs": ("home",)}, "endpoint.allowedCidrs", "'home' is not an IPv4 block; write one such as 203.0.113.0/24"),
    ({"endpoint_public": True, "endpoint_allowed_cidrs": ()}, "endpoint.allowedCidrs", "nobody reaches the public endpoint"),
    ({"worker_ssh": True, "bastion": False}, "bastion.enabled", "SSH to nodes goes through the bastion; enable it"),
    ({"lb_allowed_cidrs": ("10.0.0.1/8",)}, "network.loadBalancers.allowedCidrs", "'10.0.0.1/8' is not an IPv4 block"),
]


@pytest.mark.parametrize(("change", "path", "message"), REFUSED)
def test_a_hole_in_the_wall_is_refused(change: dict[str, object], path: str, message: str) -> None:
    with pytest.raises(NetworkPlanError) as refusal:
        rules(replace(features(), **change))  # type: ignore[arg-type]
    (problem,) = refusal.value.problems
    assert problem.path == path
    assert message in problem.message


def test_private_blocks_may_administer() -> None:
    assert not tuple(narrow("endpoint.allowedCidrs", ("10.0.0.0/8", OFFICE), "the API"))


@pytest.mark.parametrize(("asked", "message"), [
    (replace(features(everything=False), lb_ports=(8080,)), "ports: are given, but there are neither public nor internal load balancers"),
    (replace(features(), lb_ports=(8080, 443, 8080)), "ports.2: 8080 is there twice; take one out"),
    (replace(features(), lb_ports=(22,)), "ports.0: 22 is a port of nodes or of the Kubernetes API, which 0.0.0.0/0 would reach; take it"),
    (replace(features(), lb_ports=(443, 31000)), "ports.1: 31000 is a port of nodes or of the Kubernetes API, which 0.0.0.0/0 would reach"),
])  # fmt: skip
def test_a_listener_that_cannot_be_is_refused(asked: Features, message: str) -> None:
    with pytest.raises(NetworkPlanError) as refusal:
        rules(asked)
    (problem,) = refusal.value.problems
    assert str(problem).startswith(f"network.loadBalancers.{message}")


def test_load_balancers_listen_on_the_ports_asked_for_and_no_others() -> None:
    asked = replace(features(), lb_ports=(15021, 22), lb_allowed_cidrs=(OFFICE,))
    for group, block in ((Nsg.PUBLIC_LB, OFFICE), (Nsg.INTERNAL_LB, VCN)):
        clients = [rule.ports for rule in rules(asked) if rule.nsg is group and rule.direction == "ingress" and rule.peer == Cidr(block)]
        assert clients == [(15021, 15021), (22, 22)]
