"""What a team has by the stack file, and only queues could keep: budgets, loans, and GPUs that are kept free."""

from collections.abc import Iterator

from components.queues.budgets.plan import budgeted
from infra.facts import ClusterContext, Team
from infra.problems import Problem

_FIX = "set addons.kueue.enabled and addons.queues.enabled to true, or take it out"


def problems(cluster: ClusterContext) -> Iterator[Problem]:
    """Of a cluster without queues. Paths start at the root of the stack file."""
    held = budgeted(cluster)
    for team in held:
        key, value = ("gpuHours", team.gpu_hours) if team.gpu_hours is not None else ("monthlyUsd", team.monthly_usd)
        yield Problem(f"teams.{team.name}.{key}", f"is {value}, but the team has no queue that could be held; {_FIX}")
    for team in cluster.teams:
        if team not in held:  # else its budget says so
            yield from _loans(team)


def _loans(team: Team) -> Iterator[Problem]:
    path = f"teams.{team.name}"
    if team.borrows:
        loans = " and ".join(f"{gpus} {model}" for model, gpus in team.borrows.items())
        yield Problem(f"{path}.borrows", f"is {loans}, but without queues nobody gets them back; {_FIX}")
    if not team.lends:
        yield Problem(f"{path}.lends", f"is false, but without queues nobody lends and nothing is kept free; {_FIX}")
