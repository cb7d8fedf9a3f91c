"""Which machines a blueprint fits, and what a run on each of them costs: the whole node, from its start until it is gone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Any

from infra.catalogue.shapes import SHAPES
from infra.gpus import GPUS
from infra.pricing import BOOK, UnpricedError, estimate
from platformctl.blueprints.manifest import Manifest, Resources
from stacks.node_prices import node_prices
from stacks.plan import PlatformPlan

START_MINUTES = 15
"""Until a node that does not exist yet runs pods: made, booted, its driver there, a large image pulled. Field reports of GPU runners on OKE
say 8 to 15 (2026-08)."""
STAY_MINUTES = 10
"""Until the autoscaler takes an idle node away: `scaleDownMinutes` of a pool, where nobody says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    name: str
    """Entry of the stack file's `nodePools`, or a shape."""
    gpus: int
    gpu_model: str | None
    gpu_memory_gib: int
    capability: float | None = None
    """Compute capability of the GPUs; None where it is not known."""
    cpus: int = 0
    """0, as the memory, where nobody said."""
    memory_gib: int = 0
    usd_per_hour: Decimal | None = None
    """Of the whole node; None where it is not rented."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A machine that a blueprint fits, and what its budget of minutes costs there."""

    machine: Machine
    usd: Decimal | None
    """None where the machine is not rented."""

    def within(self, manifest: Manifest) -> bool:
        return self.usd is None or self.usd <= Decimal(str(manifest.budget.usd))


@dataclass(frozen=True, kw_only=True)
class _OneNode:
    """A machine as the price book reads it."""

    name: str
    inputs: Mapping[str, Any]
    type: str = "oci:ContainerEngine/nodePool:NodePool"


def of_book() -> Iterator[Machine]:
    """Machines with NVIDIA GPUs that the price book has a price of."""
    for shape in SHAPES.values():
        if not shape.is_gpu or shape.gpu_vendor != "nvidia" or shape.flexible:
            continue
        inputs = {"nodeShape": shape.name, "nodeConfigDetails": {"size": 1, "placementConfigs": [{}]}, "nodeSourceDetails": {}}
        try:
            price = estimate([_OneNode(name=shape.name, inputs=inputs)], BOOK).lines[0].unit_hourly
        except UnpricedError:
            continue
        yield Machine(
            name=shape.name,
            gpus=shape.gpus,
            gpu_model=shape.gpu_model,
            gpu_memory_gib=shape.gpu_memory_gib,
            capability=shape.gpu.capability if shape.gpu else None,
            cpus=int((shape.ocpus or 0) * shape.cpus_per_ocpu),
            memory_gib=int(shape.memory_gib or 0),
            usd_per_hour=price,
        )


def of_stack(plan: PlatformPlan) -> tuple[Machine, ...]:
    """One machine an entry of `nodePools`. Pools with GPUs of AMD are left out: the images of blueprints have CUDA."""
    prices = node_prices(plan.oke.pools) if plan.oke else {}
    pools = {pool.entry: pool for pool in plan.context.pools if not pool.gpus_per_node or pool.gpu_vendor == "nvidia"}
    return tuple(
        Machine(
            name=entry,
            gpus=pool.gpus_per_node,
            gpu_model=pool.gpu_model,
            gpu_memory_gib=pool.gpu_memory_gib,
            capability=_capability(pool.gpu_model),
            cpus=pool.cpus,
            memory_gib=pool.memory_gib,
            usd_per_hour=Decimal(str(prices[entry])) if entry in prices else None,
        )
        for entry, pool in pools.items()
    )


def offers(manifest: Manifest, machines: Iterable[Machine]) -> tuple[Offer, ...]:
    """Machines that it fits, the cheapest first; those that are not rented before all others."""
    found = [Offer(machine=each, usd=_usd(manifest, each)) for each in machines if not misfit(manifest, each)]
    return tuple(sorted(found, key=lambda each: (each.usd or Decimal(0), each.machine.name)))


def misfit(manifest: Manifest, machine: Machine) -> str:
    """Why it does not fit the machine; empty where it does."""
    return next(_misfits(manifest.resources, machine), "")


def _misfits(asked: Resources, machine: Machine) -> Iterator[str]:
    if bool(asked.gpus) != bool(machine.gpus):
        yield "has no GPUs" if asked.gpus else "has GPUs, which it would leave idle"
    if asked.gpus > machine.gpus:
        yield f"has {machine.gpus} GPUs a node"
    if asked.gpus and asked.gpu_memory_gib > machine.gpu_memory_gib:
        yield f"has GPUs of {machine.gpu_memory_gib} GiB" if machine.gpu_memory_gib else "has GPUs whose memory is not known"
    if asked.gpus and (machine.capability is None or machine.capability < asked.gpu_capability):
        yield f"has GPUs of compute capability {machine.capability or 'nobody knows'}"
    if machine.cpus and asked.cpus >= machine.cpus:
        yield f"has {machine.cpus} processors, of which the system needs some"
    if machine.memory_gib and asked.memory_gib >= machine.memory_gib:
        yield f"has {machine.memory_gib} GiB of memory, of which the system needs some"


def cheapest(manifest: Manifest) -> Offer | None:
    """Of the price book. None where nothing fits, and for one without GPUs, which fits machines of any size."""
    return next(iter(offers(manifest, of_book())), None) if manifest.resources.gpus else None


def _capability(model: str | None) -> float | None:
    return next((gpu.capability for gpu in GPUS if gpu.name == model), None)


def _usd(manifest: Manifest, machine: Machine) -> Decimal | None:
    """Rounded up to the cent: a budget is a ceiling."""
    if machine.usd_per_hour is None:
        return None
    minutes = manifest.budget.minutes + START_MINUTES + STAY_MINUTES
    return (machine.usd_per_hour * minutes / 60).quantize(Decimal("0.01"), rounding=ROUND_UP)
