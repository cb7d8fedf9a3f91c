"""Kueue itself: its configuration, what it would not start with, and what waits until it answers."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.framework.addon import AddOn, awaited
from components.queues.kueue import configuration, gate
from components.queues.kueue.addon import KueueAddOn
from components.queues.kueue.chart import KUEUE
from components.queues.kueue.section import SPARK, Kueue
from components.queues.kueue.values import values
from components.registry import ALL, KINDS
from infra.facts import ClusterContext


def reported(**given: Any) -> list[str]:
    return [str(problem) for problem in configuration.problems(Kueue.model_validate(given))]


def test_the_defaults_start() -> None:
    assert reported() == []


def test_only_namespaces_that_opted_in_are_looked_at() -> None:
    text = values(ClusterContext(), Kueue())["managerConfig"]["controllerManagerConfigYaml"]
    found = yaml.safe_load(text)
    assert found["managedJobsNamespaceSelector"] == {"matchLabels": {"managed-by-kueue": "true"}}
    assert found["manageJobsWithoutQueueName"] is False


def test_every_framework_that_is_finished_waits_for_quota() -> None:
    frameworks = set(Kueue.model_fields["frameworks"].default)
    assert {"batch/job", "pod", "ray.io/raycluster", "kubeflow.org/pytorchjob", "trainer.kubeflow.org/trainjob"} <= frameworks
    assert SPARK not in frameworks


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"frameworks": ["batch/job", "batch/job"]}, "frameworks: have batch/job 2 times; name it once"),
        (
            {"frameworks": ["batch/job", SPARK]},
            "frameworks: have sparkoperator.k8s.io/sparkapplication, which needs featureGates.SparkApplicationIntegration: true",
        ),
        (
            {"fairSharing": ["LessThanInitialShare", "LessThanOrEqualToFinalShare"]},
            "fairSharing: is LessThanInitialShare, LessThanOrEqualToFinalShare, but Kueue takes: LessThanOrEqualToFinalShare; or "
            "LessThanInitialShare; or LessThanOrEqualToFinalShare, LessThanInitialShare",
        ),
        (
            {"podsReady": {"backoffSeconds": 60, "backoffMaxSeconds": 30}},
            "podsReady.backoffMaxSeconds: is 30, less than backoffSeconds (60)",
        ),
        (
            {"transformations": [{"input": "nvidia.com/mig-1g.10gb", "outputs": {"example.org/slices": "one"}}]},
            "transformations.0.outputs.example.org/slices: 'one' is not a quantity like 64, 1500m or 100Gi",
        ),
        (
            {"transformations": [{"input": "a/b"}, {"input": "a/b"}]},
            "transformations: have a/b 2 times; say all of its outputs in one",
        ),
        (
            {"featureGates": {"PartialAdmision": True}},
            "featureGates.PartialAdmision: is no feature gate of this Kueue, which would not start: did you mean PartialAdmission? "
            "they are in https://github.com/kubernetes-sigs/kueue/blob/v0.19.2/pkg/features/kube_features.go",
        ),
        (
            {"featureGates": {"ObjectRetentionPolicies": False}},
            "featureGates.ObjectRetentionPolicies: is false, and Kueue has it locked to true: leave it out",
        ),
        (
            {"values": {"controllerManager": {"featureGates": [{"name": "PartialAdmission", "enabled": True}]}}},
            "values.controllerManager.featureGates: is beside featureGates, and Kueue takes one of the two; move it to featureGates",
        ),
    ],
)  # fmt: skip
def test_what_kueue_would_not_start_with_is_refused(given: dict[str, Any], words: str) -> None:
    assert reported(**given) == [words]


def test_the_feature_gates_are_those_of_the_chart_that_is_pinned() -> None:
    found = json.loads(Path(configuration.__file__).with_name("feature_gates.json").read_text())
    assert found["version"] == KUEUE.version
    assert reported(featureGates={name: gate["default"] for name, gate in found["gates"].items()}) == []


def test_it_comes_after_everything_that_makes_jobs() -> None:
    others = {kind.key for kind in ALL if kind is not KueueAddOn and "kueue" not in kind.requires and kind.charts}
    # It waits for a log group for long, and makes no Jobs.
    left = others - awaited("kueue", KINDS) - {"oci-onm"}
    assert left == set(), "their charts may make Jobs: say before = frozenset({'kueue'}) in the class of each"


def test_what_needs_kueue_waits_until_it_answers() -> None:
    made = KueueAddOn.plan(ClusterContext(), Kueue())
    assert made.ready_rows == ("kueue", "gate")
    assert "kueue" in next(row for row in made.objects if row.id == "gate").after


def test_the_gate_may_try_to_create_a_flavor_and_nothing_else() -> None:
    documents = gate.documents("kueue-system")
    assert documents["gate-role"]["rules"] == [{"apiGroups": ["kueue.x-k8s.io"], "resources": ["resourceflavors"], "verbs": ["create"]}]
    container = documents["gate"]["spec"]["template"]["spec"]["containers"][0]
    assert "--dry-run=server" in container["args"]


def test_nobody_gets_it_unasked() -> None:
    assert not KueueAddOn.wanted(ClusterContext())
    assert issubclass(KueueAddOn, AddOn)
