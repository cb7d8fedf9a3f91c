"""Pools with GPUs of every class of memory, as the catalogue and existing clusters have them."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.facts import ClusterContext, Pool, Taint

MEMORY_GIB = {
    "RTX 4060": 8,
    "T4": 16,
    "A10": 24,
    "A100-40G": 40,
    "L40S": 48,
    "A100-80G": 80,
    "H100": 80,
    "H200": 141,
    "B200": 180,
    "P100": 16,
}


@pytest.fixture
def pool() -> Callable[..., Pool]:
    """`pool("A10")`, `pool("H100", gpus=8, nodes=2)`: named like its GPU, with its memory and its label."""

    def make(model: str, *, gpus: int = 1, nodes: int = 2, **given: Any) -> Pool:
        name = model.lower().replace(" ", "")
        facts: dict[str, Any] = {
            "name": name,
            "min_nodes": 0,
            "max_nodes": nodes,
            "gpus_per_node": gpus,
            "gpu_model": model,
            "gpu_memory_gib": MEMORY_GIB.get(model, 0),
            "labels": {"nvidia.com/gpu.product": f"NVIDIA-{model.replace(' ', '-')}"},
            "taints": (Taint(key="nvidia.com/gpu"),),
        }
        return Pool(**{**facts, **given})

    return make


@pytest.fixture
def cluster(pool: Callable[..., Pool]) -> Callable[..., ClusterContext]:
    """`cluster("A10", "H100")`: a cluster with a system pool and one of each; H100 and the like have eight GPUs a node."""

    def make(*models: str, **given: Any) -> ClusterContext:
        system = Pool(name="system", min_nodes=1, max_nodes=3)
        return ClusterContext(pools=(system, *(pool(model, gpus=8 if MEMORY_GIB[model] >= 80 else 1) for model in models)), **given)

    return make
