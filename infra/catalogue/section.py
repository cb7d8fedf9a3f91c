"""The `catalogue` section: what Oracle offers that this version does not know, with the facts that are needed of it."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from infra import gpus
from infra.catalogue.kubernetes import SUPPORTED
from infra.catalogue.regions import REGIONS
from infra.catalogue.shapes import SHAPES
from infra.problems import Problem
from infra.section import Section, form

ShapeName = Annotated[str, form(r"^(VM|BM)\.[A-Za-z0-9][A-Za-z0-9._-]*$", "a shape as Oracle names it, like BM.GPU.H100.8")]
RegionName = Annotated[str, form(r"^[a-z]{2,3}(-[a-z]+)+-\d+$", "a region as Oracle names it, like eu-frankfurt-1")]
Version = Annotated[str, form(r"^v1\.\d+\.\d+$", "a version as OKE names it, like v1.36.1")]
Source = Annotated[str, Field(min_length=10), form(r"\S", "where the facts are from, and when they were read")]
Usd = Annotated[float, Field(gt=0)]

_GPU_SHAPE = re.compile(r"(?:VM|BM)\.GPU.*\.(?P<count>\d+)")


class OwnShape(Section):
    """A machine that the catalogue does not have. Its price is needed: limits are judged by it."""

    source: Source
    """Where the facts are from, and when they were read: `Oracle, "Compute Shapes", 2026-11; price by our contract`."""
    architecture: Literal["amd64", "arm64"] = "amd64"
    """Of its processors."""
    ocpus: Annotated[float, Field(gt=0)] | None = None
    """OCPUs of a machine of a fixed size."""
    memory_gib: Annotated[float, Field(gt=0)] | None = None
    """Its memory."""
    ocpus_max: Annotated[int, Field(ge=1)] | None = None
    """Most OCPUs of a `.Flex` shape."""
    memory_gib_max: Annotated[int, Field(ge=1)] | None = None
    """Its most memory."""
    gpus: Annotated[int, Field(ge=0)] = 0
    """GPUs of a machine."""
    gpu_model: str | None = None
    """Their model, as `spend.gpus` names it."""
    gpu_memory_gib: Annotated[int, Field(ge=1)] | None = None
    """Memory of one GPU, for a model that is not known."""
    gpu_vendor: Literal["nvidia", "amd"] | None = None
    """Who made them, for a model that is not known. Left out: NVIDIA."""
    gpu_product: str | None = None
    """What GPU feature discovery labels the nodes with (`nvidia.com/gpu.product`), for a model that is not known."""
    rdma: bool = False
    """Nodes can be joined by RDMA in a compute cluster."""
    hourly_usd: Usd | None = None
    """Price of a machine of a fixed size for an hour, its GPUs, processors and memory together."""
    ocpu_hourly_usd: Usd | None = None
    """Price of an OCPU of a `.Flex` shape for an hour."""
    memory_hourly_usd: Usd | None = None
    """Price of a GB of its memory for an hour."""
    quota: str | None = None
    """Oracle's quota that counts its GPUs: `gpu-h100-count`."""


class OwnRegion(Section):
    source: Source
    """Where the facts are from, and when they were read."""
    key: Annotated[str, form(r"^[A-Z]{3}$", "a region's key, three capital letters like FRA")]
    """Three letters that its availability domains are called by."""
    availability_domains: Annotated[int, Field(ge=1, le=3)] = 1
    """How many it has."""


class CatalogueSection(Section):
    shapes: dict[ShapeName, OwnShape] = {}
    """Machines, by Oracle's name."""
    kubernetes_versions: tuple[Version, ...] = ()
    """Versions of OKE of a minor version that is not known yet."""
    regions: dict[RegionName, OwnRegion] = {}
    """Regions, by Oracle's name. A region of another realm is one of the tenancy's own."""


def problems(section: CatalogueSection) -> Iterator[Problem]:
    """What contradicts itself, or what is known already. Paths are the section's."""
    for version in section.kubernetes_versions:
        if version in SUPPORTED:
            yield Problem("kubernetesVersions", f"has {version}, which is known already; take it out")
    for name in section.regions:
        if name in REGIONS:
            yield Problem(f"regions.{name}", "is known already; take it out")
    for name, shape in section.shapes.items():
        if name in SHAPES:
            yield Problem(f"shapes.{name}", "is known already, and its facts are those of the catalogue; take it out")
        else:
            yield from _shape(name, shape)


def _shape(name: str, shape: OwnShape) -> Iterator[Problem]:
    path, flexible = f"shapes.{name}", name.endswith(".Flex")
    fixed = {"ocpus": shape.ocpus, "memoryGib": shape.memory_gib, "hourlyUsd": shape.hourly_usd}
    by_size = {
        "ocpusMax": shape.ocpus_max,
        "memoryGibMax": shape.memory_gib_max,
        "ocpuHourlyUsd": shape.ocpu_hourly_usd,
        "memoryHourlyUsd": shape.memory_hourly_usd,
    }
    wanted, other = (by_size, fixed) if flexible else (fixed, by_size)
    what = "a flexible shape" if flexible else "a shape of a fixed size"
    for key in (key for key, value in wanted.items() if value is None):
        yield Problem(f"{path}.{key}", f"is missing, and {what} needs {', '.join(wanted)}")
    for key in (key for key, value in other.items() if value is not None):
        yield Problem(f"{path}.{key}", f"is nothing of {what}, which has {', '.join(wanted)}; take it out")
    yield from _gpus(name, path, shape)


def _gpus(name: str, path: str, shape: OwnShape) -> Iterator[Problem]:
    named = _GPU_SHAPE.fullmatch(name)
    if named is not None and int(named["count"]) != shape.gpus:
        yield Problem(f"{path}.gpus", f"is {shape.gpus}, but a machine called {name} has {named['count']}")
    elif ".GPU" in name and not shape.gpus:
        yield Problem(f"{path}.gpus", f"is 0, but a machine called {name} has GPUs")
    said = {"gpuMemoryGib": shape.gpu_memory_gib, "gpuVendor": shape.gpu_vendor, "gpuProduct": shape.gpu_product}
    if not shape.gpus:
        for key in ("gpuModel", *said):
            if {**said, "gpuModel": shape.gpu_model}[key] is not None:
                yield Problem(f"{path}.{key}", "is said of a machine without GPUs; give gpus, or take it out")
        return
    if shape.gpu_model is None:
        yield Problem(f"{path}.gpuModel", f"is missing, and the machine has {shape.gpus} GPUs; give the name that spend.gpus caps them by")
        return
    known = gpus.find(shape.gpu_model)
    if known is None or not known.memory_gib:
        if shape.gpu_memory_gib is None:
            yield Problem(f"{path}.gpuMemoryGib", f"is missing, and how much memory a {shape.gpu_model} has is not known here")
        return
    if known.name != shape.gpu_model:
        yield Problem(f"{path}.gpuModel", f"is {shape.gpu_model!r}, which is called {known.name} here; write that")
    for key, value in said.items():
        if value is not None:
            yield Problem(f"{path}.{key}", f"is known of a {known.name}; take it out")
