"""How long jobs wait for a runner and how long they take, and alerts on runners that do not come."""

from components.framework.signals import Alert, Group, Recording
from components.monitoring.stack.section import Monitoring

FEWEST_JOBS = 5
"""A quieter hour pages nobody: one slow job would be a fifth of it."""


def _mean(histogram: str, window: str, of: str = "") -> str:
    """Seconds, over the observations of the window. No series where there were none, rather than 0 / 0."""
    only = f"{{{of}}}" if of else ""
    return (
        f"sum by (scale_set) (increase({histogram}_sum{only}[{window}]))\n"
        f"/ (sum by (scale_set) (increase({histogram}_count{only}[{window}])) > 0)"
    )  # fmt: skip


def _late(seconds: int, window: str) -> str:
    # Prometheus 3 writes every bound with a point (`600.0`); a client's own text may have none.
    within = f'gha_job_startup_duration_seconds_bucket{{le=~"{seconds}(\\\\.0)?"}}'
    return (
        f"1 - sum by (scale_set) (rate({within}[{window}]))\n"
        f"/ (sum by (scale_set) (rate(gha_job_startup_duration_seconds_count[{window}])) > 0)"
    )  # fmt: skip


def runners(section: Monitoring) -> Group:
    late = section.queue_seconds
    return Group(
        name="runners",
        rules=(
            Recording(
                record="gpu_platform:queue_seconds:mean1h",
                expr=_mean("gha_job_startup_duration_seconds", "1h"),
                about="Average queue time: from GitHub's handing the job to the scale set until a runner takes it, in seconds. "
                "Contains Kueue's wait, the node's start and the image's download.",
            ),
            Recording(
                record="gpu_platform:build_seconds:mean1h",
                expr=_mean("gha_job_execution_duration_seconds", "1h", 'job_result="succeeded"'),
                about="Average build time of jobs that succeeded: from the runner's taking it to its end, in seconds.",
            ),
            Recording(
                record="gpu_platform:queue_late:ratio_rate5m",
                expr=_late(late, "5m"),
                about="Share of the jobs started in 5 minutes that waited longer than `queueSeconds`.",
            ),
            Recording(
                record="gpu_platform:queue_late:ratio_rate1h",
                expr=_late(late, "1h"),
                about="The same over an hour.",
            ),
            Recording(
                record="gpu_platform:jobs_waiting:by_scale_set",
                expr="sum by (scale_set) (gha_assigned_jobs) - sum by (scale_set) (gha_running_jobs)",
                about="Jobs without a runner now. Averages know only the jobs that got one.",
            ),
            Alert(
                name="RunnerQueueSlow",
                expr=(
                    "gpu_platform:queue_late:ratio_rate1h > 0.5 and gpu_platform:queue_late:ratio_rate5m > 0.5\n"
                    f"and sum by (scale_set) (increase(gha_job_startup_duration_seconds_count[1h])) >= {FEWEST_JOBS}"
                ),
                severity="critical",
                summary=f"more than half of the jobs of {{{{ $labels.scale_set }}}} wait longer than {late} seconds for a runner",
            ),
            Alert(
                name="RunnersStuckPending",
                expr=(
                    "min_over_time(gha_controller_pending_ephemeral_runners[20m]) > 0\n"
                    "and on (name, namespace) gha_controller_running_ephemeral_runners == 0"
                ),
                for_minutes=5,
                severity="warning",
                summary="runners of {{ $labels.name }} have been pending for 20 minutes and none runs",
            ),
            Alert(
                name="RunnersFailed",
                expr="gha_controller_failed_ephemeral_runners > 0",
                for_minutes=10,
                severity="warning",
                summary="{{ $labels.name }} has {{ $value }} failed runners, which count against its maximum",
            ),
            Alert(
                name="RunnerListenerDown",
                # Of each scale set: a sum would hide one that is down behind those that are up.
                expr="gha_controller_running_listeners == 0",
                for_minutes=5,
                severity="critical",
                summary="nobody listens for jobs of {{ $labels.name }}, and its queue time is not measured",
            ),
        ),
    )  # fmt: skip
