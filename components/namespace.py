"""A namespace that says what its pods may do."""

from typing import Any, Literal

PodSecurity = Literal["privileged", "baseline", "restricted"]
"""Kubernetes, "Pod Security Standards"."""


def namespace(name: str, level: PodSecurity) -> dict[str, Any]:
    """Pods beyond `level` are refused; those beyond `restricted` are warned of."""
    label = "pod-security.kubernetes.io"
    warned = level if level == "privileged" else "restricted"
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": {f"{label}/enforce": level, f"{label}/warn": warned, f"{label}/audit": warned}},
    }
