"""Admission rules are written from the teams. What they refuse is tried on the API server."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.access.admission.addon import AdmissionAddOn
from components.access.admission.policies import documents
from components.access.admission.rules import accelerators, caps, priorities
from components.access.admission.section import Admission
from components.framework.plan import AddOnPlan, Namespace, ordered
from infra.facts import ClusterContext, Pool, Team, TeamNamespace

PAGE = Path(__file__).resolve().parents[3] / "docs" / "admission.md"
POOLS = (
    Pool(name="h100", min_nodes=0, max_nodes=2, gpus_per_node=8, gpu_model="H100"),
    Pool(name="a10", min_nodes=0, max_nodes=4, gpus_per_node=1, gpu_model="A10"),
)
TEAMS = (
    Team(
        name="vision", namespaces=(TeamNamespace(name="vision", gpus={"H100": 12, "A10": 2}), TeamNamespace(name="small", gpus={"H100": 4}))
    ),
    Team(name="speech", namespaces=(TeamNamespace(name="speech", gpus={"A10": 3}), TeamNamespace(name="none")), priority="high"),
)
CONTEXT = ClusterContext(pools=POOLS, teams=TEAMS, addons=frozenset({"admission", "kueue", "queues"}))


def validations(cluster: ClusterContext) -> dict[str, list[str]]:
    """Names of the rules, by policy."""
    found: dict[str, list[str]] = {}
    for each in documents(cluster, Admission()):
        if each["kind"] == "ValidatingAdmissionPolicy":
            found[each["metadata"]["name"]] = [check["message"].removeprefix("rule ") for check in each["spec"]["validations"]]
    return found


def test_a_pod_fits_a_node_and_its_namespace_and_a_job_its_namespace() -> None:
    per_pod, in_all = caps(CONTEXT)
    assert per_pod == {"vision": 8, "small": 4, "speech": 1, "none": 0}
    assert in_all == {"vision": 14, "small": 4, "speech": 3, "none": 0}


def test_priorities_go_up_to_the_teams() -> None:
    assert priorities(CONTEXT)["vision"] == ["team-low", "team-normal"]
    assert priorities(CONTEXT)["speech"] == ["team-low", "team-normal", "team-high"]


def test_devices_are_those_that_the_pools_have() -> None:
    assert accelerators(CONTEXT) == ["nvidia.com/gpu"]


def test_queues_are_asked_for_where_there_are_queues() -> None:
    assert "queue" in validations(CONTEXT)["team-jobs"]
    for addons in ({"admission"}, {"admission", "kueue"}):  # with Kueue alone no label would lead to a queue: everybody was locked out
        without = validations(ClusterContext(pools=POOLS, teams=TEAMS, addons=frozenset(addons)))
        assert not any("queue" in names for names in without.values())


def test_every_rule_is_on_the_page() -> None:
    assert {name for names in validations(CONTEXT).values() for name in names if f"`{name}`" not in PAGE.read_text()} == set()


def test_every_policy_fails_closed_and_denies() -> None:
    for each in documents(CONTEXT, Admission()):
        if each["kind"] == "ValidatingAdmissionPolicy":
            assert each["spec"]["failurePolicy"] == "Fail"
        else:
            assert each["spec"]["validationActions"] == ["Deny", "Audit"]


def test_namespaces_of_other_add_ons_may_use_gpu_nodes() -> None:
    others = {
        "models": AddOnPlan(namespaces=(Namespace(name="my-models"),)),
        "team-namespaces": AddOnPlan(namespaces=(Namespace(name="vision"),)),
    }
    cluster = replace(CONTEXT, addon_namespaces=frozenset({"gpu-operator"}))
    plan = AdmissionAddOn.completed(AdmissionAddOn.plan(cluster, Admission()), cluster, Admission(), others)
    assert len(ordered(plan)) == len(plan.rows)
    binding: Any = next(each.document for each in plan.objects if each.id == "gpus-elsewhere-binding")
    beside = binding["spec"]["matchResources"]["namespaceSelector"]["matchExpressions"][1]["values"]
    assert {"my-models", "kube-system", "gpu-operator"} <= set(beside)
    assert not {"vision", "default"} & set(beside)


@pytest.mark.parametrize("name", ["cpu", "hugepages-2Mi"])
def test_other_resources_need_not_be_named(name: str) -> None:
    (problem,) = AdmissionAddOn.problems(CONTEXT, Admission(resources=(name,)))
    assert str(problem) == f"resources.0: {name!r} is no extended resource, as in rdma/hca; others need not be named"
