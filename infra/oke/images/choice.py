"""Which image a node boots: OKE's own images by their names, newest first, or one that is named outright.

Names as Oracle publishes them ("All OKE Worker Node Oracle Linux Images", 2026-11):
`Oracle-Linux-8.10-Gen2-GPU-2026.08.31-0-OKE-1.34.1-1311`, `Oracle-Linux-9.7-aarch64-2026.06.15-0-OKE-1.35.2-1505`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from infra.catalogue.shapes import Architecture
from infra.gpus import GpuVendor

Os = Literal["oracle-linux", "ubuntu"]

_OKE = re.compile(
    r"Oracle-Linux-(?P<os>\d+(?:\.\d+)*)-(?P<kind>(?:[A-Za-z]\w*-)*)"
    r"(?P<date>\d{4}\.\d{2}\.\d{2})-(?P<revision>\d+)-OKE-(?P<kubernetes>\d+\.\d+\.\d+)-(?P<build>\d+)"
)
_KINDS = frozenset({"gen2", "gpu", "aarch64", "nvidia", "amd", "rocm"})
"""Words of a name that say what the image is for. An image with any other word is for something else."""


class Source(Protocol):
    """An image that OKE offers, as `infra.oke.lookups.node_image_sources` answers it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


class ImageNotFoundError(LookupError):
    """OKE offers no image for what a pool needs; the message names what it does offer."""


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What an image's name tells of it. None where the name does not say."""

    os: Os | None = None
    architecture: Architecture = "amd64"
    gpu_vendor: GpuVendor | None = None
    """Whose driver the image carries."""
    kubernetes_version: str | None = None
    """As OKE names it: `v1.34.1`."""


@dataclass(frozen=True, kw_only=True)
class OkeImage:
    """One of OKE's own images, its name taken apart."""

    id: str
    name: str
    traits: Traits
    os_version: tuple[int, ...]
    age: tuple[int, ...]
    """Date, revision and build as numbers: as text, build 998 would be newer than build 1311."""


def traits(name: str) -> Traits:
    """What the name of an OKE image, or of one of Oracle's GPU images on Ubuntu, says of it."""
    words = name.lower().split("-")
    vendor: GpuVendor | None = None
    if "amd" in words or "rocm" in words:
        vendor = "amd"
    elif "gpu" in words or "cuda" in words:
        vendor = "nvidia"
    found = re.search(r"-OKE-(\d+\.\d+\.\d+)", name, re.IGNORECASE)
    return Traits(
        os="ubuntu" if "ubuntu" in words else "oracle-linux" if name.lower().startswith("oracle-linux-") else None,
        architecture="arm64" if "aarch64" in words or "arm64" in words else "amd64",
        gpu_vendor=vendor,
        kubernetes_version=f"v{found[1]}" if found else None,
    )


def parse(source: Source) -> OkeImage | None:
    """The OKE image that `source` is, None for anything else."""
    found = _OKE.fullmatch(source.name)
    if found is None or not set(found["kind"].lower().split("-")) - {""} <= _KINDS:
        return None
    return OkeImage(
        id=source.id,
        name=source.name,
        traits=traits(source.name),
        os_version=_numbers(found["os"]),
        age=(*_numbers(found["date"]), int(found["revision"]), int(found["build"])),
    )


def resolve(
    sources: Iterable[Source], *, kubernetes_version: str, architecture: Architecture, gpu_vendor: GpuVendor | None = None
) -> OkeImage:
    """The newest image for nodes of `kubernetes_version` (`v1.34.1`), of the oldest Oracle Linux release that has one.

    So a newer release of the system is a step taken with a Kubernetes version, never by itself; the order of `sources` means nothing.
    Raises ImageNotFoundError.
    """
    images = [image for source in sources if (image := parse(source)) is not None]
    fitting = [image for image in images if (image.traits.architecture, image.traits.gpu_vendor) == (architecture, gpu_vendor)]
    exact = [image for image in fitting if image.traits.kubernetes_version == kubernetes_version]
    if not exact:
        wanted = f"Kubernetes {kubernetes_version}, {architecture}, {_gpu(gpu_vendor)}"
        raise ImageNotFoundError(f"OKE has no node image for {wanted}; {_offer(images, fitting, kubernetes_version)}")
    major = min(image.os_version[0] for image in exact)
    return max((image for image in exact if image.os_version[0] == major), key=lambda image: (image.age, image.os_version, image.id))


def _offer(images: list[OkeImage], fitting: list[OkeImage], wanted: str) -> str:
    fix = "set image.id of the pool, or image.imported"
    if fitting:
        versions = sorted({image.traits.kubernetes_version or "" for image in fitting}, key=lambda version: _distance(version, wanted))
        return f"it has such images for {', '.join(versions)}: choose one of these versions, or {fix}"
    if not images:
        return f"it lists no image of its own for that version: {fix}, or choose a version that OKE offers"
    kinds = sorted({f"{image.traits.architecture} {_gpu(image.traits.gpu_vendor)}" for image in images})
    return f"it has images for {', '.join(kinds)}: {fix}"


def _distance(version: str, wanted: str) -> tuple[list[int], str]:
    here, there = _numbers(version.removeprefix("v")), _numbers(wanted.removeprefix("v"))
    return [abs(a - b) for a, b in zip(here, there, strict=False)], version


def _gpu(vendor: GpuVendor | None) -> str:
    return "without GPU" if vendor is None else f"{vendor.upper()} GPU"


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
