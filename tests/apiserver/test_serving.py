"""Models of every kind, as KServe would run them: taken by the API server, allowed in their namespace, placed on GPUs that hold them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from components.framework.plan import Namespace
from components.serving.kserve import inference_service, runtimes, samples
from components.serving.kserve.addon import KServeAddOn
from components.serving.kserve.models import models, secrets
from components.serving.kserve.placement import choose
from components.serving.kserve.section import Canary, KServe, Model, ObjectStorage
from components.serving.kserve.values import values
from infra.facts import ClusterContext, Pool, Taint
from testkit.control_plane import nodes
from testkit.control_plane.client import ApiError, Client, Object
from testkit.control_plane.definitions import definitions
from testkit.control_plane.pods import is_decided


def pool(name: str, model: str, memory: int, gpus: int = 1, **given: Any) -> Pool:
    labels = {"nvidia.com/gpu.product": f"NVIDIA-{model.replace(' ', '-')}"}
    facts: dict[str, Any] = {"gpu_model": model, "gpu_memory_gib": memory, "gpus_per_node": gpus, "labels": labels}
    return Pool(name=name, min_nodes=0, max_nodes=2, **{**facts, "taints": (Taint(key="nvidia.com/gpu"),), **given})


POOLS = (
    Pool(name="system", min_nodes=1, max_nodes=1),
    pool("rtx4060", "RTX 4060", 8, taints=()),
    pool("t4", "T4", 16),
    pool("a10", "A10", 24, taints=(Taint(key="nvidia.com/gpu"), Taint(key="oci.oraclecloud.com/oke-is-preemptible"))),
    pool("a100", "A100-40G", 40, 8),
    pool("l40s", "L40S", 48, 4),
    pool("h100", "H100", 80, 8),
    pool("h200", "H200", 141, 8),
)
GROUND = ClusterContext(pools=POOLS, addons=frozenset({"monitoring", "keda", "prometheus-operator-crds"}))
STORAGE = ObjectStorage(endpoint="https://s3.example.org", region="r", existing_secret="models-s3")
SETTINGS = KServe(
    object_storage=STORAGE,
    samples="running",
    models={
        "adapted": Model(source="s3://m/Qwen3-8B", pools=("l40s",), adapters={"sql": "s3://m/sql"}),
        "two-versions": Model(source="hf://Qwen/Qwen3-8B", pools=("l40s",), version="v1", replicas=2,
                              canary=Canary(version="v2", source="hf://a/b")),
        "scaled": Model(source="hf://Qwen/Qwen3-32B", max_replicas=2),
        "spread": Model(source="s3://m/llama-70b", parameters_billion=70, gpus=4),
        "classifier": Model(source="pvc://claim/models", runtime="triton", gpu_memory_gib=4),
        "plain": Model(source="hf://Qwen/Qwen3-4B", runtime="huggingface"),
    },
)  # fmt: skip
SERVED = models(GROUND, SETTINGS)
RUNTIMES: dict[str, Object] = {name: runtimes.document(runtime, GROUND) for name, runtime in runtimes.RUNTIMES.items()}
MODELS = {name: inference_service.document(name, model, GROUND) for name, model in SERVED.items()}


@pytest.fixture(scope="module", autouse=True)
def installed(client: Client) -> None:
    client.apply_all(definitions())


@pytest.fixture(scope="module")
def models_namespace(client: Client, installed: None) -> Iterator[str]:
    """As the add-on makes it, with its service account."""
    name = inference_service.NAMESPACE
    client.apply(Namespace(name=name, pod_security="restricted").document)
    client.apply(inference_service.service_account(secrets(SETTINGS)))
    yield name
    client.delete("v1", "Namespace", name)
    client.wait_gone("v1", "Namespace", name)


@pytest.fixture(scope="module")
def gpu_nodes(client: Client) -> Iterator[None]:
    """A node of every pool."""
    there = [node for each in POOLS for node in nodes.nodes(each, count=1, cpus=128, memory_gib=2048)]
    nodes.add(client, there)
    yield
    client.delete_all(there)


def test_the_settings_have_no_problems_and_every_class_has_a_sample() -> None:
    assert list(KServeAddOn.problems(GROUND, SETTINGS)) == []
    assert {f"sample-{least}gib" for least in samples.CLASSES} <= MODELS.keys()


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_runtime_is_taken_and_a_second_time_changes_nothing(client: Client, name: str) -> None:
    first = client.apply(RUNTIMES[name])
    assert client.warnings == ()
    assert client.apply(RUNTIMES[name])["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    client.delete("serving.kserve.io/v1alpha1", "ClusterServingRuntime", name)


@pytest.mark.usefixtures("models_namespace")
@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_taken_and_a_second_time_changes_nothing(client: Client, name: str) -> None:
    first = client.apply(MODELS[name])
    assert client.warnings == ()
    assert client.apply(MODELS[name])["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    client.delete("serving.kserve.io/v1beta1", "InferenceService", name, namespace=inference_service.NAMESPACE)


@pytest.mark.usefixtures("models_namespace")
@pytest.mark.parametrize("document", [runtimes.pod_monitor(each, inference_service.NAMESPACE) for each in runtimes.RUNTIMES.values()])
def test_a_monitor_is_taken(client: Client, document: Object) -> None:
    client.apply(document, dry_run=True)
    assert client.warnings == ()


def pod(name: str) -> Object:
    """What KServe v0.20.0 makes of a model and its runtime, with the chart's downloader before it."""
    predictor, model = MODELS[name]["spec"]["predictor"], MODELS[name]["spec"]["predictor"]["model"]
    runtime = RUNTIMES[model["runtime"]]["spec"]
    container = {**runtime["containers"][0], "resources": model["resources"]}
    container["args"] = [argument.replace("{{.Name}}", name) for argument in [*container["args"], *model["args"]]]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        get = container[probe]["httpGet"]
        container[probe] = {**container[probe], "httpGet": {**get, "path": get["path"].replace("{{.Name}}", name)}}
    downloader = {
        "name": "storage-initializer",
        "image": "kserve/storage-initializer:v0.20.0",
        "securityContext": {
            "allowPrivilegeEscalation": False, "privileged": False, "runAsNonRoot": True, "capabilities": {"drop": ["ALL"]},
        },
        "resources": values(SETTINGS)["kserve"]["storage"]["resources"],
    }  # fmt: skip
    of_the_pod = ("serviceAccountName", "automountServiceAccountToken", "enableServiceLinks", "securityContext", "affinity")
    labels = {**runtime["labels"], "serving.kserve.io/inferenceservice": name, "component": "predictor"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": inference_service.NAMESPACE, "labels": labels},
        "spec": {
            **{key: predictor[key] for key in of_the_pod if key in predictor},
            "tolerations": runtime["tolerations"],
            "volumes": runtime["volumes"],
            "initContainers": [downloader],
            "containers": [container],
        },
    }


@pytest.mark.usefixtures("models_namespace")
@pytest.mark.parametrize("name", MODELS)
def test_its_pod_is_allowed_where_nothing_may_be_root(client: Client, name: str) -> None:
    client.apply(pod(name), dry_run=True)
    assert client.warnings == ()


@pytest.mark.usefixtures("models_namespace")
def test_a_pod_that_would_be_root_is_not(client: Client) -> None:
    rooted = pod("plain")
    rooted["spec"]["containers"][0]["securityContext"] = {}
    rooted["spec"]["securityContext"] = {}
    with pytest.raises(ApiError, match="violates PodSecurity"):
        client.apply(rooted, dry_run=True)


@pytest.fixture
def placed(client: Client, gpu_nodes: None, models_namespace: str) -> Iterator[Callable[[Iterable[Object]], dict[str, str | None]]]:
    """Apply pods; the pool that the scheduler gave each, once it has judged them all. They are gone after the test."""
    applied: list[str] = []

    def judged(found: Object) -> bool:
        return is_decided(found)

    def place(pods: Iterable[Object]) -> dict[str, str | None]:
        for each in pods:
            client.apply(each)
            applied.append(each["metadata"]["name"])
        found = {name: client.wait("v1", "Pod", name, judged, namespace=models_namespace) for name in applied}
        return {name: each["spec"].get("nodeName", "").rpartition("-")[0] or None for name, each in found.items()}

    yield place
    for name in applied:
        client.delete("v1", "Pod", name, namespace=models_namespace)
    for name in applied:
        client.wait_gone("v1", "Pod", name, namespace=models_namespace)


Place = Callable[[Iterable[Object]], dict[str, str | None]]


def chosen(name: str) -> set[str]:
    return {each.name for each in choose(SERVED[name], GROUND)}


@pytest.mark.parametrize("name", MODELS)
def test_its_pod_runs_on_a_gpu_that_holds_it(placed: Place, name: str) -> None:
    assert placed([pod(name)])[name] in chosen(name)


@pytest.mark.parametrize("name", samples.plan(GROUND, SETTINGS))
def test_no_other_node_takes_a_sample(placed: Place, name: str) -> None:
    """Pinned to each node of the cluster, it runs on those of its class alone."""

    def pinned(each: Pool) -> Object:
        made = pod(name)
        made["metadata"]["name"] = each.name
        made["spec"]["nodeSelector"] = {"kubernetes.io/hostname": f"{each.name}-0"}
        return made

    assert {each for each, took in placed(pinned(each) for each in POOLS).items() if took} == chosen(name)


def test_the_address_of_a_model_leads_to_the_pods_of_all_its_versions(client: Client, placed: Place, models_namespace: str) -> None:
    client.apply(inference_service.address("m"))
    security = pod("plain")["spec"]["containers"][0]["securityContext"]
    container = {"name": "kserve-container", "image": "example.org/m:1", "securityContext": security}

    def version(name: str) -> Object:
        labels = {"serving.kserve.io/inferenceservice": "m", "component": "predictor", "app": f"isvc.m-{name}-predictor"}
        metadata = {"name": name, "namespace": models_namespace, "labels": labels}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}}

    def both(found: Object) -> bool:
        addresses = [address for subset in found.get("subsets", []) for address in subset.get("addresses", [])]
        return {address["targetRef"]["name"] for address in addresses} == {"v1", "v2"}

    placed([version("v1"), version("v2")])
    client.wait("v1", "Endpoints", "m", both, namespace=models_namespace)
