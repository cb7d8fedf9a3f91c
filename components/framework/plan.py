"""An add-on as data: what is to be in the cluster, in which order, and who reads what of it.

A plan is made by a pure function, and carried out by a carrier. It can be compared, rendered and tested without Pulumi.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from components.framework.chart import Chart
from components.framework.operations import Operations
from components.framework.signals import Signals
from components.framework.values import ABSENT
from infra.needs import Need
from infra.problems import Problem

PodSecurity = Literal["privileged", "baseline", "restricted"]
"""Kubernetes, "Pod Security Standards"."""

TIMEOUT_SECONDS = 900
"""Long enough for large images on a fresh node."""

Document = Mapping[str, Any]
"""A Kubernetes object. Any value may be one that is known only later."""


@dataclass(frozen=True, kw_only=True)
class Granted:
    """A value that is known once the cluster's owner has met a need: an OCID, the name of a log group."""

    need: type[Need]
    field: str


@dataclass(frozen=True, kw_only=True)
class Generated:
    """A password that is made once and kept in Pulumi's encrypted state."""

    id: str
    length: int = 32


@dataclass(frozen=True, kw_only=True)
class Confidential:
    """A value of the stack's encrypted configuration. It is never shown."""

    value: str = field(repr=False)


SecretValue = str | Generated | Confidential


class Row(Protocol):
    """Something that is put into the cluster."""

    @property
    def id(self) -> str:
        """Its name in the plan."""

    @property
    def after(self) -> tuple[str, ...]:
        """Ids of the rows of the same plan that must be there first."""


@dataclass(frozen=True, kw_only=True)
class Namespace:
    name: str
    pod_security: PodSecurity = "baseline"
    """Pods beyond it are refused; those beyond `restricted` are warned of."""
    id: str = "namespace"
    after: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    """Beside those of Pod Security, which they cannot replace."""

    @property
    def document(self) -> dict[str, Any]:
        label = "pod-security.kubernetes.io"
        warned = self.pod_security if self.pod_security == "privileged" else "restricted"
        labels = {**self.labels, f"{label}/enforce": self.pod_security, f"{label}/warn": warned, f"{label}/audit": warned}
        return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.name, "labels": labels}}


@dataclass(frozen=True)
class Decided:
    """A Helm value that overrides may not change."""

    path: tuple[str, ...]
    by: str
    """Who decides it and what to do, in words that follow "is 3, but"."""
    more: bool = False
    """Overrides may add to it, keys or entries, and take nothing away."""
    secret: bool = False
    """No text of what is found there is shown."""
    default: Any = ABSENT
    """What the chart has there where the platform says nothing: an override may say the same."""


def settings(table: Mapping[str, Iterable[tuple[str, ...]]], *, secret: bool = False) -> tuple[Decided, ...]:
    """Values that settings of the add-on decide, by the setting's key."""
    return tuple(
        Decided(path, f"the setting {key} decides it; set that instead", secret=secret) for key, paths in table.items() for path in paths
    )


def parts(table: Mapping[tuple[str, ...], str], *, on: Any = True) -> tuple[Decided, ...]:
    """What of a chart is on and stays on: the value that could turn it off, and what would be lost with it. `on` is what the chart says."""
    return tuple(Decided(path, f"{lost}; take it out", default=on) for path, lost in table.items())


@dataclass(frozen=True, kw_only=True)
class Release:
    """A Helm release. Its name tells it from the other releases of the cluster, and is what overrides are merged by."""

    name: str
    chart: Chart
    namespace: str
    values: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[str, ...] = ("namespace",)
    timeout: int = TIMEOUT_SECONDS
    """Seconds."""
    decided: tuple[Decided, ...] = ()
    """Values that no override may change, those that are not among `values` for they must be left out too."""

    @property
    def id(self) -> str:
        return self.name

    @property
    def skip_crds(self) -> bool:
        return self.chart.crds == "separate"


@dataclass(frozen=True, kw_only=True)
class Object:
    id: str
    document: Document
    after: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    """Fields that the API server lets nobody change: where one is to be another, the object goes first and comes back with it."""


@dataclass(frozen=True, kw_only=True)
class Secret:
    name: str
    namespace: str
    content: Mapping[str, SecretValue]
    after: tuple[str, ...] = ("namespace",)

    @property
    def id(self) -> str:
        return self.name


@dataclass(frozen=True, kw_only=True)
class AddOnPlan:
    namespaces: tuple[Namespace, ...] = ()
    secrets: tuple[Secret, ...] = ()
    releases: tuple[Release, ...] = ()
    objects: tuple[Object, ...] = ()
    ready: tuple[str, ...] | None = None
    """Ids of the rows that whoever requires the add-on waits for, and that outlive it on destroy. None for all releases."""
    signals: Signals = field(default_factory=Signals)
    operations: Operations = field(default_factory=Operations)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Everything, each kind in the order in which the add-on gave it."""
        return (*self.namespaces, *self.secrets, *self.releases, *self.objects)

    @property
    def ready_rows(self) -> tuple[str, ...]:
        return self.ready if self.ready is not None else tuple(release.id for release in self.releases)

    def release(self, name: str) -> Release:
        """Raises KeyError with the names that there are."""
        for release in self.releases:
            if release.name == name:
                return release
        raise KeyError(f"{name}; there are {', '.join(release.name for release in self.releases)}")


def ordered(plan: AddOnPlan) -> tuple[Row, ...]:
    """The rows, each after those that it comes after, otherwise as they were given. Raises ValueError: an add-on's own mistake."""
    twice = [id_ for id_, count in Counter(row.id for row in plan.rows).items() if count > 1]
    if twice:
        raise ValueError(f"two rows of one plan are called {', '.join(twice)}")
    rows: dict[str, Row] = {}
    left = list(plan.rows)
    while left:
        now = [row for row in left if all(id_ in rows for id_ in row.after)]
        if not now:
            raise ValueError(f"rows come after what is not there, or after each other: {', '.join(row.id for row in left)}")
        rows |= {row.id: row for row in now}
        left = [row for row in left if row.id not in rows]
    missing = [id_ for id_ in plan.ready_rows if id_ not in rows]
    if missing:
        raise ValueError(f"the plan is ready when {', '.join(missing)} is, which it does not have")
    return tuple(rows.values())


def claims(plan: AddOnPlan) -> Iterator[str]:
    """What only one add-on of a cluster may have: releases, namespaces, objects and signals, as messages name them."""
    yield from (f"the release {release.name}" for release in plan.releases)
    yield from (_named(namespace.document) for namespace in plan.namespaces)
    yield from (f"Secret {secret.namespace}/{secret.name}" for secret in plan.secrets)
    yield from (_named(entry.document) for entry in plan.objects)
    yield from (_named(monitor.document) for monitor in plan.signals.monitors)
    yield from (f"the group of rules {group.name}" for group in plan.signals.groups)
    yield from (f"the dashboard {dashboard.name}" for dashboard in plan.signals.dashboards)


def _named(document: Document) -> str:
    """An object by its kind, with its API group where it has one: two groups may have kinds of one name."""
    metadata = document["metadata"]
    where = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    group, slash, _ = document["apiVersion"].rpartition("/")
    kind = f"{document['kind']}.{group}" if slash else document["kind"]
    return f"{kind} {where}{metadata['name']}"


def made_namespaces(plan: AddOnPlan) -> Iterator[str]:
    yield from (namespace.name for namespace in plan.namespaces)
    yield from (str(each.document["metadata"]["name"]) for each in plan.objects if each.document["kind"] == "Namespace")


def collisions(plans: Mapping[str, AddOnPlan]) -> Iterable[tuple[str, Problem]]:
    """What two add-ons claim, under the key of the later one."""
    owners: dict[str, str] = {}
    for key, plan in plans.items():
        for claim in claims(plan):
            owner = owners.setdefault(claim, key)
            if owner != key:
                yield key, Problem("", f"{key} and {owner} both claim {claim}; turn one of them off, or rename one")
