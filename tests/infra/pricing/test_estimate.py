"""What a plan costs, and that nothing that costs money is ever taken for free."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.pricing import BOOK, UNKNOWN, UnpricedError, compare, estimate
from infra.pricing.book import PriceBook


@dataclass(frozen=True)
class Planned:
    type: str
    name: str
    inputs: Mapping[str, Any] = field(default_factory=dict)


NODE_POOL = "oci:ContainerEngine/nodePool:NodePool"


def pool(name: str = "pool", shape: str = "VM.GPU.A10.1", size: Any = 1, *, bounds: tuple[Any, Any] | None = None, **more: Any) -> Planned:
    tags = {"freeformTags": {"autoscaler-min": bounds[0], "autoscaler-max": bounds[1]}} if bounds else {}
    inputs = {
        "nodeShape": shape,
        "nodeConfigDetails": {"size": size, "placementConfigs": [{}]},
        "nodeSourceDetails": {"bootVolumeSizeInGbs": "200"},
    }
    return Planned(NODE_POOL, name, {**inputs, **tags, **more})


BOOT_200 = 200 * (Decimal("0.0255") + 10 * Decimal("0.0017")) / 730


@pytest.mark.parametrize(
    ("shape", "node"),
    [
        ("VM.GPU.A10.1", "2"), ("VM.GPU.A10.2", "4"), ("BM.GPU.A10.4", "8"), ("BM.GPU4.8", "24.40"), ("BM.GPU.A100-v2.8", "32"),
        ("BM.GPU.L40S.4", "14"), ("BM.GPU.H100.8", "80"), ("BM.GPU.H200.8", "80"), ("BM.GPU.B200.8", "112"), ("BM.GPU.B300.8", "120"),
        ("BM.GPU.GB200.4", "64"), ("BM.GPU.GB300.4", "72"), ("BM.GPU.MI300X.8", "48"), ("BM.GPU.MI355X.8", "68.80"),
        ("BM.GPU.RTXPRO.8", "36"), ("VM.GPU3.4", "11.80"), ("VM.GPU2.1", "1.275"),
    ],
)  # fmt: skip
def test_a_gpu_node_costs_its_gpus_and_its_boot_volume(shape: str, node: str) -> None:
    (line,) = estimate([pool(shape=shape)]).lines
    assert line.unit_hourly == Decimal(node) + BOOT_200


def test_a_flexible_node_costs_its_processors_and_memory() -> None:
    config = {"ocpus": 2.0, "memoryInGbs": 16.0}
    (line,) = estimate([pool(shape="VM.Standard.E5.Flex", size=3.0, nodeShapeConfig=config)]).lines
    assert line.unit_hourly == 2 * Decimal("0.03") + 16 * Decimal("0.002") + BOOT_200
    assert line.maximum_hourly == 3 * line.unit_hourly


def test_preemptible_capacity_is_half_the_price_but_not_its_boot_volume() -> None:
    details = {"size": 1, "placementConfigs": [{"preemptibleNodeConfig": {"preemptionAction": {"type": "TERMINATE"}}}]}
    (line,) = estimate([pool(shape="VM.GPU3.1", nodeConfigDetails=details)]).lines
    assert line.unit_hourly == Decimal("2.95") / 2 + BOOT_200


def test_an_autoscaled_pool_costs_from_its_minimum_to_its_maximum_whatever_its_size_is() -> None:
    found = estimate([pool(size=7, bounds=("0", "4"))])
    assert (found.lines[0].minimum, found.lines[0].maximum) == (0, 4)
    assert found.minimum_hourly == 0
    assert found.maximum_hourly == 4 * (2 + BOOT_200)


def test_a_month_of_h100_is_what_the_research_says() -> None:
    (line,) = estimate([pool(shape="BM.GPU.H100.8", nodeSourceDetails={"bootVolumeSizeInGbs": 0})]).lines
    assert line.unit_hourly * 730 == 58_400


def test_an_enhanced_cluster_costs_73_dollars_a_month_and_a_basic_one_nothing() -> None:
    cluster = "oci:ContainerEngine/cluster:Cluster"
    assert estimate([Planned(cluster, "c", {"type": "ENHANCED_CLUSTER"})]).minimum_monthly == 73
    assert estimate([Planned(cluster, "c", {"type": "BASIC_CLUSTER"})]).lines == ()


def test_what_is_billed_by_use_is_shown_with_its_price() -> None:
    found = estimate([Planned("oci:ObjectStorage/bucket:Bucket", "models"), Planned("oci:FileStorage/fileSystem:FileSystem", "files")])
    assert [(item.name, item.usd) for item in found.metered] == [("models", Decimal("0.0255")), ("files", Decimal("0.30"))]
    assert found.minimum_hourly == 0


def test_unused_reservations_bill_85_percent() -> None:
    configs = [{"instanceShape": "BM.GPU.H100.8", "reservedCount": 2}]
    reservation = Planned("oci:Core/computeCapacityReservation:ComputeCapacityReservation", "r", {"instanceReservationConfigs": configs})
    assert estimate([reservation]).minimum_hourly == 2 * 80 * Decimal("0.85")


def test_networks_identities_and_what_lives_in_the_cluster_cost_nothing() -> None:
    free = ["oci:Core/vcn:Vcn", "oci:Identity/policy:Policy", "kubernetes:core/v1:Namespace", "random:index/randomPassword:RandomPassword"]
    assert estimate([Planned(type_, "x") for type_ in [*free, "platform:oke:Network", "pulumi:pulumi:Stack"]]).lines == ()


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        (pool(shape="BM.GPU.X900.8"), "pool: 'BM.GPU.X900.8' is not a shape of the catalogue"),
        (pool(shape=UNKNOWN), "pool: nodeShape is not known before the update"),
        (pool(size=UNKNOWN), "pool: nodeConfigDetails.size is not known before the update"),
        (pool(size="many"), "pool: nodeConfigDetails.size is 'many', but must be a number"),
        (pool(size=-1), "pool: nodeConfigDetails.size is -1, but must be at least 0"),
        (pool(size=True), "pool: nodeConfigDetails.size is True"),
        (pool(size="NaN"), "pool: nodeConfigDetails.size is 'NaN', but must be at least 0"),
        (pool(bounds=("0", UNKNOWN)), "pool: freeformTags.autoscaler-max is not known before the update"),
        (pool(bounds=("0", None)), "pool: freeformTags.autoscaler-max is missing"),
        (pool(nodeConfigDetails=UNKNOWN), "pool: nodeConfigDetails is not known before the update"),
        (pool(shape="VM.Standard.E5.Flex"), "pool: ocpus is missing"),
        (Planned("oci:Core/volume:Volume", "disk"), "disk: no price is known for oci:Core/volume:Volume"),
        (Planned("oci:Psql/dbSystem:DbSystem", "db"), "db: no price is known for oci:Psql/dbSystem:DbSystem"),
    ],
)
def test_what_has_no_price_is_refused_by_name(resource: Planned, message: str) -> None:
    with pytest.raises(UnpricedError) as refusal:
        estimate([resource])
    assert str(refusal.value).startswith(message)


pools = st.builds(
    lambda shape, low, more: pool(shape=shape, bounds=(str(low), str(low + more))),
    shape=st.sampled_from(["VM.GPU.A10.1", "BM.GPU.H100.8", "BM.GPU.GB200.4"]),
    low=st.integers(0, 9),
    more=st.integers(0, 9),
)


@given(st.lists(pools, max_size=5), pools)
def test_the_maximum_is_never_less_and_one_more_pool_never_saves(others: list[Planned], extra: Planned) -> None:
    before, after = estimate(others), estimate([*others, extra])
    assert before.maximum_hourly >= before.minimum_hourly >= 0
    assert after.minimum_hourly >= before.minimum_hourly
    assert after.maximum_hourly > before.maximum_hourly or extra.inputs["freeformTags"]["autoscaler-max"] == "0"


def test_a_discount_is_taken_off_its_part_or_off_all() -> None:
    def hourly(discounts: Mapping[str, Decimal]) -> Decimal:
        book = PriceBook(as_of=BOOK.as_of, source=BOOK.source, parts=BOOK.parts, discounts=discounts)
        return estimate([pool(nodeSourceDetails={"bootVolumeSizeInGbs": 0})], book).maximum_hourly

    assert hourly({"B95909": Decimal("0.25")}) == Decimal("1.50")
    assert hourly({"*": Decimal("0.5")}) == 1
    assert hourly({"B96545": Decimal("0.5")}) == 2


def test_the_book_is_dated_and_every_price_is_positive() -> None:
    assert BOOK.age(date(2026, 10, 14)) == 10
    assert all(part.usd > 0 for part in BOOK.parts.values())


def test_a_change_is_told_line_by_line() -> None:
    before = estimate([pool("kept"), pool("gone"), pool("grown", bounds=("0", "2"))])
    after = estimate([pool("kept"), pool("new", shape="BM.GPU.H100.8"), pool("grown", bounds=("0", "5"))])
    change = compare(before, after)
    assert [(line.name, line.op) for line in change.lines] == [("gone", "removed"), ("grown", "changed"), ("new", "added")]
    assert change.minimum_hourly == 80 - 2
    assert round(change.maximum_hourly, 12) == round(80 - 2 + 3 * (2 + BOOT_200), 12)
    assert change.to_json()["minimumHourly"] == "78.0000"
