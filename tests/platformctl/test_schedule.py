"""Critical path, makespan and waiting add-ons, worked out by hand on a plan of six resources."""

from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from platformctl.engine.plan import Plan, PlannedResource
from platformctl.render.timeline import NARROWEST, chain, complaints, drawn, rows, summary
from platformctl.render.timeline_svg import svg
from platformctl.schedule import Schedule, schedule, shortest

Make = Callable[..., PlannedResource]

SECONDS = {"vcn": 10.0, "cluster": 500.0, "bucket": 60.0, "certs": 90.0, "gpus": 120.0}
SPANS = {"vcn": (3.0, 13.0), "bucket": (3.0, 63.0), "cluster": (13.0, 513.0), "certs": (514.0, 604.0), "gpus": (514.0, 634.0)}


@pytest.fixture
def stack(resource: Make, plan: Callable[..., Plan]) -> Callable[..., Plan]:
    """A network, a bucket, a cluster, and two add-ons in it; `gpus` waits for what is given."""

    def make(*more: str) -> Plan:
        urns = {name: resource(name, f"oci:{name}:{name}").urn for name in SECONDS}
        addons = {name: resource(name, f"platform:addon:{name.title()}", custom=False) for name in ("certs", "gpus")}
        return plan(
            *addons.values(),
            resource("vcn", "oci:vcn:vcn"),
            resource("bucket", "oci:bucket:bucket"),
            resource("cluster", "oci:cluster:cluster", dependencies=(urns["vcn"],)),
            *(
                resource(
                    name,
                    f"oci:{name}:{name}",
                    parent=addons[name].urn,
                    dependencies=(urns["cluster"], *(urns[other] for other in more if name == "gpus")),
                )
                for name in ("certs", "gpus")
            ),
        )

    return make


def expected(plan: Plan) -> dict[str, tuple[float, str]]:
    return {each.urn: (SECONDS[each.name] if each.custom else 0.0, "estimate") for each in plan.resources}


def scheduled(plan: Plan, needs: dict[str, Any] | None = None, **spans: tuple[float, float]) -> Schedule:
    found = {**SPANS, **spans}
    return schedule(plan, {each.urn: found[each.name] for each in plan.custom}, expected(plan), needs or {})


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_a_timeline_fits_and_keeps_its_bars(stack: Callable[..., Plan], width: int) -> None:
    console = Console(width=width, force_terminal=False)
    with console.capture() as captured:
        console.print(drawn(scheduled(stack()), console))
    lines = captured.get().splitlines()
    assert max(len(line.rstrip()) for line in lines) <= width
    (cluster,) = (line for line in lines if line.startswith("cluster "))
    assert cluster.count("█") >= NARROWEST // 2


def test_the_longest_chain_counts_and_names_what_takes_time(stack: Callable[..., Plan]) -> None:
    plan = stack()
    length, urns = shortest(plan, expected(plan))
    assert length == 630
    assert [plan.by_urn[urn].name for urn in urns] == ["vcn", "cluster", "gpus"]


def test_a_dependency_more_makes_the_chain_longer(stack: Callable[..., Plan]) -> None:
    plan = stack("certs")
    length, urns = shortest(plan, expected(plan))
    assert length == 720
    assert [plan.by_urn[urn].name for urn in urns] == ["vcn", "cluster", "certs", "gpus"]


def test_time_counts_from_the_first_resource(stack: Callable[..., Plan]) -> None:
    found = scheduled(stack())
    assert found.makespan == 631
    assert found.ratio == pytest.approx(631 / 630)
    assert summary(found) == "sample is up after 11 min; its longest chain takes 10 min (ratio 1.00)"
    assert chain(found) == "vcn 10 s > cluster 8 min > gpus 2 min"


def test_an_add_on_that_waits_for_one_it_does_not_need_is_reported(stack: Callable[..., Plan]) -> None:
    found = scheduled(stack("certs"), {"gpus": frozenset(), "certs": frozenset()}, gpus=(604.0, 724.0))
    assert complaints(found) == ["gpus waits for certs, which it neither requires nor comes after"]


@pytest.mark.parametrize("needs", [{"gpus": {"certs"}}, {"gpus": {"labels"}, "labels": {"certs"}}], ids=["directly", "through another"])
def test_an_add_on_may_wait_for_what_it_needs(stack: Callable[..., Plan], needs: dict[str, set[str]]) -> None:
    told = {name: frozenset(of) for name, of in needs.items()}
    found = scheduled(stack("certs"), told, gpus=(604.0, 724.0))
    assert complaints(found) == []
    assert [(each.name, each.waits_for) for each in found.waiting] == [("certs", ()), ("gpus", ("certs",))]


def test_an_add_on_that_starts_late_for_no_reason_is_reported(stack: Callable[..., Plan]) -> None:
    found = scheduled(stack(), gpus=(604.0, 724.0))
    assert complaints(found) == ["gpus starts 91 s after all it waits for is there"]


def test_rows_go_by_component_and_by_time(stack: Callable[..., Plan]) -> None:
    found = rows(scheduled(stack()))
    assert [(row.label, row.kind, row.began, row.ended, row.critical) for row in found] == [
        ("vcn", "vcn.vcn", 0, 10, True),
        ("bucket", "bucket.bucket", 0, 60, False),
        ("cluster", "cluster.cluster", 10, 510, True),
        ("certs", "Certs", 511, 601, False),
        ("gpus", "Gpus", 511, 631, True),
    ]


def test_many_of_a_kind_share_a_row(resource: Make, plan: Callable[..., Plan]) -> None:
    rules = [resource(f"rule-{number}", "oci:Core/rule:Rule") for number in range(5)]
    made = plan(*rules)
    found = schedule(
        made,
        {rule.urn: (number, number + 2.0) for number, rule in enumerate(rules)},
        {each.urn: (2.0 if each.custom else 0.0, "estimate") for each in made.resources},
        {},
    )
    assert [(row.label, row.began, row.ended) for row in rows(found)] == [("5 Core.Rule", 0, 6)]


def test_the_picture_has_a_bar_for_each_row(stack: Callable[..., Plan]) -> None:
    picture = svg(scheduled(stack()))
    assert picture.startswith("<svg ")
    assert picture.count("<rect") == 5
    assert picture.count('class="critical"') == 3


def test_a_stack_of_nothing_has_a_schedule(plan: Callable[..., Plan]) -> None:
    found = scheduled(plan())
    assert (found.makespan, found.ratio, rows(found)) == (0.0, 1.0, ())
