"""How each node pool's GPUs are partitioned: what the stack file asks for, checked, and what mig-parted is told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from components.gpu.operator import mig, mig_profiles
from components.gpu.operator.mig import Layout
from components.gpu.operator.mig_profiles import MigModel
from components.gpu.operator.section import Mig, MigStrategy
from infra.facts import Pool
from infra.problems import Problem, did_you_mean

CONFIG_LABEL = "nvidia.com/mig.config"
DISABLED = "all-disabled"


@dataclass(frozen=True, kw_only=True)
class MigPlan:
    name: str
    """Of the configuration: the entry of `nodePools`."""
    layouts: tuple[Layout, ...]
    """Of each GPU of a node, by its index."""


def plan(name: str, pool: Pool, request: Mig) -> MigPlan:
    """The layouts of the pool's GPUs. The request must have no `problems`."""
    if request.per_gpu is not None:
        return MigPlan(name=name, layouts=(dict(request.per_gpu),) * pool.gpus_per_node)
    return MigPlan(name=name, layouts=mig.largest(_model(pool), request.wanted, pool.gpus_per_node))


def _model(pool: Pool) -> MigModel:
    model = mig_profiles.find(pool.gpu_model or "")
    if model is None:
        raise ValueError(f"{pool.name}: {pool.gpu_model} cannot be partitioned")
    return model


def problems(pool: Pool, request: Mig, strategy: MigStrategy) -> Iterator[Problem]:
    """Why the pool's GPUs cannot be cut so, with the most of it that can be; paths are those of the request."""
    model = mig_profiles.find(pool.gpu_model or "")
    if model is None:
        able = ", ".join(known.name for known in mig_profiles.MODELS)
        yield Problem("", f"{pool.gpu_model} has no MIG; share it under `sharing` instead, or partition one of {able}")
        return
    if (request.per_gpu is None) == (request.per_node is None):
        yield Problem("", "needs either perGpu or perNode: what every GPU is cut into, or what a node has in all")
        return
    if not request.wanted:
        yield Problem(request.key, f"is empty; give counts by profile, or leave the pool out. {model.name} has {_profiles(model)}")
        return
    wrong = [*_unknown(model, request), *_counts(request)]
    if wrong:
        yield from wrong
        return
    yield from _room(model, pool, request)
    yield from _strategy(pool, request, strategy)


def _unknown(model: MigModel, request: Mig) -> Iterator[Problem]:
    for name in request.wanted:
        if name not in model.profiles:
            hint = did_you_mean(name, model.profiles)
            yield Problem(f"{request.key}.{name}", f"{model.name} has no such profile; {hint}it has {_profiles(model)}")


def _counts(request: Mig) -> Iterator[Problem]:
    for name, count in request.wanted.items():
        if count < 1:
            yield Problem(f"{request.key}.{name}", f"is {count}, but must be at least 1; leave the profile out for none")


def _room(model: MigModel, pool: Pool, request: Mig) -> Iterator[Problem]:
    gpus = 1 if request.per_gpu is not None else pool.gpus_per_node
    found = mig.total(mig.largest(model, request.wanted, gpus))
    if found != {name: count for name, count in request.wanted.items() if count}:
        where = f"one {model.name}" if gpus == 1 else f"the {gpus} {model.name} of a node"
        most = {name: found[name] for name in request.wanted if name in found}
        why = _why(model, request.wanted, gpus)
        asked = mig.shown(request.wanted)
        yield Problem(request.key, f"{asked} does not fit on {where}: {why}. The most of it that fits is {mig.shown(most)}")


def _why(model: MigModel, layout: Layout, gpus: int) -> str:
    """The first of the rules that the layout breaks; on several GPUs it may be that none alone is, and they cannot be dealt."""
    compute, memory = mig.slices(model, layout)
    for word, taken, room in (("compute", compute, model.slicing.compute * gpus), ("memory", memory, model.slicing.memory * gpus)):
        if taken > room:
            return f"it takes {taken} {word} slices of {room}"
    for name, count in layout.items():
        if count > model.profiles[name].most * gpus:
            return f"there can be {model.profiles[name].most * gpus} {name}"
    media = sum(count for name, count in layout.items() if model.profiles[name].media)
    if media > gpus:
        return f"{media} instances want the media engines, which one instance of a GPU can have"
    return "its instances cannot be dealt to the GPUs so that each has room for its own"


def _strategy(pool: Pool, request: Mig, strategy: MigStrategy) -> Iterator[Problem]:
    """The Cluster Autoscaler (kubernetes/autoscaler issue 8095, 2026-09) knows `nvidia.com/gpu` alone: it makes no node for a slice, and
    takes a node without it for one that is not ready."""
    if strategy == "mixed" and pool.min_nodes != pool.max_nodes:
        yield Problem(
            "",
            f"the pool has {pool.min_nodes} to {pool.max_nodes} nodes, but the autoscaler makes none for slices, which pods ask for as "
            f"{mig.resource(next(iter(request.wanted)))}; make minSize and maxSize equal, or set migStrategy to single",
        )
    if strategy == "single" and (request.per_gpu is None or len(request.wanted) != 1):
        yield Problem("", "migStrategy single makes every slice an nvidia.com/gpu, so they must be alike: give one profile under perGpu")


def _profiles(model: MigModel) -> str:
    return ", ".join(model.profiles)


def mig_parted(plans: Iterable[MigPlan]) -> dict[str, Any]:
    """What the MIG manager reads as `config.yaml`: a configuration per pool, and the one without partitions that nodes begin with."""
    configs: dict[str, Any] = {DISABLED: [{"devices": "all", "mig-enabled": False}]}
    for each in plans:
        configs[each.name] = [_devices(each, layout, indexes) for layout, indexes in _alike(each.layouts)]
    return {"version": "v1", "mig-configs": configs}


def _alike(layouts: Sequence[Layout]) -> list[tuple[Layout, list[int]]]:
    """Equal layouts with the indexes of their GPUs; equal ones lie together, for that is how they are dealt."""
    return [(layout, [index for index, _ in group]) for layout, group in groupby(enumerate(layouts), key=lambda pair: pair[1])]


def _devices(each: MigPlan, layout: Layout, indexes: list[int]) -> dict[str, Any]:
    devices: Any = "all" if len(indexes) == len(each.layouts) else indexes
    if not layout:
        return {"devices": devices, "mig-enabled": False}
    return {"devices": devices, "mig-enabled": True, "mig-devices": dict(layout)}
