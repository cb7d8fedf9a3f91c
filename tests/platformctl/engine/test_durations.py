"""Every resource has a duration, and what decides how long it takes is seen."""

from collections.abc import Callable
from typing import Any

import pytest

from components.framework.chart import Chart
from components.registry import CHARTS
from platformctl.engine.durations import MINUTE, OTHERS, POOL, RELEASE, TABLE, duration, releases
from platformctl.engine.plan import PlannedResource


@pytest.mark.parametrize(
    ("type_", "inputs", "seconds"),
    [
        (POOL, {"nodeShape": "VM.Standard.E5.Flex", "nodeConfigDetails": {"size": 3}}, 5 * MINUTE),
        (POOL, {"nodeShape": "BM.GPU.H100.8", "nodeConfigDetails": {"size": 1}}, 30 * MINUTE),
        (POOL, {"nodeShape": "BM.GPU.H100.8", "nodeConfigDetails": {"size": 0}}, 20),
        (RELEASE, {"chart": "oci://quay.io/jetstack/charts/cert-manager"}, MINUTE),
        (RELEASE, {"chart": "gpu-operator"}, 2 * MINUTE),
        (RELEASE, {"chart": "another"}, 2 * MINUTE),
        ("oci:Core/vcn:Vcn", {}, 2),
        ("oci:Core/defaultRouteTable:DefaultRouteTable", {}, 1),
        ("oci:Another/thing:Thing", {}, 3),
        ("oci:Budget/rule:Rule", {}, 3),
        ("kubernetes:core/v1:Namespace", {"kind": "Namespace"}, 1),
        ("random:index/randomPassword:RandomPassword", {}, 0),
        ("pulumi:providers:oci", {}, 0),
    ],
)
def test_type_and_inputs_decide(resource: Callable[..., PlannedResource], type_: str, inputs: dict[str, Any], seconds: float) -> None:
    assert duration(resource("it", type_, inputs=inputs)).seconds == seconds


def test_a_component_takes_no_time(resource: Callable[..., PlannedResource]) -> None:
    assert duration(resource("network", "platform:oke:Network", custom=False)).seconds == 0


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.key)
def test_every_chart_has_a_row_of_its_own(chart: Chart) -> None:
    (row,) = [row for row in releases() if row.type == RELEASE and row.matches(RELEASE, {"chart": chart.reference})]
    others = [other.key for other in CHARTS if other is not chart and row.matches(RELEASE, {"chart": other.reference})]
    assert others == []


def test_every_row_says_where_it_is_from() -> None:
    rows = (*TABLE, *releases(), *OTHERS)
    assert all(row.source for row in rows)
    assert all(row.seconds > 0 for row in rows)
