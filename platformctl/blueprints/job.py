"""A blueprint as the Job that runs it, and why it would not be admitted: the same limits that the cluster holds it to."""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from components.access.admission.section import Admission
from components.access.team_namespaces.priorities import name_of
from components.ci.runners.runner_pod import node_selector
from components.framework import restricted
from components.queues.model.workloads import QUEUE
from components.queues.sharing.section import Queues
from infra.facts import ClusterContext, Pool, Team, TeamNamespace
from infra.gpus import RESOURCES
from infra.problems import choices
from platformctl.blueprints.load import Blueprint
from platformctl.blueprints.machines import START_MINUTES, Offer, of_stack, offers
from platformctl.blueprints.notebook import NAME
from stacks.plan import PlatformPlan

USER = 1001
"""Of the runner's image, whose files nobody else owns."""
SOURCE, WORK = "/blueprint", "/work"
KEEP_SECONDS = 24 * 3600
"""How long a finished Job can be looked at, where the cluster keeps none longer."""
BLUEPRINT = "oke-gpu-platform/blueprint"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    namespace: str
    image: str
    """With its digest."""
    pool: str | None = None
    """Entry of `nodePools`; None for the cheapest."""
    queue: str | None = None
    """LocalQueue; None for the namespace's own."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    documents: tuple[Mapping[str, Any], ...]
    """ConfigMap and Job."""
    offer: Offer


def render(blueprint: Blueprint, plan: PlatformPlan, wanted: Wanted) -> tuple[Rendered | None, tuple[str, ...]]:
    """The manifests, or None and everything that stands against them."""
    context, asked = plan.context, blueprint.manifest.resources
    space, problems = _space(context, wanted.namespace)
    found = [each for each in offers(blueprint.manifest, of_stack(plan)) if _allowed(context, space, each, asked.gpus)]
    problems += _pool(blueprint, context, wanted, found)
    chosen = next((each for each in found if wanted.pool in {None, each.machine.name}), None)
    if chosen is not None and not chosen.within(blueprint.manifest):
        most = f"its budget is ${blueprint.manifest.budget.usd:g}"
        problems.append(
            f"{blueprint.name} costs ${chosen.usd} on {chosen.machine.name}, and {most}; raise budget.usd, or take a cheaper pool"
        )
    problems += _admission(blueprint, plan)
    if wanted.queue and "queues" not in plan.addons.chosen:
        problems.append(f"--queue {wanted.queue}: the stack has no queues; leave it out, or set addons.queues.enabled to true")
    if problems or chosen is None:
        return None, tuple(problems)
    pools = tuple(pool for pool in context.pools if pool.entry == chosen.machine.name)
    team = next((each for each in context.teams if space in each.namespaces), None)
    return Rendered(documents=tuple(_documents(blueprint, plan, wanted, pools, team)), offer=chosen), ()


def text(documents: Iterable[Mapping[str, Any]]) -> str:
    """The manifests as YAML, the notebook in it line by line."""
    return str(yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000))


class _Dumper(yaml.SafeDumper):
    """Text of several lines as it is written, and nothing by reference."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, given: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", given, style="|" if "\n" in given else None)


_Dumper.add_representer(str, _text)


def _space(context: ClusterContext, namespace: str) -> tuple[TeamNamespace | None, list[str]]:
    spaces = {space.name: space for team in context.teams for space in team.namespaces}
    if not spaces or namespace in spaces:
        return spaces.get(namespace), []
    return None, [f"--namespace {namespace}: no team has it, so it has no quota of GPUs; {choices(namespace, spaces)}"]


def _allowed(context: ClusterContext, space: TeamNamespace | None, offer: Offer, gpus: int) -> bool:
    """Whether the namespace may have that many GPUs of the pool's model."""
    return space is None or not gpus or space.gpus.get(str(offer.machine.gpu_model), 0) >= gpus


def _pool(blueprint: Blueprint, context: ClusterContext, wanted: Wanted, found: list[Offer]) -> list[str]:
    names = [each.machine.name for each in found]
    entries = list(dict.fromkeys(pool.entry for pool in context.pools))
    asked = blueprint.manifest.resources
    needs = f"{blueprint.name} needs {asked.gpus} GPUs of {asked.gpu_memory_gib} GiB, {asked.cpus} processors and {asked.memory_gib} GiB"
    if wanted.pool is not None and wanted.pool not in entries:
        return [f"--pool {wanted.pool}: no such entry of nodePools; {choices(wanted.pool, entries)}"]
    if wanted.pool is not None and wanted.pool not in names:
        return [f"--pool {wanted.pool}: {needs}, which one node of it does not have, or {wanted.namespace} may not use; {_fits(names)}"]
    return [] if found else [f"{needs}: no pool has a node with that which {wanted.namespace} may use"]


def _fits(names: list[str]) -> str:
    return f"it fits {', '.join(names)}" if names else "it fits no other"


def _admission(blueprint: Blueprint, plan: PlatformPlan) -> Iterator[str]:
    section = plan.addons.sections.get("admission")
    if isinstance(section, Admission) and "admission" in plan.addons.chosen:
        seconds, most = deadline(blueprint), section.max_job_hours * 3600
        if seconds > most:
            found = f"{blueprint.name} may take {math.ceil(seconds / 60)} minutes with the start of its node"
            yield f"{found}, and addons.admission.maxJobHours is {section.max_job_hours}; lower budget.minutes, or raise it"


def deadline(blueprint: Blueprint) -> int:
    """Seconds of the Job: Kubernetes counts from when it is let in, and a node may have to be made first."""
    return (blueprint.manifest.budget.minutes + START_MINUTES) * 60


def _documents(
    blueprint: Blueprint, plan: PlatformPlan, wanted: Wanted, pools: tuple[Pool, ...], team: Team | None
) -> Iterator[dict[str, Any]]:
    parameters = json.dumps({"out": f"{WORK}/out"} if "out" in blueprint.notebook.parameters else {})
    data = {NAME: blueprint.notebook.text, "parameters.yaml": parameters}
    name = f"{blueprint.name}-{hashlib.sha256(json.dumps([data, wanted.image]).encode()).hexdigest()[:8]}"
    labels = {BLUEPRINT: blueprint.name}
    metadata = {"name": name, "namespace": wanted.namespace, "labels": labels}
    yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
    queue = {QUEUE: wanted.queue or _queue(plan)} if "queues" in plan.addons.chosen else {}
    yield {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {**metadata, "labels": {**labels, **queue}},
        "spec": {
            "parallelism": 1,
            "completions": 1,
            "backoffLimit": 0,  # a second try costs as much as the first
            "activeDeadlineSeconds": deadline(blueprint),
            "ttlSecondsAfterFinished": min(KEEP_SECONDS, _kept(plan)),
            "template": {
                "metadata": {
                    "labels": labels,
                    "annotations": {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"},  # training does not survive a move
                },
                "spec": {
                    **({"priorityClassName": name_of(team.priority)} if team else {}),  # without one it would go before every team's
                    **_pod(blueprint, wanted, name, pools),
                },
            },
        },
    }


def _queue(plan: PlatformPlan) -> str:
    section = plan.addons.sections.get("queues")
    return section.local_queue if isinstance(section, Queues) else "default"


def _kept(plan: PlatformPlan) -> int:
    section = plan.addons.sections.get("admission")
    return section.keep_finished_hours * 3600 if isinstance(section, Admission) else KEEP_SECONDS


def _pod(blueprint: Blueprint, wanted: Wanted, name: str, pools: tuple[Pool, ...]) -> dict[str, Any]:
    asked = blueprint.manifest.resources
    tolerations = [taint.toleration for taint in dict.fromkeys(taint for pool in pools for taint in pool.taints)]
    amounts = {
        "cpu": str(asked.cpus),
        "memory": f"{asked.memory_gib}Gi",
        "ephemeral-storage": f"{asked.storage_gib}Gi",
        **({RESOURCES[pools[0].gpu_vendor]: str(asked.gpus)} if asked.gpus else {}),
    }
    seconds = blueprint.manifest.budget.minutes * 60
    return {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {**restricted.pod(USER), "fsGroup": USER},
        "nodeSelector": node_selector(pools),
        **({"tolerations": tolerations} if tolerations else {}),
        "containers": [
            {
                "name": "notebook",
                "image": wanted.image,
                "command": ["python3", "-m", "papermill", f"{SOURCE}/{NAME}", f"{WORK}/executed.ipynb"],
                "args": [
                    "--log-output",
                    "--progress-bar",
                    "--cwd",
                    WORK,
                    "--execution-timeout",
                    str(seconds),
                    "-f",
                    f"{SOURCE}/parameters.yaml",
                ],
                "env": [{"name": "HOME", "value": WORK}],
                "resources": {"requests": amounts, "limits": amounts},
                "securityContext": restricted.READ_ONLY,
                "volumeMounts": [
                    {"name": "blueprint", "mountPath": SOURCE, "readOnly": True},
                    {"name": "work", "mountPath": WORK},
                    {"name": "temporary", "mountPath": "/tmp"},  # noqa: S108 - the container's own
                    {"name": "shared-memory", "mountPath": "/dev/shm"},  # noqa: S108 - the place where programs look for it
                ],
            }
        ],
        "volumes": [
            {"name": "blueprint", "configMap": {"name": name}},
            {"name": "work", "emptyDir": {"sizeLimit": f"{asked.storage_gib}Gi"}},
            {"name": "temporary", "emptyDir": {"sizeLimit": "1Gi"}},
            {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": f"{asked.shared_memory_gib}Gi"}},
        ],
    }
