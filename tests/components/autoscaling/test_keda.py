"""KEDA scales what it is told to, with no more rights than that takes, and is there where somebody asks for it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.autoscaling.keda.addon import KedaAddOn
from components.autoscaling.keda.chart import KEDA
from components.autoscaling.keda.section import Keda
from components.autoscaling.keda.values import values
from components.framework.schema import check_custom_resource, unknown_keys
from components.serving.kserve.addon import KServeAddOn
from infra.facts import ClusterContext
from stacks.config import StackFileError, parse
from stacks.config.load import document
from stacks.plan import PlatformPlan, plan

MEASURED = ClusterContext(addons=frozenset({"prometheus-operator-crds"}))
CASES = {"one": (ClusterContext(), Keda()), "measured-and-standing-by": (MEASURED, Keda(replicas=2))}
DEV = document(Path(__file__).resolve().parents[3] / "Pulumi.dev.yaml")
SCALED = {"models": {"q": {"source": "hf://Qwen/Qwen3-8B", "maxReplicas": 2}}}


@pytest.mark.parametrize("case", CASES)
def test_values_are_as_they_were_reviewed(case: str, golden: Callable[[str, str], None]) -> None:
    golden(f"values/keda-{case}.json", json.dumps(values(*CASES[case]), indent=1) + "\n")


@pytest.mark.parametrize("case", CASES)
def test_the_chart_knows_every_value(case: str) -> None:
    assert unknown_keys(KEDA, values(*CASES[case])) == ()


def test_it_reads_no_secret_of_others_and_scales_nothing_it_was_not_told_of() -> None:
    """The chart's default may list every Secret and get every object of the cluster."""
    given = values(MEASURED, Keda())
    assert all(part["restrict"]["secret"] for part in given["permissions"].values())
    assert given["rbac"]["enabledCustomScaledRefKinds"] is False


@pytest.mark.parametrize(("cluster", "scraped"), [(ClusterContext(), False), (MEASURED, True)])
def test_it_is_measured_where_somebody_can(cluster: ClusterContext, scraped: bool) -> None:
    for part in values(cluster, Keda())["prometheus"].values():
        assert part["serviceMonitor"]["enabled"] is scraped


def test_it_is_there_where_somebody_asks_for_it() -> None:
    assert not KedaAddOn.wanted(ClusterContext())


def test_kubernetes_takes_what_kserve_makes_of_a_scaled_model() -> None:
    trigger = {"type": "prometheus", "metadata": {"serverAddress": "http://p:9090", "query": "sum(x)", "threshold": "3"}}
    spec = {"scaleTargetRef": {"name": "q-predictor"}, "minReplicaCount": 1, "maxReplicaCount": 2, "triggers": [trigger]}
    made = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": {"name": "q"}, "spec": spec}
    assert check_custom_resource(made) == ()
    (problem,) = check_custom_resource({**made, "spec": {**spec, "maxReplicas": 2}})
    assert str(problem).startswith("spec.maxReplicas: unknown key, which keda.sh/v1alpha1/ScaledObject would ignore")


# Serving


def planned(**sections: Any) -> PlatformPlan:
    return plan(parse({**DEV, "addons": sections}))


def refusals(**sections: Any) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        planned(**sections)
    return [str(problem) for problem in refusal.value.problems]


def test_a_model_grows_where_keda_and_monitoring_are_on() -> None:
    plans = planned(keda={"enabled": True}, kserve=SCALED).addons.plans
    model = {each.id: each.document for each in plans["kserve"].objects}["model-q"]
    assert model["metadata"]["annotations"]["serving.kserve.io/autoscalerClass"] == "keda"
    assert model["spec"]["predictor"]["maxReplicas"] == 2
    assert list(plans).index("keda") < list(plans).index("kserve")
    assert "keda" in KServeAddOn.after


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            {"kserve": SCALED},
            "addons.kserve.models.q.maxReplicas: needs keda, which the cluster has not: KServe's other autoscaler goes by the processor, "
            "which says nothing of a GPU's load; turn on keda under addons, or leave it out",
        ),
        ({"keda": {"replicas": 0}}, "addons.keda.replicas: is 0, but must be at least 1"),
        ({"keda": {"replcas": 2}}, "addons.keda.replcas: unknown key; did you mean replicas? allowed: enabled, values, replicas"),
        (
            {"keda": {"enabled": True, "values": {"operator": {"replicaCont": 2}}}},
            "addons.keda.values.operator.replicaCont: unknown key, which keda 2.20.2 would ignore; did you mean replicaCount?",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(sections: dict[str, Any], message: str) -> None:
    assert refusals(**sections) == [message]


def test_a_cluster_that_has_one_gets_no_second() -> None:
    box = document(Path(__file__).resolve().parents[3] / "examples/Pulumi.rtx4060.yaml")
    stack = {**box, "cluster": {**box["cluster"], "provided": ["keda"]}, "addons": {"keda": {"enabled": True}}}
    with pytest.raises(StackFileError, match=r"addons\.keda: keda is there already, brought by the cluster"):
        plan(parse(stack))
