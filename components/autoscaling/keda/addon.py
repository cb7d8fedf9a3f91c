"""KEDA: scales workloads by what Prometheus and others measure, which the processor's load does not say of a GPU."""

from components.autoscaling.keda.chart import KEDA
from components.autoscaling.keda.section import Keda
from components.autoscaling.keda.signals import SIGNALS
from components.autoscaling.keda.values import DECIDED, values
from components.framework.addon import AddOn
from components.framework.operations import Operations, Removal, Trap, Workload
from components.framework.plan import AddOnPlan, Namespace, Release
from infra.facts import ClusterContext

NAME = "keda"

OPERATIONS = Operations(
    healthy=tuple(
        Workload(kind="Deployment", namespace=NAME, name=name)
        for name in ("keda-operator", "keda-operator-metrics-apiserver", "keda-admission-webhooks")
    ),
    before_removal=(
        Removal(api_version="keda.sh/v1alpha1", kind="ScaledObject", why="they keep a finalizer that only the operator takes off"),
        Removal(api_version="keda.sh/v1alpha1", kind="ScaledJob", why="they keep a finalizer that only the operator takes off"),
    ),
    traps=(
        Trap(
            version="2.0.0",
            what="a cluster has one server of external metrics: prometheus-adapter may serve custom metrics beside it, and no more",
            source="kedacore/keda docs, 2026-08",
        ),
    ),
)


class KedaAddOn(AddOn[Keda]):
    key = NAME
    about = "Scales workloads by what is measured of them: models by their queues."
    Section = Keda
    after = frozenset({"prometheus-operator-crds"})
    charts = (KEDA,)
    provided = ("keda",)
    namespaces = frozenset({NAME})

    @classmethod
    def unwanted(cls, cluster: ClusterContext) -> str:
        # Whoever has none asks for it.
        return (
            super().unwanted(cluster)
            or "a second server of external metrics breaks the first, so it is installed only where it is asked for"
        )

    @classmethod
    def plan(cls, cluster: ClusterContext, section: Keda) -> AddOnPlan:
        return AddOnPlan(
            namespaces=(Namespace(name=NAME, pod_security="restricted"),),
            releases=(Release(name=NAME, chart=KEDA, namespace=NAME, values=values(cluster, section), decided=DECIDED),),
            signals=SIGNALS,
            operations=OPERATIONS,
        )
