"""A model of the stack file as KServe's InferenceService, and the one address of all its versions."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from components.framework.schema import check_custom_resource
from components.framework.values import Values, merged
from components.serving.kserve import placement, standard_mode
from components.serving.kserve.gpu_memory import NATIVE_BF16, capability
from components.serving.kserve.runtimes import ADAPTERS_FOLDER, HTTP_PORT, MODEL_FOLDER, RUNTIMES, llm_args, unfit
from components.serving.kserve.section import KServe, Model
from infra.facts import ClusterContext, Pool
from infra.problems import Problem

API_VERSION = "serving.kserve.io/v1beta1"
NAMESPACE = "models"
SERVICE_ACCOUNT = "model"
PRODUCT_LABEL = "nvidia.com/gpu.product"
GPU = "nvidia.com/gpu"

SCHEMES = ("hf", "s3", "pvc", "gs", "https")
"""What KServe's storage initializer downloads, and claims. Images (`oci`) need a container that the namespace does not allow."""
WAITING_PER_REPLICA = 3
"""Requests that wait before KEDA adds a replica: vLLM's own queue, so the GPU is full already."""
MAX_LORA_RANK = 64
PROMETHEUS = "http://prometheus-operated.monitoring.svc:9090"


def problems(name: str, model: Model, section: KServe, cluster: ClusterContext) -> Iterator[Problem]:
    """Why the model cannot be served as asked; paths are those of its section."""
    yield from _source_problems(model, section)
    yield from _combination_problems(model, section, cluster)
    yield from placement.problems(model, cluster)
    made = document(name, model, cluster)
    misfits = check_custom_resource(made)
    yield from (Problem(misfit.path.removeprefix("spec."), misfit.message) for misfit in misfits)
    if not misfits:
        yield from _predictor_problems(made, model)


def _predictor_problems(made: Values, model: Model) -> Iterator[Problem]:
    """Of a predictor that has the form of one, merged with the stack file's overrides."""
    yield from standard_mode.problems(made)
    if "model" in model.predictor and model.predictor["model"] is None:
        yield Problem("predictor.model", "is null, and a predictor without a model serves nothing; take it out")
        return
    image = made["spec"]["predictor"]["model"].get("image")
    if image is not None and (message := unfit(image, RUNTIMES[model.runtime])) is not None:
        yield Problem("predictor.model.image", message)


def _sources(model: Model) -> Iterator[tuple[str, str]]:
    yield "source", model.source
    yield from ((f"adapters.{name}", source) for name, source in model.adapters.items())
    if model.canary is not None:
        yield "canary.source", model.canary.source


def _source_problems(model: Model, section: KServe) -> Iterator[Problem]:
    for key, source in _sources(model):
        scheme, separator, place = source.partition("://")
        if not separator or not place or scheme not in SCHEMES:
            yield Problem(
                key, f"{source!r} is not a place that models come from; write one of {', '.join(f'{each}://' for each in SCHEMES)}"
            )
        elif scheme == "s3" and section.object_storage is None:
            yield Problem(key, f"is {source}, but nobody said where s3:// leads; give objectStorage")


def _combination_problems(model: Model, section: KServe, cluster: ClusterContext) -> Iterator[Problem]:
    if model.adapters and model.runtime != "vllm":
        yield Problem("adapters", f"are for the runtime vllm, and this model has {model.runtime}; take vllm")
    if model.max_replicas is not None:
        yield from _scaling_problems(model, model.max_replicas, cluster)
    if model.canary is None:
        return
    if model.canary.version == model.version:
        yield Problem("canary.version", f"is {model.canary.version}, the same as the model's version; name it otherwise")
    if model.canary.replicas >= model.replicas:
        least = model.canary.replicas + 1
        yield Problem(
            "replicas",
            f"is {model.replicas}, but the canary takes {model.canary.replicas} of them, and the first version keeps one; use {least}",
        )
    if model.max_replicas is not None:
        yield Problem("canary", "has a fixed size, and so must the first version have beside it; take maxReplicas out")
    if model.adapters:
        yield Problem(
            "canary", "would be without the adapters: KServe v0.20.0 gives a canary one source alone; serve it as a model of its own"
        )
    if section.gateway is not None:
        fix = "serve it as a model of its own, or take the gateway out"
        yield Problem("canary", f"would get no request from the gateway: KServe v0.20.0 routes to the first version alone; {fix}")


def _scaling_problems(model: Model, most: int, cluster: ClusterContext) -> Iterator[Problem]:
    if most < model.replicas:
        yield Problem("maxReplicas", f"is {most}, but there are {model.replicas} replicas to begin with; use more, or leave it out")
    missing = [name for name in ("keda", "monitoring") if not cluster.has(name)]
    if missing and most > model.replicas:
        why = "KServe's other autoscaler goes by the processor, which says nothing of a GPU's load"
        both = " and ".join(missing)
        yield Problem("maxReplicas", f"needs {both}, which the cluster has not: {why}; turn on {both} under addons, or leave it out")
    if model.runtime != "vllm":
        yield Problem("maxReplicas", f"goes by vLLM's queue, and this model has {model.runtime}; leave it out, or take vllm")


def document(name: str, model: Model, cluster: ClusterContext) -> Values:
    """The InferenceService. It is whole even where the model has problems."""
    pools = placement.choose(model, cluster)
    scaled = model.max_replicas is not None and model.max_replicas > model.replicas
    annotations = {
        standard_mode.MODE_ANNOTATION: standard_mode.MODE,
        standard_mode.AUTOSCALER_ANNOTATION: "keda" if scaled else "none",
        **({standard_mode.STOP_ANNOTATION: "true"} if model.stopped else {}),
    }
    return {
        "apiVersion": API_VERSION,
        "kind": "InferenceService",
        "metadata": {"name": name, "namespace": NAMESPACE, "annotations": annotations},
        "spec": {
            "predictor": merged(_predictor(name, model, pools, scaled), model.predictor),
            **({"canary": [_canary(model)]} if model.canary is not None else {}),
        },
    }


def _predictor(name: str, model: Model, pools: Sequence[Pool], scaled: bool) -> Values:
    several = bool(model.adapters)
    return {
        **({"name": model.version} if model.version is not None else {}),
        "minReplicas": model.replicas,
        **({"maxReplicas": model.max_replicas, "autoScaling": _scaling(name)} if scaled else {}),
        "serviceAccountName": SERVICE_ACCOUNT,
        "automountServiceAccountToken": False,
        # A service called vllm would become a variable VLLM_PORT, which vLLM takes for its own.
        "enableServiceLinks": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        **({"affinity": affinity} if (affinity := _affinity(pools)) else {}),
        "deploymentStrategy": _strategy(model, pools),
        **({"storageUris": _storage_uris(model)} if several else {}),
        "model": {
            **_format(model),
            "args": _args(model, pools),
            "resources": _resources(model),
            **({} if several else {"storageUri": model.source}),
        },
    }


def _format(model: Model) -> Values:
    return {"modelFormat": {"name": RUNTIMES[model.runtime].formats[0][0]}, "runtime": model.runtime}


def _affinity(pools: Iterable[Pool]) -> Values:
    """Nodes of the pools, by the label that they have before feature discovery ran, and the one that it gives to shared GPUs."""
    products = list(dict.fromkeys(pool.labels[PRODUCT_LABEL] for pool in pools if PRODUCT_LABEL in pool.labels))
    shared = [f"{product}-SHARED" for product in products if not product.endswith("-SHARED")]
    if not products:
        return {}
    terms = [{"matchExpressions": [{"key": PRODUCT_LABEL, "operator": "In", "values": [*products, *shared]}]}]
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}


def _strategy(model: Model, pools: Iterable[Pool]) -> Values:
    """A new version comes up beside the old one only where there are GPUs for both; else one replica goes first."""
    room = placement.slots(pools, model.gpus) > max(model.replicas, model.max_replicas or 0)
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": int(room), "maxUnavailable": int(not room)}}


def _storage_uris(model: Model) -> list[Values]:
    adapters = [{"uri": source, "mountPath": f"{ADAPTERS_FOLDER}/{name}"} for name, source in model.adapters.items()]
    return [{"uri": model.source, "mountPath": MODEL_FOLDER}, *adapters]


def _args(model: Model, pools: Iterable[Pool]) -> list[str]:
    args: list[str] = []
    if RUNTIMES[model.runtime].is_llm_server:
        args += llm_args(model.context_tokens, model.gpus)
        if any(capability(pool) < NATIVE_BF16 for pool in pools):
            args.append("--dtype=half")
    if model.adapters:
        modules = [f"{name}={ADAPTERS_FOLDER}/{name}" for name in model.adapters]
        args += ["--enable-lora", f"--max-loras={len(modules)}", f"--max-lora-rank={MAX_LORA_RANK}", "--lora-modules", *modules]
    return [*args, *model.args]


def _resources(model: Model) -> Values:
    """KServe fills in what is left out with one CPU and 2 GiB, so nothing is. The host reads weights before the GPU has them."""
    asked = placement.demand(model)
    weights = math.ceil(asked.need.weights) if asked is not None else 8
    gpus = str(model.gpus)
    return {
        "requests": {"cpu": str(2 * model.gpus), "memory": f"{4 + weights}Gi", GPU: gpus},
        "limits": {"cpu": str(8 * model.gpus), "memory": f"{8 + 2 * weights}Gi", GPU: gpus},
    }


def _scaling(name: str) -> Values:
    query = f'sum(vllm:num_requests_waiting{{namespace="{NAMESPACE}", model_name="{name}"}})'
    metric = {"backend": "prometheus", "serverAddress": PROMETHEUS, "query": query}
    target = {"type": "Value", "value": str(WAITING_PER_REPLICA)}
    return {"metrics": [{"type": "External", "external": {"metric": metric, "target": target}}]}


def _canary(model: Model) -> Values:
    """Merged into the predictor by KServe. The percentage is for the record: what a canary gets is its part of the replicas."""
    if model.canary is None:
        raise ValueError("the model has no canary")
    return {
        "trafficPercent": round(100 * model.canary.replicas / max(model.replicas, 1)),
        "predictor": {
            "name": model.canary.version,
            "minReplicas": model.canary.replicas,
            # The definition asks a canary for the container's name, and refuses it of the first version.
            "model": {"name": "kserve-container", **_format(model), "storageUri": model.canary.source},
        },
    }


def address(name: str) -> Values:
    """A Service over the pods of all versions, whose own names come and go. Without KServe's labels, by which it would clean it up."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "selector": {"serving.kserve.io/inferenceservice": name, "component": "predictor"},
            "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": HTTP_PORT}],
        },
    }


def service_account(secrets: Iterable[str]) -> Mapping[str, Any]:
    """What models run as. KServe reads the secrets that it names, and hands them to what downloads the model."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": SERVICE_ACCOUNT, "namespace": NAMESPACE},
        "automountServiceAccountToken": False,
        "secrets": [{"name": name} for name in secrets],
    }
