"""What holds for every add-on of the registry, so that one without it cannot be added: values that were reviewed, contracts that know
them, and dependencies that are real."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi.runtime import set_mocks

from components import contract
from components.addon import AddOn, AddOnType, install, section
from components.charts import CHARTS, Chart
from infra.facts import ClusterContext, ClusterFacts, LogTarget
from stacks import addons
from stacks.config import StackFileError, parse
from stacks.plan import PlatformPlan, plan
from testkit.every_add_on import ROOT, STACKS, Everything, everything
from testkit.registrations import Recorder

RELEASE = "kubernetes:helm.sh/v3:Release"
KINDS = [pytest.param(kind, id=kind.key) for kind in addons.KINDS.values()]
CHARTS_OF = [pytest.param(kind, chart, id=chart.key) for kind in addons.KINDS.values() for chart in kind.charts]
NEEDS = [pytest.param(kind, need, id=f"{kind.key} without {need}") for kind in addons.KINDS.values() for need in sorted(kind.requires)]
TARGET = LogTarget(namespace="n", log_group_id="ocid1.group", entity_id="ocid1.entity", cluster_id="ocid1.cluster", cluster_name="gpu")


@cache
def stack_with(key: str) -> Everything:
    """The first stack of the project that may have the add-on, with all the others that it may have."""
    found = next((each for each in map(everything, STACKS) if key in each.plan.addons.chosen), None)
    assert found is not None, f"no stack of the project can have {key}, so nothing ever tries it: give it one in examples/"
    return found


def whole(value: Any) -> Any:
    """What the wire made a float of as the number that was sent."""
    if isinstance(value, dict):
        return {key: whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True)
class Installed:
    addons: dict[str, AddOn[Any]]
    releases: dict[str, Any]
    """What each release is given, by the key of its chart."""
    objects: dict[str, list[Any]]
    """Manifests by the add-on that makes them."""


def installed(decided: PlatformPlan) -> Installed:
    """The stack's add-ons as they are declared, with every value known."""
    recorder = Recorder({})
    set_mocks(recorder, preview=False)
    found: dict[str, AddOn[Any]] = {}

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def declare() -> None:
        found.update(install(decided.addons.chosen, facts(decided.context), decided.addons.settings))

    declare()
    objects: dict[str, list[Any]] = {key: [] for key in found}
    for made in recorder.made.values():
        if "apiVersion" in made.inputs:
            objects[max((key for key in found if made.name.startswith(f"{key}-")), key=len)].append(whole(made.inputs))
    return Installed(found, {made.name: whole(made.inputs) for made in recorder.made.values() if made.typ == RELEASE}, objects)


def facts(context: ClusterContext) -> ClusterFacts:
    return ClusterFacts(
        provider=k8s.Provider("cluster", kubeconfig="{}"),
        cluster=None,
        cluster_identifier="c",
        pools=context.pools,
        host_has_gpu_driver=context.host_has_gpu_driver,
        provided=context.provided,
        storage_classes=context.storage_classes,
        log_target=TARGET if context.makes_log_target else None,
    )


@pytest.mark.parametrize(("kind", "chart"), CHARTS_OF)
def test_values_are_as_they_were_reviewed(kind: AddOnType, chart: Chart, golden: Callable[[str, str], None]) -> None:
    """What Helm is given on the first stack that has the add-on, with everything else on: a change is seen before a cluster sees it."""
    given = installed(stack_with(kind.key).plan).releases
    assert chart.key in given, f"{kind.key} names the chart {chart.key}, and releases it not"
    golden(f"values/all-on/{chart.key}.json", json.dumps(given[chart.key]["values"], indent=1, sort_keys=True) + "\n")


def stacks_with(kind: AddOnType) -> Iterator[PlatformPlan]:
    return (each.plan for each in map(everything, STACKS) if kind.key in each.plan.addons.chosen)


@pytest.mark.parametrize("kind", KINDS)
def test_contracts_know_every_value_on_every_stack(kind: AddOnType) -> None:
    for decided in stacks_with(kind):
        given = installed(decided).releases
        for chart in kind.charts:
            assert contract.unknown_keys(chart, given[chart.key]["values"]) == ()


BUILT_IN = ("", "apps", "batch", "policy", *(f"{name}.k8s.io" for name in ("rbac.authorization", "networking", "scheduling", "storage")))


def custom_resources(kind: AddOnType) -> Iterator[dict[str, Any]]:
    """The objects of an add-on that Kubernetes does not define itself, on every stack that has it."""
    for decided in stacks_with(kind):
        for document in installed(decided).objects[kind.key]:
            if document["apiVersion"].rpartition("/")[0] not in BUILT_IN:
                yield document


@pytest.mark.parametrize("kind", KINDS)
def test_contracts_take_every_custom_resource_on_every_stack(kind: AddOnType) -> None:
    for document in custom_resources(kind):
        assert contract.check_custom_resource(document) == (), document["metadata"]


def definer(document: dict[str, Any]) -> str | None:
    """The add-on whose charts define the kind of the object."""
    name = f"{document['apiVersion'].partition('/')[0]}/{document['kind']}"
    found = (kind for kind in addons.KINDS.values() if any(name in contract.load(chart.key).names for chart in kind.charts))
    return next((kind.key for kind in found), None)


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_is_of_a_kind_that_its_add_on_waits_for(kind: AddOnType) -> None:
    """The definition must be there first: brought by the add-on itself, or by one that it requires or comes after."""
    for document in custom_resources(kind):
        assert definer(document) in {kind.key} | kind.requires | kind.after, document["metadata"]


@pytest.mark.parametrize(("kind", "need"), NEEDS)
def test_a_required_add_on_cannot_be_taken_away(kind: AddOnType, need: str) -> None:
    assert need in addons.KINDS, f"{kind.key} requires {need}, and there is no such add-on"
    given = next(each for each in map(everything, STACKS) if {kind.key, need} <= each.plan.addons.chosen.keys())
    without = {**given.document, "addons": {**given.document["addons"], section(need): {"enabled": False}}}
    with pytest.raises(StackFileError) as refusal:
        plan(parse(without))
    path, names = f"addons.{section(kind.key)}", f"{kind.key} requires {need}, which is not enabled"
    assert [str(problem) for problem in refusal.value.problems if problem.path == path] == [
        f"{path}: {names}; set addons.{section(need)}.enabled to true, or turn {kind.key} off"
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_add_on_comes_after_is_an_add_on(kind: AddOnType) -> None:
    assert kind.after | kind.conflicts <= addons.KINDS.keys()


def test_every_chart_of_the_table_is_an_add_ons() -> None:
    assert {chart.key for kind in addons.KINDS.values() for chart in kind.charts} == {chart.key for chart in CHARTS}


def test_every_chart_has_a_contract_of_its_version() -> None:
    for chart in CHARTS:
        found = json.loads((ROOT / f"components/contracts/{chart.key}.json").read_text())
        assert (found["chart"], found["appVersion"]) == (chart.name, chart.app_version)
