"""Kueue: jobs wait for the quota of their team, and borrow what others leave."""

from collections.abc import Iterable

from components.framework.addon import AddOn
from components.framework.operations import Operations, Removal, Trap, Workload
from components.framework.plan import AddOnPlan, Namespace, Object, Release
from components.queues.kueue import configuration, gate
from components.queues.kueue.chart import KUEUE
from components.queues.kueue.section import Kueue
from components.queues.kueue.signals import SIGNALS
from components.queues.kueue.values import DECIDED, values
from infra.facts import ClusterContext
from infra.problems import Problem

NAME = "kueue"
NAMESPACE = "kueue-system"
"""Not a choice: its webhooks were broken elsewhere (kubernetes-sigs/kueue issue 3794)."""
VERSION = "kueue.x-k8s.io/v1beta2"

OPERATIONS = Operations(
    healthy=(Workload(kind="Deployment", namespace=NAMESPACE, name="kueue-controller-manager"),),
    before_removal=(
        Removal(
            api_version=VERSION,
            kind="Workload",
            why="each keeps a finalizer that only the controller takes off, and with it its definition; end or delete the jobs",
        ),
        Removal(
            api_version=VERSION,
            kind="ClusterQueue",
            why="each keeps a finalizer until no workload holds its quota; set queues.stopped to drain first",
        ),
        Removal(api_version=VERSION, kind="ResourceFlavor", why="each keeps a finalizer until no queue names it"),
        Removal(api_version=VERSION, kind="Topology", why="each keeps a finalizer until no flavor names it"),
    ),
    traps=(
        Trap(
            version="0.16.0",
            what="objects are stored as v1beta2; a cluster that has v1beta1 objects runs hack/migrate-to-v1beta2.sh before v1beta1 goes",
            source="kubernetes-sigs/kueue CHANGELOG-0.16, 2026-08",
        ),
        Trap(
            version="0.19.0",
            what="workloads whose pods are not ready in 30 minutes are evicted unless podsReady says otherwise",
            source="kubernetes-sigs/kueue v0.19.2, apis/config/v1beta2, 2026-08",
        ),
        Trap(
            version="0.20.0",
            what="kubeflow.org/pytorchjob and its siblings are to go: a framework that Kueue does not know keeps it from starting",
            source="kubernetes-sigs/kueue v0.19.2, site/content/en/docs/tasks/run/kubeflow/pytorchjobs.md, 2026-08",
        ),
        Trap(
            version="0.20.0",
            what="compiled for Kubeflow Trainer 2.3, which 0.17 to 0.19 do not go with: raise both together",
            source="kubernetes-sigs/kueue pull request 14504, 2026-08",
        ),
    ),
)


class KueueAddOn(AddOn[Kueue]):
    """Comes after everything that makes Jobs of its own, and is done when its webhooks answer."""

    key = NAME
    about = "Lets jobs wait for the quota of their team, and borrow what others leave."
    Section = Kueue
    after = frozenset(
        {
            "arc",
            "cert-manager",
            "gpu-operator",
            "keda",
            "kserve",
            "monitoring",
            "node-feature-discovery",
            "prometheus-operator-crds",
        }
    )
    charts = (KUEUE,)
    provided = ("kueue",)
    namespaces = frozenset({NAMESPACE})

    @classmethod
    def unwanted(cls, cluster: ClusterContext) -> str:
        return super().unwanted(cluster) or "who waits for whom is for somebody to say"

    @classmethod
    def problems(cls, cluster: ClusterContext, section: Kueue) -> Iterable[Problem]:
        return configuration.problems(section)

    @classmethod
    def plan(cls, cluster: ClusterContext, section: Kueue) -> AddOnPlan:
        tried = gate.documents(NAMESPACE)
        before = tuple(id_ for id_ in tried if id_ != "gate")
        return AddOnPlan(
            namespaces=(Namespace(name=NAMESPACE, pod_security="restricted"),),
            releases=(Release(name=NAME, chart=KUEUE, namespace=NAMESPACE, values=values(cluster, section), decided=DECIDED),),
            objects=(
                *(Object(id=id_, document=tried[id_], after=("namespace",)) for id_ in before),
                Object(id="gate", document=tried["gate"], after=(*before, NAME)),
            ),
            ready=(NAME, "gate"),
            signals=SIGNALS,
            operations=OPERATIONS,
        )
