"""Which pools a model runs on: its memory held against that of their GPUs, before a pod waits for a node that never comes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from components.gpu.operator import mig_plans, sharing
from components.serving.kserve.gpu_memory import ADAPTER_GIB, NEEDED, UNKNOWN_CACHE, Need, capability, usable_gib, weights_gib
from components.serving.kserve.known_models import MODELS, KnownModel, find
from components.serving.kserve.runtimes import CAPABILITY, RUNTIMES
from components.serving.kserve.section import Model, Precision
from infra.facts import ClusterContext, Pool
from infra.problems import Problem

GPU_COUNTS = (1, 2, 4, 8)
"""Of one replica: attention heads are dealt out evenly."""


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What one replica asks of a node."""

    need: Need
    gpus: int
    capability: float
    architectures: tuple[str, ...]

    @property
    def per_gpu(self) -> float:
        return self.need.per_gpu(self.gpus)


def serves(pool: Pool) -> bool:
    """Whether runtimes run on the pool's GPUs: NVIDIA's, whole, of a generation that they have code for."""
    whole = mig_plans.CONFIG_LABEL not in pool.labels and not pool.labels.get(sharing.CONFIG_LABEL, "").startswith("mps")
    return bool(pool.gpus_per_node and pool.gpu_memory_gib) and pool.gpu_vendor == "nvidia" and whole and capability(pool) >= CAPABILITY


def precision(model: Model) -> Precision:
    known = find(model.source)
    return model.precision or (known.precision if known is not None else "bf16")


def demand(model: Model) -> Demand | None:
    """None where nobody has said how large the model is."""
    need = _need(model)
    if need is None:
        return None
    runtime = RUNTIMES[model.runtime]
    wanted = NEEDED[precision(model)] if runtime.is_llm_server else CAPABILITY
    return Demand(need=need, gpus=model.gpus, capability=wanted, architectures=runtime.architectures)


def _need(model: Model) -> Need | None:
    known = find(model.source)
    if model.gpu_memory_gib is not None:
        return Need(weights=model.gpu_memory_gib, cache=0.0, overhead_per_gpu=0.0)
    if model.parameters_billion is not None:
        weights = weights_gib(model.parameters_billion, precision(model))
    elif known is None or not RUNTIMES[model.runtime].is_llm_server:
        return None
    else:
        same = precision(model) == known.precision
        weights = known.weights_gib if same else weights_gib(known.parameters_billion, precision(model))
    cache = known.cache_gib(model.context_tokens) if known is not None else weights * UNKNOWN_CACHE
    return Need(weights=weights, cache=cache, extra=ADAPTER_GIB * len(model.adapters))


def fits(pool: Pool, demand: Demand) -> bool:
    """Whether one replica runs on one of the pool's nodes."""
    return (
        serves(pool)
        and pool.gpus_per_node >= demand.gpus
        and pool.architecture in demand.architectures
        and capability(pool) >= demand.capability
        and usable_gib(pool) >= demand.per_gpu
    )


def choose(model: Model, cluster: ClusterContext) -> tuple[Pool, ...]:
    """Pools that the model runs on: those that it names, or else those with the smallest GPUs that it fits. None where it fits none."""
    wanted = demand(model)
    if wanted is None:
        return ()
    fitting = [pool for pool in cluster.pools if fits(pool, wanted) and (not model.pools or pool.entry in model.pools)]
    if model.pools or not fitting:
        return tuple(fitting)
    smallest = min(pool.gpu_memory_gib for pool in fitting)
    return tuple(pool for pool in fitting if pool.gpu_memory_gib == smallest)


def slots(pools: Iterable[Pool], gpus: int) -> int:
    """Replicas of so many GPUs that the pools have room for when they have grown."""
    return sum(pool.max_nodes * (pool.gpus_per_node // gpus) for pool in pools)


def problems(model: Model, cluster: ClusterContext) -> Iterator[Problem]:
    """Why the model would never run; paths are those of its section."""
    asked = list(_asked_wrongly(model, cluster))
    yield from asked
    wanted = demand(model)
    if asked or wanted is None:
        return
    pools = [pool for pool in cluster.pools if not model.pools or pool.entry in model.pools]
    misfits = [pool for pool in pools if not fits(pool, wanted)]
    if len(misfits) == len(pools) or (model.pools and misfits):
        yield _misfit(model, wanted, misfits, cluster)
        return
    most, room = max(model.replicas, model.max_replicas or 0), slots(choose(model, cluster), model.gpus)
    if most > room:
        key = "maxReplicas" if model.max_replicas == most and most > model.replicas else "replicas"
        names = ", ".join(dict.fromkeys(pool.entry for pool in choose(model, cluster)))
        yield Problem(key, f"is {most}, but {names} has room for {room} of {model.gpus} GPU each; raise its maxSize or ask for fewer")


def _asked_wrongly(model: Model, cluster: ClusterContext) -> Iterator[Problem]:
    known, entries = find(model.source), [pool.entry for pool in cluster.pools if serves(pool)]
    served = ", ".join(dict.fromkeys(entries)) or "none"
    for name in model.pools:
        if name not in entries:
            yield Problem("pools", f"{name} is not a pool that models are served on; those are {served}")
    if not entries:
        older = "whole NVIDIA GPUs of the Turing generation or newer"
        yield Problem("", f"no pool can serve it: the runtimes need {older}; add such a pool")
    if model.gpus not in GPU_COUNTS:
        yield Problem("gpus", f"is {model.gpus}, but a model is spread over {', '.join(map(str, GPU_COUNTS))}")
    if demand(model) is None:
        yield Problem("", "its size is not known, so nobody can tell what it fits on; give parametersBillion or gpuMemoryGib")
    if known is not None and model.context_tokens > known.context_tokens:
        yield Problem("contextTokens", f"is {model.context_tokens}, but {known.name} was trained for {known.context_tokens}")


def _misfit(model: Model, wanted: Demand, misfits: list[Pool], cluster: ClusterContext) -> Problem:
    """What is missing, on the pool that comes closest."""
    serving = [pool for pool in misfits if serves(pool)]
    closest = max(serving, key=lambda pool: (pool.architecture in wanted.architectures, usable_gib(pool), pool.gpus_per_node))
    entry, named = closest.entry, f"{closest.gpu_model} of pool {closest.entry}"
    if closest.architecture not in wanted.architectures:
        runs = " and ".join(wanted.architectures)
        return Problem("runtime", f"is {model.runtime}, whose image is for {runs}, but pool {entry} is {closest.architecture}")
    if usable_gib(closest) < wanted.per_gpu:
        return Problem("", _too_large(model, wanted, closest, cluster))
    if capability(closest) < wanted.capability:
        wants, has = f"{wanted.capability:.1f}", f"{capability(closest):.1f}"
        fix = "take weights of another precision, or newer GPUs"
        return Problem("precision", f"is {precision(model)}, which needs compute capability {wants}, but {named} has {has}; {fix}")
    return Problem("gpus", f"is {wanted.gpus}, but a node of pool {entry} has {closest.gpus_per_node}")


def _too_large(model: Model, wanted: Demand, largest: Pool, cluster: ClusterContext) -> str:
    need = wanted.need
    parts = {"weights": need.weights, "cache": need.cache, "adapters": need.extra, "server": need.overhead_per_gpu * wanted.gpus}
    made_of = ", ".join(f"{part} {gib:.1f}" for part, gib in parts.items() if gib)
    each = "" if wanted.gpus == 1 else f" on each of its {wanted.gpus} GPUs"
    which = f"{largest.gpu_model} of pool {largest.entry}"
    known = [each for each in MODELS if fits(largest, _demand_of(each))]
    fixes = [f"models that fit one: {', '.join(each.name for each in known)}" if known else "no model known here fits it"]
    spread = _spread(model, cluster)
    if spread is not None:
        fixes.append(f"or spread this one: with gpus {spread[0]} it fits pool {spread[1].entry}")
    whose = which if model.pools else f"the largest GPU here, {which},"
    return (
        f"needs {wanted.per_gpu:.1f} GiB of GPU memory{each} ({made_of}), but {whose} has {largest.gpu_memory_gib} GiB, "
        f"of which a model may use {usable_gib(largest):.1f}; {'; '.join(fixes)}"
    )


def _demand_of(known: KnownModel) -> Demand:
    found = demand(Model(source=f"hf://{known.name}"))
    if found is None:
        raise ValueError(f"{known.name} is a known model without a size")
    return found


def _spread(model: Model, cluster: ClusterContext) -> tuple[int, Pool] | None:
    """The least GPUs of one node that hold it."""
    need = _need(model)
    if need is None:
        return None
    runtime = RUNTIMES[model.runtime]
    wanted = NEEDED[precision(model)] if runtime.is_llm_server else CAPABILITY
    for gpus in GPU_COUNTS:
        asked = Demand(need=need, gpus=gpus, capability=wanted, architectures=runtime.architectures)
        found = next((pool for pool in cluster.pools if fits(pool, asked)), None)
        if found is not None:
            return gpus, found
    return None
