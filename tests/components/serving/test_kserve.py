"""KServe comes in Standard mode, definitions first, after cert-manager, and its models last."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from components.certificates.cert_manager.addon import CertManagerAddOn
from components.framework.compose import AddOnError, resolve
from components.framework.schema import load, unknown_keys
from components.serving.kserve.addon import KServeAddOn
from components.serving.kserve.chart import KSERVE_CRD, KSERVE_RESOURCES
from components.serving.kserve.models import models, secrets
from components.serving.kserve.section import Gateway, KServe, Model, ObjectStorage
from components.serving.kserve.values import values
from infra.facts import ClusterContext
from infra.section import changed

MakeCluster = Callable[..., ClusterContext]
STORAGE = ObjectStorage(
    endpoint="https://acme.compat.objectstorage.eu-frankfurt-1.oci.customer-oci.com",
    region="eu-frankfurt-1",
    existing_secret="models-s3",
    bucket="gpu-prod-models",
)
QWEN = Model(source="hf://Qwen/Qwen3-8B")
CASES: Mapping[str, KServe] = {
    "inside": KServe(),
    "object-storage": KServe(object_storage=STORAGE, hugging_face_secret="hugging-face"),
    "gateway": KServe(gateway=Gateway(name="gateways/models", domain="models.example.org")),
}


def refusals(settings: KServe, cluster: ClusterContext) -> list[str]:
    return [str(problem) for problem in KServeAddOn.problems(cluster, settings)]


@pytest.mark.parametrize("case", CASES)
def test_values_are_as_they_were_reviewed(case: str, golden: Callable[[str, str], None]) -> None:
    golden(f"values/kserve-{case}.json", json.dumps(values(CASES[case]), indent=1) + "\n")


@pytest.mark.parametrize("case", CASES)
def test_the_chart_knows_every_value(case: str) -> None:
    assert unknown_keys(KSERVE_RESOURCES, values(CASES[case])) == ()


@pytest.mark.parametrize("case", CASES)
def test_standard_mode_is_never_left_to_the_chart(case: str) -> None:
    """Whose default is Knative."""
    assert values(CASES[case])["kserve"]["controller"]["deploymentMode"] == "Standard"


OF_ANOTHER_CHART = {".localmodel.controller.image", ".localmodel.agent.image"}
"""Among the chart's values, and read by none of its templates: kserve-localmodel-resources has what they are for."""


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
    found = {path: image for path, image in images(schema, values(CASES[case])["kserve"]) if path not in OF_ANOTHER_CHART}
    assert {path.rpartition(".")[0] for path in found} >= {".controller", ".storage", ".agent", ".router"}
    assert {path: image for path, image in found.items() if not str(image).startswith("docker.io/kserve/")} == {}


def test_the_downloader_may_use_more_than_the_charts_one_gib() -> None:
    assert values(KServe())["kserve"]["storage"]["resources"]["limits"]["memory"] == "16Gi"


def test_without_a_gateway_an_address_is_that_of_the_models_service() -> None:
    gateway = values(KServe())["kserve"]["controller"]["gateway"]
    assert gateway["disableIngressCreation"]
    assert (gateway["domainTemplate"], gateway["domain"]) == ("{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}", "svc.cluster.local")


def test_keys_of_the_store_are_named_and_not_written() -> None:
    settings = CASES["object-storage"]
    assert secrets(settings) == ["models-s3", "hugging-face"]
    assert "models-s3" not in json.dumps(values(settings))


def test_it_needs_cert_manager_from_whoever() -> None:
    with pytest.raises(AddOnError) as refusal:
        resolve({"kserve": KServeAddOn})
    (problem,) = refusal.value.problems
    assert str(problem) == (
        "kserve: kserve requires cert-manager, which is not enabled; set addons.certManager.enabled to true, or turn kserve off"
    )
    assert resolve({"kserve": KServeAddOn}, frozenset({"cert-manager"})) == ["kserve"]
    assert resolve({"kserve": KServeAddOn, "cert-manager": CertManagerAddOn}) == ["cert-manager", "kserve"]


def test_its_charts_are_one_set() -> None:
    assert {chart.set for chart in KServeAddOn.charts} == {"kserve"}
    assert [chart.key for chart in KServeAddOn.charts] == ["kserve-crd", "kserve-resources"]


def test_it_is_wanted_where_something_can_be_served(cluster: MakeCluster) -> None:
    assert KServeAddOn.wanted(cluster("A10"))
    assert not KServeAddOn.wanted(cluster())
    assert not KServeAddOn.wanted(cluster("P100"))
    assert not KServeAddOn.wanted(cluster("A10", provided=frozenset({"kserve"})))


# Refusals


@pytest.mark.parametrize(
    ("settings", "messages"),
    [
        (KServe(models={"big": Model(source="hf://Qwen/Qwen3-32B")}),
         ["models.big: needs 64.6 GiB of GPU memory (weights 61.1, cache 2.0, server 1.5), but the largest GPU here, A10 of pool a10, has "
          "24 GiB, of which a model may use 20.2; models that fit one: Qwen/Qwen3-0.6B, Qwen/Qwen3-1.7B, Qwen/Qwen3-4B, Qwen/Qwen3-8B"]),
        (KServe(models={"q": changed(QWEN, predictor={"canaryTrafficPercent": 5})}), ["models.q.predictor.canaryTrafficPercent: "]),
        (KServe(images={"vllm": "vllm/vllm-openai:latest"}), ["images.vllm: vllm/vllm-openai:latest has the tag latest, which "]),
        (KServe(models=dict.fromkeys("abc", QWEN)),
         ["models: need 3 GPUs of a10 together (a 1, b 1, c 1), which has 2; "
          "raise maxSize, stop one of them, or place one elsewhere with `pools`"]),
        (KServe(samples="running", models={"a": changed(QWEN, replicas=2)}),
         ["models: need 3 GPUs of a10 together (sample-24gib 1, a 2), which has 2; "]),
    ],
)  # fmt: skip
def test_what_cannot_be_served_is_refused(settings: KServe, messages: list[str], cluster: MakeCluster) -> None:
    found = refusals(settings, cluster("A10"))
    assert len(found) == len(messages), found
    for problem, message in zip(found, messages, strict=True):
        assert problem.startswith(message)


def test_what_is_stopped_or_elsewhere_takes_no_room(cluster: MakeCluster) -> None:
    served = {"a": QWEN, "b": QWEN, "c": changed(QWEN, stopped=True), "d": changed(QWEN, pools=("h100",))}
    assert refusals(KServe(samples="stopped", models=served), cluster("A10", "H100")) == []


def test_a_model_takes_the_place_of_a_sample_of_its_name(cluster: MakeCluster) -> None:
    own = changed(QWEN, context_tokens=4096)
    assert models(cluster("A10"), KServe(samples="stopped", models={"sample-24gib": own})) == {"sample-24gib": own}


# What is planned


def test_definitions_come_first_and_models_last(cluster: MakeCluster) -> None:
    planned = KServeAddOn.plan(cluster("A10"), KServe(object_storage=STORAGE, models={"qwen": QWEN}))
    afters = {row.id: set(row.after) for row in planned.rows}
    assert afters["kserve-resources"] == {"namespace", "kserve-crd"}
    runtimes = {"runtime-vllm", "runtime-triton", "runtime-huggingface"}
    for name in runtimes:
        assert afters[name] == {"kserve-resources"}
    assert afters["model-qwen"] == {"kserve-resources", "models-namespace", "service-account", *runtimes}
    assert afters["address-qwen"] == {"models-namespace"}
    assert set(planned.ready_rows) == {"kserve-resources", *runtimes}
    documents = {each.id: each.document for each in planned.objects}
    assert documents["service-account"]["secrets"] == [{"name": "models-s3"}]
    crd, resources = planned.releases
    assert (crd.chart, resources.chart) == (KSERVE_CRD, KSERVE_RESOURCES)
    assert crd.chart.version == resources.chart.version
    assert (crd.skip_crds, resources.skip_crds) == (False, True)
    assert {(monitor.id, monitor.after) for monitor in planned.signals.monitors} == {
        (name, ("models-namespace",)) for name in ("vllm", "triton", "huggingface")
    }


def test_models_live_where_nothing_may_be_root(cluster: MakeCluster) -> None:
    planned = KServeAddOn.plan(cluster("A10"), KServe())
    assert {space.name: space.pod_security for space in planned.namespaces} == {"kserve": "restricted", "models": "restricted"}
