"""The add-ons that a stack file asks for, checked together before anything is declared."""

from collections.abc import Iterable, Iterator, Mapping

from components.framework import compose, overrides
from components.framework.addon import AddOnType, section_key
from components.framework.compose import AddOnsPlan
from components.framework.section import AddOnSection
from components.registry import ALL, KINDS
from infra.facts import ClusterContext
from infra.needs import Asked
from infra.problems import PlanError, Problem
from infra.section import Section
from stacks.config.addons import section_of
from stacks.config.stack import Stack

NAMESPACES: frozenset[str] = frozenset().union(*(kind.namespaces for kind in ALL))
"""Of every add-on, installed or not."""


def plan(sections: Section, cluster: ClusterContext) -> AddOnsPlan:
    """Which add-ons are installed into this cluster, and how. Raises AddOnError; paths are those of the `addons` section."""
    return compose.plan(_chosen(sections, cluster), _by_key(sections), cluster)


def problems_beside_teams(sections: Section, cluster: ClusterContext) -> Iterator[Problem]:
    """What is wrong with the add-ons of a stack whose teams were refused: those that are made of the teams cannot be looked at."""
    unsaid = {section_key(kind.key) for kind in ALL if kind.made_of_teams}
    try:
        plan(sections, cluster)
    except PlanError as error:
        yield from (problem for problem in error.problems if problem.path.partition(".")[0] not in unsaid)


def asked(sections: Section, cluster: ClusterContext) -> tuple[Asked, ...]:
    """What the add-ons need of the cloud and of the nodes."""
    return compose.asked(_chosen(sections, cluster), _by_key(sections), cluster)


def unread(stack: Stack, cluster: ClusterContext | None) -> Iterator[Problem]:
    """Settings of add-ons that are not installed; `cluster` is None where none are. One that is turned off by name keeps its settings,
    and overrides that its chart could read."""
    for key, kind in KINDS.items():
        section, name = section_of(kind, stack.addons), f"addons.{section_key(key)}"
        if cluster is not None and _enabled(kind, stack.addons, cluster):
            continue
        if section.enabled:
            yield Problem(name, f"{key} is on, but `layers` has no cluster to install it into; take it out")
            continue
        given = _given(section)
        elsewhere = {each.new for each in stack.old_keys}
        for path in (f"{name}.{field}" for field in given):
            if section.enabled is None or path in elsewhere:
                yield Problem(path, f"is set, but {_not_installed(key, kind, section, cluster)}")
        if section.enabled is False:
            yield from (problem.under(name) for problem in _overrides(kind, section, cluster))


def _overrides(kind: AddOnType, section: AddOnSection, cluster: ClusterContext | None) -> Iterable[Problem]:
    """What is wrong with the overrides of an add-on that is off, as if it were on, as far as it can be planned."""
    if cluster is None or not section.values or any(kind.problems(cluster, section)):
        return overrides.unplanned(kind.charts, section.values)
    return overrides.problems(kind.key, kind.plan(cluster, section), section.values, cluster)


def problems_elsewhere(cluster: ClusterContext, made: AddOnsPlan) -> Iterator[Problem]:
    """What the rest of the stack file says that an add-on would keep, and does not."""
    for key, kind in KINDS.items():
        yield from kind.problems_elsewhere(cluster, installed=key in made.chosen)


def unused(stack: Stack) -> Iterator[str]:
    """Notices of settings that an add-on keeps while it is turned off by name."""
    for key, kind in KINDS.items():
        section, name = section_of(kind, stack.addons), f"addons.{section_key(key)}"
        moved = {each.new for each in stack.old_keys}
        kept = [field for field in _given(section) if f"{name}.{field}" not in moved]
        if section.enabled is False and kept:
            yield f"not read: {name} is turned off, so its {', '.join(kept)} {'has' if len(kept) == 1 else 'have'} no effect until it is on"


def _given(section: AddOnSection) -> list[str]:
    """Keys that the stack file has beside `enabled`."""
    return [type(section).model_fields[field].alias or field for field in sorted(section.model_fields_set - {"enabled"})]


def _not_installed(key: str, kind: AddOnType, section: AddOnSection, cluster: ClusterContext | None) -> str:
    if cluster is None:
        return f"`layers` has no cluster to install {key} into; take it out"
    if section.enabled is False:
        return f"{key} is turned off; take it out"
    why = kind.unwanted(cluster)
    if key in cluster.provided:
        return f"{key} is not installed here, because {why}; take it out, or have the cluster bring none"
    return f"{key} is not installed here, because {why}; set addons.{section_key(key)}.enabled to true, or take it out"


def _by_key(sections: Section) -> dict[str, AddOnSection]:
    return {key: section_of(kind, sections) for key, kind in KINDS.items()}


def _chosen(sections: Section, cluster: ClusterContext) -> Mapping[str, AddOnType]:
    return {key: kind for key, kind in KINDS.items() if _enabled(kind, sections, cluster)}


def _enabled(kind: AddOnType, sections: Section, cluster: ClusterContext) -> bool:
    asked: bool | None = section_of(kind, sections).enabled
    return kind.wanted(cluster) if asked is None else asked
