"""A team's namespace: what it may use, whom it reaches, and what nobody reaches from it."""

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from components.access.team_namespaces.addon import TeamNamespacesAddOn
from components.access.team_namespaces.network import TEAM_LABEL
from components.access.team_namespaces.priorities import VALUES
from components.access.team_namespaces.section import TeamNamespaces
from components.framework.plan import AddOnPlan, ordered
from infra.facts import ClusterContext, Pool, Team, TeamNamespace

POOLS = (
    Pool(name="a10", min_nodes=0, max_nodes=4, gpus_per_node=1, gpu_model="A10"),
    Pool(name="mi300x", min_nodes=0, max_nodes=1, gpus_per_node=8, gpu_model="MI300X", gpu_vendor="amd"),
)
VISION = Team(
    name="vision",
    namespaces=(
        TeamNamespace(name="vision", gpus={"A10": 3, "MI300X": 8}, cpus=90, memory_gib=720),
        TeamNamespace(name="vision-ci", gpus={"A10": 1}),
    ),
    gpus={"A10": 2},
)


def planned(*addons: str, team: Team = VISION) -> AddOnPlan:
    return TeamNamespacesAddOn.plan(ClusterContext(pools=POOLS, teams=(team,), addons=frozenset(addons)), TeamNamespaces())


def documents(plan: AddOnPlan, kind: str, namespace: str = "vision") -> dict[str, dict[str, Any]]:
    found = (dict(each.document) for each in plan.objects)
    return {each["metadata"]["name"]: each for each in found if each["kind"] == kind and each["metadata"].get("namespace") == namespace}


def test_a_namespace_says_whose_it_is_and_what_its_pods_may_do() -> None:
    for namespace in planned().namespaces:
        labels = namespace.document["metadata"]["labels"]
        assert labels[TEAM_LABEL] == "vision"
        assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_quotas_hold_gpus_of_every_vendor_and_what_reaches_outside() -> None:
    hard = documents(planned(), "ResourceQuota")["team"]["spec"]["hard"]
    assert hard == {
        "requests.nvidia.com/gpu": "3",
        "requests.amd.com/gpu": "8",
        "requests.cpu": "90",
        "requests.memory": "720Gi",
        "requests.storage": "1024Gi",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
        "pods": "1000",
        "count/jobs.batch": "1000",
        "configmaps": "500",
        "secrets": "500",
        "services": "100",
        "persistentvolumeclaims": "100",
    }


def test_where_nodes_are_of_unknown_size_gpus_alone_are_held() -> None:
    hard = documents(planned(), "ResourceQuota", "vision-ci")["team"]["spec"]["hard"]
    assert hard["requests.nvidia.com/gpu"] == "1"
    assert hard["requests.amd.com/gpu"] == "0"
    assert "requests.cpu" not in hard


def test_defaults_give_no_container_a_gpu() -> None:
    (limit,) = documents(planned(), "LimitRange")["team"]["spec"]["limits"]
    assert set(limit) == {"type", "defaultRequest", "default"}
    assert not any("gpu" in name for key in ("defaultRequest", "default") for name in limit[key])


@pytest.mark.parametrize("address", ["169.254.169.254", "169.254.20.10", "10.0.0.1", "172.20.1.1", "192.168.1.1", "100.64.0.1"])
def test_no_way_out_leads_to_the_metadata_service_or_a_network_of_ones_own(address: str) -> None:
    blocks = [
        block["ipBlock"]
        for policy in documents(planned("monitoring"), "NetworkPolicy").values()
        for rule in policy["spec"].get("egress", ())
        for block in rule["to"]
        if "ipBlock" in block
    ]
    assert blocks
    for block in blocks:
        inside = ip_address(address) in ip_network(block["cidr"])
        assert not inside or any(ip_address(address) in ip_network(part) for part in block["except"])


def test_without_a_rule_nothing_goes_in_or_out() -> None:
    spec = documents(planned(), "NetworkPolicy")["default-deny"]["spec"]
    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_no_rule_is_open_to_everybody() -> None:
    """An empty `from` or `to` is everything there is."""
    for policy in documents(planned("monitoring"), "NetworkPolicy").values():
        for direction, peers in (("ingress", "from"), ("egress", "to")):
            for rule in policy["spec"].get(direction, ()):
                assert rule[peers]
                assert all(peer for peer in rule[peers])


def test_monitoring_comes_in_where_it_is_installed() -> None:
    assert "monitoring" not in documents(planned(), "NetworkPolicy")
    assert "monitoring" in documents(planned("monitoring"), "NetworkPolicy")


def test_priorities_are_above_what_the_autoscaler_ignores_and_below_the_platform() -> None:
    assert all(-10 < value < 0 for value in VALUES.values())
    assert VALUES["low"] < VALUES["normal"] < VALUES["high"]


def test_a_plan_can_be_ordered_and_is_ready_with_its_namespaces() -> None:
    plan = planned()
    assert len(ordered(plan)) == len(plan.rows)
    assert plan.ready_rows == ("vision", "vision-ci")
