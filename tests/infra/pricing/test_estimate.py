"""What a plan costs, and that nothing that costs money is ever taken for free."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalogue.shapes import SHAPES
from infra.pricing import BOOK, UNKNOWN, UnpricedError, compare, estimate
from infra.pricing.book import FILE, PriceBook, read
from infra.pricing.free import is_free
from infra.pricing.tariffs import TARIFFS


@dataclass(frozen=True)
class Planned:
    type: str
    name: str
    inputs: Mapping[str, Any] = field(default_factory=dict)


NODE_POOL = "oci:ContainerEngine/nodePool:NodePool"
CLUSTER = "oci:ContainerEngine/cluster:Cluster"
RESERVATION = "oci:Core/computeCapacityReservation:ComputeCapacityReservation"
LUSTRE = "oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem"
BALANCER = "oci:LoadBalancer/loadBalancer:LoadBalancer"


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


@pytest.mark.parametrize(
    ("shape", "config", "node"),
    [
        # Prices of whole machines as Oracle lists them for VMware Solution, to the cent.
        ("BM.DenseIO.E4.128", None, "9.60"), ("BM.DenseIO.E5.128", None, "11.91"), ("BM.Standard.E4.128", None, "6.27"),
        ("BM.Standard.E5.192", None, "10.37"), ("BM.Standard3.64", None, "4.10"), ("BM.Standard2.52", None, "3.32"),
        ("BM.Optimized3.36", None, "2.71"),
        # A fixed size that is said again costs the same. A disk of 6.8 TB comes with every 8 processors.
        ("BM.Standard3.64", {"ocpus": 64.0, "memoryInGbs": 1024.0}, "4.10"),
        ("VM.DenseIO.E4.Flex", {"ocpus": 8.0, "memoryInGbs": 128.0}, "0.81"),
        ("VM.DenseIO.E5.Flex", {"ocpus": 16.0, "memoryInGbs": 192.0}, "1.70"),
        ("VM.Standard2.4", None, "0.26"),
    ],
)  # fmt: skip
def test_a_machine_without_gpus_costs_its_processors_memory_and_disks(shape: str, config: dict[str, float] | None, node: str) -> None:
    said: dict[str, Any] = {"nodeShapeConfig": config} if config else {}
    (line,) = estimate([pool(shape=shape, **said)]).lines
    assert round(line.unit_hourly - BOOT_200, 2) == Decimal(node)


PREEMPTIBLE = {"preemptionAction": {"type": "TERMINATE"}}


def placed(*preemptible: Any, shape: str = "VM.GPU3.1") -> Planned:
    """A pool with a placement for each of `preemptible`: its preemptible configuration, or None for on-demand capacity."""
    return pool(shape=shape, nodeConfigDetails={"size": 1, "placementConfigs": [{"preemptibleNodeConfig": entry} for entry in preemptible]})


@pytest.mark.parametrize(
    ("resource", "node"),
    [
        (placed(PREEMPTIBLE), Decimal("2.95") / 2),
        (placed(PREEMPTIBLE, PREEMPTIBLE), Decimal("2.95") / 2),
        (placed(PREEMPTIBLE, None), Decimal("2.95")),
        (placed(None), Decimal("2.95")),
        (placed(PREEMPTIBLE, shape="VM.GPU.A10.1"), Decimal(2)),
    ],
    ids=["preemptible", "everywhere", "in one place", "on demand", "a shape without"],
)
def test_preemptible_capacity_is_half_the_price_but_not_its_boot_volume(resource: Planned, node: Decimal) -> None:
    (line,) = estimate([resource]).lines
    assert line.unit_hourly == node + BOOT_200
    assert line.detail.endswith("preemptible") == (node == Decimal("2.95") / 2)


def test_an_instance_costs_its_boot_volume_too() -> None:
    config = {"shapeConfig": {"ocpus": 1, "memoryInGbs": 8}, "sourceDetails": {"bootVolumeSizeInGbs": "100", "bootVolumeVpusPerGb": "20"}}
    (line,) = estimate([Planned("oci:Core/instance:Instance", "bastion", {"shape": "VM.Standard.A1.Flex", **config})]).lines
    assert line.unit_hourly == Decimal("0.01") + 8 * Decimal("0.0015") + 100 * (Decimal("0.0255") / 730 + 20 * (Decimal("0.0017") / 730))


def test_lustre_costs_its_capacity_and_its_throughput() -> None:
    found = estimate([Planned(LUSTRE, "scratch", {"capacityInGbs": 31200.0, "performanceTier": "MBPS_PER_TB_125"})])
    assert found.lines[0].detail == "Lustre, 31,200 GB, 125 MB/s per TB"
    assert round(found.minimum_monthly, 6) == 31200 * (Decimal("0.086") + 125 * Decimal("0.0005"))


def test_a_load_balancer_costs_from_its_least_bandwidth_to_its_most() -> None:
    bandwidth = {"shapeDetails": {"minimumBandwidthInMbps": 10, "maximumBandwidthInMbps": 100}}
    found = estimate([Planned(BALANCER, "ingress", {"shape": "flexible", **bandwidth})])
    assert found.minimum_hourly == Decimal("0.0113") + 10 * Decimal("0.0001")
    assert found.maximum_hourly == Decimal("0.0113") + 100 * Decimal("0.0001")


@pytest.mark.parametrize(("kind", "monthly"), [("DEFAULT", 0), ("VIRTUAL_PRIVATE", Decimal("2718.52"))])
def test_only_a_vault_of_ones_own_costs(kind: str, monthly: Decimal) -> None:
    assert estimate([Planned("oci:Kms/vault:Vault", "v", {"vaultType": kind})]).minimum_monthly == monthly


def test_a_small_flexible_node_is_what_the_list_says_to_the_last_digit() -> None:
    config = {"ocpus": 2.0, "memoryInGbs": 16.0}
    (line,) = estimate([pool(shape="VM.Standard.E5.Flex", nodeShapeConfig=config, nodeSourceDetails={"bootVolumeSizeInGbs": 0})]).lines
    assert line.unit_hourly == Decimal("0.092")


def test_everything_without_a_price_is_named_at_once() -> None:
    with pytest.raises(UnpricedError) as refusal:
        estimate([pool("a", shape="BM.GPU.X9.8"), pool("b"), pool("c", size=UNKNOWN)])
    assert [text.split(":")[0] for text in str(refusal.value).splitlines()] == ["a", "c"]


def test_an_autoscaled_pool_costs_from_its_minimum_to_its_maximum_whatever_its_size_is() -> None:
    found = estimate([pool(size=7, bounds=("0", "4"))])
    assert (found.lines[0].minimum, found.lines[0].maximum) == (0, 4)
    assert found.minimum_hourly == 0
    assert found.maximum_hourly == 4 * (2 + BOOT_200)


@pytest.mark.parametrize(("surge", "most"), [("0", 4), ("1", 5), (2, 6)])
def test_nodes_that_cycling_makes_beside_the_others_count(surge: object, most: int) -> None:
    (line,) = estimate([pool(bounds=("0", "4"), nodePoolCyclingDetails={"isNodeCyclingEnabled": True, "maximumSurge": surge})]).lines
    assert (line.minimum, line.maximum) == (0, most)


def test_a_share_of_nodes_beside_the_others_has_no_price() -> None:
    with pytest.raises(UnpricedError, match=r"nodePoolCyclingDetails\.maximumSurge is '50%', but must be a number"):
        estimate([pool(nodePoolCyclingDetails={"maximumSurge": "50%"})])


def test_a_month_of_h100_is_what_the_research_says() -> None:
    (line,) = estimate([pool(shape="BM.GPU.H100.8", nodeSourceDetails={"bootVolumeSizeInGbs": 0})]).lines
    assert line.unit_hourly * 730 == 58_400


def test_an_enhanced_cluster_costs_73_dollars_a_month_and_a_basic_one_nothing() -> None:
    assert estimate([Planned(CLUSTER, "c", {"type": "ENHANCED_CLUSTER"})]).minimum_monthly == 73
    assert estimate([Planned(CLUSTER, "c")]).lines == ()
    assert estimate([Planned(CLUSTER, "c", {"type": "BASIC_CLUSTER"})]).lines == ()


def test_what_is_billed_by_use_is_shown_with_its_price() -> None:
    found = estimate([Planned("oci:ObjectStorage/bucket:Bucket", "models"), Planned("oci:FileStorage/fileSystem:FileSystem", "files")])
    assert [(item.name, item.usd) for item in found.metered] == [("models", Decimal("0.0255")), ("files", Decimal("0.30"))]
    assert found.minimum_hourly == 0


def test_unused_reservations_bill_85_percent() -> None:
    configs = [{"instanceShape": "BM.GPU.H100.8", "reservedCount": 2}]
    reservation = Planned(RESERVATION, "r", {"instanceReservationConfigs": configs})
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
        (pool(size=2.5), "pool: nodeConfigDetails.size is 2.5, but must be a whole number"),
        (pool(size=1e30), "pool: nodeConfigDetails.size is 1e+30, but must be at most 1,000,000,000"),
        (pool(size=None), "pool: nodeConfigDetails.size is missing, so its price is unknown; give it"),
        (pool(shape=None), "pool: nodeShape is missing"),  # type: ignore[arg-type]
        (pool(bounds=("4", "2")), "pool: freeformTags.autoscaler-max is 2, less than autoscaler-min, which is 4"),
        (pool(freeformTags=UNKNOWN), "pool: freeformTags is not known before the update"),
        (pool(nodeConfigDetails={"size": 1, "placementConfigs": UNKNOWN}), "pool: nodeConfigDetails.placementConfigs is not known"),
        (pool(nodeConfigDetails={"size": 1, "placementConfigs": 7}), "pool: nodeConfigDetails.placementConfigs is 7, but must be a list"),
        (pool(nodeConfigDetails={"placementConfigs": "here"}), "pool: nodeConfigDetails.placementConfigs is 'here', but must be a list"),
        (
            pool(nodeConfigDetails={"placementConfigs": ["here"]}),
            "pool: nodeConfigDetails.placementConfigs.0 is 'here', but must be a mapping",
        ),
        (pool(nodeShape=7), "pool: nodeShape is 7, but must be a text"),
        (placed(UNKNOWN), "pool: nodeConfigDetails.placementConfigs.0.preemptibleNodeConfig is not known before the update"),
        (pool(shape="VM.Standard.E5.Flex"), "pool: nodeShapeConfig.ocpus is missing"),
        (Planned(CLUSTER, "c", {"type": UNKNOWN}), "c: type is not known before the update"),
        (Planned("oci:ContainerEngine/virtualNodePool:VirtualNodePool", "v"), "v: size is missing"),
        (Planned(RESERVATION, "r"), "r: instanceReservationConfigs is missing"),
        (Planned(LUSTRE, "l", {"capacityInGbs": 31200}), "l: performanceTier is missing"),
        (
            Planned(LUSTRE, "l", {"capacityInGbs": 1, "performanceTier": "FAST"}),
            "l: performanceTier is 'FAST', but must be like MBPS_PER_TB_125",
        ),
        (Planned("oci:Kms/vault:Vault", "v", {"vaultType": "EXTERNAL"}), "v: vaultType is 'EXTERNAL', of which no price is known"),
        (Planned(BALANCER, "b", {"shape": "400Mbps"}), "b: shape is '400Mbps', of which no price is known; use flexible"),
        (Planned("oci:Core/volume:Volume", "disk"), "disk: sizeInGbs is missing"),
        (Planned("oci:Core/instancePool:InstancePool", "i"), "i: no price is known for oci:Core/instancePool:InstancePool"),
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


def book_json(**changed: object) -> str:
    return json.dumps({**json.loads(FILE.read_text()), **changed})


def test_discounts_are_part_of_the_book_and_are_reported() -> None:
    book = read(book_json(discounts={"B95909": "0.25", "*": "0.1"}))
    assert estimate([pool(nodeSourceDetails={"bootVolumeSizeInGbs": 0})], book).maximum_hourly == Decimal("1.50")
    assert estimate([Planned(CLUSTER, "c", {"type": "ENHANCED_CLUSTER"})], book).maximum_hourly == Decimal("0.09")
    assert book.terms == "list prices, 25 % off B95909, 10 % off all others"
    assert estimate([], book).to_json()["priceBook"]["discounts"] == {"B95909": "0.25", "*": "0.1"}
    assert BOOK.terms == "list prices"
    assert BOOK.discounts == {}


@pytest.mark.parametrize("share", ["1", "-0.1", "20 %", "NaN", None, [1]])
def test_a_discount_that_is_none_is_refused(share: object) -> None:
    with pytest.raises(ValueError, match=r"off B95909; a discount is a share as text, such as \"0\.2\" for 20 %, and less than 1"):
        read(book_json(discounts={"B95909": share}))


def test_a_discount_on_what_is_no_part_is_refused() -> None:
    with pytest.raises(ValueError, match="has a discount on 'B00000', which is no part of it"):
        read(book_json(discounts={"B00000": "0.1"}))


def test_a_book_in_another_currency_is_refused() -> None:
    with pytest.raises(ValueError, match=r"book\.json is in 'EUR', and limits are in USD: read the list with currencyCode=USD"):
        read(book_json(currency="EUR"))


def test_the_book_is_dated_and_every_price_is_positive() -> None:
    assert BOOK.age(BOOK.as_of + timedelta(days=10)) == 10
    assert all(part.usd > 0 for part in BOOK.parts.values())


def test_a_change_is_reported_line_by_line() -> None:
    before = estimate([pool("kept"), pool("gone"), pool("grown", bounds=("0", "2"))])
    after = estimate([pool("kept"), pool("new", shape="BM.GPU.H100.8"), pool("grown", bounds=("0", "5"))])
    change = compare(before, after)
    assert [(line.name, line.op) for line in change.lines] == [("gone", "removed"), ("grown", "changed"), ("new", "added")]
    assert change.minimum_hourly == 80 - 2
    assert round(change.maximum_hourly, 12) == round(80 - 2 + 3 * (2 + BOOT_200), 12)
    assert change.to_json()["minimumHourly"] == "78.0000"


def test_lines_that_share_a_name_are_told_apart_by_what_they_are() -> None:
    small = [Planned(CLUSTER, "main", {"type": "ENHANCED_CLUSTER"}), pool("main")]
    change = compare(estimate(small), estimate([small[0], pool("main", size=2)]))
    assert [(line.name, line.op) for line in change.lines] == [("main", "changed")]
    assert sum((line.maximum_hourly for line in change.lines), Decimal(0)) == change.maximum_hourly


@given(st.lists(pools, max_size=5), st.lists(pools, max_size=5))
def test_what_the_lines_change_adds_up_to_the_whole_change(first: list[Planned], second: list[Planned]) -> None:
    change = compare(estimate(first), estimate(second))
    assert round(sum((line.maximum_hourly for line in change.lines), Decimal(0)) - change.maximum_hourly, 12) == 0
    assert round(sum((line.minimum_hourly for line in change.lines), Decimal(0)) - change.minimum_hourly, 12) == 0


def test_no_type_is_both_priced_and_free() -> None:
    assert not [type_ for type_ in TARIFFS if is_free(type_)]


def test_the_simulated_cloud_has_no_type_whose_price_was_forgotten() -> None:
    """Types that bill, and that nothing here makes: they are refused until someone needs them."""
    schema = json.loads((Path(__file__).resolve().parents[3] / "simulator/oci/schema.json").read_text())
    unpriced = {type_.split(":")[-1] for type_ in schema if type_ not in TARIFFS and not is_free(type_)}
    assert unpriced == {
        "Alarm", "ClusterNetwork", "Connector", "ContainerConfiguration", "ContainerInstance", "ContainerRepository",
        "InstanceConfiguration", "InstancePool", "Log", "LogGroup", "ManagementAgentInstallKey", "ManagementDashboardsImport",
        "Namespace", "Rrset", "Secret", "View", "Zone",
    }  # fmt: skip


def test_every_part_of_the_book_is_used() -> None:
    used = {part for found in SHAPES.values() for part in (found.gpu_part, found.ocpu_part, found.memory_part, found.nvme_part)}
    text = (Path(__file__).resolve().parents[3] / "infra/pricing/tariffs.py").read_text()
    assert {number for number in BOOK.parts if number not in used and f'"{number}"' not in text} == set()
