"""One cap on spending, declared in `spend` and `teams`, and what each place that enforces it holds of it.

From the outside in: the policies refuse a plan, Oracle's quotas refuse a node, Kueue holds a job back, the ResourceQuota of a namespace
refuses a pod, and admission refuses a job. What a place holds is read from what will be applied, not from what it was made of, so that two
places that disagree show. `looser` says where a place lets more pass than the one around it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.access.admission import policies as admission
from components.queues.model import quantity
from components.queues.sharing import flavors
from infra.facts import ClusterContext
from infra.gpus import RESOURCES
from infra.oke.spend.quotas import GpuCap, spread
from infra.pricing import HOURS_PER_MONTH
from infra.problems import Problem
from infra.project import PROJECT
from policies.configuration import compiled
from policies.declared import declared
from stacks.config import Stack
from stacks.config.cluster import OkeCluster

if TYPE_CHECKING:  # plan.py reads `problems`
    from stacks.plan import PlatformPlan

LARGEST_REGION = 3
_READ = ("environment", "catalogue", "spend", "cluster", "addons", "layers", "guardrails")
"""What of a stack file the policies' limits are made from."""


def problems(stack: Stack, context: ClusterContext, node_usd_per_hour: Mapping[str, float]) -> Iterator[Problem]:
    """Caps that cannot hold: lower than what always runs, or than what is inside of them."""
    if isinstance(stack.cluster, OkeCluster):
        for model, cap in stack.spend.gpus.items():
            pools = [pool for pool in context.gpu_pools if pool.gpu_model == model]
            running = sum(pool.min_nodes * pool.gpus_per_node for pool in pools)
            if running > cap:
                entries = " and ".join(dict.fromkeys(f"cluster.nodePools.{pool.entry}" for pool in pools if pool.min_nodes))
                yield Problem(f"spend.gpus.{model}", f"is {cap}, but {entries} always run {running}; raise it, or lower minSize")
        yield from _money(stack, context, node_usd_per_hour)
    most = stack.spend.monthly_cap
    for name, team in stack.teams.items():
        if most is not None and team.monthly_usd is not None and team.monthly_usd > most:
            message = f"is {team.monthly_usd}, more than all may cost together ({_said(stack)}); lower it, or raise that"
            yield Problem(f"teams.{name}.monthlyUsd", message)


def _money(stack: Stack, context: ClusterContext, node_usd_per_hour: Mapping[str, float]) -> Iterator[Problem]:
    cap = stack.spend.monthly_cap
    hourly = sum(pool.min_nodes * node_usd_per_hour.get(pool.entry, 0) for pool in context.pools)
    if cap is not None and hourly * HOURS_PER_MONTH > cap:
        key = "monthlyUsd" if stack.spend.monthly_usd == cap else "hourlyUsd"
        given = stack.spend.monthly_usd if key == "monthlyUsd" else stack.spend.hourly_usd
        least = f"{hourly * HOURS_PER_MONTH:,.0f} USD a month" if key == "monthlyUsd" else f"{hourly:,.2f} USD an hour"
        yield Problem(f"spend.{key}", f"is {given:g}, but the nodes that always run cost {least}; raise it, or lower minSize of a pool")


def _said(stack: Stack) -> str:
    return f"spend.monthlyUsd is {stack.spend.monthly_usd}" if stack.spend.hourly_usd is None else f"spend allows {stack.spend.monthly_cap}"


@dataclass(frozen=True, kw_only=True)
class ModelCap:
    """GPUs of one model over the whole stack. None: the place says nothing, because it is not there."""

    model: str
    pools: int
    """Most that the pools can have."""
    cap: int | None
    """`spend.gpus`. None on a cluster that exists, where the machines are the limit."""
    policies: int | None
    quotas: int | None
    """Oracle's, all availability domains together."""
    queues: int | None
    """Quotas of all of Kueue's queues and cohorts."""


@dataclass(frozen=True, kw_only=True)
class NamespaceCap:
    """GPUs of one namespace, of all models together: Kubernetes knows them by one name."""

    team: str
    namespace: str
    most: int
    """What the stack file gives it, what is borrowed included."""
    resource_quota: int | None
    per_job: int | None
    per_pod: int | None


@dataclass(frozen=True, kw_only=True)
class TeamCap:
    """One team."""

    team: str
    gpus: Mapping[str, int]
    """Its own, by model."""
    most: Mapping[str, int]
    """With what it borrows."""
    queue: Mapping[str, tuple[int, int]] | None
    """What its queue has, by model: own, and most with what it borrows. None without queues."""
    gpu_hours: int | None
    monthly_usd: int | None


@dataclass(frozen=True, kw_only=True)
class SpendTable:
    """The cap, and what of it each place holds."""

    monthly_usd: int | None
    hourly_usd: float | None
    policy_usd: float | None
    """What the policies hold the plan to, a month."""
    budget_usd: int | None
    """Of Oracle's budget, which reports and stops nothing."""
    models: tuple[ModelCap, ...]
    teams: tuple[TeamCap, ...]
    namespaces: tuple[NamespaceCap, ...]


def table(found: "PlatformPlan") -> SpendTable:
    stack, context = found.stack, found.context
    config = compiled(declared(_configuration(stack)))
    on_oke = isinstance(stack.cluster, OkeCluster)
    objects = [row.document for plan in found.addons.plans.values() for row in plan.objects]
    queued = _queued(objects, context) if any(each["kind"] == "ClusterQueue" for each in objects) else None
    models = dict.fromkeys((*context.gpu_models, *stack.spend.gpus))
    oracle = {model: sum(spread(cap, _domains(cap)).values()) for model, cap in zip(stack.spend.gpus, found.caps, strict=False)}
    return SpendTable(
        monthly_usd=stack.spend.monthly_cap,
        hourly_usd=stack.spend.hourly_usd,
        policy_usd=config["stack-cost"]["monthlyUsd"] if on_oke else None,
        budget_usd=found.budget.amount if found.budget else None,
        models=tuple(
            ModelCap(
                model=model,
                pools=context.gpu_models.get(model, 0),
                cap=stack.spend.gpus.get(model, 0 if on_oke else None),
                policies=config["gpu-total"]["gpus"].get(model, 0) if on_oke else None,
                quotas=oracle.get(model, 0) if found.caps else None,
                queues=None if queued is None else sum(of.get(model, (0, 0))[0] for of in queued.values()),
            )
            for model in models
        ),
        teams=tuple(
            TeamCap(
                team=team.name,
                gpus=team.gpus,
                most={model: team.most(model) for model in dict.fromkeys((*team.gpus, *team.borrows))},
                queue=None if queued is None else queued.get(f"ClusterQueue {team.name}", {}),
                gpu_hours=team.gpu_hours,
                monthly_usd=team.monthly_usd,
            )
            for team in context.teams
        ),
        namespaces=tuple(_namespaces(objects, context)),
    )


def _configuration(stack: Stack) -> dict[str, str]:
    """As the engine hands a stack's configuration to the policies."""
    document = stack.model_dump(mode="json", by_alias=True, exclude_none=True, include=set(_READ))
    return {f"{PROJECT}:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in document.items()}


def _domains(cap: GpuCap) -> tuple[str, ...]:
    """Names stand for those that only the tenancy knows: sums are the same."""
    return tuple(f"x:AD-{number}" for number in range(1, max(cap.domains or (LARGEST_REGION,)) + 1))


def _queued(objects: Iterable[Mapping[str, Any]], context: ClusterContext) -> dict[str, dict[str, tuple[int, int]]]:
    """By queue or cohort and model: its own quota, and most with what it borrows."""
    model_of = {name: pools[0].gpu_model for name, pools in flavors.names(context).items()}
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for each in objects:
        if each["kind"] not in ("ClusterQueue", "Cohort"):
            continue
        of: dict[str, tuple[int, int]] = {}
        for group in each["spec"].get("resourceGroups", ()):
            for flavor in group["flavors"]:
                model = model_of.get(flavor["name"])
                for row in flavor["resources"] if model is not None else ():
                    if row["name"] in RESOURCES.values():
                        own, most = of.get(str(model), (0, 0))
                        nominal = int(quantity.parse(row["nominalQuota"]))
                        loan = int(quantity.parse(row.get("borrowingLimit", "0")))
                        of[str(model)] = (own + nominal, most + nominal + loan)
        found[f"{each['kind']} {each['metadata']['name']}"] = of
    return found


def _namespaces(objects: Sequence[Mapping[str, Any]], context: ClusterContext) -> Iterator[NamespaceCap]:
    quotas = {
        each["metadata"]["namespace"]: sum(int(each["spec"]["hard"].get(f"requests.{name}", "0")) for name in RESOURCES.values())
        for each in objects
        if each["kind"] == "ResourceQuota"
    }
    per_pod, per_job = admission.limits(objects)
    for team in context.teams:
        for space in team.namespaces:
            yield NamespaceCap(
                team=team.name,
                namespace=space.name,
                most=sum(space.gpus.values()),
                resource_quota=quotas.get(space.name),
                per_job=per_job.get(space.name),
                per_pod=per_pod.get(space.name),
            )


def looser(found: SpendTable) -> Iterator[str]:
    """Where a place lets more pass than the one around it."""
    yield from _looser_for_all(found)
    yield from _looser_for_a_team(found)
    for what, usd in (("the policies allow", found.policy_usd), ("the budget is", found.budget_usd)):
        if usd is not None and usd > (found.monthly_usd or 0):
            yield f"{what} {usd:,.0f} USD a month, but the cap is {found.monthly_usd or 0:,}"


def _looser_for_all(found: SpendTable) -> Iterator[str]:
    for each in found.models:
        cap = each.pools if each.cap is None else each.cap
        for what, held in (("the policies allow", each.policies), ("Oracle's quotas allow", each.quotas)):
            if held is not None and held > cap:
                yield f"{what} {held} {each.model}, but the cap is {cap}"
        if each.queues is not None and each.queues > min(each.pools, cap):
            yield f"the queues have {each.queues} {each.model}, but there may be {min(each.pools, cap)}"


def _looser_for_a_team(found: SpendTable) -> Iterator[str]:
    of_team: Counter[str] = Counter()
    for space in found.namespaces:
        of_team[space.team] += space.resource_quota or 0
        if space.resource_quota is not None and space.resource_quota > space.most:
            yield f"the quota of {space.namespace} is {space.resource_quota} GPUs, but it may have {space.most}"
        outer = space.most if space.resource_quota is None else space.resource_quota
        for what, held in (("a job", space.per_job), ("a pod", space.per_pod)):
            if held is not None and held > outer:
                yield f"{what} of {space.namespace} may ask for {held} GPUs, but the namespace may have {outer}"
    for team in found.teams:
        for model, (own, most) in (team.queue or {}).items():
            if own > team.gpus.get(model, 0) or most > team.most.get(model, 0):
                yield f"the queue of {team.team} has {own} {model} and reaches {most}, but the team may have {team.most.get(model, 0)}"
        if of_team[team.team] > sum(team.most.values()):
            yield f"the namespaces of {team.team} may have {of_team[team.team]} GPUs, but the team {sum(team.most.values())}"
