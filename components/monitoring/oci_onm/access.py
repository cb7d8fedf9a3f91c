"""What the collector may read in the cluster."""

from typing import Any

NAME = "oci-onm"

# What the collector looks up for a log line, and what it lists of the cluster. The chart's own role reads every Secret there is.
# oracle-quickstart/oci-kubernetes-monitoring 4.3.0, charts/common and charts/logan, 2026-08.
_READS = {
    "": ("endpoints", "events", "namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "pods", "services"),
    "apps": ("daemonsets", "deployments", "replicasets", "statefulsets"),
    "batch": ("cronjobs", "jobs"),
    "autoscaling": ("horizontalpodautoscalers",),
    "discovery.k8s.io": ("endpointslices",),
    "networking.k8s.io": ("ingresses",),
    "storage.k8s.io": ("storageclasses",),
}


def access() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The collector's account, its role and what binds them."""
    rbac = "rbac.authorization.k8s.io"
    rules = [{"apiGroups": [group], "resources": list(kinds), "verbs": ["get", "list", "watch"]} for group, kinds in _READS.items()]
    return (
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": NAME, "namespace": NAME}},
        {"apiVersion": f"{rbac}/v1", "kind": "ClusterRole", "metadata": {"name": NAME}, "rules": rules},
        {
            "apiVersion": f"{rbac}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": NAME},
            "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": NAME},
            "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": NAME}],
        },
    )
