"""Runners on a real API server: what looks after them does so with the rights that it has, and their pods are kept in their place."""

from collections.abc import Iterator
from typing import Any

import pytest

from components.ci.runners import runner_pod, upkeep
from components.ci.runners.addon import RunnersAddOn
from components.ci.runners.names import NAMESPACE
from components.ci.runners.section import Gate, Runners, ScaleSet, WarmHours
from components.framework.plan import AddOnPlan
from infra.facts import POOL_LABEL, ClusterContext, Pool, Taint
from testkit.control_plane import nodes
from testkit.control_plane.client import ApiError, Client, Object
from testkit.control_plane.cluster import ControlPlane
from testkit.control_plane.cron_jobs import CronJobProgram
from testkit.control_plane.definitions import definitions
from testkit.control_plane.pods import is_decided

GROUP = "actions.github.com/v1alpha1"
RUNNERS = "runners-of-arc"
POOLS = (
    Pool(name="system", min_nodes=1, max_nodes=1, labels={POOL_LABEL: "system"}),
    Pool(name="a10", min_nodes=0, max_nodes=2, gpus_per_node=1, labels={POOL_LABEL: "a10"}, taints=(Taint(key="nvidia.com/gpu"),)),
    Pool(name="h100", min_nodes=0, max_nodes=2, gpus_per_node=8, labels={POOL_LABEL: "h100"}, taints=(Taint(key="nvidia.com/gpu"),)),
)
CONTEXT = ClusterContext(pools=POOLS)
GATE = Gate(repositories=("acme/models",), workflows=(".github/workflows/gpu.yml",))
WARM = (WarmHours(runners=1, start="08:00", end="18:00"),)
SETS = {
    "gpu": ScaleSet(github="https://github.com/acme", namespace=RUNNERS, pool="a10", gate=GATE, warm=WARM),
    "cold": ScaleSet(github="https://github.com/acme", namespace=RUNNERS, pool="h100", gate=GATE),
}
PLAN: AddOnPlan = RunnersAddOn.plan(CONTEXT, Runners(scale_sets=SETS))


@pytest.fixture(scope="module")
def installed(client: Client) -> Iterator[None]:
    client.apply_all(definitions())
    client.apply_all(namespace.document for namespace in PLAN.namespaces)
    client.apply_all(each.document for each in PLAN.objects)
    yield
    client.delete_all(namespace.document for namespace in PLAN.namespaces)


@pytest.fixture(scope="module")
def program(client: Client, control_plane: ControlPlane, installed: None, tmp_path_factory: pytest.TempPathFactory) -> CronJobProgram:
    """Upkeep, as the pod of one of its CronJobs runs it."""
    job = client.get("batch/v1", "CronJob", f"reap-{RUNNERS}", namespace=NAMESPACE)
    return CronJobProgram(control_plane, client, job, tmp_path_factory.mktemp("upkeep"))


def runner(name: str, phase: str) -> Object:
    return {"apiVersion": GROUP, "kind": "EphemeralRunner", "metadata": {"name": name, "namespace": RUNNERS}, "status": {"phase": phase}}


def test_failed_runners_are_taken_away_and_others_are_not(client: Client, program: CronJobProgram) -> None:
    for name, phase in (("broken", "Failed"), ("busy", "Running"), ("waiting", "Pending")):
        client.apply({key: value for key, value in runner(name, phase).items() if key != "status"})
        client.apply(runner(name, phase), subresource="status")
    done = program.run("reap", RUNNERS, "60")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")  # it is not an hour old
    done = program.run("reap", RUNNERS, "0")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"deleted the failed runner {RUNNERS}/broken: no reason given\n"
    assert [each["metadata"]["name"] for each in client.list(GROUP, "EphemeralRunner", namespace=RUNNERS)] == ["busy", "waiting"]


def test_runners_wait_at_the_hours_that_were_asked_for(client: Client, program: CronJobProgram) -> None:
    for name in SETS:
        spec = {"maxRunners": 2, "minRunners": 0, "githubConfigUrl": "https://github.com/acme", "githubConfigSecret": "x"}
        client.apply({
            "apiVersion": GROUP, "kind": "AutoscalingRunnerSet", "metadata": {"name": name, "namespace": RUNNERS}, "spec": spec,
        })  # fmt: skip
    done = program.run("idle", RUNNERS, "gpu", "1")
    assert (done.returncode, done.stdout) == (0, f"{RUNNERS}/gpu now keeps 1 runners waiting for jobs\n")
    assert client.get(GROUP, "AutoscalingRunnerSet", "gpu", namespace=RUNNERS)["spec"]["minRunners"] == 1
    refused = program.run("idle", RUNNERS, "cold", "1")  # nobody asked that it be woken
    assert refused.returncode == 1 and "the API server refused: 403" in refused.stderr
    assert client.get(GROUP, "AutoscalingRunnerSet", "cold", namespace=RUNNERS)["spec"]["minRunners"] == 0


def test_what_looks_after_runners_has_no_other_right(client: Client, installed: None) -> None:
    account = client.service_account(NAMESPACE, upkeep.NAME)
    assert account.allowed("delete", "ephemeralrunners", group="actions.github.com", namespace=RUNNERS)
    assert not account.allowed("delete", "ephemeralrunners", group="actions.github.com", namespace="default")
    for verb, resource, group in (
        ("get", "secrets", ""), ("list", "secrets", ""), ("create", "pods", ""), ("delete", "pods", ""),
        ("create", "ephemeralrunners", "actions.github.com"), ("delete", "autoscalingrunnersets", "actions.github.com"),
        ("create", "rolebindings", "rbac.authorization.k8s.io"),
    ):  # fmt: skip
        assert not account.allowed(verb, resource, group=group, namespace=RUNNERS), (verb, resource)


def test_it_says_what_it_takes_and_that_nobody_answers(program: CronJobProgram) -> None:
    assert program.run("reap").returncode == 2
    gone = program.run("reap", RUNNERS, "0", KUBERNETES_SERVICE_PORT="1")
    assert gone.returncode == 1 and gone.stderr.startswith("the API server did not answer: ")


def pod(name: str, **changed: Any) -> Object:
    """A runner as the controller makes it from the scale set's template."""
    each = SETS[name]
    template = runner_pod.template(name, each, [pool for pool in POOLS if pool.name == each.pool])
    spec = {**template["spec"], "restartPolicy": "Never", **changed}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**template["metadata"], "name": f"{name}-runner", "namespace": RUNNERS},
        "spec": spec,
    }


@pytest.fixture
def gpu_nodes(client: Client) -> Iterator[None]:
    there = [node for each in POOLS for node in nodes.nodes(each, count=1, cpus=64, memory_gib=512)]
    nodes.add(client, there)
    yield
    client.delete_all(there)


@pytest.mark.usefixtures("installed", "gpu_nodes")
@pytest.mark.parametrize("name", SETS)
def test_a_runner_comes_to_a_node_of_its_pool_and_to_no_other(client: Client, name: str) -> None:
    client.create(pod(name))
    assert client.warnings == ()
    found = client.wait("v1", "Pod", f"{name}-runner", is_decided, namespace=RUNNERS)
    node = client.get("v1", "Node", found["spec"]["nodeName"])
    assert node["metadata"]["labels"][POOL_LABEL] == SETS[name].pool
    client.delete("v1", "Pod", f"{name}-runner", namespace=RUNNERS)
    client.wait_gone("v1", "Pod", f"{name}-runner", namespace=RUNNERS)


WAYS_OUT: dict[str, dict[str, Any]] = {
    "a path of the host": {"volumes": [{"name": "gate", "hostPath": {"path": "/"}}, {"name": "work", "emptyDir": {}},
                                       {"name": "shared-memory", "emptyDir": {}}]},
    "the host's network": {"hostNetwork": True},
    "the host's processes": {"hostPID": True},
    "root": {"securityContext": {"runAsNonRoot": False, "runAsUser": 0}},
}  # fmt: skip


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_runner_that_reaches_for_its_host_is_refused(client: Client, way: str) -> None:
    with pytest.raises(ApiError, match="violates PodSecurity"):
        client.create(pod("gpu", **WAYS_OUT[way]), dry_run=True)
