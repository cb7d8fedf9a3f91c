"""Namespaces that are the platform's own: no team may have one of these names, whether what lives there is installed or not."""

OWN = frozenset({
    "argocd", "arc-runners", "arc-systems", "cert-manager", "default", "external-secrets", "gpu-operator", "istio-system", "keda", "kserve",
    "kueue-system",
    "models", "monitoring", "network-operator", "node-feature-discovery", "oci-onm", "platform-access", "prometheus-operator-crds",
})  # fmt: skip
RESERVED_PREFIX = "kube-"
"""Kubernetes keeps these for itself ("Namespaces", 2026-08)."""


def is_own(name: str) -> bool:
    return name in OWN or name.startswith(RESERVED_PREFIX)
