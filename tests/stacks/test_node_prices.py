"""The price of a node that rules watch is the one that the estimate of the stack has."""

from dataclasses import replace
from pathlib import Path

import pytest

from infra.oke.pools.pool_plan import PoolPlan
from infra.pricing import BOOK
from stacks.config import load
from stacks.node_prices import node_prices
from stacks.plan import plan

ROOT = Path(__file__).resolve().parents[2]


def pools() -> tuple[PoolPlan, ...]:
    oke = plan(load(ROOT / "Pulumi.prod.yaml")).oke
    assert oke is not None
    return oke.pools


def test_every_entry_of_the_stack_file_has_one_price_over_all_its_domains() -> None:
    assert node_prices(pools()).keys() == {pool.entry for pool in pools()}
    assert len(node_prices(pools())) < len(pools())


def test_a_node_is_its_shape_and_its_boot_volume() -> None:
    (a10, *_) = (pool for pool in pools() if pool.entry == "a10")
    assert a10.shape.gpu_part is not None
    gpu = float(BOOK.hourly(a10.shape.gpu_part))
    assert gpu < node_prices([a10])["a10"] < gpu * 1.02


def test_a_flexible_node_costs_what_it_has() -> None:
    found = node_prices(pools())
    assert found["workers"] > found["system"] * 1.9  # 8 OCPUs and 64 GiB, to 4 and 32


def test_preemptible_nodes_cost_half() -> None:
    (pool, *_) = (pool for pool in pools() if pool.entry == "workers")
    whole, half = node_prices([pool])["workers"], node_prices([replace(pool, preemptible=True)])["workers"]
    assert half == pytest.approx(whole / 2, rel=0.05)  # the boot volume is not cheaper
