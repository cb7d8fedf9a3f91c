"""What waits until Kueue answers. Its Deployment is ready some seconds before its webhooks are (kubernetes-sigs/kueue issue 13036), and
whatever is applied between the two is refused.

A Job tries to create a flavor, without creating it, until the webhooks let it. It may do nothing else.
"""

import json
from typing import Any

from components.framework import restricted

IMAGE = "registry.k8s.io/kubectl:v1.34.5"
"""Kubernetes' own, without a shell."""
NAME = "kueue-webhook-gate"
FLAVOR = "is-kueue-serving"
ATTEMPTS = 10
"""Each waits twice as long as the one before, up to five minutes: ten are half an hour."""


def documents(namespace: str) -> dict[str, dict[str, Any]]:
    """By id: account, right, what is tried, and the Job."""
    metadata = {"name": NAME, "namespace": namespace}
    flavor = {"apiVersion": "kueue.x-k8s.io/v1beta2", "kind": "ResourceFlavor", "metadata": {"name": FLAVOR}, "spec": {}}
    return {
        "gate-account": {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        "gate-role": {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": NAME},
            "rules": [{"apiGroups": ["kueue.x-k8s.io"], "resources": ["resourceflavors"], "verbs": ["create"]}],
        },
        "gate-binding": {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": NAME},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": NAME},
            "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": namespace}],
        },
        "gate-flavor": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"flavor.json": json.dumps(flavor)}},
        "gate": {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": metadata,
            "spec": {"backoffLimit": ATTEMPTS, "template": {"metadata": {"labels": {"app": NAME}}, "spec": _pod()}},
        },
    }


def _pod() -> dict[str, Any]:
    return {
        "restartPolicy": "OnFailure",
        "serviceAccountName": NAME,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "name": "gate",
                "image": IMAGE,
                "args": ["create", "--dry-run=server", "--cache-dir=/cache", "-f", "/gate/flavor.json"],
                "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
                "securityContext": restricted.READ_ONLY,
                "volumeMounts": [{"name": "gate", "mountPath": "/gate", "readOnly": True}, {"name": "cache", "mountPath": "/cache"}],
            }
        ],
        "volumes": [{"name": "gate", "configMap": {"name": NAME}}, {"name": "cache", "emptyDir": {}}],
    }
