"""Who shares which nodes, decided: what the stack file says of queues, as Kueue's objects and with all that was found in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.queues.model.findings import Finding
from components.queues.model.objects import Named
from components.queues.sharing import build, flavors, rules, teams
from components.queues.sharing.flavors import NodeKind
from components.queues.sharing.section import Flavor, Queues
from infra.facts import ClusterContext
from infra.problems import Problem


@dataclass(frozen=True, kw_only=True)
class QueuePlan:
    """Read by the add-on, which installs it, and by `platformctl queues`, which explains it."""

    objects: tuple[Named, ...]
    kinds: Mapping[str, NodeKind]
    """Flavors, by name."""


def problems(section: Queues, cluster: ClusterContext) -> tuple[Problem, ...]:
    """With the queues of the teams, which are made from what the stack file says of each."""
    whole = teams.with_teams(section, cluster)
    if found := (*teams.problems(section, cluster), *rules.problems(whole, cluster)):
        return found
    if found := tuple(rules.for_nobody(section, whole)):
        return found
    made = _plan(whole, cluster)
    return tuple(rules.refused(rules.findings(made.objects, made.kinds, cluster), made.kinds))


def plan(section: Queues, cluster: ClusterContext) -> QueuePlan:
    """The section must have no `problems`."""
    return _plan(teams.with_teams(section, cluster), cluster)


def warnings(plan: QueuePlan, cluster: ClusterContext) -> tuple[Finding, ...]:
    """What is taken, and may surprise."""
    return tuple(each for each in rules.findings(plan.objects, plan.kinds, cluster) if each.severity == "warning")


def _plan(section: Queues, cluster: ClusterContext) -> QueuePlan:
    kinds = {name: flavors.kind(name, cluster, section.flavors.get(name, Flavor())) for name in rules.used(section)}
    return QueuePlan(objects=build.objects(section, kinds), kinds=kinds)
