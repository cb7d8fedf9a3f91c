"""What is scraped without a chart of its own to say so: GitHub's runner controller and its listeners, wherever they run."""

from typing import Any

_META = "__meta_kubernetes_pod_label_actions_github_com_"

# actions/actions-runner-controller 0.14.2, 2026-08: labels of its pods, and the port that both call `metrics`. Its own counters and
# histograms do not say which scale set they are of, but the listener's pod does.
_LISTENERS = {"app.kubernetes.io/component": "runner-scale-set-listener"}
_CONTROLLERS = ("gha-rs-controller", "gha-runner-scale-set-controller")


def documents(namespace: str) -> tuple[dict[str, Any], ...]:
    return (
        _monitor(
            "runner-listeners",
            namespace,
            {"matchLabels": _LISTENERS},
            [
                {"sourceLabels": [f"{_META}scale_set_name"], "targetLabel": "scale_set"},
                {"sourceLabels": [f"{_META}scale_set_namespace"], "targetLabel": "scale_set_namespace"},
            ],
        ),
        _monitor(
            "runner-controller",
            namespace,
            {
                "matchLabels": {"app.kubernetes.io/component": "controller-manager"},
                "matchExpressions": [{"key": "app.kubernetes.io/part-of", "operator": "In", "values": list(_CONTROLLERS)}],
            },
            [],
        ),
    )


def _monitor(name: str, namespace: str, selector: dict[str, Any], relabelings: list[dict[str, Any]]) -> dict[str, Any]:
    endpoint = {"port": "metrics", "honorLabels": True, **({"relabelings": relabelings} if relabelings else {})}
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"namespaceSelector": {"any": True}, "selector": selector, "podMetricsEndpoints": [endpoint]},
    }
