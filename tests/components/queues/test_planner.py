"""The arithmetic of quotas: the numbers that are known, and what holds of any."""

from collections.abc import Mapping
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from components.queues.model.objects import Named
from components.queues.model.parse import parse
from components.queues.quota.planner import Case, Planner, Preempts, amount, shown
from components.queues.quota.tree import CycleError, Member, Quota, Tree, in_turn
from tests.components.queues.cases import cohort, group, queue, quota

GPU = "nvidia.com/gpu"


def named(*documents: Mapping[str, Any]) -> tuple[Named, ...]:
    read, wrong = parse(documents)
    assert wrong == ()
    return read


def teams(*, a: Mapping[str, Any], b: Mapping[str, Any], c: Mapping[str, Any], pool: int = 0, reclaim: str = "Any") -> Planner:
    """The exercise: 128 GPUs, three teams."""
    rows = {"a": quota(GPU, **a), "b": quota(GPU, **b), "c": quota(GPU, **c)}
    reclaims = {"a": reclaim, "b": reclaim, "c": "Never"}
    return Planner(
        named(
            cohort("gpu", resourceGroups=[group(quota(GPU, pool))]),
            *(
                queue(group(row), name=name, cohortName="gpu", preemption={"reclaimWithinCohort": reclaims[name]})
                for name, row in rows.items()
            ),
        )
    )


A = {"nominal": 64, "borrowing": 32}
B = {"nominal": 32, "borrowing": 0}
C = {"nominal": 16, "borrowing": 0, "lending": 0}


@pytest.mark.parametrize(
    ("planner", "most", "taken"),
    [
        pytest.param(teams(a=A, b=B, c=C), (96, 32, 16), (96, 0, 16), id="no pool"),
        pytest.param(teams(a=A, b=B, c=C, pool=16), (96, 32, 16), (96, 16, 16), id="pool of 16"),
        pytest.param(teams(a=A, b=B, c={**C, "lending": 16}), (96, 32, 16), (96, 16, 0), id="C lends all of its own"),
        pytest.param(teams(a=A, b=B, c={"nominal": 16, "borrowing": 0}), (96, 32, 16), (96, 16, 0), id="C says nothing of lending"),
        pytest.param(teams(a=A, b={"nominal": 32}, c=C), (96, 96, 16), (96, 0, 16), id="B may borrow everything"),
        pytest.param(teams(a=A, b={**B, "lending": 16}, c=C), (80, 32, 16), (80, 16, 16), id="B lends half"),
        pytest.param(teams(a={"nominal": 96, "borrowing": 0}, b=B, c=C), (96, 32, 16), (96, 32, 16), id="A just gets 96"),
        pytest.param(teams(a={"nominal": 64}, b=B, c=C, pool=16), (112, 32, 16), (112, 0, 16), id="A may borrow everything, pool of 16"),
    ],
)  # fmt: skip
def test_the_three_teams(planner: Planner, most: tuple[int, ...], taken: tuple[int, ...]) -> None:
    """Most that each reaches; what each gets when A takes all it can, then B, then C, and nobody is preempted."""
    assert tuple(each.most for each in planner.standings) == most
    assert tuple(planner.in_turn("h100", GPU, ("a", "b", "c")).values()) == taken


@pytest.mark.parametrize(("pool", "left"), [(0, 64), (16, 80)])
def test_what_a_may_borrow_is_no_promise(pool: int, left: int) -> None:
    planner = teams(a=A, b=B, c=C, pool=pool)
    assert planner.in_turn("h100", GPU, ("b", "a"))["a"] == left


def test_who_comes_back_takes_its_own_back() -> None:
    cases = {(each.first, each.other): each for each in teams(a=A, b=B, c=C).cases("h100", GPU)}
    assert cases["a", "b"] == Case(first="a", took=96, other="b", at_once=0, reclaimed=32)
    assert cases["a", "c"] == Case(first="a", took=96, other="c", at_once=16, reclaimed=16)
    assert cases["b", "a"].reclaimed == 64


def test_who_is_never_preempted() -> None:
    """Only who can have more than its own is a candidate; only who takes its own back preempts."""
    assert list(teams(a=A, b=B, c=C).preempts()) == [Preempts(queue="b", other="a", only_lower=False)]


def test_who_never_reclaims_is_guaranteed_what_it_does_not_lend() -> None:
    planner = teams(a=A, b={**B, "lending": 24}, c=C, reclaim="Never")
    assert [each.guaranteed for each in planner.standings] == [0, 8, 16]


def test_a_queue_alone_has_its_own() -> None:
    (found,) = Planner(named(queue(group(quota(GPU, 8))))).standings
    assert (found.reserved, found.guaranteed, found.most) == (8, 8, 8)


def test_limits_hold_at_every_level() -> None:
    """Two departments of one house: what comes from outside passes the limits of both."""
    tree = Tree([
        Member(name="house", is_cohort=True, quota=Quota(nominal=10)),
        Member(name="left", parent="house", is_cohort=True, quota=Quota(nominal=4, borrowing=6, lending=2)),
        Member(name="right", parent="house", is_cohort=True),
        Member(name="a", parent="left", quota=Quota(nominal=8, borrowing=5)),
        Member(name="b", parent="left", quota=Quota(nominal=2, borrowing=0)),
        Member(name="c", parent="right", quota=Quota(nominal=6)),
    ])  # fmt: skip
    # left: 4 + 8 + 2 = 14, of which it lends 2; the house: 10 + 2 + 6.
    assert {queue: tree.most(queue) for queue in "abc"} == {"a": 13, "b": 2, "c": 18}
    assert in_turn(tree, "cab") == {"c": 18, "a": 12, "b": 0}
    assert in_turn(tree, "abc") == {"a": 13, "b": 2, "c": 15}


def test_a_circle_is_said() -> None:
    with pytest.raises(CycleError, match="a -> b -> a"):
        Tree([Member(name="a", parent="b", is_cohort=True), Member(name="b", parent="a", is_cohort=True)])


@pytest.mark.parametrize(
    ("resource", "text", "value"), [("cpu", "1500m", 1500), ("cpu", "2", 2000), ("memory", "2Gi", 2**31), (GPU, "8", 8), (GPU, "500m", 1)]
)
def test_amounts_are_counted_as_kueue_does(resource: str, text: str, value: int) -> None:
    assert amount(resource, text) == value


def test_amounts_are_shown_as_quantities() -> None:
    assert (shown("cpu", 1500), shown("memory", 3 * 2**30), shown(GPU, 8)) == ("1500m", "3Gi", "8")


# Of any tree

LIMITS = st.none() | st.integers(0, 24)


@st.composite
def trees(draw: st.DrawFn) -> tuple[tuple[Member, ...], dict[str, Member]]:
    names = [f"c{number}" for number in range(draw(st.integers(1, 4)))]
    cohorts = [
        Member(
            name=name,
            parent=draw(st.sampled_from([None, *names[:at]])) if at else None,
            is_cohort=True,
            quota=Quota(nominal=draw(st.integers(0, 16))),
        )
        for at, name in enumerate(names)
    ]
    cohorts = [
        each
        if each.parent is None
        else Member(
            name=each.name,
            parent=each.parent,
            is_cohort=True,
            quota=Quota(nominal=each.quota.nominal, borrowing=draw(LIMITS), lending=draw(LIMITS)),
        )
        for each in cohorts
    ]
    queues = {}
    for number in range(draw(st.integers(1, 6))):
        nominal = draw(st.integers(0, 24))
        lending = draw(st.none() | st.integers(0, nominal))
        quotas = Quota(nominal=nominal, borrowing=draw(LIMITS), lending=lending)
        queues[f"q{number}"] = Member(name=f"q{number}", parent=draw(st.sampled_from(names)), quota=quotas)
    return (*cohorts, *queues.values()), queues


Drawn = tuple[tuple[Member, ...], dict[str, Member]]


@given(trees(), st.randoms(use_true_random=False))
def test_nobody_ever_has_less_than_nothing_nor_more_than_its_most(drawn: Drawn, random: Any) -> None:
    members, queues = drawn
    tree = Tree(members)
    usage = tree.unused()
    for _ in range(12):
        name = random.choice(list(queues))
        free = usage.available(name)
        assert free >= 0
        usage.take(name, random.randint(0, free))
        assert usage.of(name) <= tree.most(name)
        if random.random() < 0.3:
            usage.give_back(name, random.randint(0, usage.of(name)))


@given(trees(), st.permutations(range(6)))
def test_together_they_have_no_more_than_there_is(drawn: Drawn, order: list[int]) -> None:
    members, queues = drawn
    tree = Tree(members)
    taken = in_turn(tree, [f"q{number}" for number in order if f"q{number}" in queues])
    for root in {tree.root(name) for name in queues}:
        of = [name for name in queues if tree.root(name) == root]
        assert sum(taken[name] for name in of) <= tree.total(of[0])


@given(trees(), st.permutations(range(6)))
def test_what_is_reserved_is_there_at_once_whoever_came_before(drawn: Drawn, order: list[int]) -> None:
    members, queues = drawn
    tree = Tree(members)
    taken = in_turn(tree, [f"q{number}" for number in order if f"q{number}" in queues])
    assert all(taken[name] >= tree.reserved(name) for name in queues)


@given(trees(), st.integers(1, 8))
def test_who_has_more_never_reaches_less(drawn: Drawn, more: int) -> None:
    members, queues = drawn
    before = Tree(members)
    for name, member in queues.items():
        quotas = Quota(nominal=member.quota.nominal + more, borrowing=member.quota.borrowing, lending=member.quota.lending)
        changed = Member(name=name, parent=member.parent, quota=quotas)
        after = Tree([changed if each is member else each for each in members])
        assert after.most(name) >= before.most(name)
        assert after.reserved(name) >= before.reserved(name)


@given(trees())
def test_what_is_taken_and_given_back_leaves_nothing(drawn: Drawn) -> None:
    members, queues = drawn
    tree = Tree(members)
    usage = tree.unused()
    taken = {}
    for name in queues:
        taken[name] = usage.available(name)
        usage.take(name, taken[name])
    for name in queues:
        usage.give_back(name, taken[name])
    fresh = tree.unused()
    assert {name: usage.available(name) for name in queues} == {name: fresh.available(name) for name in queues}


@given(trees())
def test_guarantees_fit_into_what_there_is(drawn: Drawn) -> None:
    members, queues = drawn
    tree = Tree(members)
    for root in {tree.root(name) for name in queues}:
        of = [name for name in queues if tree.root(name) == root]
        assert sum(tree.quota(name).nominal for name in of) <= tree.total(of[0])
        assert all(tree.reserved(name) <= tree.quota(name).nominal for name in of)


@given(drawn=trees())
def test_who_preempts_whom_is_as_each_pair_says(drawn: Drawn) -> None:
    """Candidates are found once for each cohort; asked of every pair, the answer is the same."""
    members, _ = drawn
    planner = Planner(named(*map(_document, members)))
    pairs = {
        (name, other)
        for name in planner.queues
        for other in planner.queues
        if name != other and any(planner._may_reclaim(tree, name, other) for tree in planner.trees.values())
    }
    assert {(each.queue, each.other) for each in planner.preempts() if each.queue != each.other} == pairs


def _document(member: Member) -> dict[str, Any]:
    limits = {"borrowing": member.quota.borrowing, "lending": member.quota.lending}
    rows = [group(quota(GPU, member.quota.nominal, **{key: value for key, value in limits.items() if value is not None and member.parent}))]
    if member.is_cohort:
        return cohort(member.name, resourceGroups=rows, **({"parentName": member.parent} if member.parent else {}))
    spec = {"cohortName": member.parent, "preemption": {"reclaimWithinCohort": "Any"}} if member.parent else {}
    return queue(*rows, name=member.name, **spec)


def test_a_thousand_teams_are_planned() -> None:
    found = [cohort()] + [queue(group(quota(GPU, 8, borrowing=8)), name=f"team-{number}", cohortName="gpu") for number in range(1000)]
    planner = Planner(named(*found))
    assert [each.most for each in planner.standings] == [16] * 1000
