"""The contract of an add-on: what it says of itself, and the pure functions that decide what is installed."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Generic, TypeVar, final

from components.framework.chart import Chart
from components.framework.plan import AddOnPlan
from components.framework.section import AddOnSection
from infra.facts import ClusterContext
from infra.needs import Need
from infra.problems import Problem

S = TypeVar("S", bound=AddOnSection)


class AddOn(ABC, Generic[S]):
    """Something installed into the cluster. A subclass states its place among the others, and decides; it declares nothing."""

    key: ClassVar[str]
    about: ClassVar[str]
    """One line of the stack file's reference: what it is for."""
    Section: ClassVar[type[AddOnSection]]
    """Its section of the stack file: the one place where a setting and its words stand."""
    requires: ClassVar[frozenset[str]] = frozenset()
    """Must be there and be finished before; someone else may provide it."""
    after: ClassVar[frozenset[str]] = frozenset()
    """Waited for where they are installed too, but not needed."""
    before: ClassVar[frozenset[str]] = frozenset()
    """Wait for this one where they are installed too, and need not know it."""
    conflicts: ClassVar[frozenset[str]] = frozenset()
    charts: ClassVar[tuple[Chart, ...]] = ()
    """What its releases are of. A chart may have many releases."""
    takes_monitors: ClassVar[bool] = False
    """Whether it brings the definitions of monitors. Those of every add-on are installed beside it, and nowhere else."""
    made_of_teams: ClassVar[bool] = False
    """Whether what is wrong with it hangs on who the teams are: nothing of it is reported while the teams themselves are refused."""
    provided: ClassVar[tuple[str, ...]] = ()
    """What of it a cluster that exists may run already, as `cluster.provided` of the stack file names it. Its key where that is all."""
    namespaces: ClassVar[frozenset[str]] = frozenset()
    """Namespaces that are its own, installed or not: no team may have one of these names. Those that a stack file names are not here."""

    @classmethod
    def unwanted(cls, cluster: ClusterContext) -> str | None:
        """Why it is not installed where the stack file does not say, in words that follow "because"; None where it is."""
        return "the cluster brings its own" if cls.key in cluster.provided else None

    @final
    @classmethod
    def wanted(cls, cluster: ClusterContext) -> bool:
        """Whether to install it where the stack file does not say. An add-on that is not says why, in `unwanted`."""
        return cls.unwanted(cluster) is None

    @classmethod
    def problems(cls, cluster: ClusterContext, section: S) -> Iterable[Problem]:
        """Why it cannot be installed as asked; paths are those of its section. Nothing is planned yet."""
        return ()

    @classmethod
    def problems_elsewhere(cls, cluster: ClusterContext, *, installed: bool) -> Iterable[Problem]:
        """What other sections of the stack file say that this add-on would keep, and does not: all of it where it is not installed.
        Paths start at the root."""
        return ()

    @classmethod
    def needs(cls, cluster: ClusterContext, section: S) -> Iterable[Need]:
        """What it needs of the cloud and of the nodes. Asked before the nodes are planned: `cluster` lacks what needs bring."""
        return ()

    @classmethod
    @abstractmethod
    def plan(cls, cluster: ClusterContext, section: S) -> AddOnPlan:
        """What is to be in the cluster. The section must have no `problems`."""

    @classmethod
    def completed(cls, plan: AddOnPlan, cluster: ClusterContext, section: S, others: Mapping[str, AddOnPlan]) -> AddOnPlan:
        """The plan, with what it takes from the plans of the other add-ons: monitoring installs what they have to say."""
        return plan


AddOnType = type[AddOn[Any]]


def awaited(key: str, kinds: Mapping[str, AddOnType]) -> frozenset[str]:
    """What the add-on waits for where it is there: what it requires or comes after, and those of `kinds` that come before it."""
    return kinds[key].requires | kinds[key].after | {other for other, kind in kinds.items() if key in kind.before}


def section_key(key: str) -> str:
    """What an add-on is called in the stack file: `gpuOperator`."""
    return re.sub(r"-(.)", lambda match: match[1].upper(), key)
