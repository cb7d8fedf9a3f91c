"""Add-ons made up for a test."""

from typing import Any

from components.framework.addon import AddOn, AddOnType, section_key
from components.framework.chart import Chart
from components.framework.plan import AddOnPlan, Namespace
from components.framework.section import AddOnSection
from infra.facts import ClusterContext


class Plain(AddOn[AddOnSection]):
    """A namespace, which whoever requires it waits for."""

    key = "plain"
    about = "Nothing."
    Section = AddOnSection

    @classmethod
    def plan(cls, cluster: ClusterContext, section: AddOnSection) -> AddOnPlan:
        return AddOnPlan(namespaces=(Namespace(name=cls.key),), ready=("namespace",))


def addon(
    key: str, *requires: str, after: tuple[str, ...] = (), conflicts: tuple[str, ...] = (), charts: tuple[Chart, ...] = (), **more: Any
) -> AddOnType:
    facts = {"requires": frozenset(requires), "after": frozenset(after), "conflicts": frozenset(conflicts), "charts": charts}
    return type(section_key(key), (Plain,), {"key": key, **facts, **more})


def chosen(*kinds: AddOnType) -> dict[str, AddOnType]:
    return {kind.key: kind for kind in kinds}


def sections(kinds: dict[str, AddOnType], **values: dict[str, Any]) -> dict[str, AddOnSection]:
    return {key: AddOnSection(values=values.get(section_key(key), {})) for key in kinds}


def planned(made: AddOnPlan) -> Any:
    """For `addon(..., plan=planned(...))`: an add-on that plans just that."""
    return classmethod(lambda cls, cluster, section: made)
