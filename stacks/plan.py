"""Everything that a stack file asks for, decided before anything is declared."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from components.framework.compose import AddOnsPlan
from infra import needs, tags
from infra.existing import plan as existing
from infra.facts import ClusterContext, Prices
from infra.oke.spend.guardrails import BudgetPlan
from infra.oke.spend.quotas import GpuCap
from infra.problems import Problem
from stacks import addons, egress, guardrails, oke_plan, spend, teams
from stacks.collect import Collector
from stacks.config import Stack, StackFileError, repeated
from stacks.config.cluster import ExistingCluster, OkeCluster
from stacks.config.image_lock import LockFile
from stacks.node_prices import node_prices
from stacks.oke_plan import OkePlan


@dataclass(frozen=True, kw_only=True)
class PlatformPlan:
    stack: Stack
    oke: OkePlan | None
    """None for a cluster that is there already."""
    context: ClusterContext
    """What the platform inside the cluster stands on."""
    addons: AddOnsPlan
    node_labels: Mapping[str, Mapping[str, str]]
    """What the owner of an existing cluster must still put on its nodes, by entry of `nodePools`."""
    budget: BudgetPlan | None
    caps: tuple[GpuCap, ...]
    notices: tuple[str, ...] = ()
    """What is set and has no effect now, for whoever wrote it."""


def plan(stack: Stack, file: Path | None = None, images: LockFile | None = None) -> PlatformPlan:
    """`images` are what the node pools are pinned to. Raises StackFileError with every problem that any planner finds."""
    found = Collector()
    found.add(tags.problems(stack.tags))
    found.add(tags.defined_problems(stack.defined_tags, stack.ignore_defined_tags, oke=isinstance(stack.cluster, OkeCluster)))
    found.add(_layers(stack))
    oke: OkePlan | None = None
    context: ClusterContext | None = None
    match stack.cluster:
        case OkeCluster() as cluster:
            oke = oke_plan.plan(stack, cluster, found, images)
            context = oke.context if oke else None
        case ExistingCluster() as given:
            context = found.attempt(lambda: _existing(given), "cluster")
            if context and "cluster" in stack.layers:
                sharing = context
                shared = found.attempt(lambda: teams.plan(stack.teams, sharing, stack.spend, on_oke=False))
                context = replace(context, teams=shared or ())
    context = replace(context, gpu_caps=stack.spend.gpus) if context else None
    found.add(spend.problems(stack, context, node_prices(oke.pools) if oke else {}) if context else ())
    inside, by_hand = None, {}
    if context and "cluster" in stack.layers:
        prices = Prices(node_usd_per_hour=node_prices(oke.pools) if oke else {}, monthly_usd=stack.spend.monthly_cap)
        cluster_context = replace(context, prices=prices)
        if oke is None:
            asked = addons.asked(stack.addons, cluster_context)
            found.add(existing.refused(asked))
            by_hand = needs.labels_by_hand(asked)
            found.add(needs.problems(asked, {name: pool.labels for name, pool in stack.cluster.node_pools.items()}))
            pools = (replace(pool, labels={**pool.labels, **by_hand.get(pool.entry, {})}) for pool in context.pools)
            cluster_context = replace(cluster_context, pools=tuple(pools))
        if stack.teams and not context.teams:  # refused: what add-ons make of them is not known
            found.add(addons.problems_beside_teams(stack.addons, cluster_context), "addons")
        else:
            inside = found.attempt(lambda: addons.plan(stack.addons, cluster_context), "addons")
        if inside is not None:  # else another mistake may be why an add-on is not installed
            found.add(addons.unread(stack, cluster_context))
            found.add(addons.problems_elsewhere(cluster_context, inside))
            found.add(egress.problems(stack, inside))
    wanted = "guardrails" in stack.layers and stack.guardrails is not None
    budget = found.attempt(lambda: guardrails.budget_plan(stack)) if wanted else None
    caps = found.attempt(lambda: guardrails.caps(stack, oke.pools if oke else ())) if wanted and not found.problems else ()
    reported = [problem.path for problem in found.problems]
    found.add(twice for twice in repeated.problems(stack) if not any(f"{path}.".startswith(f"{twice.path}.") for path in reported))
    if found.problems:
        raise StackFileError(map(stack.written, found.problems), file)
    return PlatformPlan(
        stack=stack,
        oke=oke,
        context=context or ClusterContext(),
        addons=inside or AddOnsPlan(),
        node_labels=by_hand,
        budget=budget,
        caps=caps or (),
        notices=tuple(addons.unused(stack)),
    )


def _layers(stack: Stack) -> list[Problem]:
    problems = [] if "cluster" in stack.layers else list(addons.unread(stack, None))
    if stack.teams and "cluster" not in stack.layers:
        problems.append(Problem("teams", "are given, but `layers` has no cluster for them to share; take them out"))
    if "guardrails" in stack.layers:
        if not isinstance(stack.cluster, OkeCluster):
            problems.append(Problem("layers", "has guardrails, which cap an OKE cluster; cluster.backend is 'existing', so leave them out"))
        elif stack.guardrails is None:
            problems.append(Problem("guardrails", "is missing, but `layers` has guardrails; say at least who gets the alerts (recipients)"))
    elif stack.guardrails is not None:
        problems.append(Problem("guardrails", "is given, but `layers` has no guardrails, so nothing would enforce it; add the layer"))
    return problems


def _existing(cluster: ExistingCluster) -> ClusterContext:
    return ClusterContext(
        pools=existing.plan(cluster.node_pools),
        host_has_gpu_driver=cluster.host_has_gpu_driver,
        provided=frozenset(cluster.provided),
        addon_namespaces=addons.NAMESPACES,
        storage_classes=frozenset(cluster.storage_classes),
        network_policies=cluster.network_policies,
        distribution=cluster.distribution,
    )
