"""A team is written once: its queue follows, and what `addons.queues` says beside it refines it or is refused with both ends."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from components.queues.quota.planner import Planner
from components.queues.sharing.plan import plan, problems
from components.queues.sharing.section import Queues
from infra.facts import POOL_LABEL, ClusterContext, Pool, Taint, Team, TeamNamespace

GPU = "nvidia.com/gpu"


def pool(name: str, nodes: int, entry: str = "", **more: Any) -> Pool:
    given = {
        "min_nodes": 0, "max_nodes": nodes, "cpus": 224, "memory_gib": 2048, "ephemeral_storage_gib": 1600, "gpus_per_node": 8,
        "gpu_model": "H100", "labels": {POOL_LABEL: entry or name}, "taints": (Taint(key=GPU),), **more,
    }  # fmt: skip
    return Pool(name=name, entry=entry, **given)


SYSTEM = pool("system", 3, gpus_per_node=0, gpu_model=None, taints=(), cpus=10, memory_gib=40, min_nodes=3)
WORKERS = pool("workers", 2, gpus_per_node=0, gpu_model=None, taints=(), cpus=10, memory_gib=40)
H100 = pool("h100", 16)
A10 = (pool("a10-ad1", 2, "a10", gpu_model="A10", gpus_per_node=1, zone="AD-1"), pool("a10-ad2", 2, "a10", gpu_model="A10", gpus_per_node=1, zone="AD-2"))  # fmt: skip  # noqa: E501


def team(name: str, gpus: Mapping[str, int], **more: Any) -> Team:
    return Team(name=name, namespaces=(TeamNamespace(name=name),), gpus=gpus, **more)


THREE = (
    team("pretrain", {"H100": 64}, borrows={"H100": 32}),
    team("finetune", {"H100": 32}),
    team("serving", {"H100": 16}, lends=False),
)


def cluster(*teams: Team, pools: tuple[Pool, ...] = (SYSTEM, H100), **more: Any) -> ClusterContext:
    return ClusterContext(pools=pools, teams=teams, **more)


def made(section: Mapping[str, Any], context: ClusterContext) -> dict[str, Any]:
    """The specs, by kind and name."""
    found = plan(Queues.model_validate(section), context)
    return {f"{each.kind} {each.name}": each.document["spec"] for each in found.objects}


def reported(section: Mapping[str, Any], context: ClusterContext) -> list[str]:
    return [str(problem) for problem in problems(Queues.model_validate(section), context)]


def gpus(spec: Mapping[str, Any]) -> dict[str, tuple[str, str | None, str | None]]:
    """Quota, and most that is borrowed and lent, by flavor."""
    rows = {flavor["name"]: {row["name"]: row for row in flavor["resources"]} for flavor in spec["resourceGroups"][0]["flavors"]}
    return {name: (row[GPU]["nominalQuota"], row[GPU].get("borrowingLimit"), row[GPU].get("lendingLimit")) for name, row in rows.items()}


def test_a_team_has_a_queue_and_what_is_nobodys_is_shared() -> None:
    found = made({}, cluster(*THREE))
    assert gpus(found["ClusterQueue pretrain"]) == {"h100": ("64", "32", None)}
    assert gpus(found["ClusterQueue finetune"]) == {"h100": ("32", "0", None)}
    assert gpus(found["ClusterQueue serving"]) == {"h100": ("16", "0", "0")}
    assert gpus(found["Cohort teams"]) == {"h100": ("16", None, None)}
    assert found["ClusterQueue pretrain"]["preemption"]["reclaimWithinCohort"] == "Any"
    assert found["ClusterQueue serving"]["preemption"] == {
        "reclaimWithinCohort": "Never", "withinClusterQueue": "Never", "borrowWithinCohort": {"policy": "Never"},
    }  # fmt: skip


def test_each_namespace_has_the_queue_of_its_team() -> None:
    two = Team(name="speech", namespaces=(TeamNamespace(name="speech"), TeamNamespace(name="speech-ci")), gpus={"H100": 8})
    found = plan(Queues(), cluster(two))
    assert {each.namespace: each.document["spec"]["clusterQueue"] for each in found.objects if each.kind == "LocalQueue"} == {
        "speech": "speech", "speech-ci": "speech",
    }  # fmt: skip


def test_nobody_can_have_more_than_the_stack_may() -> None:
    """The pools can have 128, and the stack 112: nothing is nobody's."""
    assert "resourceGroups" not in made({}, cluster(*THREE, gpu_caps={"H100": 112}))["Cohort teams"]
    assert gpus(made({}, cluster(*THREE, gpu_caps={"H100": 120}))["Cohort teams"]) == {"h100": ("8", None, None)}


def test_one_team_shares_with_nobody_unless_something_is_nobodys() -> None:
    alone = made({}, cluster(team("all", {"H100": 128}, lends=False)))
    assert "cohortName" not in alone["ClusterQueue all"] and "Cohort teams" not in alone
    assert gpus(alone["ClusterQueue all"]) == {"h100": ("128", None, None)}
    assert made({}, cluster(team("one", {"H100": 8}, borrows={"H100": 8})))["ClusterQueue one"]["cohortName"] == "teams"


def test_processors_come_of_nodes_that_grow_and_before_those_with_gpus() -> None:
    """Nodes of fixed size run the platform: they are filled last. Nine tenths of a node are for pods."""
    context = cluster(team("a", {"H100": 8}, cpus=18, memory_gib=72), team("b", {}, cpus=9, memory_gib=36), pools=(SYSTEM, WORKERS, H100))
    found = made({}, context)
    first, second = found["ClusterQueue a"]["resourceGroups"][0]["flavors"]
    assert [(row["name"], row["nominalQuota"]) for row in first["resources"]] == [
        ("cpu", "18"), ("memory", "72Gi"), ("ephemeral-storage", "2880Gi"), (GPU, "0"),
    ]  # fmt: skip
    assert (first["name"], second["name"]) == ("workers", "h100")
    (other,) = found["ClusterQueue b"]["resourceGroups"][0]["flavors"]
    assert other["name"] == "system"


def test_a_model_of_several_pools_is_filled_one_after_the_other() -> None:
    context = cluster(team("a", {"A10": 3}), team("b", {"A10": 1}), pools=A10)
    assert gpus(made({}, context)["ClusterQueue a"]) == {"a10": ("3", "0", None)}
    split = {"queues": {"b": {"quota": {"a10-ad1": {"gpus": 1}}}}}  # who names a pool divides its entry
    found = made(split, context)
    assert gpus(found["ClusterQueue a"]) == {"a10-ad1": ("1", "0", None), "a10-ad2": ("2", "0", None)}
    assert gpus(found["ClusterQueue b"]) == {"a10-ad1": ("1", "0", None)}


def test_what_a_queue_says_beside_its_team_refines_it() -> None:
    section = {"queues": {"pretrain": {"order": "strict", "quota": {"h100": {"gpus": 64, "borrow": 32, "lend": 8}}}}}
    found = made(section, cluster(*THREE))
    assert found["ClusterQueue pretrain"]["queueingStrategy"] == "StrictFIFO"
    assert gpus(found["ClusterQueue pretrain"]) == {"h100": ("64", "32", "8")}
    assert found["ClusterQueue pretrain"]["cohortName"] == "teams"


def test_a_queue_of_no_team_takes_its_part_first() -> None:
    other = {"namespaces": ["research"], "cohort": "teams", "quota": {"h100": {"gpus": 16}}}
    found = made({"queues": {"research": other}}, cluster(*THREE))
    assert "resourceGroups" not in found["Cohort teams"]
    assert gpus(found["ClusterQueue research"]) == {"h100": ("16", "0", None)}


def test_headroom_stays_nobodys_where_the_stack_file_says_so() -> None:
    assert "resourceGroups" not in made({"cohorts": {"teams": {"quota": {}}}}, cluster(*THREE))["Cohort teams"]


BOTH = "say it once: take one of the two out"


@pytest.mark.parametrize(
    ("queues", "words"),
    [
        pytest.param(
            {"pretrain": {"quota": {"h100": {"gpus": 48, "borrow": 32}}}},
            f"queues.pretrain.quota.h100: gives 48 H100, but teams.pretrain.quota.gpus.H100 is 64; {BOTH}", id="other quota",
        ),
        pytest.param(
            {"pretrain": {"quota": {"h100": {"gpus": 64}}}},
            f"queues.pretrain.quota.h100.borrow: lets it borrow 0 H100, but teams.pretrain.borrows.H100 is 32; {BOTH}", id="other loan",
        ),
        pytest.param(
            {"serving": {"quota": {"h100": {"gpus": 16}}}},
            f"queues.serving.quota.h100.lend: is left out, so that all of it is lent, but teams.serving.lends is false; {BOTH}",
            id="lends all the same",
        ),
        pytest.param(
            {"finetune": {"quota": {"h100": {"gpus": 32, "lend": 0}}}},
            "queues.finetune.quota.h100.lend: is 0, but teams.finetune.lends is true; set that to false, or take this out",
            id="lends nothing all the same",
        ),
        pytest.param(
            {"finetune": {"quota": {"h100": {"gpus": 32}, "system": {"nodes": 1}}}},
            f"queues.finetune.quota.system: gives 9 on nodes without GPUs, but teams.finetune.quota.cpus is 0; {BOTH}",
            id="other processors",
        ),
        pytest.param(
            {"finetune": {"namespaces": ["finetune", "more"]}},
            f"queues.finetune.namespaces: are finetune, more, but teams.finetune has finetune; {BOTH}", id="other namespaces",
        ),
        pytest.param(
            {"more": {"namespaces": ["finetune"], "cohort": "teams", "quota": {"h100": {"gpus": 8}}}},
            "queues.more.namespaces: have finetune, which is of teams.finetune, whose queue is made of it; call this one finetune, or take "
            "it out",
            id="a namespace of a team",
        ),
        pytest.param(
            {"finetune": {"cohort": "team"}}, "queues.finetune.cohort: 'team' is no cohort; did you mean teams?", id="typo in a cohort"
        ),
        pytest.param(
            {"fintune": {"order": "strict"}},
            "queues.fintune.namespaces: is missing, and no team has the name of the queue, whose it would be", id="typo in a team",
        ),
    ],
)  # fmt: skip
def test_two_answers_are_refused_with_both_ends(queues: Mapping[str, Any], words: str) -> None:
    assert reported({"queues": queues}, cluster(*THREE))[0] == words


def test_the_smaller_node_without_a_size_is_asked_for() -> None:
    unknown = pool("desk", 1, cpus=0, memory_gib=0, ephemeral_storage_gib=0)
    assert reported({}, cluster(team("a", {"H100": 8}), pools=(unknown,))) == [
        "flavors.desk.node: is not said of cpu, memory, ephemeral-storage: nobody knows how large the nodes are; say it here, or in "
        "cluster.nodePools.desk"
    ]


@st.composite
def shared(draw: st.DrawFn) -> ClusterContext:
    """Pools of two models, and teams whose quotas fit into them."""
    pools = tuple(
        pool(f"{model.lower()}-{number}", draw(st.integers(1, 6)), gpu_model=model, gpus_per_node=draw(st.sampled_from((1, 4, 8))))
        for model in ("A", "B")
        for number in range(draw(st.integers(1, 2)))
    )
    there = ClusterContext(pools=pools).gpu_models
    caps = {model: draw(st.integers(1, most)) for model, most in there.items() if draw(st.booleans())}
    left = {model: min(most, caps.get(model, most)) for model, most in there.items()}
    teams = []
    for number in range(draw(st.integers(1, 5))):
        own = {model: draw(st.integers(0, most)) for model, most in left.items()}
        left = {model: most - own[model] for model, most in left.items()}
        borrows = {model: loan for model in there if (loan := draw(st.integers(0, 4)))}
        given = {model: count for model, count in own.items() if count}
        if given or borrows:  # a team with neither is refused where it is written
            teams.append(team(f"t{number}", given, borrows=borrows, lends=draw(st.booleans())))
    return ClusterContext(pools=pools, teams=tuple(teams), gpu_caps=caps)


@given(context=shared())
def test_whatever_the_teams_have_their_queues_have_and_no_more_than_there_may_be(context: ClusterContext) -> None:
    section = Queues()
    assert problems(section, context) == ()
    decided = plan(section, context)
    model_of = {each.name: each.gpu_model for each in context.pools}
    rows = {
        f"{each.kind} {each.name}": gpus(each.document["spec"]) for each in decided.objects if "resourceGroups" in each.document["spec"]
    }
    for each in context.teams:
        for model in ("A", "B"):
            mine = [row for flavor, row in rows[f"ClusterQueue {each.name}"].items() if model_of[flavor] == model]
            assert sum(int(row[0]) for row in mine) == each.gpus.get(model, 0)
            assert sum(int(row[1] or 0) for row in mine) <= each.borrows.get(model, 0)
    for model, limit in context.gpu_limits.items():
        together = sum(int(row[0]) for of in rows.values() for flavor, row in of.items() if model_of[flavor] == model)
        assert together <= limit
    most: Counter[tuple[str, str]] = Counter()
    for standing in Planner(decided.objects).standings:
        if standing.resource == GPU:
            most[standing.queue, str(model_of[standing.flavor])] += standing.most
    for each in context.teams:
        for model in ("A", "B"):
            assert most[each.name, model] <= each.most(model)
