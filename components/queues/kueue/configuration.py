"""The configuration of Kueue's controller, as the chart takes it: decided here, checked before Kueue would refuse to start with it.

kubernetes-sigs/kueue v0.19.2, apis/config/v1beta2 and pkg/config/validation.go, 2026-08.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from components.queues.kueue.section import SPARK, Kueue
from components.queues.model import names, quantity
from infra.problems import Problem, did_you_mean

OPT_IN = {"managed-by-kueue": "true"}
"""Labels of the namespaces whose workloads wait for quota. In all others nobody asks Kueue, so that the cluster starts without it."""
VERSION = "config.kueue.x-k8s.io/v1beta2"
SPARK_GATE = "SparkApplicationIntegration"
_KNOWN: Mapping[str, Any] = json.loads(Path(__file__).with_name("feature_gates.json").read_text(encoding="utf-8"))
GATES: Mapping[str, Mapping[str, Any]] = _KNOWN["gates"]
"""Kueue's feature gates by name, with their default. With another gate, or with one changed that is locked, Kueue does not start."""
STRATEGIES = (
    ("LessThanOrEqualToFinalShare",),
    ("LessThanInitialShare",),
    ("LessThanOrEqualToFinalShare", "LessThanInitialShare"),
)


def document(section: Kueue) -> dict[str, Any]:
    """The configuration. What is left out has Kueue's default."""
    ready = section.pods_ready
    requeuing = {
        "timestamp": "Eviction",
        "backoffBaseSeconds": ready.backoff_seconds,
        "backoffMaxSeconds": ready.backoff_max_seconds,
        **({"backoffLimitCount": ready.attempts} if ready.attempts is not None else {}),
    }
    return {
        "apiVersion": VERSION,
        "kind": "Configuration",
        "health": {"healthProbeBindAddress": ":8081"},
        "metrics": {"bindAddress": ":8443", "enableClusterQueueResources": True},
        "webhook": {"port": 9443},
        "leaderElection": {"leaderElect": True, "resourceName": "c1f6bfd2.kueue.x-k8s.io"},
        "controller": {
            "groupKindConcurrency": {
                "Job.batch": 5,
                "Pod": 5,
                "Workload.kueue.x-k8s.io": 10,
                "LocalQueue.kueue.x-k8s.io": 5,
                "ClusterQueue.kueue.x-k8s.io": 5,
                "ResourceFlavor.kueue.x-k8s.io": 1,
            }
        },
        "clientConnection": {"qps": 300, "burst": 500},
        "manageJobsWithoutQueueName": False,
        "managedJobsNamespaceSelector": {"matchLabels": dict(OPT_IN)},
        "waitForPodsReady": {
            "timeout": ready.timeout,
            "recoveryTimeout": ready.recovery_timeout,
            "blockAdmission": ready.block_admission,
            "requeuingStrategy": requeuing,
        },
        "integrations": {"frameworks": list(section.frameworks)},
        "objectRetentionPolicies": {"workloads": {"afterFinished": section.keep_finished}},
        **({"fairSharing": {"preemptionStrategies": list(section.fair_sharing)}} if section.fair_sharing else {}),
        **({"resources": resources} if (resources := _resources(section)) else {}),
        **({"featureGates": dict(section.feature_gates)} if section.feature_gates else {}),
    }


def _resources(section: Kueue) -> dict[str, Any]:
    transformations = [
        {"input": each.input, "strategy": each.strategy, **({"outputs": dict(each.outputs)} if each.outputs else {})}
        for each in section.transformations
    ]
    return {
        **({"excludeResourcePrefixes": list(section.exclude_resource_prefixes)} if section.exclude_resource_prefixes else {}),
        **({"transformations": transformations} if transformations else {}),
    }


def problems(section: Kueue) -> Iterator[Problem]:
    """What Kueue would not start with."""
    for framework, count in Counter(section.frameworks).items():
        if count > 1:
            yield Problem("frameworks", f"have {framework} {count} times; name it once")
    if SPARK in section.frameworks and not section.feature_gates.get(SPARK_GATE):
        yield Problem("frameworks", f"have {SPARK}, which needs featureGates.{SPARK_GATE}: true")
    yield from _gates(section.feature_gates)
    if section.fair_sharing and section.fair_sharing not in STRATEGIES:
        allowed = "; or ".join(", ".join(each) for each in STRATEGIES)
        yield Problem("fairSharing", f"is {', '.join(section.fair_sharing)}, but Kueue takes: {allowed}")
    ready = section.pods_ready
    if ready.backoff_max_seconds < ready.backoff_seconds:
        yield Problem("podsReady.backoffMaxSeconds", f"is {ready.backoff_max_seconds}, less than backoffSeconds ({ready.backoff_seconds})")
    for name, count in Counter(each.input for each in section.transformations).items():
        if count > 1:
            yield Problem("transformations", f"have {name} {count} times; say all of its outputs in one")
    for at, each in enumerate(section.transformations):
        yield from _transformation(f"transformations.{at}", each.input, each.outputs)
    if _gates_twice(section.values):
        yield Problem(
            "values.controllerManager.featureGates", "is beside featureGates, and Kueue takes one of the two; move it to featureGates"
        )


def _gates(asked: Mapping[str, bool]) -> Iterator[Problem]:
    for name, on in asked.items():
        gate = GATES.get(name)
        if gate is None:
            yield Problem(
                f"featureGates.{name}",
                f"is no feature gate of this Kueue, which would not start: {did_you_mean(name, GATES)}they are in {_KNOWN['source']}",
            )
        elif gate["locked"] and on != gate["default"]:
            locked = str(gate["default"]).lower()
            yield Problem(f"featureGates.{name}", f"is {str(on).lower()}, and Kueue has it locked to {locked}: leave it out")


def _transformation(path: str, given: str, outputs: Mapping[str, str]) -> Iterator[Problem]:
    for key, name in (("input", given), *(("outputs", name) for name in outputs)):
        if not names.is_qualified(name):
            yield Problem(f"{path}.{key}", f"{name!r} is not {names.QUALIFIED}")
    for name, value in outputs.items():
        try:
            quantity.parse(value)
        except ValueError as error:
            yield Problem(f"{path}.outputs.{name}", str(error))


def _gates_twice(values: Mapping[str, Any]) -> bool:
    manager = values.get("controllerManager")
    return isinstance(manager, Mapping) and bool(manager.get("featureGates"))
