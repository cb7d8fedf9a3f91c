"""Add-ons are checked together, ordered by their needs, and their plans are compared with each other."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.framework.addon import AddOnType
from components.framework.chart import Chart
from components.framework.compose import AddOnError, asked, plan, resolve
from components.framework.operations import Operations, Trap
from components.framework.plan import AddOnPlan, Namespace, Object, Release
from components.framework.section import AddOnSection
from components.framework.signals import Dashboard, Group, Monitor, Signals
from components.gpu.operator.chart import GPU_OPERATOR
from components.serving.kserve.chart import KSERVE_CRD, KSERVE_RESOURCES
from infra.facts import ClusterContext, Pool
from infra.needs import Asked, NodeLabels, conflicts, labels
from infra.problems import Problem
from tests.components.framework.addons import Plain, addon, chosen, planned, sections

Plans = dict[str, AddOnPlan]


def refusals(kinds: dict[str, AddOnType], provided: frozenset[str] = frozenset()) -> list[str]:
    with pytest.raises(AddOnError) as refusal:
        resolve(kinds, provided)
    return [str(problem) for problem in refusal.value.problems]


def plan_refusals(kinds: dict[str, AddOnType], cluster: ClusterContext | None = None, **values: dict[str, Any]) -> list[str]:
    with pytest.raises(AddOnError) as refusal:
        plan(kinds, sections(kinds, **values), cluster or ClusterContext())
    return [str(problem) for problem in refusal.value.problems]


def test_an_add_on_comes_after_what_it_requires() -> None:
    assert resolve(chosen(addon("c", "b"), addon("b", "a"), addon("a"))) == ["a", "b", "c"]


def test_an_add_on_comes_after_what_it_would_like_only_where_that_is_chosen() -> None:
    last = addon("a", after=("b",))
    assert resolve(chosen(last, addon("b"))) == ["b", "a"]
    assert resolve(chosen(last)) == ["a"]


def test_an_add_on_may_come_before_one_that_does_not_know_it() -> None:
    first = addon("z", before=frozenset({"a"}))
    assert resolve(chosen(addon("a"), first)) == ["z", "a"]
    assert resolve(chosen(first)) == ["z"]
    assert refusals(chosen(addon("a", before=frozenset({"z"})), first)) == ["a: add-ons wait for each other: a <- z <- a"]


def test_the_cluster_may_provide_what_is_required() -> None:
    assert resolve(chosen(addon("b", "a")), frozenset({"a"})) == ["b"]


def test_a_missing_requirement_names_both_and_the_fix() -> None:
    assert refusals(chosen(addon("gpu-operator", "node-feature-discovery"))) == [
        "gpuOperator: gpu-operator requires node-feature-discovery, which is not enabled; "
        "set addons.nodeFeatureDiscovery.enabled to true, or turn gpu-operator off"
    ]


def test_every_mistake_of_a_choice_is_said_at_once() -> None:
    found = refusals(
        chosen(addon("a", "b"), addon("b", "a"), addon("c", "x"), addon("d", conflicts=("a", "e")), addon("f")), frozenset({"e", "f"})
    )
    assert found[:4] == [
        "c: c requires x, which is not enabled; set addons.x.enabled to true, or turn c off",
        "d: d cannot run beside a; turn one of them off",
        "d: d cannot run beside e; turn one of them off",
        "f: f is there already, brought by the cluster; turn one of the two sources off",
    ]
    assert "add-ons wait for each other: " in found[4]


def test_a_chart_outside_its_set_is_refused() -> None:
    def kserve(key: str, version: str) -> Chart:
        return Chart(key=key, name=key, repository="oci://r", version=version, app_version=version, crds="none", set="kserve")

    mixed = chosen(addon("serving", charts=(kserve("kserve-crd", "v0.20.0"), kserve("kserve-resources", "v0.19.0"))))
    (problem,) = refusals(mixed)
    assert problem == (
        "kserve-crd v0.20.0 (of v0.20.0) but kserve-resources v0.19.0 (of v0.19.0): "
        "charts of the set kserve work in one version only; pin one version in their chart.py"
    )


def test_the_check_says_the_place_of_each_add_ons_own_refusal() -> None:
    class Picky(Plain):
        key = "picky-one"

        @classmethod
        def problems(cls, cluster: ClusterContext, section: AddOnSection) -> list[Problem]:
            return [Problem("size", f"is too much for {len(cluster.pools)} pools")]

    cluster = ClusterContext(pools=(Pool(name="a", min_nodes=0, max_nodes=1),))
    assert [problem.split(";")[0] for problem in plan_refusals(chosen(Picky, addon("b", "nothing")), cluster)] == [
        "b: b requires nothing, which is not enabled",
        "pickyOne.size: is too much for 1 pools",
    ]


def test_plans_come_in_the_order_of_their_needs_and_know_who_else_is_there() -> None:
    kinds = chosen(addon("c", "b"), addon("b", "a"), addon("a"))
    assert list(plan(kinds, sections(kinds), ClusterContext()).plans) == ["a", "b", "c"]


# Overrides


def released(name: str, chart: Chart, **values: Any) -> Release:
    return Release(name=name, chart=chart, namespace="gpus", values=values)


def of(*releases: Release) -> AddOnPlan:
    return AddOnPlan(namespaces=(Namespace(name="gpus"),), releases=releases)


OPERATOR = released("gpus", GPU_OPERATOR, driver={"enabled": False}, mig={"strategy": "mixed"})
GPUS = addon("gpus", charts=(GPU_OPERATOR,), plan=planned(of(OPERATOR)))
SERVING = addon(
    "serving",
    charts=(KSERVE_CRD, KSERVE_RESOURCES),
    plan=planned(of(released("kserve-crd", KSERVE_CRD), released("kserve-resources", KSERVE_RESOURCES, kserve={"agent": {"image": "a"}}))),
)


def test_overrides_of_one_release_are_a_plain_mapping_and_win() -> None:
    kinds = chosen(GPUS)
    decided = plan(kinds, sections(kinds, gpus={"driver": {"enabled": True}}), ClusterContext())
    assert decided.plans["gpus"].release("gpus").values == {"driver": {"enabled": True}, "mig": {"strategy": "mixed"}}


def test_overrides_of_several_releases_go_by_the_name_of_each() -> None:
    kinds = chosen(SERVING)
    decided = plan(kinds, sections(kinds, serving={"kserve-resources": {"kserve": {"agent": {"tag": "b"}}}}), ClusterContext())
    assert decided.plans["serving"].release("kserve-resources").values == {"kserve": {"agent": {"image": "a", "tag": "b"}}}
    assert decided.plans["serving"].release("kserve-crd").values == {}


def test_releases_of_one_chart_have_overrides_of_their_own() -> None:
    sets = addon("sets", charts=(GPU_OPERATOR,), plan=planned(of(released("small", GPU_OPERATOR), released("large", GPU_OPERATOR))))
    kinds = chosen(sets)
    decided = plan(kinds, sections(kinds, sets={"large": {"driver": {"enabled": True}}}), ClusterContext())
    assert [release.values for release in decided.plans["sets"].releases] == [{}, {"driver": {"enabled": True}}]


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (
            GPUS,
            {"devicePlugn": {"enabled": False}},
            "gpus.values.devicePlugn: unknown key, which gpu-operator v26.7.0 would ignore; "
            "did you mean devicePlugin or sandboxDevicePlugin?",
        ),
        (GPUS, {"gpus": {"driver": {}}}, "gpus.values.gpus: there is one release, gpus: its values stand right under values"),
        (
            SERVING,
            {"kserve-resource": {}},
            "serving.values.kserve-resource: serving has no release kserve-resource; did you mean kserve-resources? "
            "overrides go under the name of a release: kserve-crd, kserve-resources",
        ),
        (
            SERVING,
            {"kserve": {"agent": {}}},
            "serving.values.kserve: serving has no release kserve; it is a value of kserve-resources: "
            "write it under values.kserve-resources",
        ),
        (
            SERVING,
            {"kserve-resourc": {}},
            "serving.values.kserve-resourc: serving has no release kserve-resourc; did you mean kserve-resources? "
            "overrides go under the name of a release: kserve-crd, kserve-resources",
        ),
        (
            SERVING,
            {"kserve-resources": {"ksrve": {}}},
            "serving.values.kserve-resources.ksrve: unknown key, which kserve-resources v0.20.0 would ignore; did you mean kserve?",
        ),
        (SERVING, {"kserve-crd": 3}, "serving.values.kserve-crd: is 3, but the values of a release are a mapping"),
        (addon("bare"), {"a": 1}, "bare.values: bare has no Helm release here, so nothing would read them; take them out"),
    ],
    ids=[
        "a key",
        "the only release",
        "a release",
        "a plain mapping",
        "a name of no release",
        "a key of a release",
        "no mapping",
        "no release",
    ],
)
def test_an_override_that_nothing_reads_is_refused(kind: AddOnType, values: dict[str, Any], message: str) -> None:
    assert plan_refusals(chosen(kind), None, **{kind.key: values}) == [message]


def test_an_override_is_looked_at_beside_other_mistakes() -> None:
    kind = addon("gpus", charts=(GPU_OPERATOR,), problems=classmethod(lambda cls, cluster, section: [Problem("a", "is wrong")]))
    found = plan_refusals(chosen(kind), gpus={"drver": {}})
    assert [problem.split(":")[0] for problem in found] == ["gpus.a", "gpus.values.drver"]


# What only one may have

MAP = {"kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b"}}


MAP = {"apiVersion": "v1", "kind": "ConfigMap"}
QUEUE = {"apiVersion": "kueue.x-k8s.io/v1beta1", "kind": "Queue"}
MONITOR = {"apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor", "metadata": {"name": "p", "namespace": "a"}}


def test_kinds_of_two_groups_may_have_one_name_and_versions_of_one_may_not() -> None:
    def queue(version: str) -> AddOnPlan:
        return AddOnPlan(ready=(), objects=(Object(id="a", document={"apiVersion": version, "kind": "Queue", "metadata": {"name": "a"}}),))

    both = chosen(addon("one", plan=planned(queue("a.io/v1"))), addon("other", plan=planned(queue("b.io/v1"))))
    assert plan(both, {key: AddOnSection() for key in both}, ClusterContext()).plans
    assert plan_refusals(chosen(addon("one", plan=planned(queue("a.io/v1"))), addon("other", plan=planned(queue("a.io/v2")))))


@pytest.mark.parametrize("name", ["kube-system", "default", "elsewhere"])
def test_a_namespace_that_is_kept_for_others_is_refused_to_who_is_told_to_make_it(name: str) -> None:
    cluster = ClusterContext(addon_namespaces=frozenset({"elsewhere", "own"}))
    message = f"one: one cannot have the namespace {name}, which is kept for others; name another"
    for made in (
        AddOnPlan(namespaces=(Namespace(name=name),)),
        AddOnPlan(objects=(Object(id="a", document=Namespace(name=name).document),)),
    ):
        assert plan_refusals(chosen(addon("one", plan=planned(made))), cluster) == [message]
    own = addon("one", plan=planned(AddOnPlan(namespaces=(Namespace(name="own"),), ready=())), namespaces=frozenset({"own"}))
    assert plan(chosen(own), sections(chosen(own)), cluster).plans


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (of(released("gpus", GPU_OPERATOR)), "the release gpus"),
        (AddOnPlan(namespaces=(Namespace(name="gpus"),)), "Namespace gpus"),
        (
            AddOnPlan(objects=(Object(id="a", document={**MAP, "metadata": {"name": "a", "namespace": "b"}}),)),
            "ConfigMap b/a",
        ),
        (AddOnPlan(objects=(Object(id="a", document={**QUEUE, "metadata": {"name": "a"}}),)), "Queue.kueue.x-k8s.io a"),
        (AddOnPlan(signals=Signals(monitors=(Monitor(id="m", document=MONITOR),))), "PodMonitor.monitoring.coreos.com a/p"),
        (AddOnPlan(signals=Signals(groups=(Group(name="gpus", rules=()),))), "the group of rules gpus"),
        (AddOnPlan(signals=Signals(dashboards=(Dashboard(name="gpus", folder=Path()),))), "the dashboard gpus"),
    ],
    ids=["release", "namespace", "object", "custom", "monitor", "rules", "dashboard"],
)
def test_two_add_ons_that_claim_the_same_are_refused(made: AddOnPlan, what: str) -> None:
    ready = replace(made, ready=())
    found = plan_refusals(chosen(addon("one", plan=planned(ready)), addon("other", plan=planned(ready))))
    assert f"other: other and one both claim {what}; turn one of them off, or rename one" in found
    assert all(problem.startswith("other: ") for problem in found)


# Needs


def wanting(key: str, **label: str) -> AddOnType:
    return addon(key, needs=classmethod(lambda cls, cluster, section: (NodeLabels(entry="a10", initial=label),)))


def test_needs_say_whose_they_are() -> None:
    kinds = chosen(wanting("gpu-operator", cut="yes"), addon("b"))
    need = NodeLabels(entry="a10", initial={"cut": "yes"})
    assert asked(kinds, sections(kinds), ClusterContext()) == (Asked(by="gpu-operator", section="gpuOperator", need=need),)


def test_needs_of_several_add_ons_come_together() -> None:
    kinds = chosen(wanting("a", cut="yes"), wanting("b", cut="yes", shared="no"))
    found = asked(kinds, sections(kinds), ClusterContext())
    assert list(conflicts(found)) == []
    assert labels(found) == {"a10": {"cut": "yes", "shared": "no"}}


def test_one_label_with_two_values_is_refused_with_both_names() -> None:
    kinds = chosen(wanting("a", cut="yes"), wanting("b", cut="no"))
    (problem,) = conflicts(asked(kinds, sections(kinds), ClusterContext()))
    assert str(problem) == "b: b needs the label cut of the nodes of a10 to be no, but a needs yes; turn one of them off"


# Monitors


@pytest.mark.parametrize(("there", "ids"), [(True, ["monitor-pods"]), (False, [])])
def test_monitors_are_made_where_their_definition_is(there: bool, ids: list[str]) -> None:
    pods = Monitor(id="pods", document=MONITOR)
    made = AddOnPlan(namespaces=(Namespace(name="a"),), ready=(), signals=Signals(monitors=(pods,)))
    kinds = chosen(addon("a", plan=planned(made)), addon("b", takes_monitors=there))
    decided = plan(kinds, sections(kinds), ClusterContext())
    assert [each.id for each in decided.plans["a"].objects] == ids


def test_an_add_on_takes_from_the_plans_of_the_others_what_it_likes() -> None:
    def completed(cls: AddOnType, made: AddOnPlan, cluster: ClusterContext, section: AddOnSection, others: Plans) -> AddOnPlan:
        return replace(made, operations=Operations(traps=tuple(Trap(version="v1", what=key, source="") for key in sorted(others))))

    kinds = chosen(addon("a"), addon("b", completed=classmethod(completed)))
    assert [trap.what for trap in plan(kinds, sections(kinds), ClusterContext()).plans["b"].operations.traps] == ["a", "b"]


def test_rows_that_cannot_be_ordered_are_refused_with_the_add_on_before_anything_is_declared() -> None:
    kinds = chosen(addon("a", plan=planned(AddOnPlan(namespaces=(Namespace(name="a"), Namespace(name="b"))))))
    with pytest.raises(AddOnError, match="a: two rows of one plan are called namespace; this is a mistake of the add-on's own"):
        plan(kinds, sections(kinds), ClusterContext())


def test_overrides_of_several_releases_are_looked_at_beside_other_mistakes() -> None:
    kind = addon("serving", charts=SERVING.charts, problems=classmethod(lambda cls, cluster, section: [Problem("a", "is wrong")]))
    found = plan_refusals(chosen(kind), serving={"kserve-resources": {"ksrve": {}}})
    assert [problem.split(":")[0] for problem in found] == ["serving.a", "serving.values.kserve-resources.ksrve"]
