"""What a stack file adds to the catalogue: shapes, versions and regions that came after it, with the facts that planners, prices and
policies need of them. Read from plain data, as the engine hands it on: what is no such fact adds nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from infra import gpus
from infra.catalogue.kubernetes import SUPPORTED
from infra.catalogue.regions import REGIONS, Region
from infra.catalogue.shapes import SHAPES, Shape
from infra.gpus import Gpu


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """What is known of Oracle's offer."""

    shapes: Mapping[str, Shape]
    kubernetes_versions: tuple[str, ...]
    regions: Mapping[str, Region]


def read(given: Any) -> Catalogue:
    """What is known with the section `catalogue` of a stack file. Nothing that is known already changes."""
    return Catalogue(
        shapes=shapes(_mapping(given, "shapes")),
        kubernetes_versions=(*SUPPORTED, *(version for version in _texts(given, "kubernetesVersions") if version not in SUPPORTED)),
        regions=MappingProxyType({**regions(_mapping(given, "regions")), **REGIONS}),
    )


def shapes(rows: Mapping[str, Any]) -> Mapping[str, Shape]:
    """The catalogue's shapes, and those of the rows that say all that is needed of one."""
    found = {name: shape for name, row in rows.items() if isinstance(row, Mapping) and (shape := _shape(name, row)) is not None}
    return MappingProxyType({**found, **SHAPES})


def regions(rows: Mapping[str, Any]) -> Mapping[str, Region]:
    return {
        name: Region(name=name, key=str(row["key"]), availability_domains=int(domains))
        for name, row in rows.items()
        if isinstance(row, Mapping) and isinstance(row.get("key"), str) and _is_number(domains := row.get("availabilityDomains", 1))
    }


def _shape(name: str, row: Mapping[str, Any]) -> Shape | None:
    """None where the price is missing, or the size: neither is ever guessed."""
    flexible = name.endswith(".Flex")
    sizes = ("ocpusMax", "memoryGibMax") if flexible else ("ocpus", "memoryGib")
    prices = ("ocpuHourlyUsd", "memoryHourlyUsd") if flexible else ("hourlyUsd",)
    if not all(_is_number(row.get(key)) for key in (*sizes, *prices)):
        return None
    count, model = row.get("gpus", 0), row.get("gpuModel")
    if not _is_number(count) or (count > 0) != isinstance(model, str):
        return None
    fixed, most = (None, row) if flexible else (row, None)
    return Shape(
        name=name,
        own=True,
        architecture="arm64" if row.get("architecture") == "arm64" else "amd64",
        ocpus=float(fixed["ocpus"]) if fixed else None,
        memory_gib=float(fixed["memoryGib"]) if fixed else None,
        ocpus_max=int(most["ocpusMax"]) if most else None,
        memory_gib_max=int(most["memoryGibMax"]) if most else None,
        gpus=int(count),
        gpu=_gpu(str(model), row) if count else None,
        rdma=row.get("rdma") is True,
        hourly=Decimal(str(row["hourlyUsd"])) if fixed else None,
        ocpu_hourly=Decimal(str(row["ocpuHourlyUsd"])) if most else None,
        memory_hourly=Decimal(str(row["memoryHourlyUsd"])) if most else None,
        quota=row["quota"] if isinstance(row.get("quota"), str) else None,
    )


def _gpu(model: str, row: Mapping[str, Any]) -> Gpu:
    """The model as it is known, or as the row says it."""
    known = gpus.find(model)
    if known is not None and known.memory_gib:
        return known
    memory, product = row.get("gpuMemoryGib", 0), row.get("gpuProduct")
    return Gpu(
        name=model,
        vendor="amd" if row.get("gpuVendor") == "amd" else "nvidia",
        memory_gib=int(memory) if _is_number(memory) else 0,
        product=product if isinstance(product, str) else None,
    )


def _mapping(given: Any, key: str) -> Mapping[str, Any]:
    value = given.get(key) if isinstance(given, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _texts(given: Any, key: str) -> tuple[str, ...]:
    value = given.get(key) if isinstance(given, Mapping) else None
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
