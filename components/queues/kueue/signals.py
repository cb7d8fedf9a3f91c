"""How long Kueue makes work wait, how much of a quota is used, and alerts on queues that do not move."""

from pathlib import Path

from components.framework.signals import Alert, Dashboard, Group, Metric, Recording, Signals, Source, histogram, metrics

KUEUE = Source("Kueue", "kubernetes-sigs/kueue 0.19.2, site/content/en/docs/reference/metrics.md, 2026-08", "enablePrometheus of the chart")
KUEUE_QUOTA = Source("Kueue", KUEUE.read, "metrics.enableClusterQueueResources of Kueue's configuration")

_QUOTA = frozenset({"cohort", "cluster_queue", "flavor", "resource"})

METRICS: tuple[Metric, ...] = (
    *metrics(
        KUEUE,
        {
            "kueue_pending_workloads": {"cluster_queue", "status"},
            "kueue_admitted_active_workloads": {"cluster_queue"},
            "kueue_admitted_workloads_total": {"cluster_queue", "priority_class"},
            "kueue_evicted_workloads_total": {"cluster_queue", "reason", "underlying_cause", "priority_class"},
            "kueue_cluster_queue_status": {"cluster_queue", "status"},
            **histogram("kueue_admission_wait_time_seconds", frozenset({"cluster_queue", "priority_class"})),
        },
    ),
    *metrics(KUEUE_QUOTA, {"kueue_cluster_queue_nominal_quota": _QUOTA, "kueue_cluster_queue_resource_usage": _QUOTA}),
)

# Here resource names are Kubernetes' own, with dots.
GPU_QUOTAS = 'resource=~"(nvidia.com/(gpu|mig)|amd.com/gpu).*"'

QUEUES = Group(
    name="queues",
    rules=(
        Recording(
            record="gpu_platform:admission_seconds:mean1h",
            expr=(
                "sum by (cluster_queue) (increase(kueue_admission_wait_time_seconds_sum[1h]))\n"
                "/ (sum by (cluster_queue) (increase(kueue_admission_wait_time_seconds_count[1h])) > 0)"
            ),
            about="Average wait for quota, in seconds: from a workload's creation, or its last eviction, until Kueue admits it.",
        ),
        Recording(
            record="gpu_platform:gpu_quota_used:ratio",
            expr=(
                f"sum by (cluster_queue) (kueue_cluster_queue_resource_usage{{{GPU_QUOTAS}}})\n"
                f"/ (sum by (cluster_queue) (kueue_cluster_queue_nominal_quota{{{GPU_QUOTAS}}}) > 0)"
            ),
            about="GPUs used of a queue's own quota; above 1 it borrows.",
        ),
        Alert(
            name="QueueStalled",
            expr=(
                'min_over_time(sum by (cluster_queue) (kueue_pending_workloads{status="active"})[30m:1m]) > 0\n'
                "unless on (cluster_queue) sum by (cluster_queue) (increase(kueue_admitted_workloads_total[30m])) > 0"
            ),
            for_minutes=5,
            severity="warning",
            summary="work has been waiting in {{ $labels.cluster_queue }} for 30 minutes and nothing was admitted",
        ),
        Alert(
            name="QueueInactive",
            expr='max by (cluster_queue) (kueue_cluster_queue_status{status="active"}) == 0',
            for_minutes=10,
            severity="critical",
            summary="{{ $labels.cluster_queue }} admits nothing: it is stopped, or a flavor or a check that it names is missing",
        ),
    ),
)  # fmt: skip

SIGNALS = Signals(metrics=METRICS, groups=(QUEUES,), dashboards=(Dashboard(name="queues", folder=Path(__file__).parent / "dashboards"),))
