"""Helm values of cert-manager."""

from components.certificates.cert_manager.section import CertManager
from components.framework.plan import Decided, parts, settings
from components.framework.values import Values
from infra.facts import ClusterContext

NAMESPACE = "cert-manager"


# `config.enableGatewayAPI` is what `config.gatewayAPI.enabled` was called before v1.21, and is still read.
DECIDED = (
    *settings(
        {
            "replicas": [("replicaCount",), ("webhook", "replicaCount")],
            "gatewayApi": [("config", "gatewayAPI"), ("config", "enableGatewayAPI")],
        }
    ),
    Decided(("crds",), "the definitions come with the chart, and stay when it goes, with every certificate; take it out"),
    Decided(("installCRDs",), "the platform says so in `crds`; take it out"),
    Decided(("enabled",), "the chart reads it only as a part of another chart; set addons.certManager.enabled instead", default=True),
    Decided(("startupapicheck", "enabled"), "it is how the platform knows that the webhook answers; take it out"),
    Decided(("prometheus", "enabled"), "nothing would be measured of it; take it out"),
    Decided(("prometheus", "servicemonitor", "enabled"), "the platform measures it wherever monitors are taken; take it out"),
    *parts({("cainjector", "enabled"): "it writes authorities into webhooks, which Kubernetes would not trust without"}),
)


def values(cluster: ClusterContext, section: CertManager) -> Values:
    """Helm values. Definitions stay when the release goes: taking them out would delete every certificate of the cluster."""
    decided: Values = {
        "crds": {"enabled": True, "keep": True},
        # The default, kube-system, needs rights there.
        "global": {"leaderElection": {"namespace": NAMESPACE}},
        "replicaCount": section.replicas,
        "podDisruptionBudget": {"enabled": section.replicas > 1},
        "webhook": {
            "replicaCount": section.replicas,
            "podDisruptionBudget": {"enabled": section.replicas > 1},
            "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
        },
        "cainjector": {"resources": {"requests": {"cpu": "10m", "memory": "96Mi"}}},
        "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}},
        "prometheus": {"enabled": True, "servicemonitor": {"enabled": cluster.has("prometheus-operator-crds")}},
        "startupapicheck": {"enabled": True, "timeout": "5m"},
    }
    if section.gateway_api:
        decided["config"] = {
            "apiVersion": "controller.config.cert-manager.io/v1alpha1",
            "kind": "ControllerConfiguration",
            "gatewayAPI": {"enabled": True},
        }
    return decided
