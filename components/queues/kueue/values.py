"""Helm values of Kueue."""

import json

import yaml

from components.framework.plan import Decided, settings
from components.framework.values import Values
from components.queues.kueue import configuration
from components.queues.kueue.section import Kueue
from infra.facts import ClusterContext

DECIDED = (
    *settings({"replicas": [("controllerManager", "replicas")]}),
    Decided(
        ("managerConfig",), "Kueue's configuration is written from its settings, which would be lost: frameworks, podsReady, ...; set those"
    ),
    Decided(("enablePrometheus",), "the platform measures Kueue wherever monitors are taken; take it out"),
)


def values(cluster: ClusterContext, section: Kueue) -> Values:
    """The controller's configuration is one text, which the chart reads too: its webhooks are asked in the opted-in namespaces alone."""
    standing_by = section.replicas > 1
    text = yaml.safe_dump(json.loads(json.dumps(configuration.document(section))), sort_keys=False)
    return {
        "enablePrometheus": cluster.has("prometheus-operator-crds"),
        "enableKueueViz": False,
        "managerConfig": {"controllerManagerConfigYaml": text},
        "controllerManager": {
            "replicas": section.replicas,
            "podDisruptionBudget": {"enabled": standing_by, "minAvailable": 1},
            "manager": {
                "image": {"repository": "registry.k8s.io/kueue/kueue", "pullPolicy": "IfNotPresent"},
                "resources": {"requests": {"cpu": "500m", "memory": "512Mi"}, "limits": {"cpu": "2", "memory": "2Gi"}},
            },
        },
    }
