"""What a stack file may say of Kueue itself. Who has what is in the section `queues`."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from components.framework.section import AddOnSection, Section
from infra.section import form

Framework = Literal[
    "batch/job",
    "kubeflow.org/mpijob",
    "ray.io/rayjob",
    "ray.io/rayservice",
    "ray.io/raycluster",
    "jobset.x-k8s.io/jobset",
    "kubeflow.org/paddlejob",
    "kubeflow.org/pytorchjob",
    "kubeflow.org/tfjob",
    "kubeflow.org/xgboostjob",
    "kubeflow.org/jaxjob",
    "trainer.kubeflow.org/trainjob",
    "workload.codeflare.dev/appwrapper",
    "sparkoperator.k8s.io/sparkapplication",
    "pod",
    "deployment",
    "statefulset",
    "leaderworkerset.x-k8s.io/leaderworkerset",
]
"""kubernetes-sigs/kueue v0.19.2, apis/config/v1beta2, 2026-08. Kueue does not start with another."""
SPARK = "sparkoperator.k8s.io/sparkapplication"
"""The one that is not finished: behind a feature gate of Kueue's that is off."""
FINISHED: tuple[Framework, ...] = tuple(kind for kind in get_args(Framework) if kind != SPARK)
Duration = Annotated[str, form(r"^([0-9]+(h|m|s))+$", "a time: 30m, 1h30m")]
"""As Go writes it: 30m, 1h30m, 0s."""
Prefix = Annotated[str, Field(min_length=1)]


class PodsReady(Section):
    timeout: Duration = "30m"
    """How long an admitted workload may take until all of its pods are ready, before it is evicted and queued again. Large models take long
    to load."""
    recovery_timeout: Duration = "30m"
    """How long one of its pods may be unready later on. `0s`: for ever."""
    block_admission: bool = False
    """Admit nothing else until the pods of what was admitted are ready."""
    backoff_seconds: Annotated[int, Field(ge=1)] = 60
    """Wait before an evicted workload is tried again; doubled each time."""
    backoff_max_seconds: Annotated[int, Field(ge=1)] = 3600
    """The longest of these waits."""
    attempts: Annotated[int, Field(ge=0)] | None = None
    """How often it is tried again before it is given up. Left out: for ever."""


class Transformation(Section):
    input: str
    """Resource that pods ask for: nvidia.com/mig-1g.10gb."""
    strategy: Literal["Retain", "Replace"] = "Retain"
    """Whether the quota of the resource itself is used as well."""
    outputs: dict[str, str] = {}
    """What one of it counts as, in resources that queues have quotas of."""


class Kueue(AddOnSection):
    replicas: Annotated[int, Field(ge=1, le=3)] = 2
    """Of the controller. One works; the others answer the webhooks too."""
    frameworks: Annotated[tuple[Framework, ...], Field(min_length=1)] = FINISHED
    """Kinds of workloads that wait for quota. One that is left out runs past every quota, so that the default leaves out none that is
    finished. A kind that the cluster does not have costs nothing."""
    pods_ready: PodsReady = PodsReady()
    """When a workload that was admitted and does not start is evicted."""
    fair_sharing: tuple[Literal["LessThanOrEqualToFinalShare", "LessThanInitialShare"], ...] = ()
    """How queues that borrow take from each other by weight: strategies of Kueue's, in the order in which it tries them. Left out: by
    priority and age, and only what is a queue's own is taken back."""
    exclude_resource_prefixes: tuple[Prefix, ...] = ()
    """Resources whose names begin so are asked for without quota."""
    transformations: tuple[Transformation, ...] = ()
    """Resources that count as others: partitions of a GPU against one quota."""
    keep_finished: Duration = "168h"
    """How long what Kueue knows of a finished job is kept."""
    feature_gates: dict[str, bool] = {}
    """Kueue's own feature gates, by name. Refused: others, and a change of one that is locked."""
