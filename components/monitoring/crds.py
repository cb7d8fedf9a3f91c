"""The Prometheus Operator's definitions, in a release of their own, so that they are upgraded and so that others can wait for them."""

from components.addon import AddOn
from components.charts import PROMETHEUS_OPERATOR_CRDS
from components.monitoring.settings import CrdsSettings
from components.release import Released, alone


class PrometheusOperatorCrds(AddOn[CrdsSettings]):
    """Every ServiceMonitor and rule in the cluster goes when this goes; add-ons that have some wait for it."""

    key = "prometheus-operator-crds"
    namespace = "prometheus-operator-crds"
    pod_security = "restricted"
    charts = (PROMETHEUS_OPERATOR_CRDS,)
    Settings = CrdsSettings
    resources: Released

    def declare(self) -> Released:
        return alone(self, PROMETHEUS_OPERATOR_CRDS, self.settings.values)
