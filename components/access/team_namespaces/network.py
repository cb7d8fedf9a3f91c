"""NetworkPolicies of a team's namespace: nothing goes in or out that is not said here.

Policies add up, so the first one takes everything away and the others give single ways back.
"""

from collections.abc import Iterator
from typing import Any

from infra.facts import ClusterContext

TEAM_LABEL = "oke-gpu-platform/team"
"""Which team a namespace is of. The platform alone sets it: queues, network and admission policies go by it."""

PRIVATE = ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
"""Networks of one's own: RFC 1918, RFC 6598, and RFC 3927, where the metadata service is: whoever reaches 169.254.169.254 has the
node's rights in Oracle's cloud."""
PRIVATE_IPV6 = ("fc00::/7", "fe80::/10")
"""RFC 4193, where Oracle's metadata service is in IPv6 (fd00:c1::a9fe:a9fe), and RFC 4291."""

DNS = (("UDP", 53), ("TCP", 53))
WEB = (("TCP", 443),)


def policies(cluster: ClusterContext, team: str, namespace: str) -> Iterator[dict[str, Any]]:
    own = [{"namespaceSelector": {"matchLabels": {TEAM_LABEL: team}}}]
    yield _policy(namespace, "default-deny", {"policyTypes": ["Ingress", "Egress"]})
    yield _policy(namespace, "within-team", {"policyTypes": ["Ingress", "Egress"], "ingress": [{"from": own}], "egress": [{"to": own}]})
    yield _policy(namespace, "dns", {"policyTypes": ["Egress"], "egress": [{"to": [_namespace("kube-system")], "ports": _ports(*DNS)}]})
    internet = [
        {"ipBlock": {"cidr": "0.0.0.0/0", "except": list(PRIVATE)}},
        {"ipBlock": {"cidr": "::/0", "except": list(PRIVATE_IPV6)}},
    ]
    yield _policy(namespace, "internet", {"policyTypes": ["Egress"], "egress": [{"to": internet, "ports": _ports(*WEB)}]})
    if cluster.has("monitoring"):
        yield _policy(namespace, "monitoring", {"policyTypes": ["Ingress"], "ingress": [{"from": [_namespace("monitoring")]}]})


def _policy(namespace: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"podSelector": {}, **spec},
    }


def _namespace(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _ports(*ports: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"protocol": protocol, "port": port} for protocol, port in ports]
