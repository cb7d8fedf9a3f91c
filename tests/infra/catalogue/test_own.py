"""What a stack file adds to the catalogue: read from plain data, and held to what it says of itself."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalogue import own
from infra.catalogue.kubernetes import SUPPORTED
from infra.catalogue.regions import REGIONS
from infra.catalogue.section import CatalogueSection, problems
from infra.catalogue.shapes import SHAPES
from infra.oke.pools.plan import plan
from infra.pricing import BOOK, estimate
from tests.infra.oke.pools.entries import entry, sections
from tests.infra.pricing.test_estimate import BOOT_200, pool

SOURCE = "Oracle, Compute Shapes, 2026-11"
X900 = {
    "source": SOURCE, "ocpus": 128, "memoryGib": 4096, "gpus": 8, "gpuModel": "X900", "gpuMemoryGib": 400, "hourlyUsd": 160.5,
    "quota": "gpu-x900-count", "rdma": True,
}  # fmt: skip
E7 = {"source": SOURCE, "ocpusMax": 128, "memoryGibMax": 2048, "ocpuHourlyUsd": 0.04, "memoryHourlyUsd": 0.002}
GH200 = {"source": SOURCE, "ocpus": 72, "memoryGib": 480, "gpus": 1, "gpuModel": "H200", "hourlyUsd": 9, "architecture": "arm64"}


def reported(**section: Any) -> list[str]:
    return [str(problem) for problem in problems(CatalogueSection.model_validate(section))]


def test_a_machine_is_what_its_row_says() -> None:
    found = own.read({"shapes": {"BM.GPU.X900.8": X900, "VM.Standard.E7.Flex": E7, "VM.GPU.GH200.1": GH200}}).shapes
    x900, e7, gh200 = (found[name] for name in ("BM.GPU.X900.8", "VM.Standard.E7.Flex", "VM.GPU.GH200.1"))
    assert (x900.gpus, x900.gpu_model, x900.gpu_memory_gib, x900.gpu_vendor, x900.hourly) == (8, "X900", 400, "nvidia", Decimal("160.5"))
    assert (x900.own, x900.rdma, x900.bare_metal, x900.quota) == (True, True, True, "gpu-x900-count")
    assert (e7.flexible, e7.ocpus, e7.ocpus_max, e7.memory_gib_max, e7.is_gpu) == (True, None, 128, 2048, False)
    assert e7.size_problems(200, 8)
    assert (gh200.gpu_memory_gib, gh200.gpu_product, gh200.architecture) == (141, "NVIDIA-H200", "arm64")


def test_a_machine_costs_what_its_row_says_and_the_line_says_whose_word_it_is() -> None:
    book = BOOK.of(own.read({"shapes": {"BM.GPU.X900.8": X900, "VM.Standard.E7.Flex": E7}}).shapes)
    (line,) = estimate([pool(shape="BM.GPU.X900.8")], book).lines
    assert (line.unit_hourly, line.detail) == (Decimal("160.5") + BOOT_200, "BM.GPU.X900.8, 8 x X900, by the stack file's catalogue")
    (line,) = estimate([pool(shape="VM.Standard.E7.Flex", nodeShapeConfig={"ocpus": 4.0, "memoryInGbs": 32.0})], book).lines
    assert line.unit_hourly == 4 * Decimal("0.04") + 32 * Decimal("0.002") + BOOT_200


def test_a_pool_of_it_is_planned() -> None:
    given = sections(
        [entry("system", shape="VM.Standard.E5.Flex", ocpus=2, memory_gib=16, size=2), entry("x", shape="BM.GPU.X900.8", max_size=1)]
    )
    shapes = own.read({"shapes": {"BM.GPU.X900.8": X900}}).shapes
    made = plan(given, region="us-ashburn-1", region_ads=3, cluster_version="v1.34.2", imported_images={}, shapes=shapes)
    assert {each.shape.gpu_model for each in made if each.entry == "x"} == {"X900"}


def test_versions_and_regions_are_added() -> None:
    section = {"kubernetesVersions": ["v1.37.1"], "regions": {"us-newtown-1": {"source": SOURCE, "key": "NWT", "availabilityDomains": 3}}}
    found = own.read(section)
    assert found.kubernetes_versions == (*SUPPORTED, "v1.37.1")
    assert (found.regions["us-newtown-1"].key, found.regions["us-newtown-1"].availability_domains) == ("NWT", 3)
    assert reported(**section) == []


def test_nothing_that_is_known_changes() -> None:
    lies = {
        "shapes": {"BM.GPU.H100.8": {**X900, "gpus": 0, "gpuModel": None, "hourlyUsd": 0.01}},
        "regions": {"eu-frankfurt-1": {"key": "AAA"}},
    }
    found = own.read(lies)
    assert found.shapes["BM.GPU.H100.8"] == SHAPES["BM.GPU.H100.8"]
    assert found.regions["eu-frankfurt-1"] == REGIONS["eu-frankfurt-1"]


@pytest.mark.parametrize("missing", ["hourlyUsd", "ocpus", "memoryGib", "gpuModel"])
def test_a_row_that_says_too_little_adds_nothing(missing: str) -> None:
    row = {key: value for key, value in X900.items() if key != missing}
    assert "BM.GPU.X900.8" not in own.read({"shapes": {"BM.GPU.X900.8": row}}).shapes


KEYS = st.sampled_from(["shapes", "regions", "kubernetesVersions", "BM.X", *X900, *E7])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["shapes", "regions", "kubernetesVersions", *X900, *E7]), inner)
    ),
)


@given(section=JSON)
def test_whatever_it_is_it_is_read(section: Any) -> None:
    found = own.read(section)
    assert found.shapes.keys() >= SHAPES.keys()
    assert all(shape.hourly is not None or shape.ocpu_hourly is not None for shape in found.shapes.values() if shape.own)


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        ("BM.GPU.H100.8", X900, "shapes.BM.GPU.H100.8: is known already, and its facts are those of the catalogue; take it out"),
        ("BM.GPU.X900.4", X900, "shapes.BM.GPU.X900.4.gpus: is 8, but a machine called BM.GPU.X900.4 has 4"),
        ("VM.GPU.Z", {**E7, "ocpus": 1}, None),
        (
            "BM.Standard.E7.256", {"source": SOURCE, "ocpus": 256, "memoryGib": 3072},
            "shapes.BM.Standard.E7.256.hourlyUsd: is missing, and a shape of a fixed size needs ocpus, memoryGib, hourlyUsd",
        ),
        (
            "VM.Standard.E7.Flex", {**E7, "hourlyUsd": 1},
            "shapes.VM.Standard.E7.Flex.hourlyUsd: is nothing of a flexible shape, which has ocpusMax, memoryGibMax, ocpuHourlyUsd, "
            "memoryHourlyUsd; take it out",
        ),
        (
            "BM.GPU.X900.8", {**X900, "gpuModel": None},
            "shapes.BM.GPU.X900.8.gpuModel: is missing, and the machine has 8 GPUs; give the name that spend.gpus caps them by",
        ),
        (
            "BM.GPU.X900.8", {**X900, "gpuMemoryGib": None},
            "shapes.BM.GPU.X900.8.gpuMemoryGib: is missing, and how much memory a X900 has is not known here",
        ),
        ("BM.GPU.Y.8", {**X900, "gpuModel": "H100 SXM5", "gpuMemoryGib": None}, "shapes.BM.GPU.Y.8.gpuModel: is 'H100 SXM5', which is"),
        ("BM.GPU.Y.8", {**X900, "gpuModel": "H100"}, "shapes.BM.GPU.Y.8.gpuMemoryGib: is known of a H100; take it out"),
        ("VM.Standard.E7.Flex", {**E7, "gpuModel": "H100"}, "shapes.VM.Standard.E7.Flex.gpuModel: is said of a machine without GPUs"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_reported(name: str, row: dict[str, Any], message: str | None) -> None:
    found = reported(shapes={name: row})
    if message is None:
        assert len(found) > 1
    else:
        assert len(found) == 1
        assert found[0].startswith(message)


def test_what_is_known_already_is_reported() -> None:
    row = {"source": SOURCE, "key": "FRA"}
    assert reported(kubernetesVersions=["v1.34.2"], regions={"eu-frankfurt-1": row}) == [
        "kubernetesVersions: has v1.34.2, which is known already; take it out",
        "regions.eu-frankfurt-1: is known already; take it out",
    ]
