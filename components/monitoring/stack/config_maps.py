"""The dashboards, as ConfigMaps that Grafana's sidecar picks up. `make dashboards` writes them; nobody edits them by hand."""

from collections.abc import Container
from functools import cache
from pathlib import Path
from typing import Any

from components.monitoring.stack.grafana import DASHBOARD_LABEL, FOLDER, FOLDER_ANNOTATION

JSON = Path(__file__).parent / "dashboards"
PRICES = "prices"
NEEDS = {"cost": PRICES, "serving": "kserve"}
"""What a dashboard shows nothing without: an add-on, or prices."""


@cache
def texts() -> dict[str, str]:
    """Each dashboard's JSON by its name."""
    return {file.stem: file.read_text() for file in sorted(JSON.glob("*.json"))}


def documents(namespace: str, there: Container[str]) -> tuple[dict[str, Any], ...]:
    """One ConfigMap for each dashboard that has what it needs `there`.

    Names and keys are fixed: the sidecar deletes a file when any map that had it goes.
    """
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
        if name not in NEEDS or NEEDS[name] in there
    )
