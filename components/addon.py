"""The add-on contract: what an add-on says of itself, and how a set of them is checked, ordered and installed."""

import re
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import pulumi

from components import charts, contract
from components.charts import Chart
from components.manifest import Manifest
from components.namespace import PodSecurity, namespace
from components.values import Values
from infra.facts import ClusterContext, ClusterFacts
from infra.problems import PlanError, Problem


class Resources(Protocol):
    """What an add-on has made: a frozen record, typed by the add-on."""

    @property
    def leaves(self) -> tuple[pulumi.Resource, ...]:
        """What an add-on that requires this one waits for, and what outlives it on destroy."""


@dataclass(frozen=True, kw_only=True)
class AddOnSettings:
    """What a stack file may say of any add-on. Every field has a default."""

    values: Mapping[str, Any] = field(default_factory=dict)
    """Helm values laid over those that the platform decides, for the last of the add-on's charts."""


S = TypeVar("S", bound=AddOnSettings)


class AddOn(pulumi.ComponentResource, Generic[S]):
    """Something installed into the cluster. A subclass states its needs, decides its values, declares its resources."""

    key: ClassVar[str]
    namespace: ClassVar[str]
    pod_security: ClassVar[PodSecurity] = "baseline"
    """What pods in its namespace may do."""
    requires: ClassVar[frozenset[str]] = frozenset()
    """Must be there and be finished before; someone else may provide it."""
    after: ClassVar[frozenset[str]] = frozenset()
    """Waited for where they are installed too, but not needed."""
    conflicts: ClassVar[frozenset[str]] = frozenset()
    charts: ClassVar[tuple[Chart, ...]] = ()
    """In the order in which they are installed."""
    Settings: ClassVar[type[AddOnSettings]] = AddOnSettings

    def __init__(
        self,
        facts: ClusterFacts,
        settings: S,
        waits_for: Sequence[pulumi.Resource] = (),
        addons: frozenset[str] = frozenset(),
        chart_mirror: str | None = None,
    ) -> None:
        """`addons` are the keys of all add-ons that this stack installs; `chart_mirror` is where charts are pulled from instead."""
        super().__init__(f"platform:addon:{type(self).__name__}", self.key, {}, pulumi.ResourceOptions(provider=facts.provider))
        self.facts, self.settings, self.context = facts, settings, facts.context(addons)
        self.waits_for = (*facts.ready, *waits_for)
        self.chart_mirror = chart_mirror
        self.resources = self.declare()
        self.leaves = self.resources.leaves
        self.register_outputs({})

    @classmethod
    def wanted(cls, cluster: ClusterContext) -> bool:
        """Whether to install it where the stack file does not say."""
        return cls.key not in cluster.provided

    @classmethod
    def problems(cls, cluster: ClusterContext, settings: S) -> Iterable[Problem]:
        """Why it cannot be installed as asked; paths are those of its section. Nothing is declared yet."""
        return ()

    @abstractmethod
    def declare(self) -> Resources:
        """Make the resources."""

    def opts(self, *waits_for: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a child: it waits for what the add-on waits for and for `waits_for`, and goes with the cluster."""
        return pulumi.ResourceOptions(
            parent=self,
            provider=self.facts.provider,
            depends_on=list(dict.fromkeys((*self.waits_for, *waits_for))),
            deleted_with=self.facts.cluster,
        )

    def manifest(self, name: str, document: Mapping[str, Any], *waits_for: pulumi.Resource) -> Manifest:
        """A child object. `name` is the rest of its name in Pulumi, after the add-on's key."""
        return Manifest(f"{self.key}-{name}", document, self.opts(*waits_for))

    def make_namespace(self) -> Manifest:
        """The add-on's namespace. Everything in it waits for this."""
        return self.manifest("namespace", namespace(self.namespace, self.pod_security))


AddOnType = type[AddOn[Any]]


class AddOnError(PlanError):
    """The chosen add-ons cannot be installed together. Paths start at the add-on's section."""


def section(key: str) -> str:
    """What an add-on is called in the stack file: `gpuOperator`."""
    return re.sub(r"-(.)", lambda match: match[1].upper(), key)


def resolve(chosen: Mapping[str, AddOnType], provided: frozenset[str] = frozenset()) -> list[str]:
    """Keys of `chosen`, each after everything that it requires or comes after.

    Raises AddOnError with every missing requirement, conflict, second source, mixed set and cycle at once, both ends named.
    """
    problems = [problem for key, kind in chosen.items() for problem in _needs(key, kind, chosen, provided)]
    problems += charts.set_problems(chart for kind in chosen.values() for chart in kind.charts)
    waits = {key: sorted((kind.requires | kind.after) & chosen.keys()) for key, kind in chosen.items()}
    order: list[str] = []
    try:
        order = list(TopologicalSorter(waits).static_order())
    except CycleError as error:
        problems.append(Problem(section(error.args[1][0]), "add-ons wait for each other: " + " <- ".join(error.args[1])))
    if problems:
        raise AddOnError(problems)
    return order


def _needs(key: str, kind: AddOnType, chosen: Mapping[str, AddOnType], provided: frozenset[str]) -> Iterable[Problem]:
    for need in sorted(kind.requires - chosen.keys() - provided):
        fix = f"set addons.{section(need)}.enabled to true, or turn {key} off"
        yield Problem(section(key), f"{key} requires {need}, which is not enabled; {fix}")
    for other in sorted(kind.conflicts & (chosen.keys() | provided)):
        yield Problem(section(key), f"{key} cannot run beside {other}; turn one of them off")
    if key in provided:
        yield Problem(section(key), f"{key} is there already, brought by the cluster; turn one of the two sources off")


def check(chosen: Mapping[str, AddOnType], settings: Mapping[str, AddOnSettings], cluster: ClusterContext) -> tuple[Problem, ...]:
    """Everything that is wrong with the choice, before anything is declared: its order, each add-on's own refusals, unknown value keys."""
    problems: list[Problem] = []
    try:
        resolve(chosen, cluster.provided)
    except AddOnError as error:
        problems += error.problems
    for key, kind in chosen.items():
        found = list(kind.problems(cluster, settings[key]))
        if kind.charts:
            found += [problem.under("values") for problem in contract.unknown_keys(kind.charts[-1], settings[key].values)]
        problems += [problem.under(section(key)) for problem in found]
    return tuple(problems)


def install(
    chosen: Mapping[str, AddOnType], facts: ClusterFacts, settings: Mapping[str, AddOnSettings], chart_mirror: str | None = None
) -> dict[str, AddOn[Any]]:
    """Install `chosen`, each waiting for what it requires or comes after, and for nothing else.

    `chart_mirror` is where all charts are pulled from; None for where each is published. Raises AddOnError.
    """
    installed: dict[str, AddOn[Any]] = {}
    for key in resolve(chosen, facts.provided):
        kind = chosen[key]
        needs = sorted(kind.requires | kind.after)
        leaves: list[pulumi.Resource] = [facts.provided_by[need] for need in needs if need in facts.provided_by]
        leaves += [leaf for need in needs if need in chosen for leaf in installed[need].leaves]
        installed[key] = kind(facts, settings.get(key, kind.Settings()), leaves, frozenset(chosen), chart_mirror)
    return installed


__all__ = ["AddOn", "AddOnError", "AddOnSettings", "AddOnType", "Resources", "Values", "check", "install", "resolve", "section"]
