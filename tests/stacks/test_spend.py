"""One cap, five places: they agree, and none lets more pass than the one around it."""

import copy
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from stacks.config import StackFileError, parse
from stacks.config.load import document
from stacks.plan import plan
from stacks.spend import SpendTable, looser, table
from testkit.stack_files import ROOT, STACK_FILES

TEAMS = document(ROOT / "examples/Pulumi.teams.yaml")
PER_NODE = {"A10": ("VM.GPU.A10.1", 1), "H100": ("BM.GPU.H100.8", 8)}


def of(stack: dict[str, Any]) -> SpendTable:
    return table(plan(parse(stack)))


def changed(**sections: Any) -> dict[str, Any]:
    return {**copy.deepcopy(TEAMS), **sections}


def pools(**a10: Any) -> dict[str, Any]:
    cluster = copy.deepcopy(TEAMS["cluster"])
    cluster["nodePools"]["a10"] |= a10
    return dict(cluster)


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.name)
def test_no_stack_of_the_project_has_a_place_that_is_looser(file: Any) -> None:
    assert list(looser(table(plan(parse(document(file)))))) == []


def test_every_place_holds_the_cap_of_the_example() -> None:
    found = of(TEAMS)
    (a10,) = found.models
    assert (a10.cap, a10.pools, a10.policies, a10.quotas, a10.queues) == (3, 3, 3, 3, 3)
    assert (found.monthly_usd, found.policy_usd, found.budget_usd) == (5500, 5500, 5500)
    vision, speech = found.teams
    assert (vision.queue, speech.queue) == ({"A10": (1, 3)}, {"A10": (1, 2)})
    assert [(each.namespace, each.most, each.resource_quota, each.per_job, each.per_pod) for each in found.namespaces] == [
        ("vision", 3, 3, 3, 1), ("speech", 1, 1, 1, 1), ("speech-ci", 1, 1, 1, 1),
    ]  # fmt: skip


def test_a_lower_cap_lowers_every_place() -> None:
    found = of(changed(cluster=pools(maxSize=3), spend={"monthlyUsd": 5500, "gpus": {"A10": 2}}, teams={
        **TEAMS["teams"], "vision": {**TEAMS["teams"]["vision"], "borrows": {"A10": 1}},
    }))  # fmt: skip
    (a10,) = found.models
    assert (a10.cap, a10.pools, a10.policies, a10.quotas, a10.queues) == (2, 3, 2, 2, 2)
    assert list(looser(found)) == []


@pytest.mark.parametrize(
    ("money", "cap"),
    [
        ({"monthlyUsd": 5500}, 5500),
        ({"hourlyUsd": 6}, 4380),
        ({"monthlyUsd": 5500, "hourlyUsd": 6}, 4380),
        ({"monthlyUsd": 5500, "hourlyUsd": 9.5}, 5500),
    ],
)
def test_the_lower_of_the_hour_and_the_month_holds_everywhere(money: dict[str, float], cap: int) -> None:
    found = of(changed(spend={**money, "gpus": {"A10": 3}}))
    assert (found.monthly_usd, found.policy_usd, found.budget_usd) == (cap, cap, cap)


def refusals(stack: dict[str, Any]) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        plan(parse(stack))
    return [str(problem) for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("stack", "words"),
    [
        pytest.param(
            changed(cluster=pools(minSize=2), spend={"monthlyUsd": 5500, "gpus": {"A10": 1}}, teams={}),
            "spend.gpus.A10: is 1, but cluster.nodePools.a10 always run 2; raise it, or lower minSize", id="GPUs",
        ),
        pytest.param(
            changed(spend={"monthlyUsd": 100, "gpus": {"A10": 3}}, teams={}),
            "spend.monthlyUsd: is 100, but the nodes that always run cost 143 USD a month; raise it, or lower minSize of a pool",
            id="a month",
        ),
        pytest.param(
            changed(spend={"monthlyUsd": 9000, "hourlyUsd": 0.1, "gpus": {"A10": 3}}, teams={}),
            "spend.hourlyUsd: is 0.1, but the nodes that always run cost 0.20 USD an hour; raise it, or lower minSize of a pool",
            id="an hour",
        ),
        pytest.param(
            changed(spend={"monthlyUsd": 5500, "gpus": {"A10": 3}}, teams={
                **TEAMS["teams"], "vision": {**TEAMS["teams"]["vision"], "monthlyUsd": 5501},
            }),
            "teams.vision.monthlyUsd: is 5501, more than all may cost together (spend.monthlyUsd is 5500); lower it, or raise that",
            id="a team's month",
        ),
        pytest.param(
            changed(spend={"hourlyUsd": 0, "gpus": {"A10": 3}}), "spend.hourlyUsd: is 0, but must be more than 0.0", id="no money at all"
        ),
    ],
)  # fmt: skip
def test_a_cap_that_cannot_hold_is_refused_with_its_numbers(stack: dict[str, Any], words: str) -> None:
    off = {"enabled": False}
    stack["addons"] = {**stack["addons"], **({} if stack["teams"] else {"kueue": off, "queues": off, "personas": off})}
    assert refusals(stack) == [words]


def test_a_budget_that_nothing_could_keep_is_refused() -> None:
    off = {"enabled": False}
    assert refusals(changed(addons={"kueue": off, "queues": off})) == [
        f"teams.{team}.gpuHours: is 600, but the team has no queue that could be held; set addons.kueue.enabled and "
        "addons.queues.enabled to true, or take it out"
        for team in ("vision", "speech")
    ]
    desk = document(ROOT / "examples/Pulumi.three-teams.yaml")
    desk["teams"]["serving"]["monthlyUsd"] = 100
    assert refusals(desk) == [
        "teams.serving.monthlyUsd: is 100, but nobody knows what the nodes of this cluster cost; say gpuHours instead"
    ]


def test_a_place_that_is_looser_is_named_with_both_numbers() -> None:
    found = of(TEAMS)
    (a10,), (vision, *others), (space, *spaces) = found.models, found.teams, found.namespaces
    for wrong, words in (
        (replace(found, models=(replace(a10, policies=4),)), "the policies allow 4 A10, but the cap is 3"),
        (replace(found, models=(replace(a10, quotas=6),)), "Oracle's quotas allow 6 A10, but the cap is 3"),
        (replace(found, models=(replace(a10, queues=4),)), "the queues have 4 A10, but there may be 3"),
        (
            replace(found, teams=(replace(vision, queue={"A10": (1, 4)}), *others)),
            "the queue of vision has 1 A10 and reaches 4, but the team may have 3",
        ),
        (
            replace(found, namespaces=(replace(space, per_job=4), *spaces)),
            "a job of vision may ask for 4 GPUs, but the namespace may have 3",
        ),
        (replace(found, namespaces=(replace(space, resource_quota=4), *spaces)), "the quota of vision is 4 GPUs, but it may have 3"),
        (replace(found, budget_usd=5501), "the budget is 5,501 USD a month, but the cap is 5,500"),
    ):
        assert words in list(looser(wrong))


@st.composite
def stacks(draw: st.DrawFn) -> dict[str, Any]:
    """Teams of two models within pools and cap, as a stack file says it."""
    sizes = {model: draw(st.integers(1, 4)) for model in PER_NODE}
    cluster = copy.deepcopy(TEAMS["cluster"])
    del cluster["nodePools"]["a10"]
    for model, size in sizes.items():
        cluster["nodePools"][model.lower()] = {
            "shape": PER_NODE[model][0], "availabilityDomains": [1], "minSize": 0, "maxSize": size,
        }  # fmt: skip
    most = {model: size * PER_NODE[model][1] for model, size in sizes.items()}
    caps = {model: draw(st.integers(PER_NODE[model][1], gpus)) for model, gpus in most.items()}
    left, lent = dict(caps), dict.fromkeys(caps, 0)
    teams: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 4))):
        own = {model: gpus for model, free in left.items() if (gpus := draw(st.integers(0, free)))}
        left = {model: free - own.get(model, 0) for model, free in left.items()}
        lends = draw(st.booleans())
        if own:
            teams[f"t{number}"] = {"quota": {"gpus": own}, "lends": lends, "namespaces": _split(draw, f"t{number}", own)}
            lent = {model: lent[model] + (own.get(model, 0) if lends else 0) for model in lent}
    queues = draw(st.booleans())
    for team in teams.values():
        if not queues:
            team["lends"] = True
            continue
        own = team["quota"]["gpus"] if team["lends"] else {}
        loans = {model: left[model] + lent[model] - own.get(model, 0) for model in caps}
        team["borrows"] = {model: loan for model, free in loans.items() if free > 0 and (loan := draw(st.integers(0, free)))}
    addons = {"kueue": {"enabled": True}, "queues": {"enabled": queues}, "personas": {"enabled": False}}
    return changed(cluster=cluster, teams=teams, addons=addons, spend={"monthlyUsd": 400_000, "gpus": caps})


def _split(draw: st.DrawFn, name: str, own: dict[str, int]) -> dict[str, Any]:
    """One namespace, or two of which one says what it may use, and leaves something."""
    if max(own.values()) < 2 or draw(st.booleans()):
        return {name: {}}
    share = {model: draw(st.integers(1, gpus - 1)) for model, gpus in own.items() if gpus > 1}
    return {name: {}, f"{name}-ci": {"quota": {"gpus": share}}}


@pytest.mark.slow
@given(stack=stacks())
def test_no_place_of_any_stack_is_looser_than_the_one_around_it(stack: dict[str, Any]) -> None:
    found = of(stack)
    assert list(looser(found)) == []
    for each in found.models:
        assert each.policies == each.cap
        if each.queues is not None:
            assert each.queues == min(each.pools, each.cap or 0) or not found.teams, "queues give away all that there may be"
