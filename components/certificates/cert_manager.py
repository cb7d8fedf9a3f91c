"""cert-manager: certificates for the webhooks and gateways of everything else."""

from collections.abc import Iterable
from dataclasses import dataclass

from components.addon import AddOn, AddOnSettings
from components.charts import CERT_MANAGER
from components.release import Released, alone
from components.values import Values, merged
from infra.facts import ClusterContext
from infra.problems import Problem


@dataclass(frozen=True, kw_only=True)
class CertManagerSettings(AddOnSettings):
    replicas: int = 1
    """Of the controller and of the webhook, which API requests wait for."""
    gateway_api: bool = False
    """Make certificates for Gateways; the Gateway API's definitions must be there first."""


class CertManager(AddOn[CertManagerSettings]):
    """Done when its webhook answers: the chart checks that after the installation."""

    key = "cert-manager"
    namespace = "cert-manager"
    pod_security = "restricted"
    after = frozenset({"prometheus-operator-crds"})
    charts = (CERT_MANAGER,)
    Settings = CertManagerSettings
    resources: Released

    @classmethod
    def problems(cls, cluster: ClusterContext, settings: CertManagerSettings) -> Iterable[Problem]:
        if settings.replicas < 1:
            yield Problem("replicas", f"is {settings.replicas}, but must be at least 1")

    def declare(self) -> Released:
        return alone(self, CERT_MANAGER, values(self.context, self.settings))


def values(cluster: ClusterContext, settings: CertManagerSettings) -> Values:
    """Helm values. Definitions stay when the release goes: taking them out would delete every certificate of the cluster."""
    decided: Values = {
        "crds": {"enabled": True, "keep": True},
        # The default, kube-system, needs rights there.
        "global": {"leaderElection": {"namespace": CertManager.namespace}},
        "replicaCount": settings.replicas,
        "podDisruptionBudget": {"enabled": settings.replicas > 1},
        "webhook": {
            "replicaCount": settings.replicas,
            "podDisruptionBudget": {"enabled": settings.replicas > 1},
            "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
        },
        "cainjector": {"resources": {"requests": {"cpu": "10m", "memory": "96Mi"}}},
        "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}},
        "prometheus": {"enabled": True, "servicemonitor": {"enabled": cluster.has("prometheus-operator-crds")}},
        "startupapicheck": {"enabled": True, "timeout": "5m"},
    }
    if settings.gateway_api:
        decided["config"] = {
            "apiVersion": "controller.config.cert-manager.io/v1alpha1",
            "kind": "ControllerConfiguration",
            "gatewayAPI": {"enabled": True},
        }
    return merged(decided, settings.values)
