"""The signals of every add-on there is, and of those to come, on a priced platform: what rules and dashboards are tested on."""

import sys
from collections.abc import Mapping
from pathlib import Path

from components.ci.runners import signals as runners
from components.framework.section import AddOnSection
from components.framework.signals import Group, Metric, Signals
from components.queues.budgets import signals as budgets
from components.queues.kueue import signals as queues
from components.registry import KINDS
from infra.facts import ClusterContext, Pool, Prices

PRICED = ClusterContext(
    pools=(Pool(name="a10", min_nodes=0, max_nodes=2, gpus_per_node=1, gpu_model="A10"),),
    prices=Prices(node_usd_per_hour={"system": 0.25, "a10": 2.5}, monthly_usd=5000),
)
COMING: Mapping[str, Signals] = {
    "components/ci/runners": runners.signals("monitoring"),
    "components/queues/budgets": budgets.SIGNALS,
    "components/queues/kueue": queues.SIGNALS,
}
"""Signals without an add-on yet, by their folder."""
ROOT = Path(__file__).resolve().parents[3]


def signals_of(key: str, cluster: ClusterContext = PRICED, section: AddOnSection | None = None) -> Signals:
    kind = KINDS[key]
    return kind.plan(cluster, section or kind.Section()).signals


def signals(cluster: ClusterContext = PRICED, **sections: AddOnSection) -> dict[str, Signals]:
    """By the folder of each add-on. `sections` are by key, with `_` for `-`."""
    found = {folder(key): signals_of(key, cluster, sections.get(key.replace("-", "_"))) for key in KINDS}
    return {**found, **COMING}


def folder(key: str) -> str:
    file = sys.modules[KINDS[key].__module__].__file__
    assert file is not None
    return Path(file).parent.relative_to(ROOT).as_posix()


def groups(cluster: ClusterContext = PRICED, **sections: AddOnSection) -> list[Group]:
    """In an order in which each uses only what was recorded before."""
    return [group for each in signals(cluster, **sections).values() for group in each.groups]


METRICS: Mapping[str, Metric] = {metric.name: metric for each in signals().values() for metric in each.metrics}
"""By name."""
