"""Helm values of KEDA."""

from components.autoscaling.keda.section import Keda
from components.framework.plan import Decided, parts, settings
from components.framework.values import Values
from infra.facts import ClusterContext

# The series say which namespace a scaled object is in; the operator's own would stand there.
_OWN_NAMESPACE = [{"action": "labeldrop", "regex": "namespace"}]


DECIDED = (
    *settings({"replicas": [(part, "replicaCount") for part in ("operator", "metricsServer", "webhooks")]}),
    Decided(("crds", "install"), "without its definitions no workload could be scaled; take it out"),
    Decided(("webhooks", "enabled"), "it refuses scaled objects that would fight each other; take it out"),
    *parts({("metricsServer", "enabled"): "Kubernetes asks it what to scale by, and nothing would be scaled"}),
    *parts({("watchNamespace",): "nothing would be scaled in any other namespace"}, on=""),
    *(
        Decided(("prometheus", part, *key), "the platform measures KEDA wherever monitors are taken; take it out")
        for part in ("operator", "metricServer", "webhooks")
        for key in (("enabled",), ("serviceMonitor", "enabled"))
    ),
    Decided(
        ("prometheus", "operator", "serviceMonitor", "relabelings"), "rules know a scaled object by the labels that it leaves; take it out"
    ),
)


def values(cluster: ClusterContext, section: Keda) -> Values:
    """Least rights: it scales Deployments and StatefulSets, and reads no Secret outside its own namespace.

    The chart's default lets it read every object of the cluster, and list every Secret.
    """
    scraped = cluster.has("prometheus-operator-crds")
    budget = {"minAvailable": 1} if section.replicas > 1 else {}
    return {
        "crds": {"install": True},
        "rbac": {"enabledCustomScaledRefKinds": False},
        "permissions": {"operator": {"restrict": {"secret": True}}, "metricServer": {"restrict": {"secret": True}}},
        "operator": {"replicaCount": section.replicas},
        "metricsServer": {"replicaCount": section.replicas},
        "webhooks": {"enabled": True, "replicaCount": section.replicas},
        "podDisruptionBudget": {"operator": budget, "metricServer": budget, "webhooks": budget},
        "image": {"pullPolicy": "IfNotPresent"},
        "prometheus": {
            "operator": {"enabled": True, "serviceMonitor": {"enabled": scraped, "relabelings": _OWN_NAMESPACE}},
            "metricServer": {"enabled": True, "serviceMonitor": {"enabled": scraped}},
            "webhooks": {"enabled": True, "serviceMonitor": {"enabled": scraped}},
        },
        "resources": {
            "operator": {"requests": {"cpu": "50m", "memory": "100Mi"}, "limits": {"cpu": "1", "memory": "1000Mi"}},
            "metricServer": {"requests": {"cpu": "50m", "memory": "100Mi"}, "limits": {"cpu": "1", "memory": "1000Mi"}},
            "webhooks": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "1", "memory": "256Mi"}},
        },
    }
