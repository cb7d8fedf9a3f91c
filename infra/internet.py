"""What is the internet, and what of a cluster it never reaches. Planners and policies judge by it alike."""

from ipaddress import IPv4Network

UNROUTED = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
"""Blocks that nobody routes there: RFC 1918, and the shared space of RFC 6598."""

WIDEST = 16
"""A public block with a shorter prefix is the internet, whatever it is called: the largest providers have a few of them."""

WEB = (80, 443)
"""TCP ports that load balancers listen on where nothing else is asked for."""

CLUSTER_PORTS = ((22, 22), (6443, 6443), (10250, 10250), (10256, 10256), (12250, 12250), (30000, 32767))
"""First and last TCP port of SSH, the Kubernetes API, kubelets, kube-proxy's health, OKE's control channel, and Services on nodes.
Oracle, "Example Network Resource Configurations", 2024-08-23; Kubernetes, "Ports and Protocols", 1.36."""


def is_internet(block: IPv4Network) -> bool:
    return block.prefixlen < WIDEST and not any(block.subnet_of(unrouted) for unrouted in UNROUTED)


def is_cluster_port(port: int) -> bool:
    return any(first <= port <= last for first, last in CLUSTER_PORTS)
