"""The catalogue of shapes holds together, and keeps apart what only looks alike."""

import re

import pytest

from infra.catalogue.regions import REGIONS
from infra.catalogue.shapes import SHAPES, UnknownShapeError, shape
from infra.oke.spend.quotas import KNOWN
from infra.pricing.book import BOOK

GPU_SHAPES = [shape for shape in SHAPES.values() if shape.is_gpu]


@pytest.mark.parametrize(
    ("name", "gpus", "model", "memory", "architecture"),
    [
        ("VM.GPU.A10.1", 1, "A10", 24, "amd64"),
        ("BM.GPU.A10.4", 4, "A10", 24, "amd64"),
        ("BM.GPU4.8", 8, "A100-40G", 40, "amd64"),
        ("BM.GPU.A100-v2.8", 8, "A100-80G", 80, "amd64"),
        ("BM.GPU.H100.8", 8, "H100", 80, "amd64"),
        ("BM.GPU.H200.8", 8, "H200", 141, "amd64"),
        ("BM.GPU.GB200.4", 4, "GB200", 186, "arm64"),
        ("BM.GPU.MI300X.8", 8, "MI300X", 192, "amd64"),
    ],
)
def test_gpus_are_what_oracle_says(name: str, gpus: int, model: str, memory: int, architecture: str) -> None:
    found = shape(name)
    assert (found.gpus, found.gpu_model, found.gpu_memory_gib, found.architecture) == (gpus, model, memory, architecture)


def test_an_ampere_processor_is_not_an_ampere_gpu() -> None:
    assert (shape("VM.Standard.A1.Flex").architecture, shape("VM.Standard.A1.Flex").gpus) == ("arm64", 0)
    assert (shape("VM.GPU.A10.1").architecture, shape("VM.GPU.A10.1").gpus) == ("amd64", 1)


@pytest.mark.parametrize("found", GPU_SHAPES, ids=lambda found: found.name)
def test_a_gpu_shape_ends_in_its_number_of_gpus_and_says_all_of_them(found) -> None:  # type: ignore[no-untyped-def]
    assert re.fullmatch(rf"(VM|BM)\.GPU.*\.{found.gpus}", found.name)
    assert found.gpu_memory_gib > 0
    assert found.ocpus is not None
    assert found.memory_gib is not None
    assert (found.gpu_product is None) == (found.gpu_vendor == "amd")
    assert found.gpu_part in BOOK.parts
    assert found.quota is None or found.quota in KNOWN


def test_only_the_old_virtual_gpu_machines_are_preemptible() -> None:
    assert {found.name for found in GPU_SHAPES if found.preemptible} == {"VM.GPU2.1", "VM.GPU3.1", "VM.GPU3.2", "VM.GPU3.4"}


def test_rdma_is_for_bare_metal() -> None:
    assert all(found.bare_metal for found in GPU_SHAPES if found.rdma)
    assert not shape("BM.GPU.A10.4").rdma


def test_flexible_shapes_leave_their_size_to_the_pool_and_have_both_prices() -> None:
    for found in SHAPES.values():
        assert found.flexible == (found.ocpus is None) == (found.memory_gib is None)
        assert found.flexible == (found.ocpus_max is not None) == (found.memory_gib_max is not None)
        if found.flexible:
            assert found.ocpu_part in BOOK.parts
            assert found.memory_part in BOOK.parts


def test_every_shape_has_prices_of_the_book_and_disks_that_cost_are_counted() -> None:
    for found in SHAPES.values():
        parts = [part for part in (found.gpu_part, found.ocpu_part, found.memory_part, found.nvme_part) if part is not None]
        assert parts, found.name
        assert set(parts) <= BOOK.parts.keys(), found.name
        assert (found.nvme_part is None) == (found.nvme_tb_per_ocpu == 0), found.name


@pytest.mark.parametrize(
    ("name", "ocpus", "memory", "problem"),
    [
        ("VM.Standard.E5.Flex", 4, 32, None),
        ("VM.Standard.E5.Flex", 1, 64, None),
        ("VM.DenseIO.E5.Flex", 8, 96, None),
        ("VM.DenseIO.E5.Flex", 48, 576, None),
        (
            "VM.DenseIO.E4.Flex",
            8,
            96,
            "ocpus: is 8 with memoryGib 96, but VM.DenseIO.E4.Flex comes in these sizes only: 8 with 128, 16 with 256, 32 with 512",
        ),
        (
            "VM.DenseIO.E4.Flex",
            8.5,
            128,
            "ocpus: is 8.5 with memoryGib 128, but VM.DenseIO.E4.Flex comes in these sizes only: 8 with 128, 16 with 256, 32 with 512",
        ),
        ("VM.Standard.E5.Flex", 0.5, 8, "ocpus: is 0.5, but VM.Standard.E5.Flex has 1 to 126"),
        ("VM.Standard.E5.Flex", 200, 8, "ocpus: is 200, but VM.Standard.E5.Flex has 1 to 126"),
        ("VM.Standard.E5.Flex", 2, 129, "memoryGib: is 129, but VM.Standard.E5.Flex with 2 OCPUs has 2 to 128"),
        ("VM.Standard.E5.Flex", 8, 4, "memoryGib: is 4, but VM.Standard.E5.Flex with 8 OCPUs has 8 to 512"),
        ("VM.Standard.A1.Flex", 76, 600, "memoryGib: is 600, but VM.Standard.A1.Flex with 76 OCPUs has 76 to 512"),
        ("VM.GPU.A10.1", 1, 1, None),
    ],
)
def test_a_flexible_shape_has_bounds(name: str, ocpus: float, memory: float, problem: str | None) -> None:
    assert [str(found) for found in shape(name).size_problems(ocpus, memory)] == ([problem] if problem else [])


def test_an_unknown_shape_is_refused_with_what_comes_close() -> None:
    with pytest.raises(UnknownShapeError, match=r"'VM\.GPU\.A11\.1' is not a shape of the catalogue; did you mean VM\.GPU\.A10\.1"):
        shape("VM.GPU.A11.1")


def test_regions_have_one_or_three_domains() -> None:
    assert REGIONS["eu-frankfurt-1"].availability_domains == 3
    assert REGIONS["eu-amsterdam-1"].availability_domains == 1
    assert len({region.key for region in REGIONS.values()}) == len(REGIONS)
