"""What Kueue refuses of a job, or never admits it for, read from the job's manifest before anybody submits it.

Rules 25, 26, 28 to 32 of the table. kubernetes-sigs/kueue v0.19.2, pkg/controller/jobs/*/, pkg/controller/tas/, pkg/webhooks/, 2026-08.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from components.queues.model import quantity
from components.queues.model.findings import Finding

QUEUE, ELASTIC = "kueue.x-k8s.io/queue-name", "kueue.x-k8s.io/elastic-job"
REQUIRED, PREFERRED, UNCONSTRAINED = (f"kueue.x-k8s.io/podset-{each}-topology" for each in ("required", "preferred", "unconstrained"))
POD_GROUP = "kueue.x-k8s.io/podset-group-name"
SLICE, SLICE_SIZE = "kueue.x-k8s.io/podset-slice-required-topology", "kueue.x-k8s.io/podset-slice-size"
POD_SETS = 18
WORKER_GROUPS = POD_SETS - 1
"""The head is a pod set too."""
PLACING = (
    "nodeSelector", "affinity", "tolerations", "runtimeClassName", "priority", "topologySpreadConstraints", "overhead", "resourceClaims",
)  # fmt: skip
"""Fields of a pod that Kueue holds beside what its containers ask for. pkg/controller/jobframework/validation.go."""
RAY = frozenset({"RayCluster", "RayJob", "RayService"})
ELASTIC_KINDS = frozenset({"Job", *RAY})

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PodSet:
    """Equal pods of a workload: what is admitted together."""

    path: str
    """Of the pod template."""
    count: int
    template: Document

    @property
    def annotations(self) -> Mapping[str, str]:
        return (self.template.get("metadata") or {}).get("annotations") or {}

    @property
    def requests(self) -> dict[str, Fraction]:
        """What one pod asks for: its containers together, limits where a container has no requests."""
        total: dict[str, Fraction] = {}
        for container in (self.template.get("spec") or {}).get("containers") or ():
            resources = container.get("resources") or {}
            for name, value in {**(resources.get("limits") or {}), **(resources.get("requests") or {})}.items():
                total[name] = total.get(name, Fraction(0)) + quantity.parse(value)
        return total


def pod_sets(job: Document) -> tuple[PodSet, ...]:
    """Of the kinds that are known here; none of another."""
    spec, kind = job.get("spec") or {}, job.get("kind")
    if kind == "Job":
        return (PodSet(path="spec.template", count=int(spec.get("parallelism", 1)), template=spec.get("template") or {}),)
    if kind == "JobSet":
        return tuple(
            PodSet(
                path=f"spec.replicatedJobs[{at}].template.spec.template",
                count=int(each.get("replicas", 1)) * int(each["template"]["spec"].get("parallelism", 1)),
                template=each["template"]["spec"]["template"],
            )
            for at, each in enumerate(spec.get("replicatedJobs") or ())
        )
    if kind == "LeaderWorkerSet":
        template = spec.get("leaderWorkerTemplate") or {}
        size = int(template.get("size", 1))
        leader = template.get("leaderTemplate")
        worker = PodSet(
            path="spec.leaderWorkerTemplate.workerTemplate",
            count=size - 1 if leader else size,
            template=template.get("workerTemplate") or {},
        )
        return (worker,) if not leader else (PodSet(path="spec.leaderWorkerTemplate.leaderTemplate", count=1, template=leader), worker)
    if kind in RAY:
        path, cluster = ray_cluster(job)
        head = PodSet(path=f"{path}.headGroupSpec.template", count=1, template=(cluster.get("headGroupSpec") or {}).get("template") or {})
        return (
            head,
            *(
                PodSet(
                    path=f"{path}.workerGroupSpecs[{at}].template", count=int(each.get("replicas", 1)), template=each.get("template") or {}
                )
                for at, each in enumerate(cluster.get("workerGroupSpecs") or ())
            ),
        )
    return ()


def tolerates(job: Document, key: str, effect: str) -> bool:
    """Whether all pods of a job tolerate a taint of the key, whatever its value."""
    return all(
        any(
            given.get("key") in (None, "", key) and given.get("operator") == "Exists" and given.get("effect") in (None, "", effect)
            for given in (each.template.get("spec") or {}).get("tolerations") or ()
        )
        for each in pod_sets(job)
    )


def ray_cluster(job: Document) -> tuple[str, Document]:
    """Where the cluster is described, and its description."""
    spec = job.get("spec") or {}
    field = {"RayJob": "rayClusterSpec", "RayService": "rayClusterConfig"}.get(str(job.get("kind")))
    return ("spec", spec) if field is None else (f"spec.{field}", spec.get(field) or {})


def findings(
    job: Document,
    *,
    before: Document | None = None,
    covered: Mapping[str, frozenset[str]] | None = None,
    excluded: Sequence[str] = (),
    multikueue: bool = False,
) -> tuple[Finding, ...]:
    """What is wrong with a job. `before` is the one that is there; `covered` says, by queue, the resources that it has quotas of.

    `excluded` are prefixes of resources that Kueue does not count.
    """
    subject = f"{job.get('kind')} {(job.get('metadata') or {}).get('name', '')}"
    raw = [*_size(job), *_topology(job), *_covered(job, covered, excluded), *_queue_name(job, before), *_ray(job, multikueue=multikueue)]
    raw += [*_elastic(job, before), *_template(job, before)]
    return tuple(Finding(subject, path, message, str(rule)) for rule, path, message in raw)


Raw = tuple[int, str, str]


def _size(job: Document) -> Iterator[Raw]:
    kind = job.get("kind")
    if kind in RAY:
        path, cluster = ray_cluster(job)
        submits = kind == "RayJob" and (job.get("spec") or {}).get("submissionMode", "K8sJobMode") == "K8sJobMode"
        most = WORKER_GROUPS - submits
        count = len(cluster.get("workerGroupSpecs") or ())
        if count > most:
            why = "the head and the pod that submits the job" if submits else "the head"
            yield (
                25,
                f"{path}.workerGroupSpecs",
                f"are {count}, but with {why} a workload has at most {POD_SETS} pod sets; use {most} groups",
            )
    elif (count := len(pod_sets(job))) > POD_SETS:
        yield 25, "spec", f"makes {count} pod sets, but a workload has at most {POD_SETS}"


def _topology(job: Document) -> Iterator[Raw]:
    for each in pod_sets(job):
        given, path = each.annotations, f"{each.path}.metadata.annotations"
        asked = [name for name in (REQUIRED, PREFERRED, UNCONSTRAINED) if name in given]
        if len(asked) > 1:
            yield 26, path, f"have {' and '.join(asked)}; a pod set takes one of them"
        group = given.get(POD_GROUP)
        if group is not None:
            if group.isdigit():
                yield 26, path, f"have {POD_GROUP} {group!r}, a number; use a name"
            if not {REQUIRED, PREFERRED} & set(asked):
                yield 26, path, f"have {POD_GROUP}, which needs {REQUIRED} or {PREFERRED}"
            if SLICE in given:
                yield 26, path, f"have {POD_GROUP} beside {SLICE}; take one of them out"
        if (SLICE in given) != (SLICE_SIZE in given):
            there, missing = (SLICE, SLICE_SIZE) if SLICE in given else (SLICE_SIZE, SLICE)
            yield 26, path, f"have {there} without {missing}; give both or neither"
        elif SLICE in given:
            size = given[SLICE_SIZE]
            if not size.isdigit() or not 1 <= int(size) <= each.count:
                yield 26, path, f"have {SLICE_SIZE} {size!r}, but the pod set has {each.count} pods; use 1 to {each.count}"


def _covered(job: Document, covered: Mapping[str, frozenset[str]] | None, excluded: Sequence[str]) -> Iterator[Raw]:
    queue = _labels(job).get(QUEUE)
    if covered is None or queue is None or queue not in covered:
        return
    for each in pod_sets(job):
        missing = [name for name in each.requests if name not in covered[queue] and not name.startswith(tuple(excluded) or ("\0",))]
        if missing:
            yield (
                28,
                each.path,
                f"asks for {', '.join(missing)}, of which {queue} has no quota: it is never admitted; add a quota, or ask for none",
            )


def _queue_name(job: Document, before: Document | None) -> Iterator[Raw]:
    if before is None:
        return
    old, new = _labels(before).get(QUEUE), _labels(job).get(QUEUE)
    if old != new and not (before.get("spec") or {}).get("suspend"):
        fix = "suspend it first, or submit it anew" if new else "a job that Kueue admitted keeps its label: delete it instead"
        yield 29, f"metadata.labels.{QUEUE}", f"cannot be changed from {old!r} to {new!r} while the job runs; {fix}"


def _ray(job: Document, *, multikueue: bool) -> Iterator[Raw]:
    kind, spec = job.get("kind"), job.get("spec") or {}
    if kind not in RAY or QUEUE not in _labels(job):
        return
    path, cluster = ray_cluster(job)
    if cluster.get("enableInTreeAutoscaling"):
        if _annotations(job).get(ELASTIC) != "true":
            yield (
                30,
                f"{path}.enableInTreeAutoscaling",
                f'is on, but the annotation {ELASTIC} is not "true"; set it, or turn autoscaling off',
            )
        elif multikueue:
            yield 30, f"{path}.enableInTreeAutoscaling", "is on, but does not go with MultiKueue; turn it off"
    for at, group in enumerate(cluster.get("workerGroupSpecs") or ()):
        if group.get("groupName") == "head":
            yield 30, f"{path}.workerGroupSpecs[{at}].groupName", "is head, which is the head's own name; use another"
    if kind == "RayJob":
        if not spec.get("shutdownAfterJobFinishes"):
            yield 30, "spec.shutdownAfterJobFinishes", "is not true: the cluster would keep its quota for ever; set it"
        if spec.get("clusterSelector"):
            yield 30, "spec.clusterSelector", "is given, but Kueue starts the cluster of a job itself; use rayClusterSpec"


def _elastic(job: Document, before: Document | None) -> Iterator[Raw]:
    path = f"metadata.annotations.{ELASTIC}"
    if ELASTIC in _annotations(job) and job.get("kind") not in ELASTIC_KINDS:
        yield 31, path, f"is given, but a {job.get('kind')} cannot be elastic; only {', '.join(sorted(ELASTIC_KINDS))} can"
    elif before is not None and _annotations(job).get(ELASTIC) != _annotations(before).get(ELASTIC):
        yield 31, path, "cannot be changed; submit the job anew"


def _template(job: Document, before: Document | None) -> Iterator[Raw]:
    if before is None or job.get("kind") != "LeaderWorkerSet" or QUEUE not in _labels(job):
        return
    old, new = ((each.get("spec") or {}).get("leaderWorkerTemplate") or {} for each in (before, job))
    for field in ("size", "leaderTemplate", "workerTemplate"):
        if _placed_by(old.get(field)) != _placed_by(new.get(field)):
            yield 32, f"spec.leaderWorkerTemplate.{field}", "cannot be changed under Kueue; replicas can, for the rest submit it anew"


def _placed_by(given: Any) -> Any:
    """What of a template decides where its pods go and what they take; Kueue lets all else change, as an image."""
    if not isinstance(given, Mapping):
        return given
    spec = given.get("spec") or {}
    containers = [(each.get("resources") or {}) for key in ("initContainers", "containers") for each in spec.get(key) or ()]
    return containers, {key: spec.get(key) for key in PLACING}


def _labels(job: Document) -> Mapping[str, str]:
    return (job.get("metadata") or {}).get("labels") or {}


def _annotations(job: Document) -> Mapping[str, str]:
    return (job.get("metadata") or {}).get("annotations") or {}
