"""Every resource has a duration, and what decides how long it takes is seen."""

from collections.abc import Callable
from typing import Any

import pytest

from platformctl.engine.durations import MINUTE, POOL, RELEASE, TABLE, duration
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
        ("oci:Core/vcn:Vcn", {}, 5),
        ("oci:Budget/rule:Rule", {}, 3),
        ("kubernetes:core/v1:Namespace", {}, 1),
        ("random:index/randomPassword:RandomPassword", {}, 0),
        ("pulumi:providers:oci", {}, 0),
    ],
)
def test_type_and_inputs_decide(resource: Callable[..., PlannedResource], type_: str, inputs: dict[str, Any], seconds: float) -> None:
    assert duration(resource("it", type_, inputs=inputs)).seconds == seconds


def test_a_component_takes_no_time(resource: Callable[..., PlannedResource]) -> None:
    assert duration(resource("network", "platform:oke:Network", custom=False)).seconds == 0


def test_every_row_says_where_it_is_from() -> None:
    assert all(row.source for row in TABLE)
    assert all(row.seconds > 0 for row in TABLE)
