"""The objects of a release, as Helm would send them to the cluster. Nothing is installed."""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from testkit.charts.documents import documents
from testkit.control_plane.client import Object

HOOK = "helm.sh/hook"
"""Annotation of an object that Helm makes at a moment of a release's life, and that is no part of it."""


class RenderError(Exception):
    """Helm makes nothing of the chart with these values. The message is Helm's own."""


def render(helm: Path, chart: Path, release: Mapping[str, Any], kubernetes: str, served: Iterable[str] = ()) -> list[Object]:
    """The documents of `chart`, definitions first, then in the order of installation, then the hooks. Each has the namespace it goes to
    only where the chart says so.

    `release` has the inputs of Pulumi's Release; `kubernetes` is the cluster's version, and `served` what its API serves beyond
    Kubernetes' own: `cert-manager.io/v1`, `cert-manager.io/v1/Certificate`. Raises RenderError.
    """
    with tempfile.TemporaryDirectory() as folder:
        values = Path(folder) / "values.json"
        values.write_text(json.dumps(release.get("values") or {}), encoding="utf-8")
        said = subprocess.run(
            [helm, "template", str(release["name"]), chart, "--namespace", str(release["namespace"]), "--values", values,
             "--kube-version", kubernetes, "--skip-crds" if release.get("skipCrds") else "--include-crds",
             *(f"--api-versions={each}" for each in served)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if said.returncode:
        raise RenderError(said.stderr.strip())
    return documents(said.stdout)


def is_hook(document: Mapping[str, Any]) -> bool:
    return HOOK in (document["metadata"].get("annotations") or {})
