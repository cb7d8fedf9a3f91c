"""What a stack file may say of runner scale sets."""

from typing import Annotated, Literal

from pydantic import Field

from components.ci.runners.names import RUNNERS
from components.framework.section import AddOnSection
from infra.section import DnsLabel, Section, form

Event = Literal["merge_group", "push", "repository_dispatch", "schedule", "workflow_dispatch"]
"""Events whose workflow file is the default branch's, or of somebody who may write to the repository. `pull_request` is none: there the
file is the pull request's own."""
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

GitHubAddress = Annotated[
    str,
    form(
        r"^https://[a-z0-9.-]+(/enterprises)?/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?$",
        "the address of an organization, a repository or an enterprise, with no slash at its end: https://github.com/acme",
    ),
]
Repository = Annotated[str, form(r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", "a repository: owner/name")]
WorkflowFile = Annotated[str, form(r"^\.github/workflows/[A-Za-z0-9._-]+\.ya?ml$", "a workflow file: .github/workflows/gpu.yml")]
Branch = Annotated[str, form(r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", "a branch: main")]
RunnerLabel = Annotated[
    str, form(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$", "a label of letters, digits, dots, dashes and underscores, at most 255 characters")
]
ScaleSetName = Annotated[
    str,
    form(
        r"^[a-z]([a-z0-9-]{0,43}[a-z0-9])?$",
        "a name of lower-case letters, digits and dashes, a letter first, at most 45 characters, which is the chart's limit",
    ),
]
ClockTime = Annotated[str, form(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "a time of day: '08:30'")]


class Gate(Section):
    """What a job must be of before its first step runs. Checked on the runner, where no pull request can change it."""

    repositories: Annotated[tuple[Repository, ...], Field(min_length=1)]
    """Repositories whose jobs may run: `owner/name`."""
    workflows: Annotated[tuple[WorkflowFile, ...], Field(min_length=1)]
    """Workflow files that may use the runners, as their repository names them: `.github/workflows/<name>.yml`."""
    branches: Annotated[tuple[Branch, ...], Field(min_length=1)] = ("main",)
    """Branches that the workflow file may be of."""
    events: Annotated[tuple[Event, ...], Field(min_length=1)] = ("workflow_dispatch",)
    """What may have started the workflow."""


class WarmHours(Section):
    """Hours with runners that wait for jobs. They hold their nodes, and cost as much as runners at work."""

    runners: Annotated[int, Field(ge=1)]
    """Runners that wait."""
    start: ClockTime
    """When they start: `'08:00'`, quoted, or YAML may take it for a number."""
    end: ClockTime
    """When they go, on the same day."""
    days: Annotated[tuple[Day, ...], Field(min_length=1)] = ("mon", "tue", "wed", "thu", "fri")
    """On which days."""
    time_zone: str = "Etc/UTC"
    """Of both times: `Europe/Berlin`."""


class ScaleSet(Section):
    github: GitHubAddress
    """Organization, repository or enterprise that the runners are for. An organization's need no rights over repositories."""
    secret: DnsLabel = "arc-github-app"  # noqa: S105 - its name
    """Secret in the runners' namespace with `github_app_id`, `github_app_installation_id` and `github_app_private_key`. It is made by hand,
    so that the key is in no state and no plan."""
    runner_group: str | None = None
    """Runner group at GitHub, which must be there. Left out: the default group."""
    labels: tuple[RunnerLabel, ...] = ()
    """Further labels for `runs-on`, beside the scale set's name."""
    namespace: DnsLabel = RUNNERS
    """Where its runners are: a namespace of a team, or one of their own, which is made. Runners of those who do not trust each other belong
    into different ones."""
    pool: DnsLabel
    """Entry of `nodePools` that the runners run on."""
    gpus: Annotated[int, Field(ge=0)] | None = None
    """GPUs of one runner. Left out: 1 where the pool has GPUs."""
    cpu: Annotated[int, Field(ge=1)] = 4
    """Processors of one runner."""
    memory_gib: Annotated[int, Field(ge=1)] = 16
    """Memory of one runner, shared memory included."""
    storage_gib: Annotated[int, Field(ge=1)] = 50
    """Room on the node's disk for one runner."""
    shared_memory_gib: Annotated[int, Field(ge=1)] = 2
    """Size of `/dev/shm`, which data loaders and NCCL need."""
    min_runners: Annotated[int, Field(ge=0)] = 0
    """Runners that always wait for jobs. More than 0 keeps nodes, and costs money all the time."""
    max_runners: Annotated[int, Field(ge=0)] | None = None
    """Most runners at once; 0 drains the set. Left out: as many as the pool has room for at its largest."""
    queue: DnsLabel | None = None
    """Kueue's LocalQueue that they wait in for GPUs, in a namespace of a team. Left out: they take what is free."""
    priority: DnsLabel | None = None
    """Kueue's WorkloadPriorityClass of the runners: who comes first in the queue."""
    deadline_minutes: Annotated[int, Field(ge=5, le=1440)] = 120
    """A runner is ended after this time, whatever its job says."""
    image: str = "ghcr.io/actions/actions-runner:2.338.0"
    """Image of the runner: a version or, better, a digest. GitHub refuses runners that are more than 30 days behind its newest."""
    gate: Gate
    """Which jobs may run."""
    warm: Annotated[tuple[WarmHours, ...], Field(max_length=9)] = ()
    """Runners that wait for jobs at some hours only."""


class Runners(AddOnSection):
    scale_sets: dict[ScaleSetName, ScaleSet] = {}
    """Runner scale sets by name. The name is what `runs-on` asks for."""
    queue_seconds: Annotated[int, Field(ge=1)] = 600
    """A job that waits longer for its runner is late, and reported where many are."""
