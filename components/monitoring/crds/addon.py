"""The Prometheus Operator's definitions, in a release of their own, so that they are upgraded and so that others can wait for them."""

from components.framework.addon import AddOn
from components.framework.plan import AddOnPlan, Namespace, Release, parts
from components.monitoring.crds.chart import PROMETHEUS_OPERATOR_CRDS
from components.monitoring.crds.section import PrometheusOperatorCrds
from infra.facts import ClusterContext

NAME = "prometheus-operator-crds"

_USED = ("alertmanagerconfigs", "alertmanagers", "podmonitors", "prometheuses", "prometheusrules", "servicemonitors")
DECIDED = parts({("crds", each, "enabled"): "add-ons bring objects of this kind, which Kubernetes would not know" for each in _USED})


class PrometheusOperatorCrdsAddOn(AddOn[PrometheusOperatorCrds]):
    """Every ServiceMonitor and rule in the cluster goes when this goes; add-ons that have some wait for it."""

    key = NAME
    about = "Definitions of what is measured and warned of. Other add-ons say there what to measure of them."
    Section = PrometheusOperatorCrds
    takes_monitors = True
    charts = (PROMETHEUS_OPERATOR_CRDS,)
    namespaces = frozenset({NAME})

    @classmethod
    def plan(cls, cluster: ClusterContext, section: PrometheusOperatorCrds) -> AddOnPlan:
        return AddOnPlan(
            namespaces=(Namespace(name=NAME, pod_security="restricted"),),
            releases=(Release(name=NAME, chart=PROMETHEUS_OPERATOR_CRDS, namespace=NAME, decided=DECIDED),),
        )
