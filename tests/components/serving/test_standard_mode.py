"""Standard mode's silence is broken for any InferenceService, not only for those of the platform."""

from typing import Any

import pytest

from components.serving.kserve.standard_mode import problems


def refusals(predictor: dict[str, Any], **annotations: str) -> list[str]:
    named = {f"serving.kserve.io/{key}": value for key, value in annotations.items()}
    document = {"metadata": {"name": "m", **({"annotations": named} if named else {})}, "spec": {"predictor": predictor}}
    return [str(problem) for problem in problems(document)]


@pytest.mark.parametrize("annotations", [{}, {"autoscalerClass": "hpa"}])
def test_kserves_own_autoscaler_makes_one_of_zero(annotations: dict[str, str]) -> None:
    expected = ["predictor.minReplicas: is 0, but KServe's autoscaler makes it 1; use 1, or stopped: true"]
    assert refusals({"minReplicas": 0}, **annotations) == expected


@pytest.mark.parametrize("scaler", ["keda", "none", "external"])
def test_nothing_wakes_a_model_in_standard_mode(scaler: str) -> None:
    (problem,) = refusals({"minReplicas": 0}, autoscalerClass=scaler)
    assert problem.startswith("predictor.minReplicas: is 0, but in Standard mode no request wakes a model that has no replicas")


@pytest.mark.parametrize("field", ["autoScaling", "scaleMetric", "scaleMetricType", "scaleTarget", "maxReplicas"])
def test_what_an_autoscaler_reads_is_ignored_without_one(field: str) -> None:
    (problem,) = refusals({field: 1}, autoscalerClass="none")
    assert problem.startswith(f"predictor.{field}: is for an autoscaler, and this model has none")
    assert refusals({field: 1}, autoscalerClass="hpa") == []


def test_a_plain_model_has_nothing_to_be_said_of() -> None:
    assert refusals({"minReplicas": 1, "model": {"modelFormat": {"name": "vLLM"}}}, autoscalerClass="none") == []
