"""The `teams` section: who shares the cluster, and what is theirs."""

from typing import Annotated, Literal

from pydantic import Field

from infra.facts import Priority
from infra.section import DnsLabel, Section

Gpus = dict[str, Annotated[int, Field(ge=1)]]


class TeamQuota(Section):
    gpus: Gpus = {}
    """GPUs that are the team's, by model (`A10: 2`). A share of their nodes' processors and memory goes with them."""
    cpus: Annotated[int, Field(ge=0)] = 0
    """Processors on nodes without GPUs, beside those that go with its GPUs."""
    memory_gib: Annotated[int, Field(ge=0)] = 0
    """Memory on nodes without GPUs in GiB, beside what goes with its GPUs."""


class TeamNamespaceShare(Section):
    quota: TeamQuota | None = None
    """Most that this namespace may use of what the team may. One namespace of a team may leave it out: it gets what is left."""
    ci: bool = False
    """Make a service account `ci-submitter` that jobs are submitted by from outside: create and watch jobs here, read logs, no more."""


class Team(Section):
    namespaces: dict[DnsLabel, TeamNamespaceShare] = {}
    """Its namespaces. Left out: one that is called as the team is."""
    members: str | None = None
    """Group whose members work in its namespaces: on OKE the OCID of an IAM group, on other clusters what their authenticator calls it.
    Left out: nobody but CI does."""
    quota: TeamQuota = TeamQuota()
    """What is the team's."""
    borrows: Gpus = {}
    """GPUs beyond its own that it may use while others do not, by model. Left out: none."""
    lends: bool = True
    """Others may use what it does not, until it wants it back. `false` keeps it free: nothing of the team's ever waits for others."""
    priority: Priority = "normal"
    """Who goes first where several wait for the same GPUs."""
    gpu_hours: Annotated[int, Field(ge=1)] | None = None
    """Most hours of one GPU, of all models together, in a calendar month (UTC). At 100 % its queue admits nothing more, at 110 %
    what runs is evicted, until the next month."""
    monthly_usd: Annotated[int, Field(ge=1)] | None = None
    """Most that its GPUs may cost in a calendar month (UTC), in US dollars at list price. Kept as `gpuHours` are."""
    pod_security: Literal["baseline", "restricted"] = "restricted"
    """What its pods may do. Those that may reach into their node are never a team's."""
