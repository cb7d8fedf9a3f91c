"""A model of the stack file becomes what KServe does, and nothing that it would leave undone."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from components.framework.schema import check_custom_resource
from components.serving.kserve.inference_service import address, document, problems, service_account
from components.serving.kserve.section import Canary, Gateway, KServe, Model, ObjectStorage
from infra.facts import ClusterContext
from infra.section import changed

MakeCluster = Callable[..., ClusterContext]
SETTINGS = KServe(
    object_storage=ObjectStorage(endpoint="https://acme.compat.objectstorage.eu-frankfurt-1.oci.customer-oci.com",
                                 region="eu-frankfurt-1", existing_secret="models-s3")
)  # fmt: skip
SCALED = frozenset({"keda", "monitoring"})
QWEN = Model(source="hf://Qwen/Qwen3-8B")

CASES: Mapping[str, Model] = {
    "plain": QWEN,
    "adapters": changed(QWEN, source="s3://models/Qwen3-8B", adapters={"sql": "s3://models/sql", "legal": "hf://acme/legal"}),
    "canary": changed(QWEN, version="v1", replicas=2, canary=Canary(version="v2", source="s3://models/v2/Qwen3-8B")),
    "scaled": changed(QWEN, max_replicas=2),
    "spread": Model(source="s3://models/llama-70b", parameters_billion=70, gpus=4, replicas=2),
    "triton": Model(source="pvc://repository/models", runtime="triton", gpu_memory_gib=10, args=("--log-verbose=1",)),
    "huggingface": changed(QWEN, runtime="huggingface", stopped=True, predictor={"timeout": 300}),
}


@pytest.fixture
def everything(cluster: MakeCluster) -> ClusterContext:
    return cluster("T4", "A10", "H100", addons=SCALED)


def made(model: Model, cluster: ClusterContext) -> dict[str, Any]:
    return document("qwen", model, cluster)


def predictor(model: Model, cluster: ClusterContext) -> dict[str, Any]:
    return dict(made(model, cluster)["spec"]["predictor"])


def refusals(model: Model, cluster: ClusterContext, settings: KServe = SETTINGS) -> list[str]:
    return [str(problem) for problem in problems("qwen", model, settings, cluster)]


@pytest.mark.parametrize("case", CASES)
def test_models_are_as_they_were_reviewed(case: str, everything: ClusterContext, golden: Callable[[str, str], None]) -> None:
    golden(f"values/kserve-model-{case}.json", json.dumps(made(CASES[case], everything), indent=1) + "\n")


@pytest.mark.parametrize("case", CASES)
def test_the_definition_knows_every_field_and_nothing_is_refused(case: str, everything: ClusterContext) -> None:
    assert check_custom_resource(made(CASES[case], everything)) == ()
    assert refusals(CASES[case], everything) == []


@pytest.mark.parametrize("case", CASES)
def test_its_mode_and_its_autoscaler_are_always_said(case: str, everything: ClusterContext) -> None:
    """The cluster's default may be another, and the mode can never be changed."""
    annotations = made(CASES[case], everything)["metadata"]["annotations"]
    assert annotations["serving.kserve.io/deploymentMode"] == "Standard"
    assert annotations["serving.kserve.io/autoscalerClass"] == ("keda" if case == "scaled" else "none")


@pytest.mark.parametrize("case", CASES)
def test_what_kserve_would_fill_in_small_is_said(case: str, everything: ClusterContext) -> None:
    resources = predictor(CASES[case], everything)["model"]["resources"]
    assert resources["limits"].keys() == resources["requests"].keys() == {"cpu", "memory", "nvidia.com/gpu"}
    assert resources["limits"]["nvidia.com/gpu"] == resources["requests"]["nvidia.com/gpu"] == str(CASES[case].gpus)


def test_the_server_is_held_to_what_was_planned(everything: ClusterContext) -> None:
    args = predictor(changed(CASES["spread"], context_tokens=4096), everything)["model"]["args"]
    assert args == ["--max-model-len=4096", "--gpu-memory-utilization=0.9", "--tensor-parallel-size=4"]


def test_gpus_before_ampere_compute_in_fp16(cluster: MakeCluster) -> None:
    small = Model(source="hf://Qwen/Qwen3-4B")
    assert "--dtype=half" in predictor(small, cluster("T4"))["model"]["args"]
    assert "--dtype=half" not in predictor(small, cluster("A10"))["model"]["args"]


def test_it_runs_on_nodes_with_the_chosen_gpus_shared_or_not(everything: ClusterContext) -> None:
    terms = predictor(QWEN, everything)["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert terms == [
        {"matchExpressions": [{"key": "nvidia.com/gpu.product", "operator": "In", "values": ["NVIDIA-A10", "NVIDIA-A10-SHARED"]}]}
    ]


@pytest.mark.parametrize(("replicas", "surge"), [(1, 1), (2, 0)])
def test_a_new_version_comes_up_beside_the_old_only_where_there_is_a_gpu_for_it(
    replicas: int, surge: int, everything: ClusterContext
) -> None:
    strategy = predictor(changed(QWEN, replicas=replicas), everything)["deploymentStrategy"]["rollingUpdate"]
    assert strategy == {"maxSurge": surge, "maxUnavailable": 1 - surge}


def test_adapters_lie_beside_the_model_and_are_asked_for_by_name(everything: ClusterContext) -> None:
    adapted = predictor(CASES["adapters"], everything)
    assert adapted["storageUris"] == [
        {"uri": "s3://models/Qwen3-8B", "mountPath": "/mnt/models"},
        {"uri": "s3://models/sql", "mountPath": "/mnt/adapters/sql"},
        {"uri": "hf://acme/legal", "mountPath": "/mnt/adapters/legal"},
    ]
    assert "storageUri" not in adapted["model"]
    assert adapted["model"]["args"][-6:] == [
        "--enable-lora", "--max-loras=2", "--max-lora-rank=64",
        "--lora-modules", "sql=/mnt/adapters/sql", "legal=/mnt/adapters/legal",
    ]  # fmt: skip


def test_a_canary_is_part_of_the_replicas_and_of_their_requests(everything: ClusterContext) -> None:
    (canary,) = made(CASES["canary"], everything)["spec"]["canary"]
    assert canary["trafficPercent"] == 50
    assert canary["predictor"]["minReplicas"] == 1
    assert canary["predictor"]["name"] == "v2"
    selector = address("qwen")["spec"]["selector"]
    assert selector == {"serving.kserve.io/inferenceservice": "qwen", "component": "predictor"}


def test_a_canary_takes_over_under_its_own_name(everything: ClusterContext) -> None:
    """KServe then keeps its pods: the name of the first version becomes the canary's."""
    canary = CASES["canary"].canary
    assert canary is not None
    after = changed(CASES["canary"], version=canary.version, source=canary.source, canary=None)
    assert refusals(after, everything) == []
    spec = made(after, everything)["spec"]
    assert spec["predictor"]["name"] == "v2"
    assert spec["predictor"]["model"]["storageUri"] == canary.source
    assert "canary" not in spec


def test_the_address_of_all_versions_has_none_of_the_labels_that_kserve_cleans_up_by() -> None:
    assert "labels" not in address("qwen")["metadata"]


def test_keda_goes_by_the_models_own_queue(everything: ClusterContext) -> None:
    scaled = predictor(CASES["scaled"], everything)
    (metric,) = scaled["autoScaling"]["metrics"]
    assert (scaled["minReplicas"], scaled["maxReplicas"]) == (1, 2)
    assert metric["external"]["metric"]["query"] == 'sum(vllm:num_requests_waiting{namespace="models", model_name="qwen"})'


def test_what_the_stack_file_lays_over_it_comes_last(everything: ClusterContext) -> None:
    told = predictor(changed(QWEN, predictor={"timeout": 600, "model": {"resources": {"limits": {"cpu": "16"}}}}), everything)
    assert told["timeout"] == 600
    assert told["model"]["resources"]["limits"] == {"cpu": "16", "memory": "40Gi", "nvidia.com/gpu": "1"}


def test_models_run_as_an_account_that_may_do_nothing_but_download() -> None:
    account = service_account(["models-s3", "hf"])
    assert not account["automountServiceAccountToken"]
    assert account["secrets"] == [{"name": "models-s3"}, {"name": "hf"}]


# Refusals

NEW = Canary(version="v2", source="hf://acme/next")


@pytest.mark.parametrize(
    ("model", "messages"),
    [
        (changed(QWEN, source="Qwen/Qwen3-8B"),
         ["source: 'Qwen/Qwen3-8B' is not a place that models come from; write one of hf://, s3://, pvc://, gs://, https://"]),
        (changed(QWEN, source="oci://registry/qwen3-8b"), ["source: 'oci://registry/qwen3-8b' is not a place that models come from"]),
        (changed(QWEN, runtime="huggingface", adapters={"a": "hf://a/b"}),
         ["adapters: are for the runtime vllm, and this model has huggingface; take vllm"]),
        (changed(QWEN, adapters={"a": "b"}), ["adapters.a: 'b' is not a place that models come from"]),
        (changed(QWEN, canary=NEW),
         ["replicas: is 1, but the canary takes 1 of them, and the first version keeps one; use 2"]),
        (changed(QWEN, version="v2", replicas=2, canary=NEW),
         ["canary.version: is v2, the same as the model's version; name it otherwise"]),
        (changed(QWEN, replicas=2, canary=changed(NEW, source="x")), ["canary.source: 'x' is not a place that models come from"]),
        (changed(QWEN, replicas=2, adapters={"a": "hf://a/b"}, canary=NEW),
         ["canary: would be without the adapters: KServe v0.20.0 gives a canary one source alone; serve it as a model of its own"]),
        (changed(QWEN, replicas=2, max_replicas=2, canary=NEW),
         ["canary: has a fixed size, and so must the first version have beside it; take maxReplicas out"]),
        (changed(QWEN, replicas=2, max_replicas=1),
         ["maxReplicas: is 1, but there are 2 replicas to begin with; use more, or leave it out"]),
        (changed(QWEN, runtime="huggingface", max_replicas=2),
         ["maxReplicas: goes by vLLM's queue, and this model has huggingface; leave it out, or take vllm"]),
        # What is merged over the predictor
        (changed(QWEN, predictor={"canaryTrafficPercent": 10}),
         ["predictor.canaryTrafficPercent: is of KServe's Knative mode, and Standard mode ignores it; declare `canary` instead"]),
        (changed(QWEN, predictor={"containerConcurrency": 4}),
         ["predictor.containerConcurrency: is of KServe's Knative mode, and Standard mode ignores it; limit requests by the server's own"]),
        (changed(QWEN, predictor={"minReplicas": 0}),
         ["predictor.minReplicas: is 0, but in Standard mode no request wakes a model that has no replicas: that takes Knative; "
          "use at least 1, or stopped: true"]),
        (changed(QWEN, max_replicas=2, predictor={"minReplicas": 0}),
         ["predictor.minReplicas: is 0, but in Standard mode no request wakes a model that has no replicas, and with none of them "
          "running KEDA has no measurement to scale up by; use at least 1, or stopped: true"]),
        (changed(QWEN, predictor={"maxReplicas": 4}),
         ["predictor.maxReplicas: is for an autoscaler, and this model has none, so nothing reads it; set maxReplicas"]),
        (changed(QWEN, predictor={"scaleMetric": "concurrency", "scaleTarget": 2}),
         ["predictor.scaleMetric: is for an autoscaler, and this model has none", "predictor.scaleTarget: is for an autoscaler"]),
        (changed(QWEN, max_replicas=2, predictor={"scaleMetric": "rps"}),
         ["predictor.scaleMetric: is rps, which only Knative measures; use autoScaling.metrics"]),
        (changed(QWEN, predictor={"model": {"name": "qwen"}}),
         ["predictor.model.name: is refused by KServe: the container's name is fixed; take it out"]),
        (changed(QWEN, predictor={"model": {"image": "vllm/vllm-openai:latest"}}),
         ["predictor.model.image: vllm/vllm-openai:latest has the tag latest, which moves; give an exact tag, like "]),
        (changed(QWEN, predictor={"minReplica": 2}),
         ["predictor.minReplica: unknown key, which serving.kserve.io/v1beta1/InferenceService would ignore; did you mean minReplicas"]),
        (changed(QWEN, predictor={"minReplicas": "2"}),
         ["predictor.minReplicas: is '2', but serving.kserve.io/v1beta1/InferenceService takes a whole number"]),
        (changed(QWEN, predictor={"model": "qwen"}), ["predictor.model: is 'qwen', but serving.kserve.io/v1beta1/InferenceService takes"]),
    ],
)  # fmt: skip
def test_what_kserve_would_ignore_or_refuse_is_refused_with_the_plan(model: Model, messages: list[str], everything: ClusterContext) -> None:
    found = refusals(model, everything)
    assert len(found) == len(messages), found
    for problem, message in zip(found, messages, strict=True):
        assert problem.startswith(message)


def test_object_storage_needs_to_be_said_where_it_is(everything: ClusterContext) -> None:
    found = refusals(changed(QWEN, source="s3://models/Qwen3-8B"), everything, KServe())
    assert found == ["source: is s3://models/Qwen3-8B, but nobody said where s3:// leads; give objectStorage"]


def test_a_gateway_would_pass_the_canary_by(everything: ClusterContext) -> None:
    settings = changed(SETTINGS, gateway=Gateway(name="gateways/models", domain="models.example.org"))
    (problem,) = refusals(CASES["canary"], everything, settings)
    assert problem == (
        "canary: would get no request from the gateway: KServe v0.20.0 routes to the first version alone; "
        "serve it as a model of its own, or take the gateway out"
    )


@pytest.mark.parametrize(("addons", "missing"), [(set(), "keda and monitoring"), ({"keda"}, "monitoring"), ({"monitoring"}, "keda")])
def test_scaling_needs_keda_and_something_that_measures(addons: set[str], missing: str, cluster: MakeCluster) -> None:
    (problem,) = refusals(CASES["scaled"], cluster("A10", addons=frozenset(addons)))
    assert problem == (
        f"maxReplicas: needs {missing}, which the cluster has not: KServe's other autoscaler goes by the processor, "
        f"which says nothing of a GPU's load; turn on {missing} under addons, or leave it out"
    )


def test_keda_that_the_cluster_brings_is_enough(cluster: MakeCluster) -> None:
    brought = cluster("A10", addons=frozenset({"monitoring"}), provided=frozenset({"keda"}))
    assert refusals(CASES["scaled"], brought) == []
