"""Addresses: every plan is aligned, inside the network and without overlap; every refusal says what to write instead."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.oke.network.cidr import (
    PREFIXES,
    RESERVED,
    AddressPlan,
    AddressRequest,
    NetworkPlanError,
    PodNetwork,
    PoolDemand,
    Role,
    SubnetRequest,
    check_capacity,
    plan,
    smallest_prefix,
)


def planned(
    *vcn: str,
    roles: Sequence[Role] = tuple(Role),
    subnets: Mapping[Role, SubnetRequest] | None = None,
    pod_network: PodNetwork = "native",
    pods: str | None = None,
    services: str = "10.96.0.0/16",
) -> AddressPlan:
    return plan(
        AddressRequest(
            vcn_cidrs=vcn or ("10.0.0.0/16",),
            roles=roles,
            subnets=subnets or {},
            pod_network=pod_network,
            pods_cidr=pods,
            services_cidr=services,
        )
    )


def at(cidr: str) -> SubnetRequest:
    return SubnetRequest(cidr=cidr)


def text(found: AddressPlan) -> dict[str, str]:
    return {role.value: str(block) for role, block in found.blocks.items()}


def test_the_default_network_is_laid_out_largest_first() -> None:
    assert text(planned()) == {
        "pods": "10.0.0.0/18",
        "workers": "10.0.64.0/20",
        "storage": "10.0.80.0/25",
        "public-lb": "10.0.80.128/27",
        "internal-lb": "10.0.80.160/27",
        "endpoint": "10.0.80.192/28",
        "bastion": "10.0.80.208/29",
    }


vcns = st.builds(
    lambda prefix, second, third: IPv4Network(f"10.{second}.{third}.0/{prefix}", strict=False),
    prefix=st.integers(16, 24),
    second=st.integers(0, 95),
    third=st.integers(0, 255),
)
prefixes = st.dictionaries(st.sampled_from(list(Role)), st.integers(18, 30).map(lambda prefix: SubnetRequest(prefix=prefix)))
some_roles = st.sets(st.sampled_from(list(Role)), min_size=1)


@given(vcn=vcns, subnets=prefixes, roles=some_roles)
def test_subnets_are_aligned_inside_the_network_and_apart(vcn: IPv4Network, subnets: dict[Role, SubnetRequest], roles: set[Role]) -> None:
    try:
        blocks = planned(str(vcn), roles=tuple(roles), subnets=subnets).blocks
    except NetworkPlanError as error:
        assert all("has no room for" in problem.message for problem in error.problems)
        return
    assert set(blocks) == roles
    assert all(block.subnet_of(vcn) for block in blocks.values())
    assert all(block.prefixlen == (subnets[role].prefix if role in subnets else PREFIXES[role]) for role, block in blocks.items())
    together = list(blocks.values())
    assert not any(a.overlaps(b) for index, a in enumerate(together) for b in together[:index])


@given(vcn=vcns, subnets=prefixes, roles=some_roles)
def test_what_fits_by_volume_finds_room(vcn: IPv4Network, subnets: dict[Role, SubnetRequest], roles: set[Role]) -> None:
    volume = sum(2 ** (32 - (subnets[role].prefix or 0 if role in subnets else PREFIXES[role])) for role in roles)
    if volume > vcn.num_addresses:
        with pytest.raises(NetworkPlanError, match="has no room for"):
            planned(str(vcn), roles=tuple(roles), subnets=subnets)
    else:
        assert planned(str(vcn), roles=tuple(roles), subnets=subnets).blocks


@given(roles=some_roles, more=some_roles)
def test_asking_for_more_roles_later_moves_nothing(roles: set[Role], more: set[Role]) -> None:
    before, after = planned(roles=tuple(roles)).blocks, planned(roles=tuple(roles | more)).blocks
    assert {role: after[role] for role in roles} == dict(before)


@given(roles=some_roles, more=some_roles, sizes=st.dictionaries(st.sampled_from(list(Role)), st.integers(20, 30)))
def test_explicit_subnets_never_move(roles: set[Role], more: set[Role], sizes: dict[Role, int]) -> None:
    fixed = {role: at(str(block)) for role, block in planned(roles=tuple(roles)).blocks.items()}
    others = {role: SubnetRequest(prefix=size) for role, size in sizes.items() if role not in fixed}
    after = planned(roles=tuple(roles | more), subnets={**others, **fixed}).blocks
    assert {role: str(after[role]) for role in roles} == {role: request.cidr for role, request in fixed.items()}


def test_others_are_planned_around_an_explicit_subnet() -> None:
    found = text(planned(subnets={Role.ENDPOINT: at("10.0.0.16/28"), Role.WORKERS: SubnetRequest(prefix=22)}))
    assert (found["endpoint"], found["pods"], found["workers"]) == ("10.0.0.16/28", "10.0.64.0/18", "10.0.4.0/22")


def test_a_second_block_of_the_network_takes_what_the_first_cannot() -> None:
    found = text(planned("10.0.0.0/24", "10.1.0.0/16"))
    assert (found["pods"], found["workers"], found["storage"]) == ("10.1.0.0/18", "10.1.64.0/20", "10.0.0.0/25")


def test_a_network_too_small_for_all_roles_still_holds_the_ones_wanted() -> None:
    roles = (Role.ENDPOINT, Role.WORKERS)
    assert text(planned("10.0.0.0/19", roles=roles)) == {"workers": "10.0.0.0/20", "endpoint": "10.0.16.0/28"}


def test_flannel_has_no_subnet_of_pods() -> None:
    found = planned(pod_network="flannel")
    assert Role.PODS not in found.blocks
    assert str(found.pods) == "10.244.0.0/16"
    assert planned().pods is None


REFUSED: list[tuple[dict[str, object], str, str]] = [
    ({"vcn_cidrs": ()}, "network.vcnCidr", "is missing; write a block such as 10.0.0.0/16"),
    ({"vcn_cidrs": ("ten",)}, "network.vcnCidr", "'ten' is not an IPv4 block; write one such as 10.0.0.0/16"),
    ({"vcn_cidrs": ("10.0.1.5/16",)}, "network.vcnCidr", "10.0.1.5/16 has host bits set; write 10.0.0.0/16"),
    (
        {"vcn_cidrs": ("11.0.0.0/16",)},
        "network.vcnCidr",
        "11.0.0.0/16 is not private; choose a block of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10",
    ),
    ({"vcn_cidrs": ("172.16.0.0/12",)}, "network.vcnCidr", "172.16.0.0/12 is too large; Oracle allows /16 to /30"),
    ({"vcn_cidrs": ("10.0.0.0/31",)}, "network.vcnCidr", "10.0.0.0/31 is too small; Oracle allows /16 to /30"),
    (
        {"vcn_cidrs": ("10.0.0.0/16", "10.0.4.0/24")},
        "network.vcnCidr.1",
        "10.0.4.0/24 overlaps 10.0.0.0/16; the blocks of a VCN must not",
    ),
    (
        {"vcn_cidrs": ("10.0.0.0/18",)},
        "network.vcnCidr",
        "10.0.0.0/18 has no room for workers (/20) beside pods 10.0.0.0/18; widen the network or set network.subnets.workers.prefix",
    ),
    (
        {"subnets": {Role.PODS: at("10.1.0.0/18")}},
        "network.subnets.pods.cidr",
        "10.1.0.0/18 is outside of the VCN 10.0.0.0/16; choose a block inside it, or add the VCN's block around it to network.vcnCidr",
    ),
    (
        {"subnets": {Role.PUBLIC_LB: at("10.0.0.0/24"), Role.INTERNAL_LB: at("10.0.0.64/27")}},
        "network.subnets.internalLb.cidr",
        "10.0.0.64/27 overlaps network.subnets.publicLb.cidr 10.0.0.0/24; choose another block",
    ),
    (
        {"subnets": {Role.BASTION: at("10.0.0.1/29")}},
        "network.subnets.bastion.cidr",
        "10.0.0.1/29 has host bits set; write 10.0.0.0/29",
    ),
    ({"subnets": {Role.BASTION: at("10.0.0.0/31")}}, "network.subnets.bastion.cidr", "10.0.0.0/31 is too small; Oracle allows /16 to /30"),
    (
        {"subnets": {Role.WORKERS: SubnetRequest(prefix=12)}},
        "network.subnets.workers.prefix",
        "/12 is not possible; Oracle allows /16 to /30",
    ),
    (
        {"subnets": {Role.PODS: SubnetRequest(prefix=20)}, "pod_network": "flannel"},
        "network.subnets.pods",
        "flannel has no subnet of pods; remove it, or set network.podsCidr",
    ),
    (
        {"services_cidr": "10.0.128.0/20"},
        "network.servicesCidr",
        "10.0.128.0/20 overlaps the VCN 10.0.0.0/16; choose a block outside it",
    ),
    (
        {"services_cidr": "10.96.0.0/11"},
        "network.servicesCidr",
        "10.96.0.0/11 has a size that Kubernetes refuses; it takes /12 to /29",
    ),
    (
        {"services_cidr": "8.8.8.0/24"},
        "network.servicesCidr",
        "8.8.8.0/24 is not private; choose a block of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10",
    ),
    (
        {"pod_network": "flannel", "pods_cidr": "10.0.0.0/17"},
        "network.podsCidr",
        "10.0.0.0/17 overlaps the VCN 10.0.0.0/16; choose a block outside it",
    ),
    (
        {"pod_network": "flannel", "pods_cidr": "10.96.0.0/14"},
        "network.podsCidr",
        "10.96.0.0/14 overlaps network.servicesCidr 10.96.0.0/16; choose another block",
    ),
]


@pytest.mark.parametrize(("request_", "path", "message"), REFUSED)
def test_a_network_that_cannot_be_is_refused(request_: dict[str, object], path: str, message: str) -> None:
    arguments: dict[str, object] = {"vcn_cidrs": ("10.0.0.0/16",), "roles": tuple(Role), **request_}
    with pytest.raises(NetworkPlanError) as refusal:
        plan(AddressRequest(**arguments))  # type: ignore[arg-type]
    first = refusal.value.problems[0]
    assert (first.path, first.message) == (path, message)


def test_all_problems_are_reported_at_once() -> None:
    with pytest.raises(NetworkPlanError) as refusal:
        planned("10.0.0.0/15", subnets={Role.PODS: at("10.9.0.0/18"), Role.STORAGE: at("x")}, services="10.0.0.0/16")
    assert [problem.path for problem in refusal.value.problems] == [
        "network.vcnCidr",
        "network.subnets.pods.cidr",
        "network.subnets.storage.cidr",
        "network.servicesCidr",
    ]


def test_an_overlay_that_nothing_would_use_is_refused() -> None:
    with pytest.raises(
        NetworkPlanError, match=r"network\.podsCidr: is given, but native pods take addresses of a subnet: network\.subnets"
    ):
        planned(pods="10.0.0.0/16")


def test_pods_may_live_in_a_second_block_of_the_shared_space() -> None:
    found = planned("10.40.0.0/20", "100.64.0.0/16", subnets={Role.PODS: at("100.64.0.0/17")})
    assert text(found)["pods"] == "100.64.0.0/17"
    assert found.vcn == (IPv4Network("10.40.0.0/20"), IPv4Network("100.64.0.0/16"))
    assert (text(found)["workers"], text(found)["endpoint"]) == ("10.40.0.0/20", "100.64.128.192/28")


@given(vcn=vcns, subnets=prefixes, roles=some_roles, more=st.sampled_from(["192.168.0.0/16", "100.64.0.0/16", "10.96.0.0/20"]))
def test_a_block_added_at_the_end_moves_nothing(vcn: IPv4Network, subnets: dict[Role, SubnetRequest], roles: set[Role], more: str) -> None:
    try:
        before = planned(str(vcn), roles=tuple(roles), subnets=subnets, services="172.31.0.0/16").blocks
    except NetworkPlanError:
        return
    assert planned(str(vcn), more, roles=tuple(roles), subnets=subnets, services="172.31.0.0/16").blocks == before


MANY = ("10.0.0.0/16", "10.1.0.0/16", "100.64.0.0/16")


@pytest.mark.parametrize(("request_", "path", "message"), [
    ({"vcn_cidrs": (*MANY, "8.8.0.0/16")}, "network.vcnCidr.3", "8.8.0.0/16 is not private; choose a block of 10.0.0.0/8, "),
    ({"vcn_cidrs": (*MANY, "10.2.0.0/15")}, "network.vcnCidr.3", "10.2.0.0/15 is too large; Oracle allows /16 to /30"),
    ({"vcn_cidrs": (*MANY, "192.168.0.0/31")}, "network.vcnCidr.3", "192.168.0.0/31 is too small; Oracle allows /16 to /30"),
    ({"vcn_cidrs": (*MANY, "100.128.0.0/16")}, "network.vcnCidr.3", "100.128.0.0/16 is not private; "),
    ({"vcn_cidrs": (*MANY, MANY[0])}, "network.vcnCidr.3", "10.0.0.0/16 overlaps 10.0.0.0/16; the blocks of a VCN must not"),
    ({"services_cidr": "10.1.0.0/20"}, "network.servicesCidr", "10.1.0.0/20 overlaps the VCN 10.1.0.0/16; choose a block outside it"),
    ({"pod_network": "flannel", "pods_cidr": "100.64.0.0/17"}, "network.podsCidr", "100.64.0.0/17 overlaps the VCN 100.64.0.0/16; "),
    ({"subnets": {Role.PODS: at("10.2.0.0/18")}}, "network.subnets.pods.cidr",
     "10.2.0.0/18 is outside of the VCN 10.0.0.0/16 and 10.1.0.0/16 and 100.64.0.0/16; choose a block inside one of them, or add "),
    ({"subnets": {Role.PODS: at("10.0.0.0/15")}}, "network.subnets.pods.cidr", "10.0.0.0/15 is outside of the VCN "),
])  # fmt: skip
def test_of_several_blocks_each_mistake_is_one_message(request_: dict[str, object], path: str, message: str) -> None:
    with pytest.raises(NetworkPlanError) as refusal:
        plan(AddressRequest(**{"vcn_cidrs": MANY, "roles": tuple(Role), **request_}))  # type: ignore[arg-type]
    (problem,) = refusal.value.problems
    assert problem.path == path
    assert problem.message.startswith(message)


A10 = PoolDemand(name="a10", max_nodes=100, max_pods_per_node=110)
CPU = PoolDemand(name="cpu", max_nodes=60, max_pods_per_node=93)


def test_pools_that_fit_are_no_problem() -> None:
    check_capacity(planned(), [A10])


def test_pods_that_do_not_fit_say_what_would() -> None:
    with pytest.raises(NetworkPlanError) as refusal:
        check_capacity(planned(), [A10, CPU])
    (problem,) = refusal.value.problems
    assert str(problem) == (
        "network.subnets.pods.prefix: the pools need 16580 addresses at their largest (one a pod: a10 100 x 110, cpu 60 x 93), "
        "but 10.0.0.0/18 has 16381; the smallest that fits is /17. Give the subnet a wider prefix or lower the pools' maximum"
    )


def test_nodes_that_do_not_fit_say_what_would() -> None:
    addresses = planned(subnets={Role.WORKERS: SubnetRequest(prefix=26)})
    with pytest.raises(NetworkPlanError) as refusal:
        check_capacity(addresses, [PoolDemand(name="cpu", max_nodes=62, max_pods_per_node=31)])
    assert str(refusal.value).startswith(
        "network.subnets.workers.prefix: the pools need 62 addresses at their largest (one a node: cpu 62), "
        "but 10.0.64.128/26 has 61; the smallest that fits is /25"
    )


def test_no_network_of_oracle_holds_too_many_pods() -> None:
    with pytest.raises(NetworkPlanError, match="no block of a VCN holds as many"):
        check_capacity(planned(), [PoolDemand(name="huge", max_nodes=1000, max_pods_per_node=110)])


def test_flannel_holds_pods_against_their_overlay() -> None:
    addresses = planned(pod_network="flannel", pods="10.244.0.0/20")
    with pytest.raises(NetworkPlanError, match=r"network\.podsCidr: the pools need 11000 addresses .* but 10\.244\.0\.0/20 has 4096"):
        check_capacity(addresses, [A10])


@given(needed=st.integers(0, 70_000))
def test_the_smallest_prefix_fits_and_a_longer_one_does_not(needed: int) -> None:
    prefix = smallest_prefix(needed)
    if prefix is None:
        assert needed > 2**16 - RESERVED
    else:
        assert 2 ** (32 - prefix) - RESERVED >= needed
        assert prefix == 30 or 2 ** (32 - prefix - 1) - RESERVED < needed


def test_planning_a_network_needs_no_pulumi() -> None:
    modules = "infra.oke.network.plan, infra.oke.cluster.kubeconfig, infra.oke.storage.storage_classes"
    program = f"import {modules}, sys; sys.exit('pulumi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_nodes_and_pods_in_subnets_of_their_own_take_no_room() -> None:
    addresses = planned()
    check_capacity(addresses, [replace(A10, max_nodes=10_000, own_subnet=True, own_pod_subnet=True), replace(CPU, max_nodes=1)])
    with pytest.raises(NetworkPlanError, match=r"network\.subnets\.pods\.prefix: .*\(one a pod: a10 10000 x 110\)"):
        check_capacity(addresses, [replace(A10, max_nodes=10_000, own_subnet=True)])
