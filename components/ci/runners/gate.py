"""The second gate: lists of what may run, and the script that reads them before a job's first step."""

from pathlib import Path
from typing import Any

from components.ci.runners import names
from components.ci.runners.runner_pod import HOOK
from components.ci.runners.section import Gate

SCRIPT = Path(__file__).parent / "in_cluster" / HOOK


def document(scale_set: str, namespace: str, gate: Gate) -> dict[str, Any]:
    """The ConfigMap: the script, and a list for each thing that it looks at, one entry a line."""
    files = {"repositories": gate.repositories, "events": gate.events, "workflows": workflow_refs(gate)}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": names.gate(scale_set), "namespace": namespace},
        "data": {HOOK: SCRIPT.read_text(encoding="utf-8"), **{name: "\n".join(entries) + "\n" for name, entries in files.items()}},
    }


def workflow_refs(gate: Gate) -> tuple[str, ...]:
    """Every allowed value of GITHUB_WORKFLOW_REF: `acme/models/.github/workflows/gpu.yml@refs/heads/main`."""
    return tuple(
        f"{repository}/{workflow}@refs/heads/{branch}"
        for repository in gate.repositories
        for workflow in gate.workflows
        for branch in gate.branches
    )
