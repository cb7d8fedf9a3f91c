"""A true `pulumi up` of the platform inside a cluster, with the official kubernetes provider, from nothing to nothing.

What this proves: the engine, the program, the official provider with its Helm, and a Kubernetes API server with all its controllers
agree on every object, its order, its waits, what a change does to it, and that it goes again. The simulated provider is held to the
official one on the way. What it does not: charts are stand-ins made from their schemas (`testkit.control_plane.charts`), nodes and
pods are played by kwok, and passwords come from the simulated random provider. No image is pulled, no webhook answers, nothing runs.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from components.framework.schema import load
from components.registry import CHARTS
from platformctl.engine.events import changes
from platformctl.engine.plan import Plan, PlannedResource, name_of
from platformctl.engine.session import OperationError, Session
from platformctl.engine.stackfile import StackFile
from testkit.control_plane.client import ApiError, Client
from testkit.control_plane.cluster import ROOT, ControlPlane

Held = frozenset[tuple[str, str, str]]
"""Kind, namespace and name of objects."""

SETTLE_SECONDS = 60.0
PASSING = ("Event", "Lease", "EndpointSlice", "Endpoints", "ComponentStatus", "APIService", "IPAddress")
"""Kinds of objects that come and go by themselves, and that the server keeps for itself."""

RETENTION = {"addons.monitoring.retentionDays": 8}

CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a value": {"addons.gpuOperator.values": {"dcgmExporter": {"enabled": False}}},
    "an option": RETENTION,
    "sharing of GPUs": {"addons.gpuOperator.sharing": {"a10": {"mode": "time-slicing", "replicas": 3}}},
    "no sharing": {"addons.gpuOperator.sharing": {}},
    "an add-on less": {"addons.kserve.enabled": False},
    "objects less": {"addons.kserve.samples": "none"},
    "a secret more": {"addons.monitoring.receivers": {"webhook": "https://example.com/hook"}},
    "replicas": {"addons.certManager.replicas": 2},
    "charts from elsewhere": {"charts.mirror": "MIRROR"},
    "another cluster": {"name": "another"},
}


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """What was seen of a stack between its first preview and its destroy."""

    before: Held
    first: Plan
    up: Held
    values: dict[str, Any]
    """Of the monitoring release, as they arrived in the cluster."""
    pods: list[dict[str, Any]]
    second: Plan
    plans: dict[str, Plan]
    """By the name of the change."""
    changed: dict[str, Any]
    """Values of the monitoring release after a change of one."""
    settled: Plan
    drift: list[str]
    """What a refresh found when nobody had touched anything."""
    meddled: list[str]
    """What it found when somebody had."""
    fixed: Plan
    contested: str
    """What an up said of a field that somebody else had taken over."""
    after: Held


@pytest.fixture(scope="module")
def lifecycle(control_plane: ControlPlane, official: dict[str, Path], changed: Callable[..., StackFile]) -> Iterator[Lifecycle]:
    client = control_plane.client
    before = held(client)
    with Session(ROOT, changed(), official=official) as session:
        first = session.preview()
        session.run("up")
        up, values, pods = held(client), given(client), client.list("v1", "Pod")
        second = session.preview()
        plans = {name: plan_of(session, changed, change, control_plane) for name, change in CHANGES.items()}
        session.change(changed(RETENTION))
        session.run("up")
        settled = session.preview()
        drift = refreshed(session)
        client.delete("serving.kserve.io/v1alpha1", "ClusterServingRuntime", "triton")
        meddled = refreshed(session)
        session.run("up")
        fixed = session.preview()
        contested = contest(session, client)
        changed_values = given(client)
        session.run("destroy")
    yield Lifecycle(
        before=before, first=first, up=up, values=values, pods=pods, second=second, plans=plans, changed=changed_values, settled=settled,
        drift=drift, meddled=meddled, fixed=fixed, contested=contested, after=settle(client, before | left_by_helm()),
    )  # fmt: skip


def plan_of(session: Session, changed: Callable[..., StackFile], change: dict[str, Any], control_plane: ControlPlane) -> Plan:
    # The same repository by another name.
    elsewhere = control_plane.charts.replace("127.0.0.1", "localhost")
    session.change(changed({key: elsewhere if value == "MIRROR" else value for key, value in change.items()}))
    return session.preview()


def contest(session: Session, client: Client) -> str:
    """Take a label of a namespace over, as an administrator would with `kubectl label`, run an up, and give the label back."""
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "monitoring"}}
    labels = {"pod-security.kubernetes.io/warn": "baseline"}
    client.apply({**namespace, "metadata": {"name": "monitoring", "labels": labels}})
    assert refreshed(session) == ["update monitoring-namespace"]
    with pytest.raises(OperationError) as refusal:
        session.run("up")
    client.apply(namespace)
    session.run("up", "--refresh")
    return "\n".join(error.message for error in refusal.value.outcome.log.errors)


def refreshed(session: Session) -> list[str]:
    return sorted(f"{step.op} {name_of(step.urn)}" for step in changes(session.run("refresh").log.done))


def given(client: Client) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(
        client.get("v1", "ConfigMap", "kube-prometheus-stack-values", namespace="monitoring")["data"]["values.json"]
    )
    return values


def held(client: Client) -> Held:
    """All that the cluster holds, of every kind that can be listed."""
    groups = client.request("GET", "/apis")["groups"]
    found: set[tuple[str, str, str]] = set()
    for root in ("/api/v1", *(f"/apis/{each['groupVersion']}" for group in groups for each in group["versions"])):
        for kind in client.request("GET", root)["resources"]:
            if "/" in kind["name"] or "list" not in kind["verbs"] or kind["kind"] in PASSING:
                continue
            items = listed(client, f"{root}/{kind['name']}")
            found |= {(kind["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"]) for item in items}
    return frozenset(found)


def listed(client: Client, path: str) -> list[dict[str, Any]]:
    """The objects there; none where the kind's definition went in the meantime. A definition that has just come is waited for."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            items: list[dict[str, Any]] = client.request("GET", path)["items"]
        except ApiError as error:
            if error.status == 404:
                return []
            if error.status != 429 or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return items


def settle(client: Client, expected: Held) -> Held:
    """What the cluster holds once the garbage collector is done; whatever it holds when it takes too long."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while (now := held(client)) - expected and time.monotonic() < deadline:
        time.sleep(1)
    return now


def left_by_helm() -> Held:
    """Helm never deletes a definition of a chart's `crds/`, for all objects of its kind would go with it."""
    kinds = [(name.partition("/"), served) for chart in CHARTS if chart.crds == "chart" for name, served in load(chart.key).names.items()]
    return frozenset(("CustomResourceDefinition", "", f"{served['plural']}.{group}") for (group, _, _), served in kinds)


def releases(lifecycle: Lifecycle) -> list[PlannedResource]:
    return [each for each in lifecycle.first.resources if each.type == "kubernetes:helm.sh/v3:Release"]


def test_the_first_preview_creates_everything(lifecycle: Lifecycle) -> None:
    assert set(lifecycle.first.counts) == {"create"}
    assert {each.inputs["chart"].rpartition("/")[2] for each in releases(lifecycle)} == {chart.name for chart in CHARTS}


def test_after_the_up_every_object_of_the_plan_is_in_the_cluster(lifecycle: Lifecycle) -> None:
    objects = [each for each in lifecycle.first.resources if each.type.startswith("kubernetes:") and "metadata" in each.inputs]
    assert objects
    for each in objects:
        meta = each.inputs["metadata"]
        assert (each.inputs["kind"], meta.get("namespace", ""), meta["name"]) in lifecycle.up


def test_every_chart_runs_and_has_the_values_that_were_decided(lifecycle: Lifecycle) -> None:
    running = {pod["metadata"]["labels"].get("app") for pod in lifecycle.pods if pod["status"]["phase"] == "Running"}
    assert {each.inputs["name"] for each in releases(lifecycle)} <= running
    assert lifecycle.values["prometheus"]["prometheusSpec"]["retention"] == "7d"


def test_a_second_preview_changes_nothing(lifecycle: Lifecycle) -> None:
    assert [f"{each.op} {each.name}" for each in lifecycle.second.changes] == []
    assert set(lifecycle.second.counts) == {"same"}


def test_a_change_of_a_value_arrives_and_settles(lifecycle: Lifecycle) -> None:
    assert [(each.op, each.name) for each in lifecycle.plans["an option"].changes] == [("update", "kube-prometheus-stack")]
    assert lifecycle.changed["prometheus"]["prometheusSpec"]["retention"] == "8d"
    assert lifecycle.settled.changes == ()


def test_a_refresh_finds_no_drift_where_nobody_meddled(lifecycle: Lifecycle) -> None:
    assert lifecycle.drift == []


def test_a_refresh_finds_what_somebody_deleted_and_an_up_puts_it_back(lifecycle: Lifecycle) -> None:
    assert lifecycle.meddled == ["delete kserve-runtime-triton"]
    assert lifecycle.fixed.changes == ()


def test_an_up_takes_no_field_from_another_owner_and_names_it(lifecycle: Lifecycle) -> None:
    assert "conflict" in lifecycle.contested
    assert "pod-security.kubernetes.io/warn" in lifecycle.contested
    assert '"platform"' in lifecycle.contested, "the field manager of the test's client"


def test_after_the_destroy_nothing_is_left_but_what_helm_never_deletes(lifecycle: Lifecycle) -> None:
    assert lifecycle.after - lifecycle.before == left_by_helm()


@pytest.fixture(scope="module")
def ours(changed: Callable[..., StackFile], control_plane: ControlPlane) -> dict[str, Plan]:
    """Plans of the same changes to the same stack by the simulated provider."""
    with Session(ROOT, changed()) as session:
        session.run("up")
        return {name: plan_of(session, changed, change, control_plane) for name, change in CHANGES.items()}


def steps(plan: Plan) -> dict[str, tuple[str, tuple[str, ...], dict[str, str]]]:
    """By URN: the operation, what forces a replacement, and the kind of difference by path."""
    return {
        # The official provider gives no paths for a change of its own configuration.
        each.urn: (each.op, tuple(sorted(each.replace_keys)), {} if each.type.startswith("pulumi:providers:") else dict(each.diffs))
        for each in plan.resources
    }


@pytest.mark.parametrize("name", CHANGES)
def test_the_simulated_provider_plans_a_change_as_the_official_one(lifecycle: Lifecycle, ours: dict[str, Plan], name: str) -> None:
    assert steps(ours[name]) == steps(lifecycle.plans[name])
