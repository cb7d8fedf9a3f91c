"""What holds for every add-on of the registry, so that one without it cannot be added: values that were reviewed, schemas that know
them, and dependencies that are real."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from components.framework import schema
from components.framework.addon import AddOnType, awaited, section_key
from components.framework.chart import Chart
from components.framework.plan import Granted
from components.registry import CHARTS, KINDS
from stacks.config import StackFileError, parse
from stacks.plan import PlatformPlan, plan
from testkit.every_add_on import STACKS, Everything, everything

ALL = [pytest.param(kind, id=kind.key) for kind in KINDS.values()]
CHARTS_OF = [pytest.param(kind, chart, id=chart.key) for kind in KINDS.values() for chart in kind.charts]
NEEDS = [pytest.param(kind, need, id=f"{kind.key} without {need}") for kind in KINDS.values() for need in sorted(kind.requires)]
EXAMPLE = {
    "namespace": "n",
    "log_group_id": "ocid1.group",
    "entity_id": "ocid1.entity",
    "cluster_id": "ocid1.cluster",
    "cluster_name": "gpu",
}


@cache
def stack_with(key: str) -> Everything:
    """The first stack of the project that may have the add-on, with all the others that it may have."""
    found = next((each for each in map(everything, STACKS) if key in each.plan.addons.chosen), None)
    assert found is not None, f"no stack of the project can have {key}, so nothing ever tries it: give it one in examples/"
    return found


def known(value: Any) -> Any:
    """What is planned, with an example in place of what the cluster's owner grants."""
    if isinstance(value, Granted):
        return EXAMPLE[value.field]
    if isinstance(value, Mapping):
        return {key: known(item) for key, item in value.items()}
    return [known(item) for item in value] if isinstance(value, list | tuple) else value


def releases(decided: PlatformPlan) -> dict[str, list[Any]]:
    """The values of each release, by the key of its chart."""
    found: dict[str, list[Any]] = {}
    for planned in decided.addons.plans.values():
        for release in planned.releases:
            found.setdefault(release.chart.key, []).append(known(release.values))
    return found


@pytest.mark.parametrize(("kind", "chart"), CHARTS_OF)
def test_values_are_as_they_were_reviewed(kind: AddOnType, chart: Chart, golden: Callable[[str, str], None]) -> None:
    """What Helm is given on the first stack that has the add-on, with everything else on: a change is seen before a cluster sees it."""
    given = releases(stack_with(kind.key).plan)
    assert chart.key in given, f"{kind.key} names the chart {chart.key}, and releases it not"
    golden(f"values/all-on/{chart.key}.json", json.dumps(given[chart.key][0], indent=1, sort_keys=True) + "\n")


def stacks_with(kind: AddOnType) -> Iterator[PlatformPlan]:
    return (each.plan for each in map(everything, STACKS) if kind.key in each.plan.addons.chosen)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ALL)
def test_contracts_know_every_value_on_every_stack(kind: AddOnType) -> None:
    for decided in stacks_with(kind):
        given = releases(decided)
        for chart in kind.charts:
            for values in given[chart.key]:
                assert schema.unknown_keys(chart, values) == ()


BUILT_IN = (
    "",
    "apps",
    "batch",
    "policy",
    *(f"{name}.k8s.io" for name in ("admissionregistration", "rbac.authorization", "networking", "scheduling", "storage")),
)


def custom_resources(kind: AddOnType) -> Iterator[dict[str, Any]]:
    """The objects of an add-on that Kubernetes does not define itself, on every stack that has it."""
    for decided in stacks_with(kind):
        for each in decided.addons.plans[kind.key].objects:
            if each.document["apiVersion"].rpartition("/")[0] not in BUILT_IN:
                yield known(each.document)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ALL)
def test_contracts_take_every_custom_resource_on_every_stack(kind: AddOnType) -> None:
    for document in custom_resources(kind):
        assert schema.check_custom_resource(document) == (), document["metadata"]


def definer(document: dict[str, Any]) -> str | None:
    """The add-on whose charts define the kind of the object."""
    name = f"{document['apiVersion'].partition('/')[0]}/{document['kind']}"
    found = (kind for kind in KINDS.values() if any(name in schema.load(chart.key).names for chart in kind.charts))
    return next((kind.key for kind in found), None)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ALL)
def test_an_object_is_of_a_kind_that_its_add_on_waits_for(kind: AddOnType) -> None:
    """The definition must be there first: brought by the add-on itself, or by one that it requires or comes after."""
    for document in custom_resources(kind):
        assert definer(document) in {kind.key} | awaited(kind.key, KINDS), document["metadata"]


@pytest.mark.parametrize(("kind", "need"), NEEDS)
def test_a_required_add_on_cannot_be_taken_away(kind: AddOnType, need: str) -> None:
    assert need in KINDS, f"{kind.key} requires {need}, and there is no such add-on"
    given = next(each for each in map(everything, STACKS) if {kind.key, need} <= each.plan.addons.chosen.keys())
    without = {**given.document, "addons": {**given.document["addons"], section_key(need): {"enabled": False}}}
    with pytest.raises(StackFileError) as refusal:
        plan(parse(without))
    path, names = f"addons.{section_key(kind.key)}", f"{kind.key} requires {need}, which is not enabled"
    assert [str(problem) for problem in refusal.value.problems if problem.path == path] == [
        f"{path}: {names}; set addons.{section_key(need)}.enabled to true, or turn {kind.key} off"
    ]


@pytest.mark.parametrize("kind", ALL)
def test_what_an_add_on_comes_after_is_an_add_on(kind: AddOnType) -> None:
    assert kind.after | kind.before | kind.conflicts <= KINDS.keys()


def test_every_chart_of_the_table_is_an_add_ons() -> None:
    assert {chart.key for kind in KINDS.values() for chart in kind.charts} == {chart.key for chart in CHARTS}


def test_every_chart_has_a_contract_of_its_version() -> None:
    for chart in CHARTS:
        found = json.loads(schema.files()[chart.key].read_text())
        assert (found["chart"], found["appVersion"]) == (chart.name, chart.app_version)
