"""The whole platform, declared from a stack file: what `__main__.py` runs."""

from collections.abc import Mapping

import pulumi

from components.framework import carrier
from components.framework.manifest import Manifests
from infra import tags
from infra.existing import plan as existing
from infra.facts import ClusterFacts
from infra.oke import lookups
from infra.oke.providers import Providers, providers
from infra.oke.spend.guardrails import Guardrails, GuardrailsArgs, QuotaArgs
from infra.project import PROJECT
from stacks import guardrails, oke
from stacks.config import Stack, from_pulumi, image_lock
from stacks.config.cluster import ExistingCluster, OkeCluster
from stacks.oke_plan import OkePlan
from stacks.plan import PlatformPlan, plan


def main() -> None:
    """Read the stack and its lock, plan it, declare it, export what its users need. Raises StackFileError."""
    stack, notices = from_pulumi()
    for notice in notices:
        pulumi.log.warn(notice)
    decided = plan(stack, images=image_lock.from_pulumi())
    for notice in decided.notices:
        pulumi.log.warn(notice)
    for name, value in declare(decided).items():
        pulumi.export(name, value)


def declare(decided: PlatformPlan) -> Mapping[str, pulumi.Input[object]]:
    """Make the resources of the stack's layers. Returns the stack's outputs."""
    stack = decided.stack
    tags.register({"platform": stack.name, "environment": stack.environment, "managed-by": PROJECT, **stack.tags}, stack.defined_tags)
    if isinstance(stack.cluster, ExistingCluster):
        facts = existing.existing(stack.cluster.kubeconfig, stack.cluster.context, stack.name)
        labels = {"nodeLabels": decided.node_labels} if decided.node_labels else {}
        return {**_outputs(decided), **_addons(facts, decided), **labels}
    if decided.oke is None:
        raise ValueError("an OKE cluster has no plan: call stacks.plan.plan first")
    where = _providers(stack, stack.cluster, decided.oke)
    if "guardrails" in stack.layers:
        _guardrails(stack, stack.cluster, decided, where)
    if "cluster" not in stack.layers:
        return {}
    made = oke.declare(stack, stack.cluster, decided.oke, where)
    Manifests("storage-classes", made.facts, made.manifests)
    return {**made.outputs, **_outputs(decided), **_addons(made.facts, decided)}


def _providers(stack: Stack, cluster: OkeCluster, decided: OkePlan) -> Providers:
    home = cluster.home_region or (lambda provider: lookups.home_region(cluster.tenancy_id, provider))
    return providers(cluster.region, home, decided.authentication, stack.ignore_defined_tags)


def _guardrails(stack: Stack, cluster: OkeCluster, decided: PlatformPlan, where: Providers) -> None:
    path = stack.guardrails.compartment_path if stack.guardrails else None
    Guardrails(
        "guardrails",
        GuardrailsArgs(
            prefix=stack.name,
            tenancy_id=cluster.tenancy_id,
            compartment_id=cluster.compartment_id,
            home=where.home,
            budget=decided.budget,
            quota=QuotaArgs(
                caps=decided.caps,
                compartment_path=path,
                domains=lookups.availability_domains(cluster.tenancy_id, where.region),
                names=guardrails.quota_names(stack),
                found=lookups.compartment_path(cluster.compartment_id, where.home),
            )
            if path is not None and stack.guardrails is not None and stack.guardrails.quota
            else None,
        ),
    )


def _addons(facts: ClusterFacts, decided: PlatformPlan) -> dict[str, pulumi.Input[object]]:
    installed = carrier.install(decided.addons, facts, decided.stack.charts.mirror)
    return {"addons": {key: [f"{chart.key} {chart.version}" for chart in found.charts] for key, found in sorted(installed.items())}}


def _outputs(decided: PlatformPlan) -> dict[str, pulumi.Input[object]]:
    """What the stack's users need to know of its node pools."""
    return {
        "pools": {
            pool.name: {"minNodes": pool.min_nodes, "maxNodes": pool.max_nodes, "gpus": pool.gpus_per_node, "gpuModel": pool.gpu_model}
            for pool in decided.context.pools
        }
    }
