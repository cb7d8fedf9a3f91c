"""That budgets are kept: whoever keeps them must have run not long ago."""

from components.framework.signals import Alert, Group, Signals, Source, metrics
from components.queues.budgets.plan import NAME, NAMESPACE

STATE = Source("kube-state-metrics", "kubernetes/kube-state-metrics docs/metrics/workload/cronjob-metrics.md, 2.16, 2026-08")
_CRON_JOB = frozenset({"namespace", "cronjob"})
LATE_SECONDS = 1800
_OF = f'{{namespace="{NAMESPACE}", cronjob="{NAME}"}}'

BUDGETS = Group(
    name="budgets",
    rules=(
        Alert(
            name="BudgetsNotKept",
            expr=(
                f"time() - max by (cronjob) (kube_cronjob_status_last_successful_time{_OF}) > {LATE_SECONDS}\n"
                f"or (time() - max by (cronjob) (kube_cronjob_created{_OF}) > {LATE_SECONDS})\n"
                f"unless on (cronjob) kube_cronjob_status_last_successful_time{_OF}"
            ),
            for_minutes=5,
            severity="critical",
            summary="the teams' GPU-hours were not counted for 30 minutes, so that nobody is held to a budget",
        ),
    ),
)

SIGNALS = Signals(
    metrics=metrics(STATE, {"kube_cronjob_status_last_successful_time": _CRON_JOB, "kube_cronjob_created": _CRON_JOB}),
    groups=(BUDGETS,),
)
