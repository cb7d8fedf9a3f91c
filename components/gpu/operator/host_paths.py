"""Where a Kubernetes distribution keeps its containerd, which the operator's toolkit sets up and restarts on every node."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from components.framework.values import Values
from infra.facts import ClusterContext
from infra.problems import Problem

# NVIDIA, "Installing the NVIDIA GPU Operator" (custom configuration for containerd; MicroK8s), 26.3, 2026-11. For k3s and RKE2 that page
# names config.toml.tmpl, which breaks where a cluster has a template already (NVIDIA/gpu-operator issues 473 and 623); both write
# config.toml anew when they start, with the toolkit's runtimes in it (k3s-io/k3s, pkg/agent/containerd, 2026-11).
_K3S_SOCKET = "/run/k3s/containerd/containerd.sock"
PATHS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "kubeadm": {},
    "k3s": {"CONTAINERD_CONFIG": "/var/lib/rancher/k3s/agent/etc/containerd/config.toml", "CONTAINERD_SOCKET": _K3S_SOCKET},
    "rke2": {"CONTAINERD_CONFIG": "/var/lib/rancher/rke2/agent/etc/containerd/config.toml", "CONTAINERD_SOCKET": _K3S_SOCKET},
    "microk8s": {
        "CONTAINERD_CONFIG": "/var/snap/microk8s/current/args/containerd-template.toml",
        "CONTAINERD_SOCKET": "/var/snap/microk8s/common/run/containerd.sock",
        "RUNTIME_CONFIG_SOURCE": "file=/var/snap/microk8s/current/args/containerd.toml",
    },
})  # fmt: skip
"""Environment of the toolkit. None where the operator's own defaults, /etc/containerd and /run/containerd, are right."""


def env(cluster: ClusterContext) -> list[Values]:
    return [{"name": name, "value": path} for name, path in PATHS.get(cluster.distribution or "kubeadm", {}).items()]


def problems(cluster: ClusterContext, overrides: Values) -> Iterator[Problem]:
    """A distribution that nobody here knows: whoever runs it says where its containerd is."""
    toolkit = overrides.get("toolkit")
    given = toolkit.get("env") if isinstance(toolkit, Mapping) else None
    named = {each.get("name") for each in given if isinstance(each, Mapping)} if isinstance(given, list) else set()
    missing = [name for name in ("CONTAINERD_CONFIG", "CONTAINERD_SOCKET") if name not in named]
    if cluster.distribution == "other" and missing:
        what = "is needed with cluster.distribution: other, for the toolkit would set up a containerd that is not the cluster's"
        yield Problem("values.toolkit.env", f"{what}; set {' and '.join(missing)} to its files on the nodes")
