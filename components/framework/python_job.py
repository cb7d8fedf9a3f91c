"""A Python script that runs in the cluster by the clock, in a plain image, with what `restricted` admits and nothing more."""

from collections.abc import Mapping
from typing import Any

from components.framework import restricted

IMAGE = "docker.io/library/python:3.13.9-alpine3.22"


def cron_job(
    name: str,
    namespace: str,
    *,
    schedule: str,
    account: str,
    container: str,
    folder: str,
    arguments: tuple[str, ...],
    time_zone: str = "Etc/UTC",
) -> dict[str, Any]:
    """`account` names the service account, and the ConfigMap whose files are mounted at `folder`; `arguments` begin with the script."""
    pod = {
        "restartPolicy": "Never",
        "serviceAccountName": account,
        "automountServiceAccountToken": True,
        "enableServiceLinks": True,  # the API server's address
        "securityContext": restricted.pod(),
        "containers": [
            {
                "name": container,
                "image": IMAGE,
                "command": ["python3", *arguments],
                "securityContext": restricted.READ_ONLY,
                "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "200m", "memory": "128Mi"}},
                "volumeMounts": [{"name": "script", "mountPath": folder, "readOnly": True}],
            }
        ],
        "volumes": [{"name": "script", "configMap": {"name": account}}],
    }
    spec: Mapping[str, Any] = {
        "schedule": schedule,
        "timeZone": time_zone,
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 300,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 1,
        "jobTemplate": {"spec": {"backoffLimit": 2, "activeDeadlineSeconds": 300, "template": {"spec": pod}}},
    }
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": name, "namespace": namespace}, "spec": spec}
