"""GitHub's runners: what waits, what runs, what failed."""

from tools.dashboards.panel import Dashboard, Row, series

_SET = "{{scale_set}}"


def _quantile(quantile: float, histogram: str) -> str:
    return f"histogram_quantile({quantile}, sum by (scale_set, le) (increase({histogram}_bucket[$__range])))"


RUNNERS = Dashboard(
    name="runners",
    title="Runners",
    about="Jobs and runners of each scale set.",
    rows=(
        Row(
            title="Jobs",
            panels=(
                series(
                    "Waiting",
                    "Jobs that GitHub handed to the scale set and no runner has taken.",
                    "short",
                    ("gpu_platform:jobs_waiting:by_scale_set", _SET),
                    stacked=True,
                ),
                series("Running", "Jobs that a runner works on.", "short", ("sum by (scale_set) (gha_running_jobs)", _SET), stacked=True),
                series(
                    "Queue time, in the chosen time",
                    "Half of the jobs, and 19 of 20, waited less than this.",
                    "s",
                    (_quantile(0.5, "gha_job_startup_duration_seconds"), "{{scale_set}} half"),
                    (_quantile(0.95, "gha_job_startup_duration_seconds"), "{{scale_set}} 19 of 20"),
                ),
                series(
                    "Build time, in the chosen time",
                    "Half of the jobs, and 19 of 20, took less than this, however they ended.",
                    "s",
                    (_quantile(0.5, "gha_job_execution_duration_seconds"), "{{scale_set}} half"),
                    (_quantile(0.95, "gha_job_execution_duration_seconds"), "{{scale_set}} 19 of 20"),
                ),
                series(
                    "Jobs by result",
                    "Ended in each interval.",
                    "short",
                    ("sum by (job_result) (increase(gha_completed_jobs_total[$__rate_interval]))", "{{job_result}}"),
                    stacked=True,
                    width=24,
                ),
            ),
        ),
        Row(
            title="Runners",
            panels=(
                series(
                    "Wanted and most",
                    "Runners that the scale set wants now, and that it may have. Where they meet, jobs wait for each other.",
                    "short",
                    ("sum by (scale_set) (gha_desired_runners)", "{{scale_set}} wanted"),
                    ("sum by (scale_set) (gha_max_runners)", "{{scale_set}} most"),
                ),
                series(
                    "Busy and idle",
                    "Runners with and without a job.",
                    "short",
                    ("sum by (scale_set) (gha_busy_runners)", "{{scale_set}} busy"),
                    ("sum by (scale_set) (gha_idle_runners)", "{{scale_set}} idle"),
                    stacked=True,
                ),
                series(
                    "Pending and failed",
                    "Runners whose pod does not run yet, and that were given up.",
                    "short",
                    ("sum by (name) (gha_controller_pending_ephemeral_runners)", "{{name}} pending"),
                    ("sum by (name) (gha_controller_failed_ephemeral_runners)", "{{name}} failed"),
                ),
                series(
                    "Listeners",
                    "1 where somebody listens for the scale set's jobs.",
                    "short",
                    ("sum by (name) (gha_controller_running_listeners)", "{{name}}"),
                ),
            ),
        ),
    ),
)
