"""What runners may reach: names, and the internet over TLS. No other pod, no API server, no metadata of the machine."""

from typing import Any

from components.access.team_namespaces.network import PRIVATE


def document(namespace: str) -> dict[str, Any]:
    """A policy for all pods of the namespace. It holds where the pod network enforces policies."""
    names = {
        "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
        "ports": [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")],
    }
    internet = {
        "to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": list(PRIVATE)}}],
        "ports": [{"protocol": "TCP", "port": 443}],
    }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "runners", "namespace": namespace},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": [names, internet]},
    }
