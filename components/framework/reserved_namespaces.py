"""Namespaces that no team and no add-on may have: Kubernetes' own, and those of what often runs beside the platform."""

RESERVED = frozenset({"argocd", "default", "external-secrets", "istio-system", "network-operator"})
"""No admission policy on GPUs looks there."""
BESIDE = frozenset({
    "calico-apiserver", "calico-system", "cilium", "cilium-secrets", "flux-system", "gatekeeper-system", "ingress-nginx", "kyverno",
    "tigera-operator",
})  # fmt: skip
"""Where what keeps networks apart, checks and delivers is installed by hand: a team's quota and closed network would stop it. Projects'
own installation pages, 2026-11."""
RESERVED_PREFIX = "kube-"
"""Kubernetes keeps these for itself ("Namespaces", 2026-08)."""


def is_reserved(name: str) -> bool:
    return name in RESERVED | BESIDE or name.startswith(RESERVED_PREFIX)
