"""Kueue's queues: what waits, how long, and how much of each quota is used."""

from tools.dashboards.panel import Dashboard, Row, series

_QUEUE = "{{cluster_queue}}"


def _wait(quantile: float) -> str:
    return (
        f"histogram_quantile({quantile}, "
        "sum by (cluster_queue, le) (increase(kueue_admission_wait_time_seconds_bucket[$__range])))"
    )  # fmt: skip


QUEUES = Dashboard(
    name="queues",
    title="Queues",
    about="Work that waits for quota, how long it waits, and what the quotas are used for.",
    rows=(
        Row(
            title="Waiting",
            panels=(
                series(
                    "Pending",
                    "Workloads without quota. Inadmissible ones cannot be admitted as the queue is now.",
                    "short",
                    ("sum by (cluster_queue, status) (kueue_pending_workloads)", "{{cluster_queue}} {{status}}"),
                    stacked=True,
                ),
                series(
                    "Admitted",
                    "Workloads that hold quota.",
                    "short",
                    ("sum by (cluster_queue) (kueue_admitted_active_workloads)", _QUEUE),
                    stacked=True,
                ),
                series(
                    "Wait for quota",
                    "Mean of the last hour. An eviction starts the clock anew.",
                    "s",
                    ("gpu_platform:admission_seconds:mean1h", _QUEUE),
                ),
                series(
                    "Wait for quota, in the chosen time",
                    "Half of the workloads, and 19 of 20, waited less than this.",
                    "s",
                    (_wait(0.5), "{{cluster_queue}} half"),
                    (_wait(0.95), "{{cluster_queue}} 19 of 20"),
                ),
            ),
        ),
        Row(
            title="Quota",
            panels=(
                series(
                    "GPU quota in use",
                    "Of each queue's own. Above 100 % it borrows.",
                    "percentunit",
                    ("gpu_platform:gpu_quota_used:ratio", _QUEUE),
                ),
                series(
                    "Evictions",
                    "Workloads that lost their quota, by why.",
                    "short",
                    (
                        "sum by (cluster_queue, reason) (increase(kueue_evicted_workloads_total[$__rate_interval])) > 0",
                        "{{cluster_queue}} {{reason}}",
                    ),
                ),
            ),
        ),
    ),
)
