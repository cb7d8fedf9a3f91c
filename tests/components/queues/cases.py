"""Each rule about Kueue's objects and workloads: one that keeps it, one that breaks it. The real webhooks are asked the same."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

V = "kueue.x-k8s.io/v1beta2"
Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Case:
    rule: int
    name: str
    accepted: tuple[Document, ...]
    refused: Document
    """Beside `accepted` but for the object of the same name, which it stands for."""
    words: str
    """Part of what is said of it."""

    @property
    def broken(self) -> tuple[Document, ...]:
        key = (self.refused["kind"], self.refused["metadata"]["name"])
        others = (each for each in self.accepted if (each["kind"], each["metadata"]["name"]) != key)
        return (*others, self.refused)


def flavor(name: str = "h100", **spec: Any) -> Document:
    return {"apiVersion": V, "kind": "ResourceFlavor", "metadata": {"name": name}, "spec": spec}


def topology(*labels: str, name: str = "rdma") -> Document:
    return {"apiVersion": V, "kind": "Topology", "metadata": {"name": name}, "spec": {"levels": [{"nodeLabel": label} for label in labels]}}


def quota(name: str, nominal: int | str = 8, **limits: Any) -> dict[str, Any]:
    return {"name": name, "nominalQuota": str(nominal), **{f"{key}Limit": str(value) for key, value in limits.items()}}


def group(*rows: Mapping[str, Any], flavors: tuple[str, ...] = ("h100",), covered: tuple[str, ...] | None = None) -> dict[str, Any]:
    resources = [dict(row) for row in rows]
    return {
        "coveredResources": list(covered if covered is not None else (row["name"] for row in rows)),
        "flavors": [{"name": name, "resources": copy.deepcopy(resources)} for name in flavors],
    }


GPU, CPU = "nvidia.com/gpu", "cpu"
ONE = group(quota(GPU))


def queue(*groups: dict[str, Any], name: str = "team-a", **spec: Any) -> Document:
    return {
        "apiVersion": V, "kind": "ClusterQueue", "metadata": {"name": name},
        "spec": {"namespaceSelector": {}, "resourceGroups": list(groups or (ONE,)), **spec},
    }  # fmt: skip


def cohort(name: str = "gpu", **spec: Any) -> Document:
    return {"apiVersion": V, "kind": "Cohort", "metadata": {"name": name}, "spec": spec}


def check(name: str, controller: str = "kueue.x-k8s.io/multikueue") -> Document:
    parameters = {"apiGroup": "kueue.x-k8s.io", "kind": "MultiKueueConfig", "name": "others"}
    spec = {"controllerName": controller, "parameters": parameters}
    return {"apiVersion": V, "kind": "AdmissionCheck", "metadata": {"name": name}, "spec": spec}


def checks(*names: str, **more: Any) -> dict[str, Any]:
    return {"admissionChecksStrategy": {"admissionChecks": [{"name": name, **more} for name in names]}}


def many(count: int) -> tuple[str, ...]:
    return tuple(f"f{number}" for number in range(count))


def resources(count: int, start: int = 0) -> tuple[dict[str, Any], ...]:
    return tuple(quota(f"example.com/r{number}", 1) for number in range(start, start + count))


FLAVORS = tuple(flavor(name) for name in many(64))
TOLERATION = {"key": GPU, "operator": "Exists", "effect": "NoSchedule"}


OBJECTS: tuple[Case, ...] = (
    Case(
        rule=1, name="groups",
        accepted=(*FLAVORS[:16], queue(*(group(quota(f"example.com/r{n}"), flavors=(f"f{n}",)) for n in range(16)))),
        refused=queue(*(group(quota(f"example.com/r{n}"), flavors=(f"f{n}",)) for n in range(17))), words="are 17",
    ),
    Case(
        rule=2, name="flavors", accepted=(*FLAVORS, queue(group(quota(GPU), flavors=many(64)))),
        refused=queue(group(quota(GPU), flavors=many(65))), words="are 65, but there must be 1 to 64",
    ),
    Case(
        rule=2, name="no flavor", accepted=(flavor(), queue()),
        refused=queue({"coveredResources": [GPU], "flavors": []}), words="are 0, but there must be 1 to 64",
    ),
    Case(
        rule=2, name="resources", accepted=(flavor(), queue(group(*resources(64)))),
        refused=queue(group(*resources(65))), words="are 65",
    ),
    Case(
        rule=3, name="flavors of all groups",
        accepted=(*FLAVORS, queue(group(quota(GPU), flavors=many(64)))),
        refused=queue(*(group(quota(f"example.com/r{n}"), flavors=tuple(f"g{n}-{f}" for f in range(52))) for n in range(5))),
        words="have 260 flavors together",
    ),
    Case(
        rule=3, name="quotas of a group", accepted=(*FLAVORS[:8], queue(group(*resources(64), flavors=many(8)))),
        refused=queue(group(*resources(64), flavors=many(9))), words="has 576 quotas",
    ),
    Case(
        rule=4, name="missing", accepted=(flavor(), queue(group(quota(CPU), quota(GPU)))),
        refused=queue(group(quota(GPU), covered=(CPU, GPU))), words="lack cpu",
    ),
    Case(
        rule=5, name="order", accepted=(flavor(), queue(group(quota(CPU), quota(GPU), covered=(CPU, GPU)))),
        refused=queue(group(quota(CPU), quota(GPU), covered=(GPU, CPU))), words="it must be nvidia.com/gpu, cpu",
    ),
    Case(
        rule=6, name="resource twice", accepted=(flavor(), flavor("a100"), queue(ONE, group(quota(CPU), flavors=("a100",)))),
        refused=queue(ONE, group(quota(GPU), flavors=("a100",))), words="the resource nvidia.com/gpu 2 times",
    ),
    Case(
        rule=6, name="flavor twice", accepted=(flavor(), flavor("a100"), queue(ONE, group(quota(CPU), flavors=("a100",)))),
        refused=queue(ONE, group(quota(CPU))), words="the flavor h100 2 times",
    ),
    Case(rule=7, name="negative", accepted=(flavor(), queue(group(quota(GPU, 0)))), refused=queue(group(quota(GPU, -1))), words="is -1"),
    Case(
        rule=8, name="borrows from nobody", accepted=(flavor(), cohort(), queue(group(quota(GPU, borrowing=4)), cohortName="gpu")),
        refused=queue(group(quota(GPU, borrowing=4))), words="nobody to borrow from: set cohortName",
    ),
    Case(
        rule=8, name="a cohort borrows from nobody",
        accepted=(flavor(), cohort("all"), cohort(parentName="all", resourceGroups=[group(quota(GPU, borrowing=4))])),
        refused=cohort(resourceGroups=[group(quota(GPU, borrowing=4))]), words="set parentName",
    ),
    Case(
        rule=9, name="lends to nobody", accepted=(flavor(), cohort(), queue(group(quota(GPU, lending=4)), cohortName="gpu")),
        refused=queue(group(quota(GPU, lending=4))), words="nobody to lend to",
    ),
    Case(
        rule=10, name="lends more", accepted=(flavor(), cohort(), queue(group(quota(GPU, lending=8)), cohortName="gpu")),
        refused=queue(group(quota(GPU, lending=9)), cohortName="gpu"), words="more than the 8 that the queue has",
    ),
    Case(
        rule=11, name="flavor's name", accepted=(flavor(), queue()), refused=queue(group(quota(GPU), flavors=("H100",))),
        words="'H100'",
    ),
    Case(
        rule=11, name="cohort's name", accepted=(flavor(), cohort(), queue(cohortName="gpu")), refused=queue(cohortName="gpu_"),
        words="'gpu_'",
    ),
    Case(
        rule=11, name="resource's name", accepted=(flavor(), queue()), refused=queue(group(quota("nvidia.com/g/pu"))),
        words="'nvidia.com/g/pu'",
    ),
    Case(
        rule=12, name="borrows by force",
        accepted=(
            flavor(), cohort(),
            queue(cohortName="gpu", preemption={"reclaimWithinCohort": "Any", "borrowWithinCohort": {"policy": "LowerPriority"}}),
        ),
        refused=queue(cohortName="gpu", preemption={"reclaimWithinCohort": "Never", "borrowWithinCohort": {"policy": "LowerPriority"}}),
        words="reclaimWithinCohort is Never",
    ),
    Case(
        rule=13, name="preference",
        accepted=(
            flavor(),
            queue(flavorFungibility={
                "whenCanBorrow": "TryNextFlavor", "whenCanPreempt": "TryNextFlavor", "preference": "BorrowingOverPreemption",
            }),
        ),
        refused=queue(flavorFungibility={"whenCanBorrow": "MayStopSearch", "preference": "BorrowingOverPreemption"}),
        words="a preference needs TryNextFlavor",
    ),
    Case(
        rule=14, name="no check", accepted=(flavor(), check("far"), queue(**checks("far"))), refused=queue(**checks()), words="are 0",
    ),
    Case(
        rule=15, name="weight", accepted=(flavor(), queue(fairSharing={"weight": "0"})), refused=queue(fairSharing={"weight": "-1"}),
        words="is -1, but must be 0, or more than 1n",
    ),
    Case(
        rule=15, name="weight too small", accepted=(flavor(), queue(fairSharing={"weight": "2n"})),
        refused=queue(fairSharing={"weight": "1n"}), words="is 1n",
    ),
    Case(
        rule=16, name="selector",
        accepted=(flavor(), queue(namespaceSelector={"matchExpressions": [{"key": "team", "operator": "In", "values": ["a"]}]})),
        refused=queue(namespaceSelector={"matchExpressions": [{"key": "team", "operator": "In"}]}), words="In needs one at least",
    ),
    Case(
        rule=19, name="topology without labels",
        accepted=(topology("rack"), flavor(nodeLabels={"pool": "h100"}, topologyName="rdma")),
        refused=flavor(topologyName="rdma"), words="say which nodes the topology is of",
    ),
    Case(
        rule=20, name="labels", accepted=(flavor(nodeLabels={f"l{n}": "x" for n in range(8)}),),
        refused=flavor(nodeLabels={f"l{n}": "x" for n in range(9)}), words="are 9",
    ),
    Case(
        rule=20, name="value of a label", accepted=(flavor(nodeLabels={"pool": "h100"}),), refused=flavor(nodeLabels={"pool": "h 100"}),
        words="'h 100'",
    ),
    Case(
        rule=20, name="taint twice",
        accepted=(flavor(nodeTaints=[{"key": GPU, "effect": "NoSchedule"}, {"key": GPU, "effect": "NoExecute"}]),),
        refused=flavor(nodeTaints=[{"key": GPU, "effect": "NoSchedule"}, {"key": GPU, "value": "x", "effect": "NoSchedule"}]),
        words="have nvidia.com/gpu with NoSchedule 2 times",
    ),
    Case(
        rule=20, name="toleration of everything", accepted=(flavor(tolerations=[{"operator": "Exists"}]),),
        refused=flavor(tolerations=[{"operator": "Equal", "value": "x"}]), words="without a key it must be Exists",
    ),
    Case(
        rule=20, name="value of Exists", accepted=(flavor(tolerations=[TOLERATION]),),
        refused=flavor(tolerations=[{**TOLERATION, "value": "x"}]), words="Exists takes no value",
    ),
    Case(
        rule=20, name="seconds", accepted=(flavor(tolerations=[{**TOLERATION, "effect": "NoExecute", "tolerationSeconds": 60}]),),
        refused=flavor(tolerations=[{**TOLERATION, "tolerationSeconds": 60}]), words="only the effect NoExecute",
    ),
    Case(
        rule=21, name="levels", accepted=(topology(*(f"l{n}" for n in range(16))),), refused=topology(*(f"l{n}" for n in range(17))),
        words="are 17",
    ),
    Case(rule=21, name="level twice", accepted=(topology("rack", "block"),), refused=topology("rack", "rack"), words="have rack 2 times"),
    Case(
        rule=21, name="node last", accepted=(topology("rack", "kubernetes.io/hostname"),),
        refused=topology("kubernetes.io/hostname", "rack"), words="put it last",
    ),
    Case(
        rule=33, name="clusters",
        accepted=({
            "apiVersion": V, "kind": "MultiKueueConfig", "metadata": {"name": "others"}, "spec": {"clusters": [f"c{n}" for n in range(20)]},
        },),
        refused={
            "apiVersion": V, "kind": "MultiKueueConfig", "metadata": {"name": "others"}, "spec": {"clusters": [f"c{n}" for n in range(21)]},
        },
        words="are 21",
    ),
    Case(
        rule=33, name="source",
        accepted=({
            "apiVersion": V, "kind": "MultiKueueCluster", "metadata": {"name": "far"},
            "spec": {"clusterSource": {"kubeConfig": {"location": "far", "locationType": "Secret"}}},
        },),
        refused={"apiVersion": V, "kind": "MultiKueueCluster", "metadata": {"name": "far"}, "spec": {"clusterSource": {}}},
        words="has neither",
    ),
)  # fmt: skip
"""Rules that Kueue's webhooks and definitions have."""


def local(queue_name: str = "team-a") -> Document:
    return {
        "apiVersion": V, "kind": "LocalQueue", "metadata": {"name": "default", "namespace": "default"},
        "spec": {"clusterQueue": queue_name},
    }  # fmt: skip


PROVISIONING = check("more-nodes", "kueue.x-k8s.io/provisioning-request")

RUNTIME: tuple[Case, ...] = (
    Case(
        rule=14, name="flavor of a check", accepted=(flavor(), check("far"), queue(**checks("far"))),
        refused=queue(**checks("far", onFlavors=["a100"])), words="which is no flavor of the queue",
    ),
    Case(
        rule=17, name="one group",
        accepted=(flavor(), queue(concurrentAdmissionPolicy={"migration": {"mode": "TryPreferredFlavors"}})),
        refused=queue(concurrentAdmissionPolicy={"migration": {"mode": "TryPreferredFlavors"}}, queueingStrategy="StrictFIFO"),
        words="does not go with queueingStrategy StrictFIFO",
    ),
    Case(
        rule=17, name="last flavor",
        accepted=(flavor(), queue(concurrentAdmissionPolicy={
            "migration": {"mode": "TryPreferredFlavors", "constraints": {"lastAcceptableFlavorName": "h100"}},
        })),
        refused=queue(concurrentAdmissionPolicy={
            "migration": {"mode": "RetainFirstAdmission", "constraints": {"lastAcceptableFlavorName": "h100"}},
        }), words="only the mode TryPreferredFlavors",
    ),
    Case(
        rule=22, name="circle", accepted=(cohort("a", parentName="b"), cohort("b")), refused=cohort("b", parentName="a"),
        words="makes a circle",
    ),
    Case(
        rule=23, name="flavor", accepted=(flavor(), queue()), refused=queue(group(quota(GPU), flavors=("h10",))),
        words="did you mean h100?",
    ),
    Case(
        rule=23, name="check", accepted=(flavor(), check("far"), queue(**checks("far"))), refused=queue(**checks("near")),
        words="no admission check",
    ),
    Case(
        rule=23, name="topology", accepted=(topology("rack"), flavor(nodeLabels={"pool": "x"}, topologyName="rdma")),
        refused=flavor(nodeLabels={"pool": "x"}, topologyName="racks"), words="is no topology",
    ),
    Case(rule=23, name="queue", accepted=(flavor(), queue(), local()), refused=local("team-b"), words="did you mean team-a?"),
    Case(
        rule=24, name="two of MultiKueue", accepted=(flavor(), check("far"), check("farther"), queue(**checks("far"))),
        refused=queue(**checks("far", "farther")), words="a queue may have one",
    ),
    Case(
        rule=24, name="beside provisioning", accepted=(flavor(), check("far"), PROVISIONING, queue(**checks("far"))),
        refused=queue(**checks("far", "more-nodes")), words="the other cluster provisions",
    ),
    Case(
        rule=24, name="on a flavor", accepted=(flavor(), check("far"), queue(**checks("far"))),
        refused=queue(**checks("far", onFlavors=["h100"])), words="for the whole queue",
    ),
    Case(
        rule=27, name="mixed",
        accepted=(
            topology("rack"), flavor(nodeLabels={"pool": "x"}, topologyName="rdma"), flavor("cpu"), queue(group(quota(GPU))),
        ),
        refused=queue(group(quota(GPU), flavors=("cpu", "h100"))), words="mix flavors with a topology (h100) and without (cpu)",
    ),
)  # fmt: skip
"""Rules that show only when workloads are not admitted, or that the Kueue of the test bed does not have yet."""


# Workloads


def pods(**annotations: str) -> dict[str, Any]:
    container = {"name": "main", "image": "example.org/train:1", "resources": {"requests": {GPU: "8"}}}
    return {"metadata": {"annotations": annotations}, "spec": {"restartPolicy": "Never", "containers": [container]}}


def job(*, parallelism: int = 4, annotations: Mapping[str, str] | None = None, queue: str | None = "team-a", **template: Any) -> Document:
    labels = {"kueue.x-k8s.io/queue-name": queue} if queue else {}
    return {
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "train", "labels": labels, "annotations": dict(annotations or {})},
        "spec": {"parallelism": parallelism, "completions": parallelism, "template": template.get("template", pods())},
    }  # fmt: skip


def ray(kind: str, groups: int = 1, *, name: str = "workers", annotations: Mapping[str, str] | None = None, **spec: Any) -> Document:
    workers = [{"groupName": f"{name}-{number}" if name != "head" else name, "replicas": 1, "template": pods()} for number in range(groups)]
    cluster = {"headGroupSpec": {"template": pods()}, "workerGroupSpecs": workers, **spec.pop("cluster", {})}
    inner = {"RayJob": {"rayClusterSpec": cluster}, "RayService": {"rayClusterConfig": cluster}}.get(kind, cluster)
    finishes = {"shutdownAfterJobFinishes": True} if kind == "RayJob" else {}
    metadata = {"name": "ray", "labels": {"kueue.x-k8s.io/queue-name": "team-a"}, "annotations": dict(annotations or {})}
    return {"apiVersion": "ray.io/v1", "kind": kind, "metadata": metadata, "spec": {**inner, **finishes, **spec}}


def lws(size: int = 2, replicas: int = 1) -> Document:
    return {
        "apiVersion": "leaderworkerset.x-k8s.io/v1", "kind": "LeaderWorkerSet",
        "metadata": {"name": "serve", "labels": {"kueue.x-k8s.io/queue-name": "team-a"}},
        "spec": {"replicas": replicas, "leaderWorkerTemplate": {"size": size, "workerTemplate": pods()}},
    }  # fmt: skip
