"""How long jobs wait for a runner and how long they take, and alerts on runners that do not come."""

from collections.abc import Iterable
from pathlib import Path

from components.ci.runners import pod_monitors
from components.framework.signals import Alert, Dashboard, Group, Metric, Monitor, Recording, Signals, Source, histogram, metrics
from infra.problems import Problem

LISTENER = Source(
    "runner scale set's listener",
    "actions/actions-runner-controller 0.14.2, cmd/ghalistener/metrics/metrics.go, 2026-08; `scale_set` comes from pod_monitors.py",
    "metrics.listenerAddr of the controller's chart, listenerMetrics of the scale set's",
)
CONTROLLER = Source(
    "runner controller",
    "actions/actions-runner-controller 0.14.2, controllers/actions.github.com/metrics/metrics.go, 2026-08",
    "metrics.controllerManagerAddr of the controller's chart",
)

_SCALE_SET = frozenset({"name", "namespace", "repository", "organization", "enterprise"})
JOB_LABELS = frozenset({"repository", "event_name", "job_workflow_name"})
"""What scale sets are told to keep of a job. Its workflow's reference is another one for each pull request."""
_JOB = JOB_LABELS | {"scale_set", "scale_set_namespace"}
_COUNTS = ("assigned_jobs", "running_jobs", "registered_runners", "busy_runners", "idle_runners", "desired_runners", "max_runners")

METRICS: tuple[Metric, ...] = (
    *metrics(
        LISTENER,
        {
            **dict.fromkeys((f"gha_{what}" for what in _COUNTS), _SCALE_SET | {"scale_set", "scale_set_namespace"}),
            "gha_completed_jobs_total": _JOB | {"job_result"},
            **histogram("gha_job_startup_duration_seconds", _JOB),
            **histogram("gha_job_execution_duration_seconds", _JOB | {"job_result"}),
        },
    ),
    *metrics(
        CONTROLLER,
        {
            f"gha_controller_{what}": _SCALE_SET
            for what in ("pending_ephemeral_runners", "running_ephemeral_runners", "failed_ephemeral_runners", "running_listeners")
        },
    ),
)

# Upper bounds in seconds of the histograms that runner scale sets are told to keep. The longest build must be below the last.
JOB_BUCKETS = (5, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400, 28800, 86400)
QUEUE_SECONDS = 600
"""A job that waits longer for its runner is late."""

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


def problems(queue_seconds: int) -> Iterable[Problem]:
    if queue_seconds not in JOB_BUCKETS:
        bounds = ", ".join(map(str, JOB_BUCKETS))
        yield Problem("queueSeconds", f"is {queue_seconds}, but must be a bound that waits are counted by: {bounds}")


def signals(namespace: str, queue_seconds: int = QUEUE_SECONDS) -> Signals:
    """`namespace` is where the monitors are kept; they look at pods wherever they run."""
    documents = pod_monitors.documents(namespace)
    return Signals(
        metrics=METRICS,
        groups=(runners(queue_seconds),),
        monitors=tuple(Monitor(id=document["metadata"]["name"], document=document) for document in documents),
        dashboards=(Dashboard(name="runners", folder=Path(__file__).parent / "dashboards"),),
    )


def runners(late: int) -> Group:
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
