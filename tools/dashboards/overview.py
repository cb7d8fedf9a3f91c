"""What users asked for first: how busy processors and GPUs are, how long jobs wait, how long they take."""

from tools.dashboards.panel import Dashboard, Row, series, stat

NO_GPU = "no GPU node"
NO_JOB = "no job"

OVERVIEW = Dashboard(
    name="overview",
    title="CI overview",
    about="Average CPU, average and peak GPU, average queue and build time, and what waits now.",
    rows=(
        Row(
            title="In the chosen time",
            panels=(
                stat(
                    "Average CPU",
                    "Share of all nodes' processor time that was not idle.",
                    "percentunit",
                    "avg_over_time(gpu_platform:cpu_utilization:avg[$__range])",
                ),
                stat(
                    "Average GPU",
                    "Over the hours that GPUs were there: nodes that come and go weigh as long as they stay.",
                    "percentunit",
                    "sum(sum_over_time(gpu_platform:gpu_utilization:by_gpu[$__range]))"
                    " / sum(count_over_time(gpu_platform:gpu_utilization:by_gpu[$__range]))",
                    nothing=NO_GPU,
                ),
                stat(
                    "Peak GPU",
                    "The highest that the average over all GPUs was. A single GPU's peak is nearly always 100 %.",
                    "percentunit",
                    "max_over_time(gpu_platform:gpu_utilization:avg[$__range])",
                    nothing=NO_GPU,
                ),
                stat(
                    "Most GPUs at once",
                    "GPU devices that pods held at the same time.",
                    "short",
                    "max_over_time(sum(gpu_platform:gpus_requested:by_node)[$__range:5m])",
                    nothing=NO_GPU,
                ),
                stat(
                    "Average queue time",
                    "From GitHub's handing a job to its scale set until a runner takes it. Jobs that still wait are not in it.",
                    "s",
                    "sum(increase(gha_job_startup_duration_seconds_sum[$__range]))"
                    " / (sum(increase(gha_job_startup_duration_seconds_count[$__range])) > 0)",
                    nothing=NO_JOB,
                ),
                stat(
                    "Average build time",
                    "Of jobs that succeeded, from the runner's taking them to their end. A workflow may have many jobs.",
                    "s",
                    'sum(increase(gha_job_execution_duration_seconds_sum{job_result="succeeded"}[$__range]))'
                    ' / (sum(increase(gha_job_execution_duration_seconds_count{job_result="succeeded"}[$__range])) > 0)',
                    nothing=NO_JOB,
                ),
            ),
        ),
        Row(
            title="Over time",
            panels=(
                series(
                    "Processors and GPUs",
                    "Averages over all that are there.",
                    "percentunit",
                    ("gpu_platform:cpu_utilization:avg", "CPU"),
                    ("gpu_platform:gpu_utilization:avg", "GPU"),
                    most=1,
                ),
                series(
                    "GPUs there and held",
                    "GPU devices that nodes have, and that pods hold. The space between is paid for and unused.",
                    "short",
                    ("sum(gpu_platform:gpus_allocatable:by_node)", "there"),
                    ("sum(gpu_platform:gpus_requested:by_node)", "held"),
                ),
                series(
                    "Queue time",
                    "Mean of the last hour by scale set.",
                    "s",
                    ("gpu_platform:queue_seconds:mean1h", "{{scale_set}}"),
                ),
                series(
                    "Build time",
                    "Mean of the last hour by scale set, of jobs that succeeded.",
                    "s",
                    ("gpu_platform:build_seconds:mean1h", "{{scale_set}}"),
                ),
                series(
                    "Waiting now",
                    "Jobs without a runner. Averages know only of the jobs that got one.",
                    "short",
                    ("gpu_platform:jobs_waiting:by_scale_set", "{{scale_set}}"),
                    stacked=True,
                ),
                series(
                    "Late jobs",
                    "Share of the jobs started in an hour that waited longer than promised.",
                    "percentunit",
                    ("gpu_platform:queue_late:ratio_rate1h", "{{scale_set}}"),
                    most=1,
                ),
            ),
        ),
    ),
)
