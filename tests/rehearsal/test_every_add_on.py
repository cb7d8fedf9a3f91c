"""The graph of every stack with every add-on on: who waits for whom, and how long each resource takes."""

from collections.abc import Iterable, Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from components.framework.addon import awaited
from components.registry import KINDS
from infra.facts import POOL_LABEL
from platformctl.engine import stackfile
from platformctl.engine.durations import TABLE, releases
from platformctl.engine.plan import STACK, Plan, PlannedResource
from platformctl.engine.session import Session
from platformctl.schedule import ADD_ON, waits_for
from testkit.every_add_on import STACKS, Everything, everything
from testkit.stack_files import ROOT

INSTANT = ("pulumi:providers:", "pulumi:index:Stash", "random:")
"""Made by the engine alone."""


@pytest.fixture(scope="module", params=STACKS, ids=lambda file: file.name)
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Everything, Plan]:
    file: Path = request.param
    found = everything(file)
    written = found.write(tmp_path_factory.mktemp("everything") / file.name)
    with Session(ROOT, stackfile.locate(str(written), ROOT)) as session:
        return found, session.preview()


def before(plan: Plan) -> dict[str, frozenset[str]]:
    """For each resource, all that must be there before it, through anything. URNs."""
    direct = {resource.urn: waits_for(resource, plan) for resource in plan.resources if resource.type != STACK}
    reached: dict[str, frozenset[str]] = {}
    for urn in TopologicalSorter(direct).static_order():
        reached[urn] = frozenset().union(direct[urn], *(reached[earlier] for earlier in direct[urn]))
    return reached


def owner(resource: PlannedResource, plan: Plan) -> str | None:
    """The add-on that the resource is a part of."""
    here: PlannedResource | None = resource
    while here is not None and not here.type.startswith(ADD_ON):
        here = plan.by_urn.get(here.parent)
    return here.name if here is not None else None


@cache
def needed(key: str, there: frozenset[str] = frozenset(KINDS)) -> frozenset[str]:
    """Add-ons that one waits for of those that are `there`: what it requires or comes after, and what those do."""
    direct = awaited(key, KINDS) & there
    return direct.union(*(needed(other, there) for other in direct))


def owned(plan: Plan) -> dict[str, list[PlannedResource]]:
    found: dict[str, list[PlannedResource]] = {}
    for resource in plan.custom:
        key = owner(resource, plan)
        if key is not None:
            found.setdefault(key, []).append(resource)
    return found


def test_the_plan_has_every_add_on_that_the_ground_allows(stack: tuple[Everything, Plan]) -> None:
    found, plan = stack
    assert owned(plan).keys() == KINDS.keys() - found.refused.keys()


def test_an_add_on_waits_for_no_add_on_that_it_does_not_need(stack: tuple[Everything, Plan]) -> None:
    _, plan = stack
    earlier = before(plan)
    for key, resources in owned(plan).items():
        others = {owner(plan.by_urn[urn], plan) for resource in resources for urn in earlier[resource.urn]} - {None, key}
        assert others <= needed(key), key


def test_an_add_on_waits_for_all_of_what_it_needs(stack: tuple[Everything, Plan]) -> None:
    """Each of its releases comes after each of theirs, and after its own namespace, which the add-on makes."""
    _, plan = stack
    earlier, parts = before(plan), owned(plan)
    for key, resources in parts.items():
        theirs = [other for need in needed(key, frozenset(parts)) for other in parts[need] if is_release(other)]
        spaces = {other.inputs["metadata"]["name"]: other for other in resources if other.type.endswith(":Namespace")}
        for release in filter(is_release, resources):
            own = spaces[release.inputs["namespace"]]
            assert {other.urn for other in (*theirs, own)} <= earlier[release.urn], release.name


def is_release(resource: PlannedResource) -> bool:
    return resource.type == "kubernetes:helm.sh/v3:Release"


# What outside the add-ons they may wait for: the cluster, what it stands on, and the nodes that system pods run on.
GROUND = ("oci:Core/", "oci:Identity/", "oci:ContainerEngine/", "pulumi:providers:", "pulumi:index:Stash")
OF_ONE: Mapping[str, tuple[str, ...]] = {"oci-onm": ("oci:LogAnalytics/",), "monitoring": ("random:",)}
"""What else one of them needs."""
LATE = ("oci:Core/image:Image", "oci:Core/shapeManagement:ShapeManagement", "oci:Core/computeCluster:ComputeCluster")
"""Of the context, but for GPU nodes alone."""


def test_an_add_on_waits_for_no_more_of_the_ground_than_it_stands_on(stack: tuple[Everything, Plan]) -> None:
    """Not for GPU nodes, which may come in half an hour, nor for buckets, file systems, bastions and budgets."""
    _, plan = stack
    earlier = before(plan)
    for key, resources in owned(plan).items():
        context = [plan.by_urn[urn] for resource in resources for urn in earlier[resource.urn] if owner(plan.by_urn[urn], plan) is None]
        allowed = (*GROUND, *OF_ONE.get(key, ()))
        assert {each.type for each in context if each.custom and not each.type.startswith(allowed)} == set(), key
        assert {each.name for each in context if each.type in LATE} == set(), key
        assert pools(context) <= {"system"}, key


def pools(context: Iterable[PlannedResource]) -> set[str]:
    """Entries of `nodePools` whose nodes are waited for."""
    labels = [
        {label["key"]: label["value"] for label in each.inputs.get("initialNodeLabels", ())}
        for each in context
        if each.type == "oci:ContainerEngine/nodePool:NodePool"
    ]
    return {found[POOL_LABEL] for found in labels}


def test_every_resource_has_a_row_in_the_table_of_durations(stack: tuple[Everything, Plan]) -> None:
    _, plan = stack
    timed = [resource for resource in plan.custom if not resource.type.startswith(INSTANT)]
    assert {each.type for each in timed if not any(row.matches(each.type, each.inputs) for row in (*TABLE, *releases()))} == set()
