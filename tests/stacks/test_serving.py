"""What cannot be served is refused with its place in the stack file, before anything is planned."""

from pathlib import Path
from typing import Any

import pytest

from components.serving.kserve.section import Canary, KServe, Model
from stacks.config import StackFileError, parse
from stacks.config.load import document
from stacks.plan import plan

ROOT = Path(__file__).resolve().parents[2]
DEV, PROD = document(ROOT / "Pulumi.dev.yaml"), document(ROOT / "Pulumi.prod.yaml")
QWEN = {"source": "hf://Qwen/Qwen3-8B"}


def refusals(stack: dict[str, Any], **sections: Any) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        plan(parse({**stack, "addons": sections}))
    return [str(problem) for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("kserve", "message"),
    [
        ({"models": {"big": {"source": "s3://m/llama", "parametersBillion": 70}}, "objectStorage": {
            "endpoint": "https://s3.example.org", "region": "r", "existingSecret": "s"}},
         "addons.kserve.models.big: needs 158.0 GiB of GPU memory (weights 130.4, cache 26.1, server 1.5), but the largest GPU here, "
         "A10 of pool a10, has 24 GiB, of which a model may use 20.2; models that fit one: Qwen/Qwen3-0.6B, "),
        ({"models": {"q": {**QWEN, "predictor": {"canaryTrafficPercent": 10}}}},
         "addons.kserve.models.q.predictor.canaryTrafficPercent: is of KServe's Knative mode, and Standard mode ignores it"),
        ({"models": {"q": {**QWEN, "predictor": {"minReplicas": 0}}}}, "addons.kserve.models.q.predictor.minReplicas: is 0, but in "),
        ({"models": {"q": {**QWEN, "maxReplicas": 2}}}, "addons.kserve.models.q.maxReplicas: needs keda, which the cluster has not"),
        ({"models": {"q": {**QWEN, "replicas": 0}}}, "addons.kserve.models.q.replicas: is 0, but must be at least 1"),
        ({"models": {"q": {**QWEN, "predictor": {"model": None}}}}, "addons.kserve.models.q.predictor.model: is null, and a predictor"),
        ({"images": {"vllm": "vllm/vllm-openai:latest"}}, "addons.kserve.images.vllm: vllm/vllm-openai:latest has the tag latest"),
        ({"values": {"kserve-resources": {"kserve": {"controler": {}}}}},
         "addons.kserve.values.kserve-resources.kserve.controler: unknown key, which kserve-resources v0.20.0"),
        ({"values": {"kserve": {"controller": {}}}},
         "addons.kserve.values.kserve: kserve has no release kserve; it is a value of kserve-resources: write it under"),
    ],
)  # fmt: skip
def test_one_mistake_gives_one_message_with_its_place(kserve: dict[str, Any], message: str) -> None:
    (problem,) = refusals(DEV, kserve=kserve)
    assert problem.startswith(message)


def test_a_cluster_without_certificates_cannot_serve() -> None:
    workstation = document(ROOT / "examples/Pulumi.rtx4060.yaml")
    found = refusals(workstation, certManager={"enabled": False})
    assert any(problem.startswith("addons.kserve: kserve requires cert-manager, which is not enabled; ") for problem in found)


def test_models_reach_the_add_on_as_they_are_typed() -> None:
    canary = {"version": "v2", "source": "hf://acme/next"}
    sections = {"kserve": {"samples": "stopped", "models": {"q": {**QWEN, "replicas": 2, "canary": canary}}}}
    assert plan(parse({**PROD, "addons": sections})).addons.sections["kserve"] == KServe(
        samples="stopped",
        models={"q": Model(source="hf://Qwen/Qwen3-8B", replicas=2, canary=Canary(version="v2", source="hf://acme/next"))},
    )


@pytest.mark.parametrize("controller", [None, [], "x", 5])
def test_a_controller_of_another_kind_is_no_traceback(controller: Any) -> None:
    try:
        plan(parse({**DEV, "addons": {"kserve": {"values": {"kserve-resources": {"kserve": {"controller": controller}}}}}}))
    except StackFileError as refusal:
        assert all("values.kserve-resources.kserve.controller" in problem.path for problem in refusal.problems)


@pytest.mark.parametrize("size", [float("inf"), 1e308, 0])
def test_a_size_that_no_model_has_is_refused(size: float) -> None:
    (problem,) = refusals(DEV, kserve={"models": {"q": {**QWEN, "parametersBillion": size}}})
    assert problem.startswith("addons.kserve.models.q.parametersBillion: is ")


def test_gpus_of_an_existing_cluster_that_are_partitioned_serve_no_models() -> None:
    pool = {"nodes": 1, "gpusPerNode": 8, "gpuModel": "H100 PCIe"}
    stack = {**document(ROOT / "examples/Pulumi.rtx4060.yaml")}
    stack["cluster"] = {**stack["cluster"], "nodePools": {"workstation": pool}}
    mig = {"sharing": {}, "mig": {"workstation": {"perGpu": {"1g.10gb": 7}}}}
    found = refusals(stack, gpuOperator=mig, kserve={"enabled": True, "models": {"q": {**QWEN, "precision": "int4"}}})
    assert any("no pool can serve it" in problem for problem in found), found
    found = refusals({**stack, "cluster": {**stack["cluster"], "nodePools": {"workstation": {**pool, "labels": {
        "nvidia.com/mig.config": "other"}}}}}, gpuOperator=mig)  # fmt: skip
    assert [problem.split(", but")[0] for problem in found] == ["cluster.nodePools.workstation.labels.nvidia.com/mig.config: is other"]
