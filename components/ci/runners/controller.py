"""Helm values of the controller."""

from components.framework import restricted
from components.framework.plan import Decided
from components.framework.values import Values

PORT = ":8080"
HEALTH = ":8081"

DECIDED = (
    Decided(("flags", "watchSingleNamespace"), "scale sets of any other namespace would never get a runner; take it out"),
    Decided(("metrics",), "the platform measures the controller and its listeners there; take it out"),
)


def values() -> Values:
    """Measured, looked after by the kubelet, and quiet: the chart's defaults are none of the three."""
    return {
        "replicaCount": 1,  # more stand by, and do not make listeners more available
        "metrics": {"controllerManagerAddr": PORT, "listenerAddr": PORT, "listenerEndpoint": "/metrics"},
        "flags": {
            "logLevel": "info",
            "logFormat": "json",
            "healthProbeBindAddress": HEALTH,
            "runnerMaxConcurrentReconciles": 10,
            # A change waits for the jobs that run: made at once it has two generations of runners hold GPUs.
            "updateStrategy": "eventual",
        },
        "podSecurityContext": restricted.pod(),  # the user of its image, which listeners have too (Dockerfile, 0.14.2)
        "securityContext": restricted.READ_ONLY,
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
    }
