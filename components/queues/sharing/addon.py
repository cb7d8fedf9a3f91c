"""Queues: who has which part of the nodes, who lends it and who borrows it."""

from collections.abc import Iterable, Iterator
from typing import Any

from components.framework.addon import AddOn
from components.framework.operations import Condition, Operations, Removal
from components.framework.plan import AddOnPlan, Namespace, Object
from components.framework.signals import Signals
from components.queues.budgets import plan as budget_plan
from components.queues.budgets.signals import SIGNALS
from components.queues.kueue.addon import VERSION
from components.queues.kueue.configuration import OPT_IN
from components.queues.model.changes import IMMUTABLE
from components.queues.model.objects import ClusterQueue, LocalQueue, Named
from components.queues.sharing import plan as queue_plan
from components.queues.sharing import without_queues
from components.queues.sharing.section import Queues
from infra.facts import ClusterContext
from infra.problems import Problem

ORDER = ("Topology", "ResourceFlavor", "WorkloadPriorityClass", "AdmissionCheck", "Cohort", "ClusterQueue", "LocalQueue")


class QueuesAddOn(AddOn[Queues]):
    """Taken away in the reverse of the order in which it comes: queues before what they name, so that no finalizer waits in vain."""

    key = "queues"
    about = "Who has which part of the nodes, who lends it and who borrows it."
    Section = Queues
    made_of_teams = True
    requires = frozenset({"kueue"})
    after = frozenset({"team-namespaces"})
    namespaces = frozenset({budget_plan.NAMESPACE})

    @classmethod
    def unwanted(cls, cluster: ClusterContext) -> str:
        return super().unwanted(cluster) or "who shares what is for somebody to say"

    @classmethod
    def problems(cls, cluster: ClusterContext, section: Queues) -> Iterable[Problem]:
        return queue_plan.problems(section, cluster)

    @classmethod
    def problems_elsewhere(cls, cluster: ClusterContext, *, installed: bool) -> Iterable[Problem]:
        return budget_plan.problems(cluster) if installed else without_queues.problems(cluster)

    @classmethod
    def plan(cls, cluster: ClusterContext, section: Queues) -> AddOnPlan:
        decided = queue_plan.plan(section, cluster)
        queues = [each.name for each in decided.objects if isinstance(each.spec, ClusterQueue)]
        local = dict.fromkeys(each.namespace for each in decided.objects if isinstance(each.spec, LocalQueue))
        namespaces = [name for name in local if name not in cluster.team_namespaces]
        budgets = budget_plan.budgeted(cluster)
        return AddOnPlan(
            namespaces=(budget_plan.namespace(),) if budgets else (),
            signals=SIGNALS if budgets else Signals(),
            objects=(
                # The stack file's own names, so that they are none of the platform's namespaces.
                *(Object(id=f"namespace-{name}", document=Namespace(name=name, labels=OPT_IN).document) for name in namespaces),
                *_ordered(
                    decided.objects, frozenset(namespaces), frozenset(team.name for team in cluster.teams) if budgets else frozenset()
                ),
                *(budget_plan.objects(cluster, dict(decided.kinds)) if budgets else ()),
            ),
            operations=Operations(
                healthy=tuple(Condition(api_version=VERSION, kind="ClusterQueue", name=name, condition="Active") for name in queues),
                before_removal=(
                    Removal(
                        api_version=VERSION,
                        kind="Workload",
                        why="a queue keeps a finalizer until no workload holds its quota; set queues.stopped to drain, and wait",
                    ),
                ),
            ),
        )


def _ordered(objects: tuple[Named, ...], namespaces: frozenset[str], budgeted: frozenset[str]) -> Iterator[Object]:
    """Each after everything of the kinds before its own, and a queue of a namespace after the namespace, where that is made here."""
    by_kind = {kind: tuple(_id(each) for each in objects if each.kind == kind) for kind in ORDER}
    for each in objects:
        before = tuple(id_ for kind in ORDER[: ORDER.index(each.kind)] for id_ in by_kind[kind])
        own = (f"namespace-{each.namespace}",) if each.namespace in namespaces else ()
        forced = each.kind == "ClusterQueue" and each.name in budgeted
        # What the others keep is theirs while a queue names them: they are not replaced, and the API server refuses the change.
        fixed = IMMUTABLE["LocalQueue"] if each.kind == "LocalQueue" else ()
        document = _with_force(each.document) if forced else each.document
        yield Object(id=_id(each), document=document, after=(*own, *before), fixed=fixed)


def _with_force(document: dict[str, Any]) -> dict[str, Any]:
    """Budgets stop this queue by a field that the stack file may set too (`stopped`), and then the stack file wins."""
    return {**document, "metadata": {**document["metadata"], "annotations": {"pulumi.com/patchForce": "true"}}}


def _id(each: Named) -> str:
    kind = {"ClusterQueue": "queue", "ResourceFlavor": "flavor", "LocalQueue": "local", "WorkloadPriorityClass": "priority"}.get(
        each.kind, each.kind.lower()
    )
    return f"{kind}-{each.namespace or each.name}"
