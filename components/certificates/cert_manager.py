"""cert-manager: certificates for the webhooks and gateways of everything else."""

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.addon import AddOn, AddOnSettings
from components.charts import CERT_MANAGER
from components.manifest import Manifest
from components.release import release
from components.values import Values, merged
from infra.facts import Ground
from infra.problems import Problem


@dataclass(frozen=True, kw_only=True)
class CertManagerSettings(AddOnSettings):
    replicas: int = 1
    """Of the controller and of the webhook, which API requests wait for."""
    gateway_api: bool = False
    """Make certificates for Gateways; the Gateway API's definitions must be there first."""


@dataclass(frozen=True, kw_only=True)
class CertManagerResources:
    namespace: Manifest
    release: k8s.helm.v3.Release

    @property
    def leaves(self) -> tuple[pulumi.Resource, ...]:
        return (self.release,)


class CertManager(AddOn[CertManagerSettings]):
    """Done when its webhook answers: the chart checks that after the installation."""

    key = "cert-manager"
    namespace = "cert-manager"
    pod_security = "restricted"
    after = frozenset({"prometheus-operator-crds"})
    charts = (CERT_MANAGER,)
    Settings = CertManagerSettings
    resources: CertManagerResources

    @classmethod
    def problems(cls, ground: Ground, settings: CertManagerSettings) -> Iterable[Problem]:
        if settings.replicas < 1:
            yield Problem("replicas", f"is {settings.replicas}, but must be at least 1")

    def declare(self) -> CertManagerResources:
        namespace = self.make_namespace()
        chart = release(self, CERT_MANAGER, values(self.ground, self.settings), waits_for=[namespace])
        return CertManagerResources(namespace=namespace, release=chart)


def values(ground: Ground, settings: CertManagerSettings) -> Values:
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
        "prometheus": {"enabled": True, "servicemonitor": {"enabled": ground.has("prometheus-operator-crds")}},
        "startupapicheck": {"enabled": True, "timeout": "5m"},
    }
    if settings.gateway_api:
        decided["config"] = {
            "apiVersion": "controller.config.cert-manager.io/v1alpha1",
            "kind": "ControllerConfiguration",
            "gatewayAPI": {"enabled": True},
        }
    return merged(decided, settings.values)
