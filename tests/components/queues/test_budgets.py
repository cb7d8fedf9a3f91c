"""A team is held to its budget: every step of the month, what happens when a run is lost, killed or doubled, and what belongs to whom."""

from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from components.queues.budgets import plan as budgets
from components.queues.budgets.in_cluster import keep
from components.queues.sharing.addon import QueuesAddOn
from components.queues.sharing.section import Queues
from infra.facts import POOL_LABEL, ClusterContext, Pool, Prices, Taint, Team, TeamNamespace

GPU = "nvidia.com/gpu"
BUDGET: keep.Budget = {"gpuHours": 100, "usdPerGpuHour": {"h100": 10.0}, "resources": ["amd.com/gpu", GPU]}
START = datetime(2026, 11, 1, tzinfo=UTC)
STEP = timedelta(minutes=5)


def queue(gpus: int, policy: str | None = None) -> dict[str, Any]:
    used = [{"name": "cpu", "total": "64"}, {"name": GPU, "total": str(gpus), "borrowed": "0"}]
    spec = {} if policy is None else {"stopPolicy": policy}
    return {"spec": spec, "status": {"flavorsUsage": [{"name": "h100", "resources": used}]}}


class Cluster:
    """A queue, and what a run does to it. Evicted workloads are gone at the next run."""

    def __init__(self, gpus: int = 8, budget: keep.Budget = BUDGET) -> None:
        self.gpus, self.budget, self.policy = gpus, budget, "None"
        self.state: dict[str, Any] = {}

    @property
    def held(self) -> int:
        return 0 if self.policy == "HoldAndDrain" else self.gpus

    def run(self, now: datetime, *, killed: bool = False) -> keep.Kept:
        self.state = keep.decided(self.state, {"a": queue(self.held, self.policy)}, {"a": self.budget}, now)
        kept: keep.Kept = self.state["queues"]["a"]
        if not killed:
            self.policy = kept["policy"]
        return kept

    def until(self, policy: str, now: datetime) -> datetime:
        for _ in range(2000):
            now += STEP
            self.run(now)
            if self.policy == policy:
                return now
        raise AssertionError(self.state)


def test_a_month_step_by_step() -> None:
    """8 GPUs use 100 hours in 12.5: held. What runs goes on to 110, in 13.75: drained. The next month begins anew."""
    cluster = Cluster()
    cluster.run(START)
    held = cluster.until("Hold", START)
    assert held - START == timedelta(hours=12.5)
    drained = cluster.until("HoldAndDrain", held)
    assert drained - START == timedelta(hours=13.75)
    assert cluster.state["queues"]["a"]["hours"] == pytest.approx(110)
    cluster.run(drained + STEP)
    much_later = cluster.run(START + timedelta(days=29))
    assert much_later["hours"] == pytest.approx(110, abs=0.5), "nothing runs any more"
    assert cluster.policy == "HoldAndDrain"
    assert cluster.run(datetime(2026, 12, 1, 0, 1, tzinfo=UTC))["hours"] == 0
    assert cluster.policy == "None"


def test_money_is_counted_by_flavor() -> None:
    cluster = Cluster(budget={**BUDGET, "gpuHours": 10**6, "monthlyUsd": 800})
    cluster.run(START)
    assert cluster.until("Hold", START) - START == timedelta(hours=10)
    assert cluster.state["queues"]["a"]["usd"] == pytest.approx(800)


def test_a_job_that_ends_in_time_is_never_stopped() -> None:
    cluster = Cluster()
    cluster.run(START)
    cluster.gpus = 0
    for number in range(1, 500):
        cluster.run(START + number * STEP)
    assert cluster.policy == "None"
    assert cluster.state["queues"]["a"]["hours"] == pytest.approx(8 / 24)


@given(steps=st.lists(st.integers(1, 200), min_size=1, max_size=30))
def test_however_often_it_runs_the_hours_are_the_same(steps: list[int]) -> None:
    """Late, missed and hurried runs: what is held all the time is counted once."""
    cluster = Cluster(budget={**BUDGET, "gpuHours": 10**6})
    now = START
    cluster.run(now)
    for minutes in steps:
        now += timedelta(minutes=minutes)
        cluster.run(now)
    passed = (now - START).total_seconds() / 3600
    assert cluster.state["queues"]["a"]["hours"] == pytest.approx(8 * passed, rel=1e-4)


def test_two_runs_at_once_count_once() -> None:
    """The second sees that the first has counted until now."""
    cluster = Cluster()
    cluster.run(START)
    first = cluster.run(START + STEP)["hours"]
    assert cluster.run(START + STEP)["hours"] == first


def test_a_clock_that_went_back_counts_nothing() -> None:
    cluster = Cluster()
    cluster.run(START + timedelta(hours=1))
    assert cluster.run(START)["hours"] == 0
    assert cluster.run(START + timedelta(hours=2))["hours"] == 8


def test_what_reaches_over_midnight_belongs_to_the_month_that_it_is_in() -> None:
    cluster = Cluster()
    cluster.run(datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    assert cluster.run(datetime(2026, 12, 1, 0, 30, tzinfo=UTC))["hours"] == 4
    assert cluster.run(datetime(2027, 2, 1, 1, 0, tzinfo=UTC))["hours"] == 8, "a whole month was missed"


@given(st.data())
def test_a_run_that_was_killed_is_finished_by_the_next(data: st.DataObject) -> None:
    """Wherever it was killed, the queue ends as it would have; and a new month always lets it go."""
    cluster = Cluster()
    now = START
    cluster.run(now)
    for _ in range(data.draw(st.integers(1, 40))):
        now += timedelta(minutes=data.draw(st.integers(5, 90)))
        cluster.run(now, killed=data.draw(st.booleans()))
    kept = cluster.run(now)
    assert cluster.policy == keep.wanted(keep.share(kept, BUDGET))
    december = datetime(2026, 12, 1, tzinfo=UTC)
    cluster.run(december, killed=data.draw(st.booleans()))
    cluster.run(december)
    assert cluster.policy == "None"
    assert not {"ours", "before"} & cluster.run(december + timedelta(seconds=1)).keys()


@pytest.mark.parametrize("theirs", ["Hold", "HoldAndDrain"])
def test_what_somebody_else_stopped_stays_stopped(theirs: str) -> None:
    cluster = Cluster()
    cluster.policy = theirs
    cluster.run(START)
    for number in range(1, 400):
        cluster.run(START + number * STEP)
        assert keep.STRENGTH[cluster.policy] >= keep.STRENGTH[theirs]
    cluster.run(datetime(2026, 12, 1, tzinfo=UTC))
    cluster.run(datetime(2026, 12, 1, 0, 5, tzinfo=UTC))
    assert cluster.policy == theirs


def test_who_lifts_it_by_hand_is_not_followed_and_a_larger_budget_is() -> None:
    cluster = Cluster()
    cluster.run(START)
    now = cluster.until("Hold", START)
    cluster.policy = "None"
    cluster.run(now + STEP)
    assert cluster.policy == "Hold"
    cluster.budget = {**BUDGET, "gpuHours": 1000}
    cluster.run(now + 2 * STEP)
    assert cluster.policy == "None"


def test_a_team_whose_budget_was_taken_away_is_let_go() -> None:
    cluster = Cluster()
    cluster.run(START)
    now = cluster.until("HoldAndDrain", START)
    cluster.budget = {key: value for key, value in BUDGET.items() if key != "gpuHours"}
    cluster.run(now + STEP)
    assert cluster.policy == "None"


def test_a_queue_that_cannot_be_read_is_made_up_for() -> None:
    cluster = Cluster()
    cluster.run(START)
    cluster.state = keep.decided(cluster.state, {}, {"a": BUDGET}, START + timedelta(hours=1))
    assert cluster.run(START + timedelta(hours=2))["hours"] == 16


def test_the_month_is_projected() -> None:
    assert keep.projected(100, datetime(2026, 11, 11, tzinfo=UTC)) == 300
    assert keep.projected(0, START) == 0
    assert keep.next_month(datetime(2026, 12, 31, tzinfo=UTC)) == datetime(2027, 1, 1, tzinfo=UTC)


# What is put into the cluster


H100 = Pool(
    name="h100", min_nodes=0, max_nodes=2, cpus=224, memory_gib=2048, ephemeral_storage_gib=1600, gpus_per_node=8, gpu_model="H100",
    labels={POOL_LABEL: "h100"}, taints=(Taint(key=GPU),),
)  # fmt: skip


def cluster(**team: Any) -> ClusterContext:
    teams = (
        Team(name="a", namespaces=(TeamNamespace(name="a"),), gpus={"H100": 8}, **team),
        Team(name="b", namespaces=(TeamNamespace(name="b"),), gpus={"H100": 8}),
    )
    return ClusterContext(pools=(H100,), teams=teams, prices=Prices(node_usd_per_hour={"h100": 80.0}))


def test_a_stack_without_budgets_has_nothing_of_it() -> None:
    made = QueuesAddOn.plan(cluster(), Queues())
    assert not [row.id for row in made.objects if row.id.startswith("budgets.")]
    assert made.namespaces == ()


def test_it_may_read_and_stop_the_teams_queues_and_keep_its_count_and_nothing_else() -> None:
    made = {row.id: row.document for row in QueuesAddOn.plan(cluster(gpu_hours=100), Queues()).objects}
    assert made["budgets.queues"]["rules"] == [
        {"apiGroups": ["kueue.x-k8s.io"], "resources": ["clusterqueues"], "resourceNames": ["a", "b"], "verbs": ["get", "patch"]}
    ]
    assert made["budgets.role"]["rules"] == [
        {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": [budgets.STATE], "verbs": ["get", "patch"]}
    ]
    assert "data" not in made["budgets.used"], "an update must leave alone what is counted"
    assert "stopPolicy" not in made["queue-a"]["spec"], "an update must leave alone what is stopped"
    pod = made["budgets.job"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] and pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"]
    assert made["budgets.job"]["spec"]["concurrencyPolicy"] == "Forbid"


def test_a_gpus_price_is_its_part_of_the_nodes() -> None:
    made = {row.id: row.document for row in QueuesAddOn.plan(cluster(monthly_usd=100), Queues()).objects}
    assert '"usdPerGpuHour": {\n        "h100": 10.0' in made["budgets.script"]["data"][budgets.CONFIG]
