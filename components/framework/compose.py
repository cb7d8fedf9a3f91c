"""A set of add-ons: checked together, ordered by their needs, planned, and their plans completed and compared."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter

from components.framework import overrides
from components.framework.addon import AddOnType, awaited, section_key
from components.framework.chart import set_problems
from components.framework.plan import AddOnPlan, Object, collisions, made_namespaces, ordered
from components.framework.reserved_namespaces import is_reserved
from components.framework.section import AddOnSection
from infra.facts import ClusterContext
from infra.needs import Asked
from infra.problems import PlanError, Problem


class AddOnError(PlanError):
    """The chosen add-ons cannot be installed together. Paths start at the add-on's section."""


@dataclass(frozen=True, kw_only=True)
class AddOnsPlan:
    chosen: Mapping[str, AddOnType] = field(default_factory=dict)
    """In the order of the registry."""
    sections: Mapping[str, AddOnSection] = field(default_factory=dict)
    """What the stack file says of each."""
    plans: Mapping[str, AddOnPlan] = field(default_factory=dict)
    """Each after everything that it requires or comes after."""


def resolve(chosen: Mapping[str, AddOnType], provided: frozenset[str] = frozenset()) -> list[str]:
    """Keys of `chosen`, each after everything that it requires or comes after.

    Raises AddOnError with every missing requirement, conflict, second source, mixed set and cycle at once, both ends named.
    """
    problems = [problem for key, kind in chosen.items() for problem in _missing(key, kind, chosen, provided)]
    problems += set_problems(chart for kind in chosen.values() for chart in kind.charts)
    waits = {key: sorted(awaited(key, chosen) & chosen.keys()) for key in chosen}
    order: list[str] = []
    try:
        order = list(TopologicalSorter(waits).static_order())
    except CycleError as error:
        problems.append(Problem(section_key(error.args[1][0]), "add-ons wait for each other: " + " <- ".join(error.args[1])))
    if problems:
        raise AddOnError(problems)
    return order


def _missing(key: str, kind: AddOnType, chosen: Mapping[str, AddOnType], provided: frozenset[str]) -> Iterable[Problem]:
    for need in sorted(kind.requires - chosen.keys() - provided):
        fix = f"set addons.{section_key(need)}.enabled to true, or turn {key} off"
        yield Problem(section_key(key), f"{key} requires {need}, which is not enabled; {fix}")
    for other in sorted(kind.conflicts & (chosen.keys() | provided)):
        yield Problem(section_key(key), f"{key} cannot run beside {other}; turn one of them off")
    if key in provided:
        yield Problem(section_key(key), f"{key} is there already, brought by the cluster; turn one of the two sources off")


def asked(chosen: Mapping[str, AddOnType], sections: Mapping[str, AddOnSection], cluster: ClusterContext) -> tuple[Asked, ...]:
    """What the chosen add-ons need of the cloud and of the nodes, and who needs it. Problems of their sections are not looked at."""
    context = _among(chosen, cluster)
    return tuple(
        Asked(by=key, section=section_key(key), need=need) for key, kind in chosen.items() for need in kind.needs(context, sections[key])
    )


def plan(chosen: Mapping[str, AddOnType], sections: Mapping[str, AddOnSection], cluster: ClusterContext) -> AddOnsPlan:
    """The plans of the chosen add-ons. Raises AddOnError with everything that is wrong with the choice, before anything is declared:
    its order, each add-on's own refusals, overrides that nothing reads, and what two of them claim."""
    context = _among(chosen, cluster)
    problems: list[Problem] = []
    order = list(chosen)
    try:
        order = resolve(chosen, cluster.provided)
    except AddOnError as error:
        problems += error.problems
    plans: dict[str, AddOnPlan] = {}
    found: dict[str, list[Problem]] = {}
    for key in order:
        kind, section = chosen[key], sections[key]
        found[key] = list(kind.problems(context, section))
        if found[key]:
            found[key] += overrides.unplanned(kind.charts, section.values)
            continue
        planned = kind.plan(context, section)
        found[key] += overrides.problems(key, planned, section.values, context)
        plans[key] = planned
    claiming = {key: overrides.with_extra_objects(planned, sections[key].values) for key, planned in plans.items()}
    problems += [problem.under(section_key(key)) for key in chosen for problem in found[key]]
    problems += [problem.under(section_key(key)) for key, problem in collisions(claiming)]
    problems += [problem.under(section_key(key)) for key in plans for problem in _foreign(chosen[key], plans, context)]
    if problems:
        raise AddOnError(problems)
    given = {key: sections[key] for key in chosen}
    return AddOnsPlan(chosen=chosen, sections=given, plans=dict(_completed(plans, chosen, sections, context)))


def _foreign(kind: AddOnType, plans: Mapping[str, AddOnPlan], cluster: ClusterContext) -> Iterable[Problem]:
    """Namespaces that the stack file has an add-on make, and that are kept for somebody who is not installed."""
    taken = {name for key, plan in plans.items() if key != kind.key for name in made_namespaces(plan)}
    for name in made_namespaces(plans[kind.key]):
        if name not in kind.namespaces | taken and (is_reserved(name) or name in cluster.addon_namespaces):
            yield Problem("", f"{kind.key} cannot have the namespace {name}, which is kept for others; name another")


def _completed(
    plans: Mapping[str, AddOnPlan], chosen: Mapping[str, AddOnType], sections: Mapping[str, AddOnSection], cluster: ClusterContext
) -> Iterator[tuple[str, AddOnPlan]]:
    monitored = any(kind.takes_monitors for kind in chosen.values())
    for key, planned in plans.items():
        whole = overrides.merged_into(planned, sections[key].values)
        whole = _with_monitors(whole) if monitored else whole
        completed = chosen[key].completed(whole, cluster, sections[key], plans)
        try:
            ordered(completed)
        except ValueError as error:
            raise AddOnError([Problem("", f"{key}: {error}; this is a mistake of the add-on's own").under(section_key(key))]) from error
        yield key, completed


def _with_monitors(plan: AddOnPlan) -> AddOnPlan:
    made = (Object(id=f"monitor-{each.id}", document=each.document, after=each.after) for each in plan.signals.monitors)
    return replace(plan, objects=(*plan.objects, *made))


def _among(chosen: Iterable[str], cluster: ClusterContext) -> ClusterContext:
    return replace(cluster, addons=frozenset(chosen))
