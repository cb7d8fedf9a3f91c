"""What KServe's Standard mode does with an InferenceService, and what it would leave undone without a word."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.problems import Problem

MODE_ANNOTATION = "serving.kserve.io/deploymentMode"
MODE = "Standard"
AUTOSCALER_ANNOTATION = "serving.kserve.io/autoscalerClass"
STOP_ANNOTATION = "serving.kserve.io/stop"

# kserve v0.20.0, pkg/controller/v1beta1/inferenceservice: of these only its Knative reconciler takes notice.
KNATIVE_ONLY: Mapping[str, str] = {
    "canaryTrafficPercent": "declare `canary` instead",
    "containerConcurrency": "limit requests by the server's own arguments, as vLLM's --max-num-seqs",
}
# The same: these are read by an autoscaler, and class none has none.
AUTOSCALER_ONLY = ("autoScaling", "scaleMetric", "scaleMetricType", "scaleTarget", "maxReplicas")
KNATIVE_METRICS = ("concurrency", "rps")


def problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Fields of an InferenceService that Standard mode ignores or turns into something else; paths start below `spec`."""
    predictor = document["spec"]["predictor"]
    scaler = document["metadata"].get("annotations", {}).get(AUTOSCALER_ANNOTATION)
    for name, fix in KNATIVE_ONLY.items():
        if name in predictor:
            yield Problem(f"predictor.{name}", f"is of KServe's Knative mode, and Standard mode ignores it; {fix}")
    if scaler == "none":
        for name in AUTOSCALER_ONLY:
            if name in predictor:
                yield Problem(f"predictor.{name}", "is for an autoscaler, and this model has none, so nothing reads it; set maxReplicas")
    elif predictor.get("scaleMetric") in KNATIVE_METRICS:
        yield Problem("predictor.scaleMetric", f"is {predictor['scaleMetric']}, which only Knative measures; use autoScaling.metrics")
    if predictor.get("minReplicas") == 0:
        yield Problem("predictor.minReplicas", _at_zero(scaler))
    if (predictor.get("model") or {}).get("name") is not None:
        yield Problem("predictor.model.name", "is refused by KServe: the container's name is fixed; take it out")


def _at_zero(scaler: str | None) -> str:
    without = "is 0, but in Standard mode no request wakes a model that has no replicas"
    match scaler:
        case "keda":
            return f"{without}, and with none of them running KEDA has no measurement to scale up by; use at least 1, or stopped: true"
        case "hpa" | None:
            return "is 0, but KServe's autoscaler makes it 1; use 1, or stopped: true"
    return f"{without}: that takes Knative; use at least 1, or stopped: true"
