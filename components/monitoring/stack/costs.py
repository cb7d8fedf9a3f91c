"""What the nodes cost while they are there, from the list price of each pool, and alerts on money spent for nothing."""

from components.framework.signals import Alert, Group, Recording, Rule
from infra.facts import Prices

HOURS_PER_MONTH = 730

POOL_OF_A_NODE = "label_oke_gpu_platform_pool"
"""kube-state-metrics' name for the label oke-gpu-platform/pool."""


def costs(given: Prices) -> Group | None:
    """None where no price is known: a cluster that is not rented."""
    if not given.node_usd_per_hour:
        return None
    prices = (
        Recording(
            record="gpu_platform:node_usd_per_hour",
            expr=f"vector({usd:.4f})",
            labels=(("pool", pool),),
            about="List price of one node with its boot volume, in US dollars an hour.",
        )
        for pool, usd in given.node_usd_per_hour.items()
    )
    return Group(name="costs", rules=(*prices, *_COSTS, *_cap(given)))


_COSTS: tuple[Rule, ...] = (
    Recording(
        record="gpu_platform:node_pool:info",
        expr=f'max by (node, pool) (label_replace(kube_node_labels{{{POOL_OF_A_NODE}!=""}}, "pool", "$1", "{POOL_OF_A_NODE}", "(.+)"))',
        about="Which pool a node is of; 1.",
    ),
    Recording(
        record="gpu_platform:nodes:by_pool",
        expr="count by (pool) (gpu_platform:node_pool:info)",
        about="Nodes that are there. One that is not ready is paid for too.",
    ),
    Recording(
        record="gpu_platform:cost_usd_per_hour:by_pool",
        expr="gpu_platform:nodes:by_pool * on (pool) gpu_platform:node_usd_per_hour",
        about="US dollars an hour, at list price.",
    ),
    Recording(
        record="gpu_platform:cost_usd_per_hour:sum",
        expr="sum(gpu_platform:cost_usd_per_hour:by_pool)",
        about="All nodes together. The cluster's fee, volumes and traffic are not in it.",
    ),
    Recording(
        record="gpu_platform:cost_idle_gpu_usd_per_hour:by_pool",
        expr=(
            "sum by (pool) (gpu_platform:gpus_free:by_node / (gpu_platform:gpus_allocatable:by_node > 0)\n"
            "  * on (node) group_left (pool) gpu_platform:node_pool:info)\n"
            "* on (pool) gpu_platform:node_usd_per_hour"
        ),
        about="US dollars an hour for the share of GPU nodes that nobody asked for.",
    ),
    Alert(
        name="SpendAnomaly",
        expr=(
            "avg_over_time(gpu_platform:cost_usd_per_hour:sum[1h])\n"
            "> 1.5 * quantile_over_time(0.95, gpu_platform:cost_usd_per_hour:sum[7d] offset 1h)"
        ),
        for_minutes=30,
        severity="warning",
        summary="nodes cost {{ $value | humanize }} USD an hour, far above the last week",
    ),
)  # fmt: skip


def _cap(given: Prices) -> tuple[Rule, ...]:
    if given.monthly_usd is None:
        return ()
    return (
        Alert(
            name="SpendAboveCap",
            expr=f"avg_over_time(gpu_platform:cost_usd_per_hour:sum[1d]) * {HOURS_PER_MONTH} > {given.monthly_usd}",
            for_minutes=60,
            severity="warning",
            summary=f"a month at the rate of the last day costs {{{{ $value | humanize }}}} USD; the cap is {given.monthly_usd}",
        ),
    )
