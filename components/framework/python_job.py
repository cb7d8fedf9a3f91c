"""A Python program that runs in the cluster by the clock, in a plain image, with what `restricted` admits and nothing more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.framework import restricted

IMAGE = "docker.io/library/python:3.13.9-alpine3.22"
ROOT = Path(__file__).parents[2]
API_SERVER = Path(__file__).parent / "in_cluster" / "api_server.py"


@dataclass(frozen=True, kw_only=True)
class Program:
    """A module of this project that imports the standard library and `in_cluster/api_server.py`, and nothing else."""

    name: str
    """Of the service account that it runs as, and of the ConfigMap that holds its files."""
    namespace: str
    script: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    """Files of its own, by name: its working directory has them."""

    @property
    def config_map(self) -> dict[str, Any]:
        data = {path.name: path.read_text(encoding="utf-8") for path in (self.script, API_SERVER)}
        metadata = {"name": self.name, "namespace": self.namespace}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {**data, **self.settings}}

    def cron_job(self, name: str, *, schedule: str, arguments: tuple[str, ...], time_zone: str = "Etc/UTC") -> dict[str, Any]:
        folder = f"/opt/{self.name}"
        pod = {
            "restartPolicy": "Never",
            "serviceAccountName": self.name,
            "automountServiceAccountToken": True,
            "enableServiceLinks": True,  # the API server's address
            "securityContext": restricted.pod(),
            "containers": [
                {
                    "name": self.name,
                    "image": IMAGE,
                    "workingDir": folder,
                    "command": ["python3", "-m", _in_project(self.script).removesuffix(".py").replace("/", "."), *arguments],
                    "securityContext": restricted.READ_ONLY,
                    "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "200m", "memory": "128Mi"}},
                    "volumeMounts": [{"name": "program", "mountPath": folder, "readOnly": True}],
                }
            ],
            "volumes": [{"name": "program", "configMap": {"name": self.name, "items": self._items}}],
        }
        spec = {
            "schedule": schedule,
            "timeZone": time_zone,
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 300,
            "successfulJobsHistoryLimit": 1,
            "failedJobsHistoryLimit": 1,
            "jobTemplate": {"spec": {"backoffLimit": 2, "activeDeadlineSeconds": 300, "template": {"spec": pod}}},
        }
        metadata = {"name": name, "namespace": self.namespace}
        return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata, "spec": spec}

    @property
    def _items(self) -> list[dict[str, str]]:
        """Each module in its folder, so that it imports as it does here."""
        modules = ({"key": path.name, "path": _in_project(path)} for path in (self.script, API_SERVER))
        return [*modules, *({"key": name, "path": name} for name in self.settings)]


def _in_project(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
