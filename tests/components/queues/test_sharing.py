"""Who shares which nodes: what the stack file says becomes Kueue's objects, and each mistake is told with its place and its numbers."""

from dataclasses import replace
from typing import Any

import pytest

from components.queues.sharing import flavors
from components.queues.sharing.addon import QueuesAddOn
from components.queues.sharing.plan import plan, problems, warnings
from components.queues.sharing.section import Queues
from infra.facts import POOL_LABEL, ClusterContext, Pool, Taint
from stacks.config import StackFileError, load, parse
from stacks.config.load import document
from stacks.plan import plan as plan_stack
from testkit.stack_files import ROOT

GPU = "nvidia.com/gpu"


def pool(name: str, entry: str = "", **more: Any) -> Pool:
    given = {
        "min_nodes": 0, "max_nodes": 16, "cpus": 224, "memory_gib": 2048, "ephemeral_storage_gib": 1600, "gpus_per_node": 8,
        "gpu_model": "H100", "labels": {POOL_LABEL: entry or name}, "taints": (Taint(key=GPU),), **more,
    }  # fmt: skip
    return Pool(name=name, entry=entry, **given)


SYSTEM = pool("system", gpus_per_node=0, gpu_model=None, taints=(), cpus=8, memory_gib=32, max_nodes=3)
CLUSTER = ClusterContext(pools=(SYSTEM, pool("h100"), pool("a10-ad1", "a10", zone="PHX-AD-1"), pool("a10-ad2", "a10", zone="PHX-AD-2")))


def team(namespace: str, gpus: int, **more: Any) -> dict[str, Any]:
    share = {"gpus": gpus, **more.pop("share", {})}
    return {"namespaces": [namespace], "cohort": "gpu", "quota": {"h100": share}, **more}


def section(**given: Any) -> Queues:
    return Queues.model_validate({"cohorts": {"gpu": {}}, **given})


def reported(**given: Any) -> list[str]:
    return [str(problem) for problem in problems(section(**given), CLUSTER)]


TWO = {"a": team("a", 64), "b": team("b", 64)}


def test_two_teams_share() -> None:
    assert reported(queues=TWO) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param(
            {"queues": {"a": team("a", 64, cohort="gpus"), "b": team("b", 64)}}, "queues.a.cohort: 'gpus' is no cohort; did you mean gpu?",
            id="typo in a cohort",
        ),
        pytest.param(
            {"queues": {"a": team("a", 96), "b": team("b", 48)}},
            "queues: h100: quotas of nvidia.com/gpu are 144 (a 96 + b 48), but its nodes have 128 at their most; give less, or allow more "
            "nodes (cluster.nodePools.h100.maxSize)",
            id="quota above the pool's maximum",
        ),
        pytest.param(
            {"queues": {
                "a": team("a", 64, share={"borrow": 32, "resources": {"memory": {"nominal": "14Ti"}}}), "b": team("b", 64),
            }},
            "queues.a.quota.h100.resources.memory.borrow: is 0, but 32 GPUs may be borrowed: pods need both; borrow in step, or nothing",
            id="borrowing for one resource but not another",
        ),
        pytest.param(
            {"queues": {"a": team("a", 64), "b": team("a", 64)}},
            "queues.b.namespaces: have a, which is a's already; a namespace has one queue",
            id="two teams with one namespace",
        ),
        pytest.param(
            {"queues": {"a": {**team("a", 64), "quota": {"h10": {"gpus": 64}}}, "b": team("b", 64)}},
            "queues.a.quota.h10: is no node pool; did you mean h100?",
            id="no such pool",
        ),
        pytest.param(
            {"queues": {"a": {**team("a", 64), "quota": {"system": {"gpus": 64}}}, "b": team("b", 64)}},
            "queues.a.quota.system.gpus: is 64, but the pool has no GPUs; say nodes",
            id="GPUs of nodes without",
        ),
        pytest.param(
            {"queues": {"a": team("a", 64, share={"nodes": 8}), "b": team("b", 64)}},
            "queues.a.quota.h100: has both gpus and nodes; give one",
            id="both",
        ),
        pytest.param(
            {"queues": {"a": team("a", 64, share={"lend": 65}), "b": team("b", 64)}},
            "queues.a.quota.h100.lend: is 65, more than the 64 that it has; lend 64 at most",
            id="lends more than it has",
        ),
        pytest.param(
            {"queues": {"a": team("a", 64, cohort=None, share={"borrow": 1})}, "cohorts": {}},
            "queues.a.quota.h100.borrow: is 1, but the queue shares with nobody; set cohort, or take it out",
            id="borrows from nobody",
        ),
        pytest.param(
            {"queues": TWO, "cohorts": {"gpu": {"parent": "all"}, "all": {"parent": "gpu"}}},
            "cohorts.all.parent: makes a circle (all -> gpu -> all); take one parent out",
            id="circle",
        ),
        pytest.param(
            {"queues": {**TWO, "c": {"namespaces": ["c"], "cohort": "gpu", "quota": {"a10": {"gpus": 8}, "a10-ad1": {"gpus": 8}}}}},
            "queues: share a10 and a10-ad1, which are the same nodes; name the node pool, or its pools, not both",
            id="the same nodes twice",
        ),
        pytest.param(
            {"queues": {**TWO, "c": team("c", 0, checks=["more"])}},
            "queues.c.checks: have 'more', which is no check; there is none; declare it",
            id="no such check",
        ),
        pytest.param(
            {"queues": TWO, "flavors": {"h100": {"topology": "rdma"}}},
            "flavors.h100.topology: 'rdma' is no topology; there is none; declare it",
            id="no such topology",
        ),
        pytest.param(
            {"queues": {"a": team("a", 64, preemption={"reclaim": "never"}), "b": team("b", 32, share={"borrow": 16})}},
            "queues.a: resourceGroups[0].flavors[0].resources[3].lendingLimit of nvidia.com/gpu: b may borrow 64, and reclaimWithinCohort "
            "is Never: it never gets them back; set it to Any, or lend 0",
            id="lends and never takes back",
        ),
        pytest.param(
            {"queues": TWO, "cohorts": {"gpu": {}, "idle": {}}},
            "cohorts.idle: spec has no member; name it in a queue's cohortName, or take it out",
            id="a cohort of nobody",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_once_with_its_place_and_its_numbers(given: dict[str, Any], words: str) -> None:
    assert reported(**given) == [words]


def test_all_mistakes_are_reported_at_once() -> None:
    found = reported(queues={"a": team("a", 64, cohort="gpus"), "b": team("a", 64, share={"lend": 65})})
    assert len(found) == 3


def test_a_machine_of_unknown_size_is_asked_for() -> None:
    cluster = ClusterContext(pools=(pool("desk", cpus=0, memory_gib=0, ephemeral_storage_gib=0),))
    given = section(queues={"a": {"namespaces": ["a"], "quota": {"desk": {"gpus": 8}}}}, cohorts={})
    assert [str(each) for each in problems(given, cluster)] == [
        "flavors.desk.node: is not said of cpu, memory, ephemeral-storage: nobody knows how large the nodes are; say it here, or in "
        "cluster.nodePools.desk"
    ]
    node = {"cpu": "16", "memory": "64Gi", "ephemeral-storage": "100Gi"}
    assert problems(section(**{**given.model_dump(), "flavors": {"desk": {"node": node}}}), cluster) == ()


def test_nodes_that_look_like_others_are_refused() -> None:
    twins = ClusterContext(pools=(pool("one", labels={"gpu": "h100"}), pool("two", labels={"gpu": "h100"})))
    (found,) = problems(section(queues={"a": {"namespaces": ["a"], "quota": {"one": {"gpus": 8}}}}, cohorts={}), twins)
    assert str(found).startswith("flavors.one: cannot be told from two")


# What is made


def test_a_flavor_is_a_node_pool_with_its_labels_and_taints() -> None:
    found = plan(section(queues=TWO), CLUSTER).objects[0]
    assert found.document == {
        "apiVersion": "kueue.x-k8s.io/v1beta2",
        "kind": "ResourceFlavor",
        "metadata": {"name": "h100"},
        "spec": {
            "nodeLabels": {POOL_LABEL: "h100"},
            "nodeTaints": [{"key": GPU, "value": "present", "effect": "NoSchedule"}],
        },
    }


def test_what_else_keeps_pods_away_is_tolerated_for_them() -> None:
    """Whoever needs GPUs says so by tolerating their taint; a taint of the pool's own is nothing that a job could know of."""
    pools = tuple(replace(pool, taints=(*pool.taints, Taint(key="example.org/rdma"))) for pool in CLUSTER.pools)
    spec = plan(section(queues=TWO), replace(CLUSTER, pools=pools)).objects[0].document["spec"]
    assert [each["key"] for each in spec["nodeTaints"]] == [GPU]
    assert spec["tolerations"] == [{"key": "example.org/rdma", "operator": "Exists", "effect": "NoSchedule"}]


def test_flavors_are_tried_in_the_order_of_the_file() -> None:
    """Availability domain 1, then 2, then another GPU."""
    ladder = {"a10-ad1": {"gpus": 8}, "a10-ad2": {"gpus": 8}, "h100": {"gpus": 8}}
    decided = plan(section(queues={"a": {"namespaces": ["a"], "quota": ladder}}, cohorts={}), CLUSTER)
    (queue,) = (each.document["spec"] for each in decided.objects if each.kind == "ClusterQueue")
    assert [each["name"] for each in queue["resourceGroups"][0]["flavors"]] == list(ladder)
    assert queue["flavorFungibility"] == {"whenCanBorrow": "MayStopSearch", "whenCanPreempt": "TryNextFlavor"}
    flavor = next(each for each in decided.objects if each.name == "a10-ad2")
    assert flavor.document["spec"]["nodeLabels"] == {POOL_LABEL: "a10", "topology.kubernetes.io/zone": "PHX-AD-2"}


def test_a_share_of_a_node_comes_with_each_gpu() -> None:
    given = section(queues={"a": team("a", 8, share={"borrow": 4}), "b": team("b", 64)})
    (queue, _) = (each.document["spec"] for each in plan(given, CLUSTER).objects if each.kind == "ClusterQueue")
    rows = {row["name"]: row for row in queue["resourceGroups"][0]["flavors"][0]["resources"]}
    assert rows["cpu"] == {"name": "cpu", "nominalQuota": "201600m", "borrowingLimit": "100800m"}
    assert rows[GPU] == {"name": GPU, "nominalQuota": "8", "borrowingLimit": "4"}
    assert list(rows) == ["cpu", "memory", "ephemeral-storage", GPU]


def test_nodes_without_gpus_have_none_in_the_quota() -> None:
    given = section(queues={"a": {"namespaces": ["a"], "quota": {"system": {"nodes": 1}, "h100": {"gpus": 8}}}}, cohorts={})
    (queue,) = (each.document["spec"] for each in plan(given, CLUSTER).objects if each.kind == "ClusterQueue")
    first = queue["resourceGroups"][0]["flavors"][0]
    assert [(row["name"], row["nominalQuota"]) for row in first["resources"]][-1] == (GPU, "0")


def test_what_may_surprise_is_said_and_taken() -> None:
    given = section(queues={"a": team("a", 60), "b": team("b", 64, share={"borrow": 100})})
    said = " ".join(map(str, warnings(plan(given, CLUSTER), CLUSTER)))
    assert "is 60 GPUs, no multiple of the 8 of a node" in said
    assert "of nvidia.com/gpu is 100, but the others lend 60 at most" in said


def test_gpus_that_run_and_belong_to_nobody_are_reported() -> None:
    cluster = ClusterContext(pools=(pool("h100", min_nodes=4),))
    given = section(queues={"a": {"namespaces": ["a"], "quota": {"h100": {"gpus": 16}}}}, cohorts={})
    assert [each.message for each in warnings(plan(given, cluster), cluster)] == [
        "has 32 GPUs running at its least, but the quotas are 16: the rest costs and nobody may use it"
    ]


def test_objects_come_after_what_they_name() -> None:
    made = QueuesAddOn.plan(CLUSTER, section(queues=TWO, priorities={"urgent": {"value": 1}}))
    rows = {row.id: row.after for row in made.objects}
    assert "flavor-h100" in rows["queue-a"]
    assert {"queue-a", "namespace-a"} <= set(rows["local-a"])
    assert rows["flavor-h100"] == ()


def test_a_namespace_opts_in() -> None:
    made = QueuesAddOn.plan(CLUSTER, section(queues=TWO))
    (namespace,) = (row.document for row in made.objects if row.id == "namespace-a")
    assert namespace["metadata"]["labels"]["managed-by-kueue"] == "true"


def test_a_namespace_that_goes_to_another_queue_gets_a_new_way_there() -> None:
    made = QueuesAddOn.plan(CLUSTER, section(queues=TWO))
    assert {row.id: row.fixed for row in made.objects if row.fixed} == {
        "local-a": ("spec.clusterQueue",),
        "local-b": ("spec.clusterQueue",),
    }


def test_queues_are_drained_before_they_go() -> None:
    made = plan(section(queues={"a": team("a", 8, stopped="hold"), "b": team("b", 8)}, stopped="drain"), CLUSTER)
    stops = {each.name: each.document["spec"]["stopPolicy"] for each in made.objects if each.kind == "ClusterQueue"}
    assert stops == {"a": "Hold", "b": "HoldAndDrain"}


def test_every_amount_of_the_example_is_in_step() -> None:
    file = ROOT / "examples" / "Pulumi.three-teams.yaml"
    found = plan_stack(load(file), file)
    given = found.addons.sections["queues"]
    assert isinstance(given, Queues)
    assert warnings(plan(given, found.context), found.context) == ()


def test_queues_need_a_kueue_or_a_cluster_that_has_one() -> None:
    stack = document(ROOT / "examples" / "Pulumi.three-teams.yaml")
    addons = {**stack["addons"], "kueue": {"enabled": False}}
    with pytest.raises(ValueError, match=r"queues requires kueue, which is not enabled"):
        plan_stack(parse({**stack, "addons": addons}))
    provided = {**stack["cluster"], "provided": ["kueue"]}
    assert "queues" in plan_stack(parse({**stack, "addons": addons, "cluster": provided})).addons.plans


def test_pools_and_entries_are_flavors() -> None:
    assert list(flavors.names(CLUSTER)) == ["system", "h100", "a10", "a10-ad1", "a10-ad2"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"other": "x"}, "addons.queues.checks.far.parameters.other: unknown key"),
        ({"kind": "MultiKueueConfig"}, "addons.queues.checks.far.parameters.apiGroup: is required and missing"),
    ],
)
def test_what_configures_a_check_is_named_in_full(parameters: dict[str, str], said: str) -> None:
    stack = document(ROOT / "examples/Pulumi.three-teams.yaml")
    stack["addons"]["queues"]["checks"] = {"far": {"controller": "kueue.x-k8s.io/multikueue", "parameters": parameters}}
    with pytest.raises(StackFileError) as refusal:
        parse(stack)
    assert said in str(refusal.value)
