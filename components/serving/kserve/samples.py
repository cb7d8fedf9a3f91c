"""A sample for every class of GPU memory that the cluster has: the largest known model that its GPUs hold, with the longest requests."""

from components.serving.kserve.gpu_memory import capability, usable_gib
from components.serving.kserve.known_models import MODELS, KnownModel
from components.serving.kserve.placement import demand, fits, serves
from components.serving.kserve.section import KServe, Model
from infra.facts import ClusterContext, Pool
from infra.section import changed

CLASSES = (8, 16, 24, 40, 48, 80, 141)
"""Least memory of a GPU of the class, in GiB."""
SHORTEST_CONTEXT = 4096
"""Tokens; a model that has room for less is too large."""


def memory_class(pool: Pool) -> int | None:
    """None for a GPU below the smallest class."""
    return max((least for least in CLASSES if least <= pool.gpu_memory_gib), default=None)


def plan(cluster: ClusterContext, section: KServe) -> dict[str, Model]:
    """Samples by name. Each fits every pool of its class."""
    if section.samples == "none":
        return {}
    found: dict[str, Model] = {}
    for least in CLASSES:
        pools = [pool for pool in cluster.pools if serves(pool) and memory_class(pool) == least]
        model = _largest(pools, section) if pools else None
        if model is not None:
            found[f"sample-{least}gib"] = model
    return found


def _largest(pools: list[Pool], section: KServe) -> Model | None:
    """The largest model that every one of the pools holds."""
    entries = tuple(dict.fromkeys(pool.entry for pool in pools))
    tightest = min(pools, key=lambda pool: (usable_gib(pool), capability(pool)))
    for known in reversed(MODELS):
        model = Model(source=_source(known, section), pools=entries, context_tokens=SHORTEST_CONTEXT, stopped=section.samples == "stopped")
        asked = demand(model)
        if asked is not None and all(fits(pool, asked) for pool in pools):
            return _with_longest_context(model, known, tightest)
    return None


def _source(known: KnownModel, section: KServe) -> str:
    storage = section.object_storage
    return f"s3://{storage.bucket}/{known.name}" if storage is not None and storage.bucket is not None else f"hf://{known.name}"


def _with_longest_context(model: Model, known: KnownModel, pool: Pool) -> Model:
    tokens = model.context_tokens
    while tokens * 2 <= known.context_tokens:
        longer = demand(changed(model, context_tokens=tokens * 2))
        if longer is None or not fits(pool, longer):
            break
        tokens *= 2
    return changed(model, context_tokens=tokens)
