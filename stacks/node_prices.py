"""What a node of each pool costs, for the rules that watch what is spent while it is spent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.oke.pools.pool_plan import PoolPlan
from infra.pricing import BOOK, PriceBook, estimate


@dataclass(frozen=True, kw_only=True)
class _OneNode:
    """A pool as the price book reads it."""

    name: str
    inputs: Mapping[str, Any]
    type: str = "oci:ContainerEngine/nodePool:NodePool"


def node_prices(pools: Sequence[PoolPlan], book: PriceBook = BOOK) -> dict[str, float]:
    """US dollars an hour of one node with its boot volume, by entry of `nodePools`. Raises UnpricedError."""
    book = book.of({pool.shape.name: pool.shape for pool in pools})
    return {pool.entry: float(estimate([_node(pool)], book).lines[0].unit_hourly) for pool in pools}


def _node(pool: PoolPlan) -> _OneNode:
    flexible = {} if pool.ocpus is None else {"nodeShapeConfig": {"ocpus": pool.ocpus, "memoryInGbs": pool.memory_gib}}
    placement: dict[str, Any] = {"preemptibleNodeConfig": {"preemptionAction": {"type": "TERMINATE"}}} if pool.preemptible else {}
    return _OneNode(
        name=pool.name,
        inputs={
            "nodeShape": pool.shape.name,
            **flexible,
            "nodeConfigDetails": {"size": 1, "placementConfigs": [placement]},
            "nodeSourceDetails": {"bootVolumeSizeInGbs": str(pool.boot_volume_gib)},
        },
    )
