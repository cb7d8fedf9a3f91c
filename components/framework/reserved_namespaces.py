"""Namespaces that no team and no add-on may have: Kubernetes' own, and those of what often runs beside the platform."""

RESERVED = frozenset({"argocd", "default", "external-secrets", "istio-system", "network-operator"})
RESERVED_PREFIX = "kube-"
"""Kubernetes keeps these for itself ("Namespaces", 2026-08)."""


def is_reserved(name: str) -> bool:
    return name in RESERVED or name.startswith(RESERVED_PREFIX)
