"""What the planner says is what the real Kueue does, to the GPU."""

import random
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from components.queues.model.objects import Named
from components.queues.model.parse import parse
from components.queues.quota.planner import Planner
from components.queues.quota.tree import in_turn
from testkit.control_plane.client import Client
from tests.components.queues.cases import cohort, flavor, group, queue, quota
from tests.controllers.workloads import GPU, SECONDS, V, admitted, decided, of, workload

FLAVOR = "quotas"
COHORTS = 60
SEED = 20261128


def local(name: str, namespace: str) -> dict[str, Any]:
    return {"apiVersion": V, "kind": "LocalQueue", "metadata": {"name": name, "namespace": namespace}, "spec": {"clusterQueue": name}}


def quotas(nominal: int, borrowing: int | None, lending: int | None) -> dict[str, Any]:
    limits = {"borrowing": borrowing, "lending": lending}
    return group(quota(GPU, nominal, **{key: value for key, value in limits.items() if value is not None}), flavors=(FLAVOR,))


def drawn(number: int, draw: random.Random) -> list[dict[str, Any]]:
    """A tree of cohorts, up to three deep, with two to four queues somewhere in it."""
    root = f"root-{number}"
    made = [cohort(root, resourceGroups=[quotas(draw.randint(0, 3), None, None)])]
    cohorts = [root]
    for at in range(draw.choice((0, 0, 1, 2))):
        name = f"part-{number}-{at}"
        limits = (draw.choice((None, 0, 1, 2, 4)), draw.choice((None, 0, 1, 3)))
        made.append(cohort(name, parentName=draw.choice(cohorts), resourceGroups=[quotas(draw.randint(0, 2), *limits)]))
        cohorts.append(name)
    for at in range(draw.randint(2, 4)):
        nominal = draw.randint(0, 5)
        lending = draw.choice((None, None, 0, draw.randint(0, nominal)))
        rows = quotas(nominal, draw.choice((None, 0, 1, 2, 4)), lending)
        made.append(queue(rows, name=f"queue-{number}-{at}", cohortName=draw.choice(cohorts)))
    return made


def read(documents: list[dict[str, Any]]) -> tuple[Named, ...]:
    objects, wrong = parse(documents)
    assert wrong == ()
    return objects


def wait(client: Client, namespace: str, until: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """All workloads of the namespace, once `until` holds of them."""
    deadline = time.monotonic() + SECONDS
    while not until(found := of(client, namespace)):
        assert time.monotonic() < deadline, [each.get("status") for each in found if not decided([each])][:3]
        time.sleep(0.2)
    return found


def test_random_cohorts_admit_what_the_planner_says(client: Client, namespace: Callable[[str], str]) -> None:
    """All queues of a cohort, one after the other, ask for more than there is: each gets what the planner says; nobody is preempted."""
    draw = random.Random(SEED)  # noqa: S311 - the same ones each time
    where = namespace("random")
    trees = {number: drawn(number, draw) for number in range(COHORTS)}
    client.apply(flavor(FLAVOR))
    wanted: dict[str, int] = {}
    turns: dict[int, list[str]] = {}
    for documents in trees.values():
        planner = Planner(read(documents))
        tree = planner.trees[FLAVOR, GPU]
        order = draw.sample(planner.queues, len(planner.queues))
        wanted |= in_turn(tree, order)
        for turn, name in enumerate(order):
            turns.setdefault(turn, []).append(name)
        client.apply_all(documents)
        client.apply_all(local(name, where) for name in planner.queues)
    assert len(trees) >= 50
    assert len(set(wanted.values())) > 5, "the draw has cases that differ"
    for names in turns.values():
        for name in names:
            for number in range(wanted[name] + 2):
                client.create(workload(f"{name}-{number}", where, name, {GPU: 1}))
        found = wait(client, where, decided)
    by_queue = {name: admitted(each for each in found if each["spec"]["queueName"] == name) for name in wanted}
    assert by_queue == wanted


# The three teams, every row of the table

A, B, C = (64, 32, None), (32, 0, None), (16, 0, 0)
ROWS: Mapping[str, tuple[tuple[int, int | None, int | None], ...]] = {
    "no pool": (A, B, C, (0, None, None)),
    "pool": (A, B, C, (16, None, None)),
    "C lends": (A, B, (16, 0, 16), (0, None, None)),
    "B borrows": (A, (32, None, None), C, (0, None, None)),
    "B lends half": (A, (32, 0, 16), C, (0, None, None)),
    "A has 96": ((96, 0, None), B, C, (0, None, None)),
}
GOLDEN = {
    "no pool": (96, 0, 16), "pool": (96, 16, 16), "C lends": (96, 16, 0), "B borrows": (96, 0, 16), "B lends half": (80, 16, 16),
    "A has 96": (96, 32, 16),
}  # fmt: skip


def three_teams(suffix: str, row: tuple[tuple[int, int | None, int | None], ...], reclaim: str) -> list[dict[str, Any]]:
    *teams, pool = row
    of_teams = zip("abc", teams, (reclaim, reclaim, "Never"), strict=True)
    return [
        cohort(f"gpu-{suffix}", resourceGroups=[quotas(*pool)]),
        *(
            queue(quotas(*team), name=f"{name}-{suffix}", cohortName=f"gpu-{suffix}", preemption={"reclaimWithinCohort": policy})
            for name, team, policy in of_teams
        ),
    ]


@pytest.mark.parametrize("row", ROWS)
def test_three_teams_one_after_the_other(client: Client, unique: Callable[[str], str], namespace: Callable[[str], str], row: str) -> None:
    """A takes all it can, then B, then C, in workloads of a node each; nobody is preempted."""
    suffix, where = unique("t"), namespace("teams")
    documents = three_teams(suffix, ROWS[row], "Never")
    names = [f"{team}-{suffix}" for team in "abc"]
    client.apply_all([flavor(FLAVOR), *documents, *(local(name, where) for name in names)])
    for name in names:
        for number in range(14):
            client.create(workload(f"{name}-{number}", where, name, {GPU: 8}))
        found = wait(client, where, decided)
    got = tuple(admitted(each for each in found if each["spec"]["queueName"] == name) for name in names)
    assert got == GOLDEN[row]
    assert got == tuple(Planner(read(documents)).in_turn(FLAVOR, GPU, names).values())
