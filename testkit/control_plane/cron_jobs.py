"""What a CronJob runs, run on this machine as its pod would run it: its files, its folder, and the rights of its service account."""

import os
import subprocess
import sys
from pathlib import Path

from testkit.control_plane.client import Client, Object
from testkit.control_plane.cluster import ControlPlane


class CronJobProgram:
    """Of a CronJob of the control plane whose one volume is a ConfigMap and whose container runs a Python module."""

    def __init__(self, control_plane: ControlPlane, client: Client, job: Object, folder: Path) -> None:
        """`folder` is empty, and stands for the container's file system."""
        spec, namespace = job["spec"]["jobTemplate"]["spec"]["template"]["spec"], job["metadata"]["namespace"]
        (container,), (volume,) = spec["containers"], spec["volumes"]
        if container["workingDir"] != container["volumeMounts"][0]["mountPath"]:
            raise ValueError(f"{job['metadata']['name']} runs outside the volume that has its files")
        self._command = container["command"]
        self._folder = folder / "files"
        data = client.get("v1", "ConfigMap", volume["configMap"]["name"], namespace=namespace)["data"]
        for item in volume["configMap"]["items"]:
            path = self._folder / item["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(data[item["key"]], encoding="utf-8")
        account = folder / "account"
        account.mkdir()
        asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}
        path_of_token = f"/api/v1/namespaces/{namespace}/serviceaccounts/{spec['serviceAccountName']}/token"
        (account / "token").write_text(client.request("POST", path_of_token, body=asked)["status"]["token"])
        (account / "ca.crt").write_bytes(Path(control_plane.ca).read_bytes())
        host, _, port = control_plane.url.removeprefix("https://").rpartition(":")
        self._environment = {
            "PATH": os.environ["PATH"],
            "SERVICE_ACCOUNT": str(account),
            "KUBERNETES_SERVICE_HOST": host,
            "KUBERNETES_SERVICE_PORT": port,
        }

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Once. Other `arguments` than the CronJob's, where some are given; `environment` replaces what the pod has."""
        python, option, module, *given = self._command
        if (python, option) != ("python3", "-m"):
            raise ValueError(f"runs {' '.join(self._command)}, which is no module of Python's")
        return subprocess.run(
            [sys.executable, option, module, *(arguments or given)],
            cwd=self._folder,
            env=self._environment | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
