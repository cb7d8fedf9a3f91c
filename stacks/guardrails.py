"""The spend cap of a stack file, compiled into a budget and into quotas."""

from collections.abc import Sequence

from infra.catalogue.shapes import Shape
from infra.oke.pools.pool_plan import PoolPlan
from infra.oke.spend.guardrails import BudgetPlan, budget
from infra.oke.spend.quotas import KNOWN, GpuCap, check
from infra.problems import PlanError, Problem
from stacks.config import Stack


def budget_plan(stack: Stack) -> BudgetPlan | None:
    """None where no monthly cap is declared. Raises PlanError."""
    if stack.spend.monthly_cap is None or stack.guardrails is None:
        return None
    return budget(stack.spend.monthly_cap, stack.guardrails.recipients, stack.guardrails.thresholds)


def caps(stack: Stack, pools: Sequence[PoolPlan]) -> tuple[GpuCap, ...]:
    """A cap per GPU model of `spend.gpus`, for the availability domains that its pools use. Raises PlanError."""
    rules = stack.guardrails
    if rules is None or not rules.quota:
        return ()
    problems = []
    if rules.compartment_path is None:
        message = "is missing, but quotas name the compartment by its path; give it, or set guardrails.quota to false"
        problems.append(Problem("guardrails.compartmentPath", message))
    shapes = tuple(stack.known.shapes.values())
    answers = [_cap(model, gpus, rules.quota_names, pools, shapes) for model, gpus in stack.spend.gpus.items()]
    problems += [answer for answer in answers if isinstance(answer, Problem)]
    found = [answer for answer in answers if isinstance(answer, GpuCap)]
    if problems:
        raise PlanError(problems)
    check(found, rules.compartment_path or "", quota_names(stack))
    return tuple(found)


def quota_names(stack: Stack) -> frozenset[str]:
    """Quota names that are taken to exist: those Oracle publishes, and those the stack file vouches for."""
    own = {shape.quota for shape in stack.known.shapes.values() if shape.own and shape.quota}
    return KNOWN | own | frozenset(stack.guardrails.quota_names.values() if stack.guardrails else ())


def _cap(model: str, gpus: int, names: dict[str, str], pools: Sequence[PoolPlan], known: Sequence[Shape]) -> GpuCap | Problem:
    shapes = [shape for shape in known if shape.gpu_model == model]
    path = f"spend.gpus.{model}"
    if not shapes:
        models = sorted({shape.gpu_model for shape in known if shape.gpu_model})
        return Problem(path, f"{model!r} is no GPU model of the catalogue; known: {', '.join(models)}")
    quota = names.get(model) or next((shape.quota for shape in shapes if shape.quota), None)
    if quota is None:
        return Problem(path, f"Oracle publishes no quota name for {model}; look it up and set guardrails.quotaNames.{model}")
    used = [pool for pool in pools if pool.shape.gpu_model == model]
    domains = sorted({domain for pool in used for domain in pool.availability_domains})
    return GpuCap(
        quota=quota,
        key=model,
        gpus=gpus,
        gpus_per_node=min(pool.shape.gpus for pool in used) if used else min(shape.gpus for shape in shapes),
        domains=tuple(domains) or None,
        reserved=bool(used) and all(pool.capacity_reservation_id for pool in used),
    )
