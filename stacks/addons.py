"""The add-ons that a stack file asks for, checked together before anything is declared."""

from collections.abc import Iterator, Mapping

from components.framework import compose
from components.framework.addon import AddOnType, section_key
from components.framework.compose import AddOnsPlan
from components.framework.section import AddOnSection
from components.registry import KINDS
from infra.facts import ClusterContext
from infra.needs import Asked
from infra.problems import Problem
from infra.section import Section
from stacks.config.addons import section_of


def plan(sections: Section, cluster: ClusterContext) -> AddOnsPlan:
    """Which add-ons are installed into this cluster, and how. Raises AddOnError; paths are those of the `addons` section."""
    return compose.plan(_chosen(sections, cluster), _by_key(sections), cluster)


def asked(sections: Section, cluster: ClusterContext) -> tuple[Asked, ...]:
    """What the add-ons need of the cloud and of the nodes."""
    return compose.asked(_chosen(sections, cluster), _by_key(sections), cluster)


def asked_in_vain(sections: Section) -> Iterator[Problem]:
    """Add-ons that a stack without a cluster turns on."""
    for key, kind in KINDS.items():
        if section_of(kind, sections).enabled:
            yield Problem(f"addons.{section_key(key)}", f"{key} is on, but `layers` has no cluster to install it into; take it out")


def _by_key(sections: Section) -> dict[str, AddOnSection]:
    return {key: section_of(kind, sections) for key, kind in KINDS.items()}


def _chosen(sections: Section, cluster: ClusterContext) -> Mapping[str, AddOnType]:
    return {key: kind for key, kind in KINDS.items() if _enabled(kind, sections, cluster)}


def _enabled(kind: AddOnType, sections: Section, cluster: ClusterContext) -> bool:
    asked: bool | None = section_of(kind, sections).enabled
    return kind.wanted(cluster) if asked is None else asked
