"""How resources, options and unknown values are put into words."""

from collections.abc import Callable

import pytest

from platformctl.engine.plan import UNKNOWN, Plan, PlannedResource
from platformctl.render.words import by_path, counted, options, planned, short, unknown

Make = Callable[..., PlannedResource]


@pytest.mark.parametrize(
    ("type_", "said"),
    [
        ("oci:Core/vcn:Vcn", "Core.Vcn"),
        ("kubernetes:helm.sh/v3:Release", "helm.sh/v3.Release"),
        ("random:index/randomPassword:RandomPassword", "RandomPassword"),
        ("pulumi:providers:oci", "provider oci"),
        ("platform:oke:Network", "Network"),
    ],
)
def test_a_type_is_said_shortly(type_: str, said: str) -> None:
    assert short(type_) == said


def test_the_options_that_matter_are_said(resource: Make, plan: Callable[..., Plan]) -> None:
    made = resource(
        "subnet",
        "oci:Core/subnet:Subnet",
        protect=True,
        ignore_changes=("size",),
        replace_on_changes=("dnsLabel",),
        deleted_with="urn:a::b::c::vcn",
        timeouts={"create": "30m0s"},
        provider="urn:a::b::pulumi:providers:oci::cloud",
    )
    assert list(options(made, plan(made))) == [
        "protected",
        "ignores changes of size",
        "replaced when dnsLabel changes",
        "deleted with vcn",
        "timeouts create 30m",
        "provider cloud",
    ]


def test_a_provider_that_the_component_hands_down_is_not_said(resource: Make, plan: Callable[..., Plan]) -> None:
    cloud = "urn:a::b::pulumi:providers:oci::cloud"
    network = resource("net", "platform:oke:Network", custom=False, providers={"oci": cloud})
    inner = resource("inner", "platform:oke:Subnets", custom=False, parent=network.urn)
    vcn = resource("vcn", "oci:Core/vcn:Vcn", parent=inner.urn, provider=cloud)
    other = resource("other", "oci:Core/vcn:Vcn", parent=inner.urn, provider=cloud.replace("cloud", "home"))
    made = plan(network, inner, vcn, other)
    assert list(options(vcn, made)) == []
    assert list(options(other, made)) == ["provider home"]


def test_unknown_inputs_are_grouped_by_what_will_supply_them(resource: Make, plan: Callable[..., Plan]) -> None:
    cluster = resource("cluster", "oci:ContainerEngine/cluster:Cluster")
    vcn = resource("vcn", "oci:Core/vcn:Vcn", op="same")
    pools = [
        resource(
            name,
            "oci:ContainerEngine/nodePool:NodePool",
            inputs={"clusterId": UNKNOWN},
            property_dependencies={"clusterId": (cluster.urn, vcn.urn)},
        )
        for name in ("a10", "system")
    ]
    (group,) = unknown(plan(cluster, vcn, *pools))
    assert group.until == "cluster (ContainerEngine.Cluster) is created"
    assert by_path(group.inputs) == {"clusterId": ["a10", "system"]}


def test_an_input_that_nothing_supplies_waits_for_the_update(resource: Make, plan: Callable[..., Plan]) -> None:
    (group,) = unknown(plan(resource("a", "oci:Core/vcn:Vcn", inputs={"x": UNKNOWN})))
    assert group.until == "the update has run"


def test_counts_are_said_in_one_order() -> None:
    assert counted({"delete": 1, "create": 2}) == "2 created, 1 deleted"
    assert planned({"same": 3, "replace": 1}) == "1 to replace, 3 unchanged"
    assert planned({}) == "nothing to do"
