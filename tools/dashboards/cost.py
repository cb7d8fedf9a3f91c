"""What nodes cost while they are there, and what of it is for nothing."""

from tools.dashboards.panel import Dashboard, Row, series, stat

COST = Dashboard(
    name="cost",
    title="Cost",
    about="Nodes at list price. The cluster's fee, volumes and traffic are not in it; Oracle's bill is what counts.",
    rows=(
        Row(
            title="Now",
            panels=(
                stat("Per hour", "All nodes that are there.", "currencyUSD", "gpu_platform:cost_usd_per_hour:sum", width=6),
                stat(
                    "A month at this rate",
                    "730 hours of the mean of the chosen time.",
                    "currencyUSD",
                    "avg_over_time(gpu_platform:cost_usd_per_hour:sum[$__range]) * 730",
                    width=6,
                ),
                stat(
                    "Spent in the chosen time",
                    "The mean rate times the hours of it, as far back as measurements go.",
                    "currencyUSD",
                    "avg_over_time(gpu_platform:cost_usd_per_hour:sum[$__range]) * $__range_s / 3600",
                    width=6,
                ),
                stat(
                    "For GPUs that nobody asked for",
                    "Per hour, now: each GPU node's price by the share of its GPUs that are free.",
                    "currencyUSD",
                    "sum(gpu_platform:cost_idle_gpu_usd_per_hour:by_pool)",
                    width=6,
                    nothing="no GPU node",
                ),
            ),
        ),
        Row(
            title="Over time",
            panels=(
                series(
                    "By pool",
                    "US dollars an hour.",
                    "currencyUSD",
                    ("gpu_platform:cost_usd_per_hour:by_pool", "{{pool}}"),
                    stacked=True,
                ),
                series(
                    "For GPUs that nobody asked for",
                    "US dollars an hour by pool.",
                    "currencyUSD",
                    ("gpu_platform:cost_idle_gpu_usd_per_hour:by_pool", "{{pool}}"),
                    stacked=True,
                ),
                series("Nodes", "Nodes of each pool.", "short", ("gpu_platform:nodes:by_pool", "{{pool}}"), stacked=True),
                series(
                    "A node's price",
                    "List price an hour, as of the price book of the last deployment.",
                    "currencyUSD",
                    ("gpu_platform:node_usd_per_hour", "{{pool}}"),
                ),
            ),
        ),
    ),
)
