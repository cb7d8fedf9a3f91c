"""What an add-on needs of the cloud and of the nodes, as data. Whoever has the cluster grants it, or refuses it with the reason.

`infra.oke` grants all of it, `infra.existing` what the owner of a cluster can do by hand. Neither knows an add-on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from infra.problems import Problem


@dataclass(frozen=True, kw_only=True)
class NodeLabels:
    """Labels on the nodes of an entry of `nodePools`."""

    entry: str
    initial: Mapping[str, str]
    """What they must have from their first moment, so that the autoscaler knows nodes that do not exist yet."""
    by_hand: Mapping[str, str] = field(default_factory=dict)
    """What of it somebody must put on nodes that exist already: the rest comes by itself, or is what they have without."""


@dataclass(frozen=True, kw_only=True)
class LogAnalytics:
    """A place in Oracle's Log Analytics for the cluster's logs, and the nodes' rights to write there.

    It grants `namespace`, `log_group_id`, `entity_id`, `cluster_id` and `cluster_name`.
    """

    path: str
    """Where in the add-on's section a place can be named instead."""


@dataclass(frozen=True, kw_only=True)
class ClusterAccess:
    """A group of people reaches the Kubernetes API. It brings no rights there: those are RBAC's."""

    group: str
    path: str
    """Where in the stack file it is named, from the root."""
    until: str | None = None
    """When it ends, in UTC (`2026-12-01T18:00:00Z`); None for never."""


def names_people(group: str) -> bool:
    """Whether an authenticator may call a group of people so: no group of Kubernetes' own, nothing that cannot be seen, no pattern."""
    return bool(group) and group.isprintable() and group == group.strip() and group != "*" and not group.lower().startswith("system:")


Need = NodeLabels | LogAnalytics | ClusterAccess


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A need, and whose it is."""

    by: str
    """Key of the add-on."""
    section: str
    """Its section in `addons`."""
    need: Need


def labels(asked: Iterable[Asked]) -> dict[str, dict[str, str]]:
    """Initial labels by entry of `nodePools`. They must have no `conflicts`."""
    return _labels((each.need.entry, each.need.initial) for each in asked if isinstance(each.need, NodeLabels))


def labels_by_hand(asked: Iterable[Asked]) -> dict[str, dict[str, str]]:
    """Labels by entry of `nodePools` that the owner of the nodes must put on."""
    return _labels((each.need.entry, each.need.by_hand) for each in asked if isinstance(each.need, NodeLabels))


def _labels(given: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for entry, wanted in given:
        if wanted:
            found.setdefault(entry, {}).update(wanted)
    return found


def problems(asked: Iterable[Asked], given: Mapping[str, Mapping[str, str]]) -> Iterable[Problem]:
    """What two add-ons want differently, and what the labels of the stack file, by entry of `nodePools`, say otherwise."""
    needed = tuple(asked)
    yield from (problem.under("addons") for problem in conflicts(needed))
    yield from (problem.under("cluster") for problem in overruled(needed, given))


def overruled(asked: Iterable[Asked], given: Mapping[str, Mapping[str, str]]) -> Iterable[Problem]:
    """Labels of the stack file, by entry of `nodePools`, where an add-on needs another value; paths are those of `cluster`."""
    for each in asked:
        if isinstance(each.need, NodeLabels):
            said = given.get(each.need.entry, {})
            for label, value in {**each.need.initial, **each.need.by_hand}.items():
                if said.get(label, value) != value:
                    yield Problem(
                        f"nodePools.{each.need.entry}.labels.{label}", f"is {said[label]}, but {each.by} needs {value} here; take it out"
                    )


def conflicts(asked: Iterable[Asked]) -> Iterable[Problem]:
    """Labels that two add-ons want with different values; paths are those of `addons`."""
    owners: dict[tuple[str, str], tuple[str, str]] = {}
    for each in asked:
        if isinstance(each.need, NodeLabels):
            for label, value in each.need.initial.items():
                owner, other = owners.setdefault((each.need.entry, label), (each.by, value))
                if other != value:
                    what = f"the label {label} of the nodes of {each.need.entry}"
                    yield Problem(each.section, f"{each.by} needs {what} to be {value}, but {owner} needs {other}; turn one of them off")
