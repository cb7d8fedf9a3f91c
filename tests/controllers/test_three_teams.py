"""The exercise of docs/queues.md, played with the stack file of the example: real Kueue, real Jobs, 16 simulated nodes of 8 H100."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from components.framework import restricted
from components.queues.quota.planner import Planner
from components.queues.sharing.plan import QueuePlan
from components.queues.sharing.plan import plan as plan_queues
from components.queues.sharing.section import Queues
from platformctl import queues, waiting
from stacks.config import load
from stacks.plan import plan
from testkit.control_plane import nodes
from testkit.control_plane.client import Client
from testkit.stack_files import ROOT
from tests.controllers.workloads import GPU, SECONDS, TOLERATIONS, V, admitted, condition, decided, of

FILE = ROOT / "examples" / "Pulumi.three-teams.yaml"
TEAMS = ("pretrain", "finetune", "serving")


@pytest.fixture(scope="module")
def decided_queues(client: Client) -> Iterator[QueuePlan]:
    """What the example's stack puts into its cluster, there; gone afterwards, as Pulumi takes it away."""
    found = plan(load(FILE), FILE)
    section = found.addons.sections["queues"]
    assert isinstance(section, Queues)
    spaces = found.addons.plans["team-namespaces"]
    client.apply_all(each.document for each in spaces.namespaces)
    client.apply_all(row.document for made in (spaces, found.addons.plans["queues"]) for row in made.objects)
    for team in TEAMS:  # before Kueue knows of a queue, jobs that name none are none of its business
        client.wait_condition(V, "LocalQueue", "default", "Active", namespace=team)
    machines = [node for pool in found.context.pools for node in nodes.nodes(pool, cpus=pool.cpus, memory_gib=pool.memory_gib)]
    nodes.add(client, machines)
    yield plan_queues(section, found.context)


def job(name: str, team: str, gpus: int = 8) -> dict[str, Any]:
    """A node's worth. It names no queue: the one called `default` is its namespace's."""
    resources = {"cpu": "100", "memory": "1Ti", GPU: str(gpus)}
    container = {
        "name": "main",
        "image": "example.org/train:1",
        "resources": {"requests": resources, "limits": resources},
        "securityContext": restricted.CONTAINER,
    }
    pod = {
        "metadata": {"annotations": {"simulated/runs-for": "2h"}},
        "spec": {"restartPolicy": "Never", "securityContext": restricted.pod(), "containers": [container], "tolerations": TOLERATIONS},
    }
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": team}, "spec": {"template": pod}}


def used(client: Client) -> dict[str, int]:
    return {team: admitted(of(client, team)) for team in TEAMS}


def wait(client: Client, until: Callable[[dict[str, int]], bool]) -> dict[str, int]:
    deadline = time.monotonic() + SECONDS
    while not (until(found := used(client)) and all(decided(of(client, team)) for team in TEAMS)):
        assert time.monotonic() < deadline, found
        time.sleep(0.3)
    return found


def evicted(client: Client) -> set[str]:
    return {
        each["metadata"]["name"]
        for team in TEAMS
        for each in of(client, team)
        if each.get("status", {}).get("schedulingStats", {}).get("evictions")
    }


def submit(client: Client, team: str, count: int) -> None:
    for number in range(count):
        client.create(job(f"{team}-{number}", team))
    deadline = time.monotonic() + SECONDS
    while len(of(client, team)) < count:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_the_exercise(client: Client, decided_queues: QueuePlan) -> None:
    planner = Planner(decided_queues.objects)
    cases = {(each.first, each.other): each for each in planner.cases("h100", GPU)}
    first = cases["pretrain", "finetune"]

    submit(client, "pretrain", 14)
    assert wait(client, lambda found: found["pretrain"] == first.took) == {"pretrain": 96, "finetune": 0, "serving": 0}
    running = [each for each in client.list("v1", "Pod", namespace="pretrain") if each["spec"].get("nodeName")]
    assert len({each["spec"]["nodeName"] for each in running}) <= 12

    # 16 belong to nobody, and fine-tuning may not borrow them; but they are free, so that its first jobs evict nobody.
    submit(client, "finetune", 6)
    assert wait(client, lambda found: found["finetune"] == first.reclaimed) == {"pretrain": 80, "finetune": 32, "serving": 0}
    gone = evicted(client)
    assert len(gone) == 2
    assert all(name.startswith("job-pretrain") for name in gone)

    submit(client, "serving", 4)
    at_once = cases["pretrain", "serving"].at_once
    assert wait(client, lambda found: found["serving"] == at_once) == {"pretrain": 80, "finetune": 32, "serving": 16}
    assert evicted(client) == gone, "serving starts without preemption, and is never preempted"


def test_who_asks_for_more_waits_and_is_told_why(client: Client, decided_queues: QueuePlan) -> None:
    client.create(job("too-large", "finetune", 40))
    found = _workload(client, "finetune", "job-too-large")
    assert client.get("batch/v1", "Job", "too-large", namespace="finetune")["spec"]["suspend"] is True
    said = next(each["message"] for each in found["status"]["conditions"] if each["type"] == "QuotaReserved")
    assert "insufficient quota for nvidia.com/gpu in flavor h100" in said
    assert "current podset request (40) > maximum capacity (32)" in said
    sharing = queues.read("three-teams", ROOT / "examples" / "Pulumi.three-teams.yaml")
    shown = {row.workload: row for row in waiting.rows(sharing, of(client, "finetune"))}
    assert (shown["Job finetune/too-large"].state, shown["Job finetune/too-large"].queue) == ("waits", "finetune")
    assert said.split("\n")[0].strip() in shown["Job finetune/too-large"].why
    assert {row.why for row in shown.values() if row.state == "runs"} == {"main on h100"}


def _workload(client: Client, namespace: str, prefix: str) -> Mapping[str, Any]:
    deadline = time.monotonic() + SECONDS
    while True:
        for each in of(client, namespace):
            if each["metadata"]["name"].startswith(prefix) and condition(each, "QuotaReserved") is not None:
                return each
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.usefixtures("decided_queues")
def test_everything_goes_with_jobs_in_its_queues(client: Client) -> None:
    """Drained first, as the runbook says; then taken away in the reverse order, as Pulumi does. No finalizer waits for ever."""
    found = plan(load(FILE), FILE)
    section = found.addons.sections["queues"]
    assert isinstance(section, Queues)
    client.create(job("still-running", "serving"))
    wait(client, lambda used_by: used_by["serving"] > 0)
    drained = plan_queues(section.model_copy(update={"stopped": "drain"}), found.context)
    client.apply_all(each.document for each in drained.objects)
    wait(client, lambda used_by: not any(used_by.values()))
    going = [row.document for row in reversed(found.addons.plans["queues"].objects)]
    for document in (*going, *(each.document for each in found.addons.plans["team-namespaces"].namespaces)):
        metadata = document["metadata"]
        place = {"namespace": metadata["namespace"]} if "namespace" in metadata else {}
        client.delete(document["apiVersion"], document["kind"], metadata["name"], **place)
        client.wait_gone(document["apiVersion"], document["kind"], metadata["name"], timeout=SECONDS, **place)
    for team in TEAMS:
        assert of(client, team) == []
