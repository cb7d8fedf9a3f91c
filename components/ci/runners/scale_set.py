"""Helm values of a runner scale set."""

from collections.abc import Iterable

from components.ci.runners import runner_pod
from components.ci.runners.names import CONTROLLER_ACCOUNT, NAMESPACE
from components.ci.runners.section import ScaleSet
from components.ci.runners.signals import JOB_BUCKETS, JOB_LABELS
from components.framework import restricted
from components.framework.plan import Decided, settings
from components.framework.values import Values
from components.queues.model.workloads import QUEUE
from infra.facts import Pool

_POD = ("template", "spec")
_SETTINGS = {
    "github": ("githubConfigUrl",),
    "runnerGroup": ("runnerGroup",),
    "labels": ("scaleSetLabels",),
    "minRunners": ("minRunners",),
    "maxRunners": ("maxRunners",),
    "deadlineMinutes": (*_POD, "activeDeadlineSeconds"),
    "queue": ("template", "metadata", "labels", QUEUE),
    "priority": ("template", "metadata", "labels", "kueue.x-k8s.io/priority-class"),
}
"""Values that a setting decides."""
_KEPT = {
    (*_POD, "containers"): "the runner has its image, its size and its gate from the settings of the scale set",
    (*_POD, "volumes"): "the runner's gate and its room are among them",
    (*_POD, "nodeSelector"): "runners are on the pool that the scale set names",
    (*_POD, "tolerations"): "runners tolerate the taints of that pool",
    ("listenerMetrics",): "alerts and dashboards read what it measures",
}
"""Values that overrides may add to, and what would be lost else."""
_NOT_HERE = {
    (*_POD, "automountServiceAccountToken"): "a job would have the rights of its account in the cluster",
    ("controllerServiceAccount",): "there is one controller, and its account is the platform's",
    ("containerMode",): "jobs run in the runner's own container: the modes need a privileged one, or rights over the namespace's Secrets",
    ("keyVault",): "the key is in a Secret of the cluster",
}
"""Values that nobody sets, and why."""
_RUNNERS = ("registered", "busy", "idle", "min", "max", "desired")
_GAUGES = ("assigned_jobs", "running_jobs", *(f"{which}_runners" for which in _RUNNERS))
_GAUGE_LABELS = ["name", "namespace", "repository", "organization", "enterprise"]


def decided(name: str) -> tuple[Decided, ...]:
    """Values that the settings of a scale set decide, and those that nobody sets: they would take the gate, or the bounds, away."""
    table = {key: [path] for key, path in _SETTINGS.items()}
    return (
        *settings({f"scaleSets.{name}.{key}": paths for key, paths in table.items()}),
        *settings({f"scaleSets.{name}.secret": [("githubConfigSecret",)]}, secret=True),
        Decided(("runnerScaleSetName",), "it is the name of the scale set, which `runs-on` asks for; take it out"),
        *(Decided(path, f"{why}; write it whole, and add to it", more=True) for path, why in _KEPT.items()),
        *(Decided(path, f"{why}; take it out") for path, why in _NOT_HERE.items()),
    )


def values(name: str, scale_set: ScaleSet, pools: Iterable[Pool]) -> Values:
    """Numbers stay numbers: the chart takes a maximum that is text for none at all."""
    found = tuple(pools)
    return {
        "githubConfigUrl": scale_set.github,
        "githubConfigSecret": scale_set.secret,  # a name: the key itself would be in the values
        "runnerScaleSetName": name,
        **({"runnerGroup": scale_set.runner_group} if scale_set.runner_group else {}),
        **({"scaleSetLabels": list(scale_set.labels)} if scale_set.labels else {}),
        "minRunners": scale_set.min_runners,
        "maxRunners": most_runners(scale_set, found),
        # Named: the chart would look for the Deployment in the cluster, which is not there at the first preview.
        "controllerServiceAccount": {"namespace": NAMESPACE, "name": CONTROLLER_ACCOUNT},
        "listenerTemplate": {"spec": {"securityContext": restricted.pod(), "containers": [_listener()]}},
        "listenerMetrics": _metrics(),
        "template": runner_pod.template(name, scale_set, found),
    }


def room(scale_set: ScaleSet, pools: Iterable[Pool]) -> int:
    """Runners that the pools hold at their largest. Those without GPUs are counted one to a node."""
    found = tuple(pools)
    count = runner_pod.gpus(scale_set, found)
    return sum(pool.max_nodes * (pool.gpus_per_node // count if count else 1) for pool in found)


def most_runners(scale_set: ScaleSet, pools: Iterable[Pool]) -> int:
    return room(scale_set, pools) if scale_set.max_runners is None else scale_set.max_runners


def _listener() -> Values:
    return {
        "name": "listener",  # by this name the controller knows its container
        "securityContext": restricted.READ_ONLY,
        "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "512Mi"}},
    }


def _metrics() -> Values:
    """Few labels, for each combination is a series; and waits up to a day, where the chart's own bounds end after an hour."""
    jobs = sorted(JOB_LABELS)
    histogram = {"buckets": [float(bound) for bound in JOB_BUCKETS]}
    return {
        "counters": {"gha_started_jobs_total": {"labels": jobs}, "gha_completed_jobs_total": {"labels": [*jobs, "job_result"]}},
        "gauges": {f"gha_{what}": {"labels": _GAUGE_LABELS} for what in _GAUGES},
        "histograms": {
            "gha_job_startup_duration_seconds": {"labels": jobs, **histogram},
            "gha_job_execution_duration_seconds": {"labels": [*jobs, "job_result"], **histogram},
        },
    }
