"""Runner scale sets: GitHub's jobs run as pods of this cluster, each on a runner that is made for it and goes with it."""

from collections.abc import Iterable, Iterator, Mapping

from components.ci.runners import controller, gate, network, rules, scale_set, upkeep
from components.ci.runners.chart import CONTROLLER as CONTROLLER_CHART
from components.ci.runners.chart import SCALE_SET
from components.ci.runners.names import CONTROLLER, CONTROLLER_ACCOUNT, NAMESPACE, RUNNERS, namespace_rows, runners_namespace
from components.ci.runners.section import Runners, ScaleSet
from components.ci.runners.signals import signals
from components.framework.addon import AddOn
from components.framework.operations import Operations, Removal, Trap, Workload
from components.framework.plan import AddOnPlan, Namespace, Object, Release
from infra.facts import ClusterContext
from infra.problems import Problem

_FINALIZER = "they keep a finalizer that only the controller takes off, and only while GitHub takes its key"

OPERATIONS = Operations(
    healthy=(Workload(kind="Deployment", namespace=NAMESPACE, name=CONTROLLER_ACCOUNT),),
    before_removal=(
        Removal(api_version="actions.github.com/v1alpha1", kind="AutoscalingRunnerSet", why=_FINALIZER),
        Removal(api_version="actions.github.com/v1alpha1", kind="EphemeralRunner", why=f"{_FINALIZER}; one with a job stays until it ends"),
    ),
    traps=(
        Trap(
            version="0.14.0",
            what="the controller deletes scale sets of another minor version: both charts go up together, when no job runs",
            source="actions/actions-runner-controller#4422, autoscalingrunnerset_controller.go at 0.14.2",
        ),
        Trap(
            version="0.14.0",
            what="Helm does not upgrade the definitions: apply those of the new chart by hand before it",
            source="docs.github.com, Deploying runner scale sets, Upgrading ARC, 2026-08",
        ),
        Trap(
            version="0.15.0",
            what="flags.updateStrategy is gone: take it out of controller.py",
            source="actions/actions-runner-controller#4516, 2026-06",
        ),
    ),
)


class RunnersAddOn(AddOn[Runners]):
    key = "arc"
    about = "Runs GitHub Actions jobs: runner scale sets of the Actions Runner Controller."
    Section = Runners
    after = frozenset({"prometheus-operator-crds", "gpu-operator", "team-namespaces"})
    charts = (CONTROLLER_CHART, SCALE_SET)
    namespaces = frozenset({NAMESPACE, RUNNERS})

    @classmethod
    def unwanted(cls, cluster: ClusterContext) -> str:
        return super().unwanted(cluster) or "whose jobs may run here is for somebody to say"

    @classmethod
    def problems(cls, cluster: ClusterContext, section: Runners) -> Iterable[Problem]:
        return rules.problems(cluster, section)

    @classmethod
    def plan(cls, cluster: ClusterContext, section: Runners) -> AddOnPlan:
        sets = section.scale_sets
        own = own_namespaces(cluster, sets)
        return AddOnPlan(
            namespaces=(Namespace(name=NAMESPACE, pod_security="restricted"), *_namespaces(own)),
            releases=(
                Release(
                    name=CONTROLLER, chart=CONTROLLER_CHART, namespace=NAMESPACE, values=controller.values(), decided=controller.DECIDED
                ),
                *_releases(cluster, sets, own),
            ),
            objects=(*_objects(sets, own), *upkeep.objects(sets, own)),
            signals=signals(NAMESPACE, section.queue_seconds),
            operations=OPERATIONS,
        )


def own_namespaces(cluster: ClusterContext, sets: Mapping[str, ScaleSet]) -> tuple[str, ...]:
    """Namespaces of runners that nobody else makes: a team's is there, with its quota and its network, before its runners are."""
    return tuple(dict.fromkeys(each.namespace for each in sets.values() if each.namespace not in cluster.team_namespaces))


def _namespaces(own: Iterable[str]) -> Iterator[Namespace]:
    for name in own:
        yield Namespace(id=runners_namespace(name), name=name, pod_security="restricted")


def _releases(cluster: ClusterContext, sets: Mapping[str, ScaleSet], own: tuple[str, ...]) -> Iterator[Release]:
    """Each after the controller, which on the way back must outlive them."""
    for name, each in sets.items():
        place = (runners_namespace(each.namespace), _network_row(each.namespace)) if each.namespace in own else ()
        yield Release(
            name=name,
            chart=SCALE_SET,
            namespace=each.namespace,
            values=scale_set.values(name, each, rules.pools_of(cluster, each)),
            after=(CONTROLLER, _gate_row(name), *place),
            decided=scale_set.decided(name),
        )


def _objects(sets: Mapping[str, ScaleSet], own: tuple[str, ...]) -> Iterator[Object]:
    for namespace in own:
        yield Object(id=_network_row(namespace), document=network.document(namespace), after=(runners_namespace(namespace),))
    for name, each in sets.items():
        document = gate.document(name, each.namespace, each.gate)
        yield Object(id=_gate_row(name), document=document, after=namespace_rows(each.namespace, own))


def _gate_row(name: str) -> str:
    return f"gate.{name}"


def _network_row(namespace: str) -> str:
    return f"network.{namespace}"
