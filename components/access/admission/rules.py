"""What is refused in teams' namespaces, as CEL that the API server evaluates itself: no webhook can be down, and none can be skipped.

Rules of pods hold for the templates of Jobs too, so that a Job is refused when it is made and not when its pods are. Limits are part of
the expressions: an object that held them would be a way to raise them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.access.admission.section import Admission
from components.access.personas.roles import SUBMITTER_ACCOUNT
from components.access.team_namespaces.limits import gpus_by_resource, largest_node
from components.access.team_namespaces.priorities import VALUES, name_of
from components.queues.model.workloads import QUEUE
from infra.facts import ClusterContext
from infra.gpus import RESOURCES

QUEUE_LABELS = (QUEUE, "kueue.x-k8s.io/max-exec-time-seconds")
"""Of Kueue's, those that take nothing from others: not the priority class of a workload, nor one that is there already."""
HERE = "request.namespace"
HARMLESS_ENV = ("NVIDIA_TF32_OVERRIDE",)
"""Of the variables that NVIDIA's container toolkit and libraries read, those that give no device."""
JOB_CONTROLLERS = ("system:serviceaccount:kube-system:job-controller", "system:kube-controller-manager")
"""Who makes a Job's pods, by whether the controllers have accounts of their own."""


@dataclass(frozen=True)
class Rule:
    name: str
    expression: str
    """CEL: true where it is kept."""
    message: str
    """CEL: a text that follows the rule's name."""

    @property
    def document(self) -> dict[str, Any]:
        said = f"{cel(f'rule {self.name}: ')} + {self.message}"
        return {"expression": self.expression, "messageExpression": said, "message": f"rule {self.name}", "reason": "Forbidden"}


@dataclass(frozen=True)
class Variable:
    name: str
    expression: str

    @property
    def document(self) -> dict[str, str]:
        return {"name": self.name, "expression": self.expression}


def cel(value: Any) -> str:
    """A literal. JSON's are CEL's, but for what both escape alike."""
    return json.dumps(value)


def caps(cluster: ClusterContext) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """By namespace: most GPUs of one pod, which are those of its largest node, and of all pods of a Job together."""
    spaces = [space for team in cluster.teams for space in team.namespaces]
    totals = {space.name: sum(gpus_by_resource(cluster, space).values()) for space in spaces}
    return {space.name: min(largest_node(cluster, space), totals[space.name]) for space in spaces}, totals


def accelerators(cluster: ClusterContext) -> list[str]:
    """What pods ask for the GPUs of this cluster by."""
    vendors = {pool.gpu_vendor for pool in cluster.gpu_pools}
    return [name for vendor, name in RESOURCES.items() if vendor in vendors]


def priorities(cluster: ClusterContext) -> Mapping[str, list[str]]:
    """By namespace, the priority classes up to that of its team."""
    return {
        space.name: [name_of(each) for each, value in VALUES.items() if value <= VALUES[team.priority]]
        for team in cluster.teams
        for space in team.namespaces
    }


def container_variables(pod: str) -> Iterator[Variable]:
    """All containers, sidecars and those that run first among them."""
    yield Variable("inits", f"has({pod}.initContainers) ? {pod}.initContainers : []")
    yield Variable("containers", f"{pod}.containers + variables.inits")


def pod_variables(cluster: ClusterContext, pod: str) -> Iterator[Variable]:
    """`pod` is where the pod's spec is: `object.spec`, or a template's."""
    per_pod, total = caps(cluster)
    names = cel(accelerators(cluster))
    limits = "has(c.resources) && has(c.resources.limits)"
    of_one = f"{limits} ? {names}.filter(n, n in c.resources.limits).map(n, quantity(c.resources.limits[n]).asInteger()).sum() : 0"
    yield from container_variables(pod)
    yield Variable("gpus", f"variables.containers.map(c, {of_one}).sum()")
    yield Variable("gpusPerPod", f"{cel(dict(per_pod))}[{HERE}]")
    yield Variable("gpusInAll", f"{cel(dict(total))}[{HERE}]")
    yield Variable("priorities", f"{cel(dict(priorities(cluster)))}[{HERE}]")


def pod_rules(cluster: ClusterContext, section: Admission, pod: str, metadata: str) -> Iterator[Rule]:
    names = [*accelerators(cluster), *section.resources]
    yield Rule(
        "gpus-per-pod",
        "variables.gpus <= variables.gpusPerPod",
        "'a pod asks for ' + string(variables.gpus) + ' GPUs, and in ' + request.namespace + ' it may ask for at most ' "
        "+ string(variables.gpusPerPod)",
    )
    asked = "(!has(c.resources) || !has(c.resources.limits) || c.resources.limits.all(n, !n.contains('/') || n in " + cel(names) + "))"
    yield Rule("device-names", f"variables.containers.all(c, {asked})", f"'pods may ask for these devices: ' + {cel(', '.join(names))}")
    yield Rule(
        "no-resource-claims",
        f"!has({pod}.resourceClaims) || {pod}.resourceClaims.size() == 0",
        "'devices are asked for by limits, which quotas count; take resourceClaims out'",
    )
    env = f"(!has(c.env) || c.env.all(e, !e.name.startsWith('NVIDIA_') || e.name in {cel(list(HARMLESS_ENV))}))"
    # A prefix makes up the name with a key of the source: N and VIDIA_VISIBLE_DEVICES.
    harmless = "!has(e.prefix) || e.prefix == '' || (!e.prefix.startsWith('NVIDIA_') && !'NVIDIA_'.startsWith(e.prefix))"
    sources = f"(!has(c.envFrom) || c.envFrom.all(e, {harmless}))"
    yield Rule(
        "no-nvidia-environment",
        f"variables.containers.all(c, {env} && {sources})",
        "'variables that begin with NVIDIA_ take GPUs that nobody counts; ask for nvidia.com/gpu instead'",
    )
    yield Rule(
        "no-device-annotations",
        f"!has({metadata}.annotations) || {metadata}.annotations.all(k, !k.startsWith('cdi.k8s.io/'))",
        "'annotations of cdi.k8s.io/ give devices that nobody counts; take them out'",
    )
    yield Rule(
        "no-device-mounts",
        "variables.containers.all(c, !has(c.volumeMounts) || c.volumeMounts.all(m, !m.mountPath.contains('nvidia-container-devices')))",
        "'mounts of nvidia-container-devices give GPUs that nobody counts; ask for nvidia.com/gpu instead'",
    )
    yield Rule(
        "runtime-class",
        f"!has({pod}.runtimeClassName) || {pod}.runtimeClassName == '' || variables.gpus > 0",
        "'runtimeClassName is for pods that ask for a GPU; take it out'",
    )
    everything = "((!has(t.key) || t.key == '') && has(t.operator) && t.operator == 'Exists')"
    keys = cel([*dict.fromkeys(taint.key for pool in cluster.gpu_pools for taint in pool.taints), *RESOURCES.values()])
    yield Rule(
        "gpu-toleration",
        f"variables.gpus > 0 || !has({pod}.tolerations) || {pod}.tolerations.all(t, !{everything} && !(has(t.key) && t.key in {keys}))",
        "'only a pod that asks for a GPU may go onto a GPU node; take the toleration out'",
    )
    yield Rule(
        "priority",
        f"has({pod}.priorityClassName) && {pod}.priorityClassName in variables.priorities",
        # Without one a pod has 0, which is more than any team's, and sends others' pods away.
        "'priorityClassName must be one of ' + variables.priorities.join(', ')",
    )
    yield Rule(
        "service-account",
        f"!has({pod}.serviceAccountName) || {pod}.serviceAccountName != {cel(SUBMITTER_ACCOUNT)}",
        f"'{SUBMITTER_ACCOUNT} is for whoever submits from outside, not for pods'",
    )
    yield Rule(
        "scheduler",
        f"(!has({pod}.nodeName) || {pod}.nodeName == '') && (!has({pod}.schedulerName) || {pod}.schedulerName == 'default-scheduler')",
        "'pods are placed by the scheduler; take nodeName and schedulerName out'",
    )


def queued(cluster: ClusterContext) -> bool:
    """Whether every namespace of a team has a queue. With Kueue alone there is none, and a label that leads to no queue would hold every
    Job for ever: then the rule is left out, and quotas hold what runs."""
    return "queues" in cluster.addons


def tolerated(cluster: ClusterContext) -> list[str]:
    """Taints by the names of GPUs: a job says itself that it tolerates them, which is how Kueue tells it from one that needs no GPU."""
    guards = [
        {taint.key for taint in pool.taints if taint.key in RESOURCES.values() and taint.effect != "PreferNoSchedule"}
        for pool in cluster.gpu_pools
    ]
    return sorted(set().union(*guards)) if all(guards) else []


def owner() -> Rule:
    """Kueue lets what an admitted job owns run without quota, past a held queue too: nobody may say so of a job of one's own."""
    own = f"'system:serviceaccount:' + {HERE} + ':'"
    controller = f"request.userInfo.username.startsWith('system:serviceaccount:') && !request.userInfo.username.startsWith({own})"
    return Rule(
        "owner",
        "!has(object.metadata.ownerReferences) || object.metadata.ownerReferences.size() == 0 || "
        f"request.userInfo.username in {cel(list(JOB_CONTROLLERS))} || ({controller})",
        "'only controllers make Jobs of others: a Job of your own waits in the queue by itself; take ownerReferences out'",
    )


def variables_of_sources() -> Rule:
    """Of ConfigMaps and Secrets, whose keys become variables of a container by `envFrom`."""
    return Rule(
        "no-nvidia-environment",
        f"!has(object.data) || object.data.all(k, !k.startsWith('NVIDIA_') || k in {cel(list(HARMLESS_ENV))})",
        "'keys that begin with NVIDIA_ become variables that take GPUs that nobody counts; ask for nvidia.com/gpu instead'",
    )


def queue_of_pod() -> Rule:
    """A Job's pods are counted with their Job, all other pods with GPUs by themselves."""
    return Rule(
        "queue",
        f"variables.gpus == 0 || request.userInfo.username in {cel(list(JOB_CONTROLLERS))} || (has(object.metadata.labels) && "
        f"{cel(QUEUE)} in object.metadata.labels)",
        f"'a pod with GPUs needs the label {QUEUE}'",
    )


def job_variables() -> Iterator[Variable]:
    yield Variable("parallelism", "has(object.spec.parallelism) ? object.spec.parallelism : 1")
    same = " && ".join(
        f"has(object.spec.{key}) == has(oldObject.spec.{key}) && (!has(object.spec.{key}) || object.spec.{key} == oldObject.spec.{key})"
        for key in ("parallelism", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")
    )
    # What is there already must be able to end: controllers take finalizers off it.
    yield Variable("unchanged", f"request.operation == 'UPDATE' && object.spec.template == oldObject.spec.template && {same}")


def job_rules(cluster: ClusterContext, section: Admission) -> Iterator[Rule]:
    deadline, finished = section.max_job_hours * 3600, section.keep_finished_hours * 3600
    yield Rule(
        "gpus-per-job",
        "variables.gpus * variables.parallelism <= variables.gpusInAll",
        "'a Job asks for ' + string(variables.gpus) + ' GPUs in each of ' + string(variables.parallelism) + ' pods, and in ' "
        "+ request.namespace + ' it may ask for at most ' + string(variables.gpusInAll) + ' in all'",
    )
    yield Rule(
        "deadline",
        f"has(object.spec.activeDeadlineSeconds) && object.spec.activeDeadlineSeconds <= {deadline}",
        f"'a Job needs activeDeadlineSeconds, at most {deadline}'",
    )
    yield Rule(
        "retries",
        f"has(object.spec.backoffLimit) && object.spec.backoffLimit <= {section.max_retries}"
        f" && (!has(object.spec.backoffLimitPerIndex) || object.spec.backoffLimitPerIndex <= {section.max_retries})"
        " && (!has(object.spec.podFailurePolicy) || "
        "object.spec.podFailurePolicy.rules.all(r, r.action != 'Ignore' || !has(r.onExitCodes)))",
        f"'a Job needs backoffLimit, at most {section.max_retries}, per index too; no exit code may be ignored'",
    )
    yield Rule(
        "finished",
        f"has(object.spec.ttlSecondsAfterFinished) && object.spec.ttlSecondsAfterFinished <= {finished}",
        f"'a Job needs ttlSecondsAfterFinished, at most {finished}'",
    )
    yield Rule("managed-by", "!has(object.spec.managedBy)", "'managedBy hands the Job to a controller that is not Kubernetes own'")
    if queued(cluster):
        yield from _queued_job(cluster)


def _queued_job(cluster: ClusterContext) -> Iterator[Rule]:
    labels = "has(object.metadata.labels)"
    yield Rule(
        "queue",
        f"{labels} && {cel(QUEUE)} in object.metadata.labels && object.metadata.labels[{cel(QUEUE)}] != ''",
        f"'a Job needs the label {QUEUE}'",
    )
    yield Rule(
        "queue-labels",
        f"!{labels} || object.metadata.labels.all(k, !k.startsWith('kueue.x-k8s.io/') || k in {cel(list(QUEUE_LABELS))})",
        f"'of the labels of kueue.x-k8s.io a Job may have {', '.join(QUEUE_LABELS)}; its priority is its priorityClassName'",
    )
    yield owner()
    said = "has(c.resources.requests) && n in c.resources.requests"
    yield Rule(
        "requests",
        "variables.containers.all(c, !has(c.resources) || !has(c.resources.limits) || "
        f"{cel(['cpu', 'memory'])}.all(n, !(n in c.resources.limits) || ({said})))",
        # Kueue counts the namespace's small default then, and the pod gets the limit.
        "'a container that has limits of cpu or memory needs requests of them too: queues count these'",
    )
    if keys := tolerated(cluster):
        tolerations = "object.spec.template.spec.tolerations"
        any_key = "((!has(t.key) || t.key == '') && has(t.operator) && t.operator == 'Exists')"
        yield Rule(
            "tolerates-gpu-nodes",
            f"variables.gpus == 0 || (has({tolerations}) && {tolerations}.exists(t, {any_key} || (has(t.key) && t.key in {cel(keys)})))",
            f"'a Job with GPUs needs a toleration of {' or '.join(keys)}, operator Exists: queues keep all others off GPU nodes'",
        )
