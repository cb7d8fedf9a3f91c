"""Prometheus, Alertmanager and Grafana, with the rules and dashboards of everything that is installed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from components.framework.addon import AddOn
from components.framework.operations import Operations, Workload
from components.framework.plan import AddOnPlan, Namespace, Object, Release
from components.monitoring.stack import alertmanager, values
from components.monitoring.stack.chart import KUBE_PROMETHEUS_STACK
from components.monitoring.stack.collected import dashboards, rules
from components.monitoring.stack.secrets import secrets
from components.monitoring.stack.section import Monitoring
from components.monitoring.stack.signals import signals
from infra.facts import ClusterContext
from infra.problems import Problem

NAME = "monitoring"
RELEASE = "kube-prometheus-stack"

OPERATIONS = Operations(
    healthy=(
        Workload(kind="Deployment", namespace=NAME, name="kube-prometheus-stack-operator"),
        Workload(kind="Deployment", namespace=NAME, name="kube-prometheus-stack-grafana"),
        Workload(kind="Deployment", namespace=NAME, name="kube-prometheus-stack-kube-state-metrics"),
        Workload(kind="StatefulSet", namespace=NAME, name="prometheus-kube-prometheus-stack"),
        Workload(kind="StatefulSet", namespace=NAME, name="alertmanager-kube-prometheus-stack"),
    ),
)


class MonitoringAddOn(AddOn[Monitoring]):
    key = NAME
    about = "Prometheus, Alertmanager and Grafana, with rules and dashboards."
    Section = Monitoring
    requires = frozenset({"prometheus-operator-crds"})
    charts = (KUBE_PROMETHEUS_STACK,)
    namespaces = frozenset({NAME})

    @classmethod
    def problems(cls, cluster: ClusterContext, section: Monitoring) -> Iterable[Problem]:
        return values.problems(cluster, section)

    @classmethod
    def plan(cls, cluster: ClusterContext, section: Monitoring) -> AddOnPlan:
        kept = secrets(NAME, section)
        return AddOnPlan(
            namespaces=(Namespace(name=NAME, pod_security="privileged"),),  # the node exporter reads the host
            secrets=kept,
            releases=(
                Release(
                    name=RELEASE,
                    chart=KUBE_PROMETHEUS_STACK,
                    namespace=NAME,
                    values=values.values(cluster, section),
                    after=("namespace", *(secret.id for secret in kept)),
                    decided=values.DECIDED,
                ),
            ),
            # The operator's webhook looks at rules and receivers: it must answer before the first of them comes.
            objects=(Object(id="receivers", document=alertmanager.document(NAME, section.receivers), after=(RELEASE,)),),
            signals=signals(cluster, section),
            operations=OPERATIONS,
        )

    @classmethod
    def completed(cls, plan: AddOnPlan, cluster: ClusterContext, section: Monitoring, others: Mapping[str, AddOnPlan]) -> AddOnPlan:
        """With the rules and the dashboards of everything that is installed."""
        said = [each.signals for each in others.values()]
        found = (*rules(said, NAME, section.runbooks, RELEASE), *dashboards(said, NAME))
        return replace(plan, objects=(*plan.objects, *found))
