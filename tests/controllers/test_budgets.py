"""A team past its budget is held and then drained by the real Kueue, by a program that has no right but those it needs."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.framework.plan import AddOnPlan
from components.queues.budgets import plan as budgets
from components.queues.budgets.in_cluster import keep
from components.queues.sharing.addon import QueuesAddOn
from components.queues.sharing.section import Queues
from infra.facts import POOL_LABEL, ClusterContext, Pool, Prices, Taint, Team, TeamNamespace
from testkit.control_plane.client import Client
from testkit.control_plane.cluster import ControlPlane
from testkit.control_plane.cron_jobs import CronJobProgram
from tests.controllers.workloads import GPU, SECONDS, TOLERATIONS, V, admitted, condition, of

TEAM, OTHER = "budget-vision", "budget-speech"
POOL = Pool(
    name="budget-h100", min_nodes=0, max_nodes=2, cpus=224, memory_gib=2048, ephemeral_storage_gib=1600, gpus_per_node=8, gpu_model="H100",
    labels={POOL_LABEL: "budget-h100"}, taints=(Taint(key=GPU),),
)  # fmt: skip
CONTEXT = ClusterContext(
    pools=(POOL,),
    teams=(
        Team(name=TEAM, namespaces=(TeamNamespace(name=TEAM),), gpus={"H100": 8}, gpu_hours=100),
        Team(name=OTHER, namespaces=(TeamNamespace(name=OTHER),), gpus={"H100": 8}),
    ),
    prices=Prices(node_usd_per_hour={"budget-h100": 80.0}),
)
Run = Callable[[], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def installed(client: Client) -> Iterator[AddOnPlan]:
    plan = QueuesAddOn.plan(CONTEXT, Queues())
    spaces = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"managed-by-kueue": "true"}}}
        for name in (TEAM, OTHER)
    ]
    client.apply_all([*spaces, *(each.document for each in plan.namespaces), *(row.document for row in plan.objects)])
    yield plan
    client.delete_all(spaces)
    client.delete_all([row.document for row in plan.objects])


@pytest.fixture(scope="module")
def run(client: Client, kueue: ControlPlane, installed: AddOnPlan, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run of the CronJob."""
    job = client.get("batch/v1", "CronJob", budgets.NAME, namespace=budgets.NAMESPACE)
    return CronJobProgram(kueue, client, job, tmp_path_factory.mktemp("budgets")).run


def kept(client: Client) -> dict[str, Any]:
    data = client.get("v1", "ConfigMap", budgets.STATE, namespace=budgets.NAMESPACE)["data"]
    state: dict[str, Any] = json.loads(data["state"])["queues"]
    return state


def used(client: Client, hours: float) -> None:
    """As if the team had used so many hours this month until now."""
    state = kept(client)
    state[TEAM] |= {"hours": hours, "at": datetime.now(UTC).isoformat()}
    client.apply({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": budgets.STATE, "namespace": budgets.NAMESPACE},
        "data": {"state": json.dumps({"queues": state})},
    })  # fmt: skip


def in_use(client: Client) -> dict[str, int]:
    """As the queue's status says it, a moment after Kueue has decided."""
    return keep.in_use(client.get(V, "ClusterQueue", TEAM), {"resources": [GPU]})


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def work(name: str, namespace: str = TEAM) -> dict[str, Any]:
    """A Job, for only a Job's own controller gives back what an evicted workload held. It names no queue: its namespace's is `default`."""
    resources = {"cpu": "8", "memory": "64Gi", GPU: "4"}
    container = {"name": "main", "image": "example.org/train:1", "resources": {"requests": resources, "limits": resources}}
    spec = {"template": {"spec": {"restartPolicy": "Never", "containers": [container], "tolerations": TOLERATIONS}}}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def test_a_team_past_its_budget_is_held_then_drained_and_let_go(client: Client, run: Run) -> None:
    client.wait_condition(V, "LocalQueue", "default", "Active", namespace=TEAM)
    client.create(work("first"))
    client.create(work("theirs", OTHER))
    until(lambda: admitted(of(client, TEAM)) == 4 and admitted(of(client, OTHER)) == 4)
    until(lambda: in_use(client) == {"budget-h100": 4})
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{TEAM}: 0.0 of 100 GPU-hours: 0% of the budget" in done.stdout
    assert kept(client)[TEAM]["gpus"] == {"budget-h100": 4}

    used(client, 100)
    assert run().returncode == 0
    assert client.get(V, "ClusterQueue", TEAM)["spec"]["stopPolicy"] == "Hold"
    client.create(work("second"))
    until(lambda: any(condition(each, "QuotaReserved") == "False" for each in of(client, TEAM)))
    assert admitted(of(client, TEAM)) == 4, "what runs goes on, and nothing more is admitted"

    used(client, 110)
    assert run().returncode == 0
    until(lambda: admitted(of(client, TEAM)) == 0)
    assert client.get(V, "ClusterQueue", TEAM)["spec"]["stopPolicy"] == "HoldAndDrain"
    assert admitted(of(client, OTHER)) == 4, "nobody else is touched"
    assert client.get(V, "ClusterQueue", OTHER)["spec"]["stopPolicy"] == "None"

    until(lambda: in_use(client) == {})
    state = kept(client)
    state[TEAM]["at"] = (datetime.now(UTC).replace(day=1) - timedelta(days=2)).isoformat()
    state[TEAM]["gpus"] = {}
    client.apply({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": budgets.STATE, "namespace": budgets.NAMESPACE},
        "data": {"state": json.dumps({"queues": state})},
    })  # fmt: skip
    assert run().returncode == 0
    assert client.get(V, "ClusterQueue", TEAM)["spec"]["stopPolicy"] == "None"
    until(lambda: admitted(of(client, TEAM)) == 8)


def test_an_update_of_the_stack_leaves_the_count_and_the_hold_alone(client: Client, installed: AddOnPlan, run: Run) -> None:
    run()
    used(client, 100)
    run()
    client.apply_all(row.document for row in installed.objects)
    assert kept(client)[TEAM]["hours"] >= 100
    assert client.get(V, "ClusterQueue", TEAM)["spec"]["stopPolicy"] == "Hold"
    used(client, 0)
    run()
    assert client.get(V, "ClusterQueue", TEAM)["spec"]["stopPolicy"] == "None"


@pytest.mark.usefixtures("installed")
def test_it_has_no_other_right(client: Client) -> None:
    account = client.service_account(budgets.NAMESPACE, budgets.NAME)
    group = "kueue.x-k8s.io"
    assert account.allowed("patch", "clusterqueues", group=group, name=TEAM)
    for verb, resource, of_group, name, namespace in (
        ("patch", "clusterqueues", group, "another", ""), ("list", "clusterqueues", group, "", ""),
        ("delete", "clusterqueues", group, TEAM, ""), ("update", "clusterqueues", group, TEAM, ""),
        ("get", "secrets", "", "", budgets.NAMESPACE), ("get", "configmaps", "", budgets.NAME, budgets.NAMESPACE),
        ("get", "workloads", group, "", TEAM), ("create", "pods", "", "", budgets.NAMESPACE),
    ):  # fmt: skip
        assert not account.allowed(verb, resource, group=of_group, name=name, namespace=namespace), (verb, resource)


def test_a_run_that_cannot_read_a_queue_fails_and_keeps_the_others(client: Client, run: Run) -> None:
    run()
    client.delete(V, "ClusterQueue", OTHER)
    client.delete("batch/v1", "Job", "theirs", namespace=OTHER)
    client.wait_gone(V, "ClusterQueue", OTHER, timeout=SECONDS)
    done = run()
    assert done.returncode == 1
    assert f"{OTHER}: cannot be read: 404" in done.stderr
    assert f"{TEAM}: " in done.stdout
