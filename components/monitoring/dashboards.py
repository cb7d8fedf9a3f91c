"""The dashboards, as ConfigMaps that Grafana's sidecar picks up. `make dashboards` writes them; nobody edits them by hand."""

from functools import cache
from pathlib import Path
from typing import Any

from components.monitoring.grafana import DASHBOARD_LABEL, FOLDER, FOLDER_ANNOTATION

JSON = Path(__file__).parent / "dashboards"
PRICED = frozenset({"cost"})
"""Show nothing where no price is known."""


@cache
def texts() -> dict[str, str]:
    """Each dashboard's JSON by its name."""
    return {file.stem: file.read_text() for file in sorted(JSON.glob("*.json"))}


def documents(namespace: str, *, priced: bool) -> tuple[dict[str, Any], ...]:
    """One ConfigMap a dashboard. Names and keys are fixed: the sidecar deletes a file when any map that had it goes."""
    return tuple(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": f"dashboard-{name}",
                "namespace": namespace,
                "labels": {DASHBOARD_LABEL: "1"},
                "annotations": {FOLDER_ANNOTATION: FOLDER},
            },
            "data": {f"gpu-platform-{name}.json": text},
        }
        for name, text in texts().items()
        if priced or name not in PRICED
    )
