"""Stand-ins for the charts of `components.registry`, made from their schemas: a Helm repository for clusters that run nothing.

A stand-in has the chart's name and version, takes the values that the chart takes and no others, brings the definitions that the
chart brings, from where the chart brings them, and runs one Deployment. It has nothing else of the chart: no webhooks, hooks,
roles or workloads. Where a webhook would have to answer, a simulated node answers nobody, and every object it guards is refused.
"""

import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from components.framework.chart import Chart
from components.framework.schema import ChartSchema, load, nullable
from components.registry import CHARTS
from testkit.control_plane.definitions import definition

INDEX = "index.yaml"

WORKLOAD = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-values, namespace: {{ .Release.Namespace }}}
data:
  values.json: {{ .Values | toJson | quote }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
spec:
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: stand-in
          image: registry.invalid/stand-in:{{ .Chart.AppVersion }}
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
"""
"""What every stand-in puts into its namespace: the values it was given, and pods that the strictest Pod Security level lets in."""

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The one that every Helm knows. What chart schemas are made of means the same in it."""


def pack(folder: Path, charts: Iterable[Chart] = CHARTS) -> None:
    """Write a stand-in of each chart, and the repository's index, into `folder`."""
    entries: dict[str, Any] = {}
    for chart in charts:
        file = f"{chart.name}-{chart.version}.tgz"
        (folder / file).write_bytes(archive(chart))
        entries[chart.name] = [{**_about(chart), "urls": [file]}]
    (folder / INDEX).write_text(json.dumps({"apiVersion": "v1", "entries": entries}), encoding="utf-8")


def archive(chart: Chart) -> bytes:
    """The stand-in as `helm package` would pack it."""
    chart_schema = load(chart.key)
    files = {
        "Chart.yaml": json.dumps(_about(chart)),
        "values.yaml": "{}\n",
        "values.schema.json": json.dumps({"$schema": DRAFT, **nullable(chart_schema.values)}),
        "templates/workload.yaml": WORKLOAD,
        **_definitions(chart, chart_schema),
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            data = content.encode()
            entry = tarfile.TarInfo(f"{chart.name}/{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def _about(chart: Chart) -> dict[str, Any]:
    return {
        "apiVersion": "v2",
        "name": chart.name,
        "version": chart.version,
        "appVersion": chart.app_version,
        "description": f"Stands in for {chart.name}",
    }


def _definitions(chart: Chart, chart_schema: ChartSchema) -> dict[str, str]:
    """Where Helm finds them: `crds/` is installed once and stays, templates come and go with the release."""
    folder = {"chart": "crds", "templates": "templates"}.get(chart.crds)
    if folder is None:
        return {}
    return {f"{folder}/{number}.yaml": json.dumps(definition(chart_schema, name)) for number, name in enumerate(sorted(chart_schema.names))}
