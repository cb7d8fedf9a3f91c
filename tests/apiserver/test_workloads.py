"""Pods shaped like the platform's workloads run on the nodes of a stack's pools where they should, and nowhere else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from components.gpu.node_feature_discovery.values import values as discovery_values
from components.serving.kserve import inference_service, runtimes, samples
from components.serving.kserve.models import models
from components.serving.kserve.section import KServe
from infra.facts import ClusterContext, Pool
from stacks.config import load
from stacks.plan import PlatformPlan, plan
from testkit.control_plane import nodes
from testkit.control_plane.client import Client, Object
from testkit.control_plane.pods import is_decided

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "dev": "Pulumi.dev.yaml",
    "prod": "Pulumi.prod.yaml",
    "rtx4060": "examples/Pulumi.rtx4060.yaml",
    "sandbox": "examples/Pulumi.sandbox.yaml",
}
MONITORING_LIVES_ON = {"dev": {"system"}, "prod": {"system"}, "rtx4060": {"workstation"}, "sandbox": {"system"}}
"""Nodes that stay and that GPU pods do not need; the one machine where there is no other."""
GPU = "nvidia.com/gpu"
PRODUCT = "nvidia.com/gpu.product"
POOL = "oke-gpu-platform/pool"

PLANS = {name: plan(load(ROOT / file)) for name, file in FILES.items()}


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A pod, and the pools that it may run on: none where it must stay pending, and `refusal` is why."""

    name: str
    pools: frozenset[str]
    gpus: int = 0
    cpus: int = 1
    memory: str = "1Gi"
    spec: dict[str, Any] = field(default_factory=dict)
    refusal: str = ""


def workloads(stack: str, decided: PlatformPlan) -> Iterator[Workload]:
    yield from of_users(decided.context)
    yield from of_models(decided.context)
    yield from of_monitoring(stack, decided)


def of_models(context: ClusterContext) -> Iterator[Workload]:
    """A sample for each class of GPU memory, as KServe runs it: on GPUs of its class, for larger ones are for larger models."""
    settings = KServe(samples="running")
    for name, model in models(context, settings).items():
        predictor = inference_service.document(name, model, context)["spec"]["predictor"]
        runtime = runtimes.document(runtimes.RUNTIMES[model.runtime], context)
        asked = predictor["model"]["resources"]["requests"]
        least = int(name.removeprefix("sample-").removesuffix("gib"))
        above = min((each for each in samples.CLASSES if each > least), default=10**6)
        yield Workload(
            name=f"the model {name}",
            pools=names(pool for pool in context.gpu_pools if least <= pool.gpu_memory_gib < above),
            gpus=int(asked[GPU]),
            cpus=int(asked["cpu"]),
            memory=asked["memory"],
            spec={"affinity": predictor.get("affinity", {}), "tolerations": runtime["spec"]["tolerations"]},
        )


def of_monitoring(stack: str, decided: PlatformPlan) -> Iterator[Workload]:
    told = decided.addons.plans["monitoring"].release("kube-prometheus-stack").values
    parts = {
        "Prometheus": told["prometheus"]["prometheusSpec"],
        "Alertmanager": told["alertmanager"]["alertmanagerSpec"],
        "Grafana": told["grafana"],
        "kube-state-metrics": told["kube-state-metrics"],
        "the operator of Prometheus": told["prometheusOperator"],
    }
    lives_on = names(pool for pool in decided.context.pools if pool.entry in MONITORING_LIVES_ON[stack])
    for name, part in parts.items():
        spec = {key: part[key] for key in ("nodeSelector", "tolerations", "affinity") if key in part}
        yield Workload(name=name, pools=lives_on, memory=part.get("resources", {}).get("requests", {}).get("memory", "1Gi"), spec=spec)


def of_users(context: ClusterContext) -> Iterator[Workload]:
    plain = frozenset(pool.name for pool in context.pools if not pool.taints)
    tolerations = {"tolerations": context.gpu_pool_tolerations}
    yield Workload(name="a runner of CI", cpus=2, pools=plain)
    yield Workload(name="a pod of the system", pools=plain, spec={"priorityClassName": "system-cluster-critical"})
    yield Workload(name="a pod that tolerates GPU nodes and says no more", pools=names(context.pools), spec=tolerations)
    yield Workload(name="a notebook on any GPU", gpus=1, pools=names(context.gpu_pools), spec=tolerations)
    for pool in gpu_kinds(context):
        same = names(other for other in context.gpu_pools if other.labels[PRODUCT] == pool.labels[PRODUCT])
        selected = {**tolerations, "nodeSelector": {PRODUCT: pool.labels[PRODUCT]}}
        whole, more = pool.gpus_per_node, pool.gpus_per_node + 1
        yield Workload(name=f"a model served on one {pool.gpu_model}", gpus=1, cpus=4, pools=same, spec=selected)
        yield Workload(name=f"training on a whole node of {pool.gpu_model}", gpus=whole, pools=same, spec=selected)
        too_many = f"Insufficient {GPU}"
        yield Workload(name=f"training on {more} {pool.gpu_model}", gpus=more, pools=frozenset(), spec=selected, refusal=too_many)
        forgot = {"nodeSelector": selected["nodeSelector"]}
        if pool.taints:
            untold = "untolerated taint"
            yield Workload(name=f"a forgotten toleration on {pool.gpu_model}", gpus=1, pools=frozenset(), spec=forgot, refusal=untold)
        if POOL in pool.labels:
            own = {**tolerations, "nodeSelector": {POOL: pool.entry}}
            entry = names(other for other in context.gpu_pools if other.entry == pool.entry)
            yield Workload(name=f"training in the pool {pool.entry}", gpus=whole, pools=entry, spec=own)
    absent = {**tolerations, "nodeSelector": {PRODUCT: "NVIDIA-B200"}}
    unmatched = "didn't match Pod's node affinity/selector"
    yield Workload(name="a GPU that the stack has not", gpus=1, pools=frozenset(), spec=absent, refusal=unmatched)
    for pool in context.pools:
        if not pool.gpus_per_node and POOL in pool.labels:
            yield Workload(name=f"a pod of the pool {pool.name}", pools=frozenset({pool.name}), spec={"nodeSelector": {POOL: pool.entry}})


def names(pools: Any) -> frozenset[str]:
    return frozenset(pool.name for pool in pools)


def gpu_kinds(context: ClusterContext) -> list[Pool]:
    """One pool of each GPU product."""
    return list({pool.labels[PRODUCT]: pool for pool in context.nvidia_pools}.values())


Place = Callable[..., list[Object]]
CASES = [pytest.param(stack, each, id=f"{stack}: {each.name}") for stack, decided in PLANS.items() for each in workloads(stack, decided)]


@pytest.fixture(scope="module")
def on_nodes_of(client: Client) -> Iterator[Callable[[str], None]]:
    """Have one node for each pool of a stack, and no others."""
    there: dict[str, str] = {}

    def clear() -> None:
        for name in there:
            client.delete("v1", "Node", name)
        for name in there:
            client.wait_gone("v1", "Node", name)
        there.clear()

    def have(stack: str) -> None:
        if set(there.values()) != {stack}:
            clear()
            wanted = [node for pool in PLANS[stack].context.pools for node in nodes.nodes(pool, count=1, cpus=128, memory_gib=2048)]
            there.update({node["metadata"]["name"]: stack for node in wanted})
            nodes.add(client, wanted)

    yield have
    clear()


@pytest.fixture
def placed(client: Client, namespace: str) -> Iterator[Place]:
    """Apply pods; as they are once the scheduler has judged them. They are gone after the test, and their GPUs are free."""
    applied: list[str] = []

    def judged(found: Object) -> bool:
        return is_decided(found)

    def place(*pods: Object) -> list[Object]:
        for pod in pods:
            pod["metadata"]["namespace"] = namespace
            client.apply(pod)
            applied.append(pod["metadata"]["name"])
        return [client.wait("v1", "Pod", pod["metadata"]["name"], judged, namespace=namespace) for pod in pods]

    yield place
    for name in applied:
        client.delete("v1", "Pod", name, namespace=namespace)
    for name in applied:
        client.wait_gone("v1", "Pod", name, namespace=namespace)


def pod_of(workload: Workload) -> Object:
    requests = {"cpu": str(workload.cpus), "memory": workload.memory, **({GPU: str(workload.gpus)} if workload.gpus else {})}
    limits = {GPU: str(workload.gpus)} if workload.gpus else {}
    container = {"name": "work", "image": "example.org/work:1", "resources": {"requests": requests, "limits": limits}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "work"}, "spec": {"containers": [container], **workload.spec}}


@pytest.mark.parametrize(("stack", "workload"), CASES)
def test_a_workload_runs_where_it_should(stack: str, workload: Workload, on_nodes_of: Callable[[str], None], placed: Place) -> None:
    on_nodes_of(stack)
    (pod,) = placed(pod_of(workload))
    (scheduled,) = [each for each in pod["status"]["conditions"] if each["type"] == "PodScheduled"]
    if not workload.pools:
        assert (scheduled["status"], scheduled.get("reason")) == ("False", "Unschedulable"), pod["spec"].get("nodeName")
        assert workload.refusal in scheduled["message"]
    else:
        assert scheduled["status"] == "True", scheduled.get("message")
        assert pod["spec"]["nodeName"].rpartition("-")[0] in workload.pools


@pytest.mark.parametrize(("stack", "workload"), [case for case in CASES if case.values[1].pools])  # type: ignore[union-attr]
def test_each_of_its_nodes_would_take_it(stack: str, workload: Workload, on_nodes_of: Callable[[str], None], placed: Place) -> None:
    """And no other: pinned to each node of the stack, it runs on those of its pools alone."""
    on_nodes_of(stack)
    pools = [pool.name for pool in PLANS[stack].context.pools]
    found = placed(*(pinned(workload, pool) for pool in pools))
    assert {pool for pool, pod in zip(pools, found, strict=True) if pod["spec"].get("nodeName")} == workload.pools


def pinned(workload: Workload, pool: str) -> Object:
    """A pod of the workload that may run on the pool's node alone."""
    pod = pod_of(workload)
    pod["metadata"]["name"] = f"on-{pool}"
    pod["spec"]["nodeSelector"] = {**pod["spec"].get("nodeSelector", {}), "kubernetes.io/hostname": f"{pool}-0"}
    return pod


def daemon_set(namespace: str, tolerations: list[dict[str, str]], selector: dict[str, str]) -> Object:
    labels = {"app": "agent"}
    container = {"name": "agent", "image": "example.org/agent:1"}
    spec = {"tolerations": tolerations, "nodeSelector": selector, "containers": [container]}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "agent", "namespace": namespace},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}},
    }


def agents(client: Client, namespace: str) -> set[str]:
    """Pools that have a ready pod of the daemon set, once it has all it wants."""

    def complete(found: Object) -> bool:
        status = found.get("status", {})
        seen = status.get("observedGeneration") == found["metadata"]["generation"]
        return bool(seen and 0 < status["desiredNumberScheduled"] == status.get("numberReady"))

    client.wait("apps/v1", "DaemonSet", "agent", complete, namespace=namespace)
    return {pod["spec"]["nodeName"].rpartition("-")[0] for pod in client.list("v1", "Pod", namespace=namespace)}


@pytest.mark.parametrize("stack", PLANS)
def test_node_feature_discovery_sees_every_node(stack: str, client: Client, namespace: str, on_nodes_of: Callable[[str], None]) -> None:
    on_nodes_of(stack)
    context = PLANS[stack].context
    values = discovery_values(context)
    client.apply(daemon_set(namespace, values["worker"]["tolerations"], {}))
    assert agents(client, namespace) == names(context.pools)


@pytest.mark.parametrize("stack", PLANS)
def test_the_agents_of_the_gpu_operator_run_on_every_gpu_node_and_no_other(
    stack: str, client: Client, namespace: str, on_nodes_of: Callable[[str], None]
) -> None:
    on_nodes_of(stack)
    decided = PLANS[stack]
    for node in client.list("v1", "Node"):
        if GPU in node["status"]["allocatable"]:  # what the operator labels once it has seen the GPU
            client.apply({"apiVersion": "v1", "kind": "Node", "metadata": {
                "name": node["metadata"]["name"], "labels": {"nvidia.com/gpu.deploy.dcgm-exporter": "true"}}})  # fmt: skip
    tolerations = decided.addons.plans["gpu-operator"].release("gpu-operator").values["daemonsets"]["tolerations"]
    client.apply(daemon_set(namespace, tolerations, {"nvidia.com/gpu.deploy.dcgm-exporter": "true"}))
    assert agents(client, namespace) == names(decided.context.gpu_pools)


@pytest.mark.parametrize("stack", PLANS)
def test_every_node_is_measured(stack: str, client: Client, namespace: str, on_nodes_of: Callable[[str], None]) -> None:
    on_nodes_of(stack)
    decided = PLANS[stack]
    exporter = decided.addons.plans["monitoring"].release("kube-prometheus-stack").values["prometheus-node-exporter"]
    client.apply(daemon_set(namespace, exporter["tolerations"], {}))
    assert agents(client, namespace) == names(decided.context.pools)


# What Oracle's chart has, and takes no word about: charts/logan/templates/fluentd-daemonset.yaml of 4.3.0.
OF_THE_LOG_COLLECTOR = [{"key": f"node-role.kubernetes.io/{role}", "effect": "NoSchedule"} for role in ("master", "control-plane")]


@pytest.mark.parametrize("stack", PLANS)
def test_logs_of_tainted_nodes_are_not_collected(stack: str, client: Client, namespace: str, on_nodes_of: Callable[[str], None]) -> None:
    on_nodes_of(stack)
    client.apply(daemon_set(namespace, OF_THE_LOG_COLLECTOR, {}))
    assert agents(client, namespace) == names(pool for pool in PLANS[stack].context.pools if not pool.taints)
