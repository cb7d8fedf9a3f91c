"""The Prometheus Operator's definitions, in a release of their own, so that they are upgraded and so that others can wait for them."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.addon import AddOn
from components.charts import PROMETHEUS_OPERATOR_CRDS
from components.manifest import Manifest
from components.monitoring.settings import CrdsSettings
from components.release import release


@dataclass(frozen=True, kw_only=True)
class CrdsResources:
    namespace: Manifest
    release: k8s.helm.v3.Release

    @property
    def leaves(self) -> tuple[pulumi.Resource, ...]:
        return (self.release,)


class PrometheusOperatorCrds(AddOn[CrdsSettings]):
    """Every ServiceMonitor and rule in the cluster goes when this goes; add-ons that have some wait for it."""

    key = "prometheus-operator-crds"
    namespace = "prometheus-operator-crds"
    pod_security = "restricted"
    charts = (PROMETHEUS_OPERATOR_CRDS,)
    Settings = CrdsSettings
    resources: CrdsResources

    def declare(self) -> CrdsResources:
        namespace = self.make_namespace()
        chart = release(self, PROMETHEUS_OPERATOR_CRDS, self.settings.values, waits_for=[namespace])
        return CrdsResources(namespace=namespace, release=chart)
