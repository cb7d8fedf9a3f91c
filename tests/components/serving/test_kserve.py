"""KServe comes in Standard mode, definitions first, after cert-manager, and its models last."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi.runtime import MockResourceArgs
from pulumi.runtime.mocks import MockMonitor

from components.addon import AddOnError, install, resolve
from components.certificates.cert_manager import CertManager
from components.charts import KSERVE_CRD, KSERVE_RESOURCES
from components.contract import load, unknown_keys
from components.serving.kserve import KServe, models, secrets, values
from components.serving.settings import Gateway, KServeSettings, Model, ObjectStorage
from infra.facts import ClusterContext, ClusterFacts, Pool

MakeCluster = Callable[..., ClusterContext]
STORAGE = ObjectStorage(
    endpoint="https://acme.compat.objectstorage.eu-frankfurt-1.oci.customer-oci.com",
    region="eu-frankfurt-1",
    existing_secret="models-s3",
    bucket="gpu-prod-models",
)
QWEN = Model(source="hf://Qwen/Qwen3-8B")
CASES: Mapping[str, KServeSettings] = {
    "inside": KServeSettings(),
    "object-storage": KServeSettings(object_storage=STORAGE, hugging_face_secret="hugging-face"),
    "gateway": KServeSettings(gateway=Gateway(name="gateways/models", domain="models.example.org")),
}


def refusals(settings: KServeSettings, cluster: ClusterContext) -> list[str]:
    return [str(problem) for problem in KServe.problems(cluster, settings)]


@pytest.mark.parametrize("case", CASES)
def test_values_are_as_they_were_reviewed(case: str, golden: Callable[[str, str], None]) -> None:
    golden(f"values/kserve-{case}.json", json.dumps(values(ClusterContext(), CASES[case]), indent=1) + "\n")


@pytest.mark.parametrize("case", CASES)
def test_the_chart_knows_every_value(case: str) -> None:
    assert unknown_keys(KSERVE_RESOURCES, values(ClusterContext(), CASES[case])) == ()


@pytest.mark.parametrize("case", CASES)
def test_standard_mode_is_never_left_to_the_chart(case: str) -> None:
    """Whose default is Knative."""
    assert values(ClusterContext(), CASES[case])["kserve"]["controller"]["deploymentMode"] == "Standard"


@pytest.mark.parametrize("case", CASES)
def test_every_image_of_the_chart_names_its_registry(case: str) -> None:
    """The chart's own names do not, and CRI-O completes none from Kubernetes 1.34 on."""

    def images(schema: Any, decided: Any, path: str = "") -> Iterator[tuple[str, Any]]:
        for key, below in schema["properties"].items():
            found = decided.get(key) if isinstance(decided, Mapping) else None
            if "properties" in below:
                yield from images(below, found, f"{path}.{key}")
            elif key in ("image", "defaultJobImage"):
                yield f"{path}.{key}", found

    schema = load(KSERVE_RESOURCES.key).values["properties"]["kserve"]
    found = dict(images(schema, values(ClusterContext(), CASES[case])["kserve"]))
    assert {path.rpartition(".")[0] for path in found} >= {".controller", ".storage", ".agent", ".router"}
    assert {path: image for path, image in found.items() if not str(image).startswith("docker.io/kserve/")} == {}


def test_the_downloader_may_use_more_than_the_charts_one_gib() -> None:
    assert values(ClusterContext(), KServeSettings())["kserve"]["storage"]["resources"]["limits"]["memory"] == "16Gi"


def test_without_a_gateway_an_address_is_that_of_the_models_service() -> None:
    gateway = values(ClusterContext(), KServeSettings())["kserve"]["controller"]["gateway"]
    assert gateway["disableIngressCreation"]
    assert (gateway["domainTemplate"], gateway["domain"]) == ("{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}", "svc.cluster.local")


def test_keys_of_the_store_are_named_and_not_written() -> None:
    settings = CASES["object-storage"]
    assert secrets(settings) == ["models-s3", "hugging-face"]
    assert "models-s3" not in json.dumps(values(ClusterContext(), settings))


def test_it_needs_cert_manager_from_whoever() -> None:
    with pytest.raises(AddOnError) as refusal:
        resolve({"kserve": KServe})
    (problem,) = refusal.value.problems
    assert str(problem) == (
        "kserve: kserve requires cert-manager, which is not enabled; set addons.certManager.enabled to true, or turn kserve off"
    )
    assert resolve({"kserve": KServe}, frozenset({"cert-manager"})) == ["kserve"]
    assert resolve({"kserve": KServe, "cert-manager": CertManager}) == ["cert-manager", "kserve"]


def test_its_charts_are_one_set() -> None:
    assert {chart.set for chart in KServe.charts} == {"kserve"}
    assert [chart.key for chart in KServe.charts] == ["kserve-crd", "kserve-resources"]


def test_it_is_wanted_where_something_can_be_served(cluster: MakeCluster) -> None:
    assert KServe.wanted(cluster("A10"))
    assert not KServe.wanted(cluster())
    assert not KServe.wanted(cluster("P100"))
    assert not KServe.wanted(cluster("A10", provided=frozenset({"kserve"})))


# Refusals


@pytest.mark.parametrize(
    ("settings", "messages"),
    [
        (KServeSettings(models={"big": Model(source="hf://Qwen/Qwen3-32B")}),
         ["models.big: needs 64.6 GiB of GPU memory (weights 61.1, cache 2.0, server 1.5), but the largest GPU here, A10 of pool a10, has "
          "24 GiB, of which a model may use 20.2; models that fit one: Qwen/Qwen3-0.6B, Qwen/Qwen3-1.7B, Qwen/Qwen3-4B, Qwen/Qwen3-8B"]),
        (KServeSettings(models={"q": replace(QWEN, predictor={"canaryTrafficPercent": 5})}), ["models.q.predictor.canaryTrafficPercent: "]),
        (KServeSettings(images={"vllm": "vllm/vllm-openai:latest"}), ["images.vllm: vllm/vllm-openai:latest has the tag latest, which "]),
        (KServeSettings(values={"kserve": {"controller": {"deploymentMode": "Knative"}}}),
         ["values.kserve.controller.deploymentMode: is Knative, but models are written for Standard; take it out"]),
        (KServeSettings(models=dict.fromkeys("abc", QWEN)),
         ["models: need 3 GPUs of a10 together (a 1, b 1, c 1), which has 2; "
          "raise maxSize, stop one of them, or place one elsewhere with `pools`"]),
        (KServeSettings(samples="running", models={"a": replace(QWEN, replicas=2)}),
         ["models: need 3 GPUs of a10 together (sample-24gib 1, a 2), which has 2; "]),
    ],
)  # fmt: skip
def test_what_cannot_be_served_is_refused(settings: KServeSettings, messages: list[str], cluster: MakeCluster) -> None:
    found = refusals(settings, cluster("A10"))
    assert len(found) == len(messages), found
    for problem, message in zip(found, messages, strict=True):
        assert problem.startswith(message)


def test_what_is_stopped_or_elsewhere_takes_no_room(cluster: MakeCluster) -> None:
    served = {"a": QWEN, "b": QWEN, "c": replace(QWEN, stopped=True), "d": replace(QWEN, pools=("h100",))}
    assert refusals(KServeSettings(samples="stopped", models=served), cluster("A10", "H100")) == []


def test_a_model_takes_the_place_of_a_sample_of_its_name(cluster: MakeCluster) -> None:
    own = replace(QWEN, context_tokens=4096)
    assert models(cluster("A10"), KServeSettings(samples="stopped", models={"sample-24gib": own})) == {"sample-24gib": own}


# What is declared


def installed(pools: tuple[Pool, ...], settings: KServeSettings, provided: frozenset[str]) -> KServe:
    facts = ClusterFacts(
        provider=k8s.Provider("cluster", kubeconfig="{}"),
        cluster=None,
        cluster_identifier="c",
        pools=pools,
        host_has_gpu_driver=True,
        provided=provided,
    )
    addon = install({"kserve": KServe}, facts, {"kserve": settings})["kserve"]
    assert isinstance(addon, KServe)
    return addon


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """What each resource waits for, by name, as the engine is told."""
    found: dict[str, set[str]] = {}
    register: Any = MockMonitor.RegisterResource

    def remembering(monitor: MockMonitor, request: Any) -> Any:
        found[request.name] = {urn.rpartition("::")[2] for urn in request.dependencies}
        return register(monitor, request)

    monkeypatch.setattr(MockMonitor, "RegisterResource", remembering)
    return found


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_definitions_come_first_and_models_last(
    made: dict[str, MockResourceArgs], waits: dict[str, set[str]], cluster: MakeCluster
) -> pulumi.Output[None]:
    settings = KServeSettings(object_storage=STORAGE, models={"qwen": QWEN})
    provided = frozenset({"cert-manager", "prometheus-operator-crds"})
    resources = installed(cluster("A10").pools, settings, provided).resources

    def verify(_: object) -> None:
        assert waits["kserve-resources"] == {"kserve-namespace", "kserve-crd"}
        runtimes = {"kserve-runtime-vllm", "kserve-runtime-triton", "kserve-runtime-huggingface"}
        for name in runtimes:
            assert waits[name] == {"kserve-resources"}
        account = {"kserve-models-namespace", "kserve-service-account"}
        assert waits["kserve-model-qwen"] == {"kserve-resources", *account, *runtimes}
        assert waits["kserve-address-qwen"] == {"kserve-models-namespace"}
        assert made["kserve-service-account"].inputs["secrets"] == [{"name": "models-s3"}]
        assert made["kserve-crd"].inputs["version"] == made["kserve-resources"].inputs["version"] == KSERVE_CRD.version
        assert not made["kserve-crd"].inputs["skipCrds"]
        assert made["kserve-resources"].inputs["skipCrds"]
        assert len([name for name in made if name.startswith("kserve-monitor-")]) == 3

    everything = [*resources.leaves, *resources.monitors, *resources.models.values(), *resources.addresses.values()]
    return pulumi.Output.all(*(each.urn for each in everything)).apply(verify)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_models_live_where_nothing_may_be_root(made: dict[str, MockResourceArgs], cluster: MakeCluster) -> pulumi.Output[None]:
    resources = installed(cluster("A10").pools, KServeSettings(), frozenset({"cert-manager"})).resources

    def verify(_: object) -> None:
        for name in ("kserve-namespace", "kserve-models-namespace"):
            assert made[name].inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
        assert not any(name.startswith("kserve-monitor-") for name in made)

    return pulumi.Output.all(*(each.urn for each in (resources.models_namespace, *resources.leaves))).apply(verify)
