"""The network as a whole: what is asked for is there, and all that is wrong is told together."""

import pytest

from infra.oke.network.cidr import NetworkPlanError, PoolDemand, Role, SubnetRequest
from infra.oke.network.nsg_rules import Nsg
from infra.oke.network.plan import NetworkRequest, check_bastion, plan_network


def test_the_default_network_is_private() -> None:
    found = plan_network(NetworkRequest())
    assert set(found.blocks) == {Role.PODS, Role.WORKERS, Role.INTERNAL_LB, Role.ENDPOINT}
    assert found.public == frozenset()
    assert set(found.groups) == {Nsg.ENDPOINT, Nsg.WORKERS, Nsg.PODS, Nsg.INTERNAL_LB}


@pytest.mark.parametrize(
    ("request_", "role"),
    [
        (NetworkRequest(public_lb=True), Role.PUBLIC_LB),
        (NetworkRequest(bastion=True, bastion_allowed_cidrs=("203.0.113.0/24",)), Role.BASTION),
        (NetworkRequest(file_storage=True), Role.STORAGE),
        (NetworkRequest(lustre=True), Role.STORAGE),
    ],
)
def test_what_is_asked_for_gets_its_subnet(request_: NetworkRequest, role: Role) -> None:
    assert role in plan_network(request_).blocks
    assert role not in plan_network(NetworkRequest()).blocks


def test_only_balancers_and_an_endpoint_made_public_are_public() -> None:
    asked = NetworkRequest(
        public_lb=True,
        endpoint_public=True,
        endpoint_allowed_cidrs=("203.0.113.0/24",),
        bastion=True,
        bastion_allowed_cidrs=("203.0.113.0/24",),
        file_storage=True,
    )
    assert plan_network(asked).public == {Role.PUBLIC_LB, Role.ENDPOINT}


@pytest.mark.parametrize(
    ("endpoint", "subnet", "public"), [(False, None, False), (False, True, True), (True, True, True), (False, False, False)]
)
def test_the_endpoints_subnet_is_public_where_it_is_asked_to_be(endpoint: bool, subnet: bool | None, public: bool) -> None:
    asked = NetworkRequest(
        endpoint_public=endpoint,
        endpoint_public_subnet=subnet,
        endpoint_allowed_cidrs=("203.0.113.0/24",) if endpoint else (),
    )
    made = plan_network(asked)
    assert (Role.ENDPOINT in made.public) is public
    assert made.features.endpoint_public is endpoint, "rules follow the address, not the subnet"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            NetworkRequest(endpoint_public=True, endpoint_public_subnet=False, endpoint_allowed_cidrs=("203.0.113.0/24",)),
            "is false, but endpoint.public is true",
        ),
        (NetworkRequest(vcn_id="ocid1.vcn.oc1..a", endpoint_public_subnet=True), "names a subnet that exists"),
    ],
)
def test_a_subnet_for_the_endpoint_that_cannot_be_so_is_refused(asked: NetworkRequest, said: str) -> None:
    with pytest.raises(NetworkPlanError) as refusal:
        plan_network(asked)
    (found,) = [problem for problem in refusal.value.problems if problem.path == "endpoint.publicSubnet"]
    assert said in found.message


def test_addresses_capacity_rules_and_bastion_fail_together() -> None:
    asked = NetworkRequest(
        subnets={Role.PODS: SubnetRequest(prefix=24)},
        pools=(PoolDemand(name="a10", max_nodes=4, max_pods_per_node=110),),
        endpoint_allowed_cidrs=("0.0.0.0/0",),
        bastion=True,
        bastion_allowed_cidrs=("0.0.0.0/0",),
    )
    with pytest.raises(NetworkPlanError) as refusal:
        plan_network(asked)
    assert [problem.path for problem in refusal.value.problems] == [
        "network.subnets.pods.prefix",
        "endpoint.allowedCidrs",
        "bastion.allowedCidrs",
    ]


def test_of_a_network_that_exists_every_subnet_in_use_is_named_with_its_block() -> None:
    asked = NetworkRequest(
        vcn_id="ocid1.vcn.oc1.fra.theirs",
        subnet_ids={Role.WORKERS: "ocid1.subnet.oc1.fra.workers", Role.STORAGE: "ocid1.subnet.oc1.fra.not-in-use"},
        subnets={Role.PODS: SubnetRequest(cidr="10.0.64.0/18")},
    )
    with pytest.raises(NetworkPlanError) as refusal:
        plan_network(asked)
    assert sorted(map(str, refusal.value.problems)) == [
        "network.subnets.endpoint.cidr: is missing, but rules and capacity rest on it; give the block of the subnet that exists",
        "network.subnets.endpoint.id: is missing, but nothing is made in the network that network.vcnId names; name its subnet",
        "network.subnets.internalLb.cidr: is missing, but rules and capacity rest on it; give the block of the subnet that exists",
        "network.subnets.internalLb.id: is missing, but nothing is made in the network that network.vcnId names; name its subnet",
        "network.subnets.pods.id: is missing, but nothing is made in the network that network.vcnId names; name its subnet",
        "network.subnets.workers.cidr: is missing, but rules and capacity rest on it; give the block of the subnet that exists",
    ]


def test_a_subnet_that_exists_is_of_a_network_that_does() -> None:
    with pytest.raises(NetworkPlanError) as refusal:
        plan_network(NetworkRequest(subnet_ids={Role.PODS: "ocid1.subnet.oc1.fra.pods"}))
    assert list(map(str, refusal.value.problems)) == [
        "network.subnets.pods.id: names a subnet that exists, but network.vcnId no network; name that too, or take the id out"
    ]


def test_the_order_of_pools_changes_nothing() -> None:
    pools = tuple(PoolDemand(name=name, max_nodes=2, max_pods_per_node=31) for name in ("a10", "cpu", "h100"))
    assert plan_network(NetworkRequest(pools=pools)) == plan_network(NetworkRequest(pools=pools[::-1]))


@pytest.mark.parametrize(
    ("cidrs", "message"),
    [
        ((), "bastion.allowedCidrs: is empty, so nobody could open a session; list your own blocks"),
        (("0.0.0.0/0",), "0.0.0.0/0 would open the bastion (SSH, port 22) to the internet"),
        (("::/0",), "'::/0' is not an IPv4 block; the network has no IPv6"),
    ],
)
def test_a_bastion_is_not_for_everybody(cidrs: tuple[str, ...], message: str) -> None:
    (problem,) = check_bastion(cidrs)
    assert message in str(problem)
