"""Who shares which nodes, decided: what the stack file says of queues, as Kueue's objects and with all that was found in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.queues.model.findings import Finding
from components.queues.model.objects import Named
from components.queues.sharing import build, flavors, rules, teams
from components.queues.sharing.flavors import NodeKind
from components.queues.sharing.section import Flavor, Queues
from infra.facts import ClusterContext
from infra.problems import PlanError, Problem


@dataclass(frozen=True, kw_only=True)
class QueuePlan:
    """Read by the add-on, which installs it, and by `platformctl queues`, which explains it."""

    objects: tuple[Named, ...]
    kinds: Mapping[str, NodeKind]
    """Flavors, by name."""
    warnings: tuple[Finding, ...]
    """What is taken, and may surprise."""


def problems(section: Queues, cluster: ClusterContext) -> tuple[Problem, ...]:
    """With the queues of the teams, which are made from what the stack file says of each."""
    try:
        plan(section, cluster)
    except PlanError as error:
        return error.problems
    return ()


def plan(section: Queues, cluster: ClusterContext) -> QueuePlan:
    """Raises PlanError with everything that is wrong."""
    whole = teams.with_teams(section, cluster)
    if found := (*teams.problems(section, cluster), *rules.problems(whole, cluster)):
        raise PlanError(found)
    kinds = _kinds(whole, cluster)
    made = build.objects(whole, kinds)
    findings = rules.findings(made, kinds, cluster)
    if refused := tuple(rules.refused(findings, kinds)):
        raise PlanError(refused)
    return QueuePlan(objects=made, kinds=kinds, warnings=tuple(each for each in findings if each.severity == "warning"))


def _kinds(section: Queues, cluster: ClusterContext) -> dict[str, NodeKind]:
    return {name: flavors.kind(name, cluster, section.flavors.get(name, Flavor())) for name in rules.used(section)}
