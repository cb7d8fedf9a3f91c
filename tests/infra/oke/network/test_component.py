"""The network as declared: private where nothing else is asked for, every rule its own resource, names that stay."""

from typing import Any

import pulumi
import pytest

from infra.oke.lookups import Service
from infra.oke.network.cidr import PoolDemand, Role, SubnetRequest
from infra.oke.network.component import Network, NetworkArgs, dns_label
from infra.oke.network.nsg_rules import Nsg
from infra.oke.network.plan import NetworkRequest, plan_network
from testkit.registrations import Computed, Sent

COMPARTMENT = "ocid1.compartment.oc1..platform01"
REGION = Service(id="ocid1.service.oc1.fra.all", cidr_block="all-fra-services-in-oracle-services-network")
OFFICE = "203.0.113.0/24"
FULL = NetworkRequest(
    public_lb=True,
    internal_lb=True,
    bastion=True,
    bastion_allowed_cidrs=(OFFICE,),
    worker_ssh=True,
    file_storage=True,
    lustre=True,
    endpoint_allowed_cidrs=(OFFICE,),
)


NEEDED = (Role.ENDPOINT, Role.WORKERS, Role.PODS, Role.INTERNAL_LB)


@pytest.fixture
def computed() -> Computed:
    return {"oci:Core/vcn:Vcn": {"defaultSecurityListId": "network-vcn-default-list"}}


def declare(request: NetworkRequest = FULL, *, protect: bool = True) -> Network:
    args = NetworkArgs(
        prefix="gpu-lab",
        compartment_id=COMPARTMENT,
        plan=plan_network(request),
        services=REGION,
        protect=protect,
    )
    return Network("network", args)


def settled(network: Network) -> pulumi.Output[Any]:
    """Known when all of the network is declared."""
    made = network.resources
    every = [*made.rules.values(), *made.subnets.values(), *made.nsgs.values(), *made.routes]
    return pulumi.Output.all(*(resource.urn for resource in every))


def inputs(sent: Sent, kind: str) -> dict[str, dict[str, Any]]:
    return {name: dict(request.object) for name, request in sent.by_type.get(f"oci:Core/{kind}", {}).items()}


SUBNET = "subnet:Subnet"
RULE = "networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule"
TABLE = "routeTable:RouteTable"


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_only_the_balancers_subnet_is_public(sent: Sent) -> pulumi.Output[None]:
    def check(_: object) -> None:
        subnets = inputs(sent, SUBNET)
        assert set(subnets) == {f"network-{role.value}" for role in Role}
        for name, subnet in subnets.items():
            private = name != "network-public-lb"
            assert subnet["prohibitPublicIpOnVnic"] is subnet["prohibitInternetIngress"] is private
            assert subnet["routeTableId"] == ("network-private-id" if private else "network-public-id")
            assert "availabilityDomain" not in subnet
            assert subnet["displayName"] == name.replace("network", "gpu-lab", 1)

    return settled(declare()).apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_a_private_network_has_no_internet_gateway(sent: Sent) -> pulumi.Output[None]:
    def check(_: object) -> None:
        assert inputs(sent, "internetGateway:InternetGateway") == {}
        assert set(inputs(sent, TABLE)) == {"network-private"}

    return settled(declare(NetworkRequest())).apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_no_route_table_holds_both_gateways(sent: Sent) -> pulumi.Output[None]:
    def check(_: object) -> None:
        routes = {
            name: {(rule["destination"], rule["destinationType"]): rule["networkEntityId"] for rule in table["routeRules"]}
            for name, table in inputs(sent, TABLE).items()
        }
        assert routes == {
            "network-private": {
                (REGION.cidr_block, "SERVICE_CIDR_BLOCK"): "network-services-id",
                ("0.0.0.0/0", "CIDR_BLOCK"): "network-nat-id",
            },
            "network-public": {("0.0.0.0/0", "CIDR_BLOCK"): "network-internet-id"},
        }
        (gateway,) = inputs(sent, "serviceGateway:ServiceGateway").values()
        assert [dict(service) for service in gateway["services"]] == [{"serviceId": REGION.id}]

    return settled(declare()).apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_without_internet_egress_there_is_no_nat(sent: Sent) -> pulumi.Output[None]:
    def check(_: object) -> None:
        assert inputs(sent, "natGateway:NatGateway") == {}
        (table,) = inputs(sent, TABLE).values()
        assert [rule["destination"] for rule in table["routeRules"]] == [REGION.cidr_block]

    return settled(declare(NetworkRequest(internet_egress=False))).apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_the_default_security_list_is_emptied(sent: Sent) -> pulumi.Output[None]:
    network = declare()

    def check(_: object) -> None:
        (found,) = inputs(sent, "defaultSecurityList:DefaultSecurityList").values()
        assert found["manageDefaultResourceId"] == "network-vcn-default-list"
        assert list(found["ingressSecurityRules"]) == list(found["egressSecurityRules"]) == []

    return settled(network).apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_the_bastions_list_reaches_the_endpoint_and_nodes_and_nothing_else(sent: Sent) -> pulumi.Output[None]:
    network = declare()

    def check(_: object) -> None:
        (found,) = inputs(sent, "securityList:SecurityList").values()
        assert list(found["ingressSecurityRules"]) == []
        egress = [(rule["destination"], rule["protocol"], rule["tcpOptions"]["min"]) for rule in found["egressSecurityRules"]]
        assert egress == [("10.0.80.192/28", "6", 6443), ("10.0.64.0/20", "6", 22)]
        subnets = inputs(sent, SUBNET)
        assert list(subnets.pop("network-bastion")["securityListIds"]) == ["network-bastion-security-list-id"]
        assert not any("securityListIds" in subnet for subnet in subnets.values())

    return settled(network).apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_every_rule_is_a_resource_with_one_peer_of_its_kind(sent: Sent) -> pulumi.Output[None]:
    network = declare()

    def check(_: object) -> None:
        found = inputs(sent, RULE)
        assert set(found) == {f"network-{key}" for key in network.resources.rules}
        for rule in found.values():
            end, other = ("source", "destination") if rule["direction"] == "INGRESS" else ("destination", "source")
            assert rule[f"{end}Type"] in {"CIDR_BLOCK", "SERVICE_CIDR_BLOCK", "NETWORK_SECURITY_GROUP"}
            assert other not in rule and f"{other}Type" not in rule
            assert rule["stateless"] is False and rule["description"]

    return settled(network).apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_rules_read_as_oracle_writes_them(sent: Sent) -> pulumi.Output[None]:
    def check(_: object) -> None:
        found = inputs(sent, RULE)
        kubelets = found["network-endpoint-ingress-workers-tcp-6443"]
        assert kubelets == {
            "networkSecurityGroupId": "network-endpoint-nsg-id",
            "direction": "INGRESS",
            "protocol": "6",
            "source": "network-workers-nsg-id",
            "sourceType": "NETWORK_SECURITY_GROUP",
            "tcpOptions": {"destinationPortRange": {"min": 6443, "max": 6443}},
            "stateless": False,
            "description": "Kubelets to the Kubernetes API",
        }
        lustre = found["network-workers-egress-lustre-tcp-988-from-512-1023"]
        assert lustre["tcpOptions"] == {"destinationPortRange": {"min": 988, "max": 988}, "sourcePortRange": {"min": 512, "max": 1023}}
        assert found["network-workers-ingress-fss-udp-from-111"]["udpOptions"] == {"sourcePortRange": {"min": 111, "max": 111}}
        assert found["network-workers-egress-anywhere-icmp-3-4"]["icmpOptions"] == {"type": 3, "code": 4}
        services = found["network-workers-egress-services-tcp"]
        assert (services["destination"], services["destinationType"]) == (REGION.cidr_block, "SERVICE_CIDR_BLOCK")
        assert "tcpOptions" not in services
        assert found["network-endpoint-ingress-bastion-subnet-tcp-6443"]["source"] == "10.0.80.208/29"
        assert found["network-endpoint-ingress-203-0-113-0-24-tcp-6443"]["source"] == OFFICE

    return settled(declare()).apply(check)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_everything_hangs_under_the_network(sent: Sent) -> pulumi.Output[None]:
    def check(_: object) -> None:
        children = {name: request.parent for name, request in sent.by_name.items() if request.type.startswith("oci:")}
        assert len(children) > 60
        assert all(parent.endswith("platform:oke:Network::network") for parent in children.values())

    return settled(declare()).apply(check)


@pytest.mark.parametrize("protect", [True, False])
def test_the_vcn_is_protected_as_asked(sent: Sent, protect: bool) -> None:
    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def declared() -> pulumi.Output[None]:
        def check(_: object) -> None:
            assert sent["network-vcn"].protect is protect

        return settled(declare(protect=protect)).apply(check)

    declared()


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_what_a_node_needs_to_register_is_ready(sent: Sent) -> None:
    network = declare()
    assert set(network.resources.ready) == {*network.resources.rules.values(), *network.resources.routes}


def test_names_stay_whatever_the_order_of_pools(sent: Sent) -> None:
    pools = tuple(PoolDemand(name=name, max_nodes=2, max_pods_per_node=31) for name in ("a10", "cpu"))
    found: list[dict[str, list[str]]] = []

    for order in (pools, pools[::-1]):

        @pulumi.runtime.test  # type: ignore[untyped-decorator]
        def declared(order: tuple[PoolDemand, ...] = order) -> pulumi.Output[None]:
            def check(_: object) -> None:
                found.append({kind: list(of_kind) for kind, of_kind in sent.by_type.items()})
                for of_kind in sent.by_type.values():
                    of_kind.clear()

            return settled(declare(NetworkRequest(pools=order))).apply(check)

        declared()
    assert {kind: sorted(names) for kind, names in found[0].items()} == {kind: sorted(names) for kind, names in found[1].items()}


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_an_existing_network_gets_groups_and_nothing_else(sent: Sent) -> pulumi.Output[None]:
    asked = NetworkRequest(
        vcn_id="ocid1.vcn.oc1.fra.theirs",
        subnet_ids={role: f"ocid1.subnet.oc1.fra.{role.key}" for role in Role},
        subnets={role: SubnetRequest(cidr=f"10.0.{64 * number}.0/18") for number, role in enumerate(NEEDED)},
    )
    network = declare(asked)

    def check(ids: list[str]) -> None:
        assert {kind for kind in sent.by_type if kind.startswith("oci:")} == {
            "oci:Core/networkSecurityGroup:NetworkSecurityGroup",
            f"oci:Core/{RULE}",
        }
        groups = inputs(sent, "networkSecurityGroup:NetworkSecurityGroup").values()
        assert {group["vcnId"] for group in groups} == {"ocid1.vcn.oc1.fra.theirs"}
        assert ids == ["ocid1.subnet.oc1.fra.workers", "network-pods-nsg-id"]
        assert network.resources.vcn is None

    return pulumi.Output.all(settled(network), network.subnet_ids[Role.WORKERS], network.nsg_ids[Nsg.PODS]).apply(
        lambda all_: check(all_[1:])
    )


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("public-lb", "publiclb"),
        ("GPU-Lab_2", "gpulab2"),
        ("1-2-lab", "lab"),
        ("a-very-long-platform-name", "averylongplatfo"),
        ("42", "platform"),
        ("lab-é", "lab"),
    ],
)
def test_a_dns_label_is_letters_and_digits(name: str, label: str) -> None:
    assert dns_label(name) == label
