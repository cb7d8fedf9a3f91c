"""A cluster that is there already: its facts from a kubeconfig and a short table, so that one machine gets the same platform."""

from collections.abc import Iterable, Mapping

import pulumi
import pulumi_kubernetes as k8s

from infra import gpus, labels
from infra.existing.section import ExistingPool
from infra.facts import ClusterFacts, Pool
from infra.needs import Asked, ClusterAccess, LogAnalytics
from infra.problems import PlanError, Problem

PRODUCT_LABEL = "nvidia.com/gpu.product"
OWN_SETTINGS = {PRODUCT_LABEL: "gpuProduct", "kubernetes.io/arch": "architecture"}
"""Labels that say what a setting says: two answers would contradict each other."""


class ExistingPlanError(PlanError):
    """The table of nodes does not say enough, or contradicts itself."""


def plan(table: Mapping[str, ExistingPool]) -> tuple[Pool, ...]:
    """A pool per kind of node, of fixed size. Raises ExistingPlanError with everything that is missing."""
    problems: list[Problem] = []
    pools: list[Pool] = []
    for name, nodes in table.items():
        found = list(_problems(name, nodes))
        problems += found
        if not found:
            pools.append(_pool(name, nodes))
    if problems:
        raise ExistingPlanError(problems)
    return tuple(pools)


def _problems(name: str, nodes: ExistingPool) -> Iterable[Problem]:
    path = f"nodePools.{name}"
    if nodes.nodes < 1:
        yield Problem(f"{path}.nodes", f"is {nodes.nodes}, but must be at least 1")
    if nodes.gpus_per_node < 0:
        yield Problem(f"{path}.gpusPerNode", f"is {nodes.gpus_per_node}, but must be at least 0")
    yield from _label_problems(path, nodes)
    if nodes.gpus_per_node == 0:
        given = [
            key
            for key, value in (("gpuModel", nodes.gpu_model), ("gpuMemoryGib", nodes.gpu_memory_gib), ("gpuProduct", nodes.gpu_product))
            if value is not None
        ]
        for key in given:
            yield Problem(f"{path}.{key}", "is given, but gpusPerNode is 0; say how many GPUs a node has")
        return
    if nodes.gpu_model is None:
        yield Problem(f"{path}.gpuModel", f"is missing; nodes with {nodes.gpus_per_node} GPUs need their model")
    elif gpus.described(nodes.gpu_model) is None:
        facts = {"gpuMemoryGib": nodes.gpu_memory_gib, "gpuProduct": nodes.gpu_product}
        lacking = [key for key, value in facts.items() if value is None]
        if lacking:
            yield Problem(f"{path}.gpuModel", _undescribed(nodes.gpu_model, " and ".join(lacking)))
    if nodes.gpu_product is not None and (not nodes.gpu_product or not labels.is_value(nodes.gpu_product)):
        yield Problem(f"{path}.gpuProduct", f"{nodes.gpu_product!r} is not a label's value: letters, digits, dash, dot, underscore")
    if nodes.gpu_memory_gib is not None and nodes.gpu_memory_gib < 1:
        yield Problem(f"{path}.gpuMemoryGib", f"is {nodes.gpu_memory_gib}, but must be at least 1")


def _label_problems(path: str, nodes: ExistingPool) -> Iterable[Problem]:
    yield from (problem.under(path) for problem in labels.problems(nodes.labels))
    for label, setting in OWN_SETTINGS.items():
        if label in nodes.labels:
            yield Problem(f"{path}.labels.{label}", f"is what {setting} is for; set {path}.{setting}, and take it out")
    for index, taint in enumerate(nodes.taints):
        if not labels.is_key(taint.key):
            message = f"{taint.key!r} is not a taint key; allowed: [domain/]name of letters, digits, dash and dot"
            yield Problem(f"{path}.taints.{index}.key", message)
        if not labels.is_value(taint.value):
            message = f"{taint.value!r} is not allowed; allowed: letters, digits, dash, dot and underscore"
            yield Problem(f"{path}.taints.{index}.value", message)


def _undescribed(model: str, lacking: str) -> str:
    variants = gpus.variants(model)
    if variants:
        return f"{model!r} is sold with other memory or labels too; say which: {', '.join(variants)}; else give {lacking}"
    if gpus.find(model) is not None:
        return f"{model!r} does not say how much memory its nodes' GPUs have, or how they are labelled; give {lacking}"
    close = gpus.close(model)
    hint = f"did you mean {' or '.join(close)}? Else give" if close else "give"
    return f"{model!r} is not a model known here; {hint} {lacking}"


def _pool(name: str, nodes: ExistingPool) -> Pool:
    model = gpus.described(nodes.gpu_model) if nodes.gpu_model is not None else None
    listed = gpus.find(nodes.gpu_model) if nodes.gpu_model is not None else None
    product = nodes.gpu_product or (model.product if model else None)
    return Pool(
        name=name,
        min_nodes=nodes.nodes,
        max_nodes=nodes.nodes,
        cpus=nodes.cpus or 0,
        memory_gib=nodes.memory_gib or 0,
        architecture=nodes.architecture,
        ephemeral_storage_gib=nodes.ephemeral_storage_gib or 0,
        gpus_per_node=nodes.gpus_per_node,
        gpu_model=model.name if model else nodes.gpu_model,
        gpu_vendor=listed.vendor if listed else "nvidia",
        gpu_memory_gib=nodes.gpu_memory_gib or (model.memory_gib if model else 0),
        labels={**({PRODUCT_LABEL: product} if product else {}), **nodes.labels},
        taints=nodes.taints,
    )


def refused(asked: Iterable[Asked]) -> Iterable[Problem]:
    """Needs that the owner of a cluster must meet by themselves; paths are from the root. Labels are put on by hand."""
    for each in asked:
        if isinstance(each.need, LogAnalytics):
            message = "is missing; say which log group and entity of Log Analytics the logs go to"
            yield Problem(f"addons.{each.section}.{each.need.path}", message)
        if isinstance(each.need, ClusterAccess) and each.need.until is not None:
            message = "would never end here: nothing but Oracle's IAM takes the access away by itself; take it out, or bind it by hand"
            section, _, _ = each.need.path.rpartition(".")  # what names the group and its end
            yield Problem(section, message)


def existing(kubeconfig: pulumi.Input[str] | None, context: str | None, cluster_name: str) -> ClusterFacts:
    """Facts of a cluster that this stack does not own.

    `kubeconfig` is a file's content or path, None for what the environment says. `cluster_name` is what tells this cluster from
    another: it must change only when the platform moves to a different one, for then everything in it is replaced.
    """
    provider = k8s.Provider(
        "kubernetes",
        kubeconfig=None if kubeconfig is None else pulumi.Output.secret(kubeconfig),
        context=context,
        cluster_identifier=cluster_name,
        enable_server_side_apply=True,
        enable_config_map_mutable=True,
    )
    return ClusterFacts(provider=provider, cluster=None, cluster_identifier=cluster_name)
