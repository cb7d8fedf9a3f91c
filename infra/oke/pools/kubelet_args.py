"""Arguments of the kubelet that a pool may set, and those that other settings decide."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from infra.problems import did_you_mean

# Kubernetes, "kubelet" (command line), 1.36, 2026-11.
ALLOWED = frozenset({
    "v", "container-log-max-files", "container-log-max-size", "cpu-cfs-quota", "cpu-cfs-quota-period", "cpu-manager-policy",
    "cpu-manager-policy-options", "cpu-manager-reconcile-period", "event-burst", "event-qps", "eviction-max-pod-grace-period",
    "eviction-minimum-reclaim", "eviction-pressure-transition-period", "eviction-soft-grace-period", "image-credential-provider-bin-dir",
    "image-credential-provider-config", "image-gc-high-threshold", "image-gc-low-threshold", "kube-api-burst", "kube-api-qps",
    "kube-reserved", "max-open-files", "memory-manager-policy", "node-status-max-images", "node-status-update-frequency", "pod-max-pids",
    "registry-burst", "registry-qps", "reserved-cpus", "reserved-memory", "runtime-request-timeout", "serialize-image-pulls",
    "streaming-connection-idle-timeout", "sync-frequency", "system-reserved", "topology-manager-policy",
    "topology-manager-policy-options", "topology-manager-scope", "volume-stats-agg-period",
})  # fmt: skip
"""What tunes a node and opens nothing."""

DECIDED: Mapping[str, str] = MappingProxyType({
    "register-with-taints": "taints",
    "max-pods": "maxPodsPerNode",
    "node-labels": "labels",
})  # fmt: skip
"""The key of the pool that decides each."""

_VALUE = re.compile(r"[A-Za-z0-9_.,:=/%+-]{1,255}")
"""Nothing that a shell takes for its own: how OKE's script quotes the arguments is not said."""


def problems(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong with arguments, by their place within `kubeletArgs`."""
    for name, value in given.items():
        plain = name.removeprefix("--")
        if plain in DECIDED:
            yield f".{name}", f"is what {DECIDED[plain]} decides; set that, and take this out"
        elif name != plain:
            yield f".{name}", f"is written without its dashes: {plain}"
        elif name not in ALLOWED:
            hint = did_you_mean(name, ALLOWED)
            yield f".{name}", f"is not an argument that a pool may set; {hint}allowed: {', '.join(sorted(ALLOWED))}"
        if not _VALUE.fullmatch(value):
            yield f".{name}", f"has the value {value!r}; allowed: 1 to 255 letters, digits and _ . , : = / % + -"


def written(given: Mapping[str, str]) -> tuple[str, ...]:
    """As a command line has them."""
    return tuple(f"--{name}={value}" for name, value in sorted(given.items()))
