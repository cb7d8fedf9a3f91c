"""A stack's cap on spending, read from its file."""

from pathlib import Path
from typing import Any

from platformctl.stack_plan import planned
from stacks.spend import SpendTable, looser, table


def read(file: Path) -> SpendTable:
    """Raises WrongInput with everything that is wrong with the file."""
    return table(planned(file))


def wrong(found: SpendTable) -> tuple[str, ...]:
    """Where a place lets more pass than the one around it."""
    return tuple(looser(found))


def document(found: SpendTable) -> dict[str, Any]:
    """For scripts. A place that is not there is null."""
    return {
        "monthlyUsd": {"cap": found.monthly_usd, "hourly": found.hourly_usd, "policies": found.policy_usd, "budget": found.budget_usd},
        "models": [
            {
                "model": each.model, "cap": each.cap, "pools": each.pools, "policies": each.policies, "quotas": each.quotas,
                "queues": each.queues,
            }
            for each in found.models
        ],
        "teams": [
            {
                "team": each.team,
                "gpus": dict(each.gpus),
                "most": dict(each.most),
                "queue": None if each.queue is None else {model: {"own": own, "most": most} for model, (own, most) in each.queue.items()},
                "gpuHours": each.gpu_hours,
                "monthlyUsd": each.monthly_usd,
            }
            for each in found.teams
        ],
        "namespaces": [
            {
                "namespace": each.namespace, "team": each.team, "most": each.most, "resourceQuota": each.resource_quota,
                "perJob": each.per_job, "perPod": each.per_pod,
            }
            for each in found.namespaces
        ],
    }  # fmt: skip
