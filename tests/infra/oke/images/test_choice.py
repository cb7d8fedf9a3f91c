"""Which of OKE's images a node boots, and what is said when there is none."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalogue.shapes import Architecture
from infra.gpus import GpuVendor
from infra.oke.images import choice as images
from infra.oke.images.lock import Wanted


@dataclass(frozen=True)
class Source:
    id: str
    name: str


def sources(*names: str) -> list[Source]:
    return [Source(f"ocid1.image.{name}", name) for name in names]


OFFER = sources(
    "Oracle-Linux-8.10-2026.08.31-0-OKE-1.34.1-998",
    "Oracle-Linux-8.10-2026.08.31-0-OKE-1.34.1-1311",
    "Oracle-Linux-8.10-2026.06.15-0-OKE-1.34.1-1400",
    "Oracle-Linux-8.10-aarch64-2026.08.31-0-OKE-1.34.1-1311",
    "Oracle-Linux-8.10-Gen2-GPU-2026.08.31-0-OKE-1.34.1-1311",
    "Oracle-Linux-8.10-Gen2-GPU-2026.08.31-0-OKE-1.33.1-1311",
    "Oracle-Linux-8.10-Gen2-GPU-2026.08.31-0-OKE-1.30.10-1311",
    "Oracle-Linux-9.7-Gen2-GPU-2026.09.30-0-OKE-1.34.1-1505",
    "Oracle-Linux-9.7-2026.06.15-0-OKE-1.36.1-1505",
    "Oracle-Linux-8.10-Minimal-2027.01.01-0-OKE-1.34.1-9999",
    "Oracle-Linux-7.9-2024.06.30-0",
    "Oracle-Linux-8.10-2026.08.31-0",
)  # fmt: skip


@pytest.mark.parametrize(
    ("architecture", "vendor", "version", "name"),
    [
        ("amd64", None, "v1.34.1", "Oracle-Linux-8.10-2026.08.31-0-OKE-1.34.1-1311"),
        ("arm64", None, "v1.34.1", "Oracle-Linux-8.10-aarch64-2026.08.31-0-OKE-1.34.1-1311"),
        ("amd64", "nvidia", "v1.34.1", "Oracle-Linux-8.10-Gen2-GPU-2026.08.31-0-OKE-1.34.1-1311"),
        ("amd64", None, "v1.36.1", "Oracle-Linux-9.7-2026.06.15-0-OKE-1.36.1-1505"),
    ],
)
def test_the_newest_image_of_the_oldest_release_is_taken(
    architecture: Architecture, vendor: GpuVendor | None, version: str, name: str
) -> None:
    assert images.resolve(OFFER, kubernetes_version=version, architecture=architecture, gpu_vendor=vendor).name == name


@given(st.permutations(OFFER))
def test_the_order_of_the_offer_means_nothing(offer: list[Source]) -> None:
    found = images.resolve(offer, kubernetes_version="v1.34.1", architecture="amd64")
    assert found.name == "Oracle-Linux-8.10-2026.08.31-0-OKE-1.34.1-1311"


@given(older=st.integers(0, 10**6), newer=st.integers(0, 10**6))
def test_builds_are_compared_as_numbers(older: int, newer: int) -> None:
    older, newer = sorted((older, newer))
    offer = sources(*(f"Oracle-Linux-8.10-2026.08.31-0-OKE-1.34.1-{build}" for build in (newer, older)))
    found = images.resolve(offer, kubernetes_version="v1.34.1", architecture="amd64")
    assert found.name.endswith(f"-{newer}")


@pytest.mark.parametrize(
    ("offer", "architecture", "vendor", "version", "message"),
    [
        (OFFER, "amd64", "nvidia", "v1.34.2", "v1.34.2, amd64, NVIDIA GPU; it has such images for v1.34.1, v1.33.1, v1.30.10: choose"),
        (
            OFFER,
            "amd64",
            "amd",
            "v1.34.1",
            "AMD GPU; it has images for amd64 NVIDIA GPU, amd64 without GPU, arm64 without GPU: set image.id",
        ),
        (
            OFFER,
            "arm64",
            "nvidia",
            "v1.34.1",
            "arm64, NVIDIA GPU; it has images for amd64 NVIDIA GPU, amd64 without GPU, arm64 without GPU",
        ),
        (
            [],
            "amd64",
            None,
            "v1.34.1",
            "amd64, without GPU; it lists no image of its own for that version: set image.id",
        ),
    ],
)
def test_a_missing_image_names_what_there_is(
    offer: list[Source], architecture: Architecture, vendor: GpuVendor | None, version: str, message: str
) -> None:
    with pytest.raises(images.ImageNotFoundError) as refused:
        images.resolve(offer, kubernetes_version=version, architecture=architecture, gpu_vendor=vendor)
    assert message in str(refused.value)


def test_what_a_pool_needs_is_found_with_its_ocid() -> None:
    wanted = Wanted(kubernetes_version="v1.36.1", architecture="amd64", gpu_vendor=None)
    assert wanted.newest(OFFER).id == "ocid1.image.Oracle-Linux-9.7-2026.06.15-0-OKE-1.36.1-1505"


@pytest.mark.parametrize(
    ("name", "traits"),
    [
        (
            "Oracle-Linux-8.10-Gen2-GPU-2026.08.31-0-OKE-1.34.1-1311",
            images.Traits(os="oracle-linux", gpu_vendor="nvidia", kubernetes_version="v1.34.1"),
        ),
        ("Oracle-Linux-8.10-aarch64-2026.08.31-0", images.Traits(os="oracle-linux", architecture="arm64")),
        (
            "Canonical-Ubuntu-22.04-2025.05.20-0-OFED-24.10-1.1.4.0-GPU-570-OPEN-CUDA-12.8-2025.07.22-0",
            images.Traits(os="ubuntu", gpu_vendor="nvidia"),
        ),
        ("Canonical-Ubuntu-22.04-2025.05.20-0-OFED-24.10-1.1.4.0-AMD-ROCM-632-2025.07.23-0", images.Traits(os="ubuntu", gpu_vendor="amd")),
        (
            "Canonical-Ubuntu-24.04-aarch64-2026.02.28-0-DOCA-OFED-3.4.0-GPU-595-OPEN-CUDA-13.2-2026.07.13-0.oci",
            images.Traits(os="ubuntu", architecture="arm64", gpu_vendor="nvidia"),
        ),
        ("golden-image", images.Traits()),
    ],
)
def test_a_name_tells_what_the_image_is_for(name: str, traits: images.Traits) -> None:
    assert images.traits(name) == traits
