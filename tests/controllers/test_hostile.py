"""A hostile member, a curious maintainer and CI that was taken over, on what the example with teams puts into a cluster: nothing passes.

Rights, admission policies, quotas, Pod Security and the real Kueue together, as `examples/Pulumi.teams.yaml` makes them. What holds is the
first of them that refuses: each row says which.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from components.framework import restricted
from stacks.config import load
from stacks.plan import plan
from testkit.control_plane import nodes
from testkit.control_plane.client import ApiError, Client
from testkit.stack_files import ROOT
from tests.controllers.workloads import GPU, SECONDS, TOLERATIONS, V, condition, of

FILE = ROOT / "examples" / "Pulumi.teams.yaml"
ADDONS = ("team-namespaces", "personas", "queues", "admission")
QUEUE = "kueue.x-k8s.io/queue-name"
Who = Literal["member", "maintainer", "ci"]
MERGE, STRATEGIC = "application/merge-patch+json", "application/strategic-merge-patch+json"

NO_RIGHT = "is forbidden: User "
RBAC, BATCH, KUEUE = "/apis/rbac.authorization.k8s.io/v1", "/apis/batch/v1", "/apis/kueue.x-k8s.io/v1beta2"
VISION = "/api/v1/namespaces/vision"
TOKEN = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}


def container(gpus: int = 1, **fields: Any) -> dict[str, Any]:
    asked = {"cpu": "1", "memory": "1Gi", **({GPU: str(gpus)} if gpus else {})}
    resources = {"requests": asked, "limits": asked}
    return {"name": "main", "image": "example.org/x:1", "securityContext": restricted.CONTAINER, "resources": resources, **fields}


def job(
    *containers: dict[str, Any], name: str = "try", namespace: str = "vision", labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None, pod: Mapping[str, Any] | None = None, **fields: Any,
) -> dict[str, Any]:  # fmt: skip
    given = list(containers) or [container()]
    asks = any(GPU in each["resources"].get("limits", {}) for each in given)
    template = {
        "restartPolicy": "Never", "securityContext": restricted.pod(), "containers": given, "priorityClassName": "team-normal",
        **({"tolerations": TOLERATIONS} if asks else {}), **(pod or {}),
    }  # fmt: skip
    spec = {"activeDeadlineSeconds": 3600, "backoffLimit": 0, "ttlSecondsAfterFinished": 600, **fields}
    metadata = {"name": name, "namespace": namespace, "labels": {QUEUE: "default"} if labels is None else dict(labels)}
    return {
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {**metadata, **({"annotations": dict(annotations)} if annotations else {})},
        "spec": {**spec, "template": {"metadata": {"annotations": {"simulated/runs-for": "2h"}}, "spec": template}},
    }  # fmt: skip


def made(api_version: str, kind: str, namespace: str = "vision", **fields: Any) -> dict[str, Any]:
    metadata = {"name": "try", "namespace": namespace, **fields.pop("metadata", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


@dataclass(frozen=True, kw_only=True)
class Attack:
    path: str
    """Of the API server."""
    method: str = "POST"
    body: Mapping[str, Any] | None = None
    held_by: str
    """Part of what is said against it."""
    by: Who = "member"
    content_type: str = "application/json"
    query: Mapping[str, str] = field(default_factory=lambda: {"dryRun": "All"})


def makes(document: Mapping[str, Any], held_by: str, by: Who = "member", plural: str = "") -> Attack:
    version, namespace = document["apiVersion"], document["metadata"].get("namespace")
    root = f"/api/{version}" if "/" not in version else f"/apis/{version}"
    place = f"{root}/namespaces/{namespace}" if namespace else root
    return Attack(path=f"{place}/{plural or document['kind'].lower() + 's'}", body=document, held_by=held_by, by=by)


def patches(path: str, body: Mapping[str, Any], held_by: str = NO_RIGHT, by: Who = "member", content_type: str = MERGE) -> Attack:
    return Attack(path=path, method="PATCH", body=body, held_by=held_by, by=by, content_type=content_type)


def reads(path: str, by: Who = "member", held_by: str = NO_RIGHT) -> Attack:
    return Attack(path=path, method="GET", held_by=held_by, by=by, query={})


def service(**spec: Any) -> dict[str, Any]:
    return made("v1", "Service", spec={"selector": {"a": "b"}, "ports": [{"port": 80}], **spec})


def claim(gib: int) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": f"{gib}Gi"}}}
    return made("v1", "PersistentVolumeClaim", spec=spec)


PRIORITY = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "x"}, "value": 1}
CERTIFICATE = {"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest", "metadata": {"name": "x"}}
USED = "/api/v1/namespaces/gpu-budgets/configmaps/gpu-budgets-used"
WORKLOAD = f"{KUEUE}/namespaces/vision/workloads/x"
POD = made("v1", "Pod", spec={"containers": [{"name": "a", "image": "example.org/a:1"}]})
TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": POD["spec"]}
RUNNING = f"{VISION}/pods/POD"
"""The pod of a Job that runs."""

ATTACKS: Mapping[str, Attack] = {
    # more than its share
    "a job with more GPUs than all of its": makes(job(parallelism=4), "rule gpus-per-job"),
    "GPUs in an init container": makes(job(pod={"initContainers": [{**container(3), "name": "first"}]}), "rule gpus-per-"),
    "a part of a GPU": makes(
        job(container(resources={"limits": {"nvidia.com/mig-1g.5gb": "1"}}), pod={"tolerations": TOLERATIONS}), "rule device-names"
    ),
    "limits that its queue does not count": makes(job(container(resources={"limits": {"cpu": "64", GPU: "1"}})), "rule requests"),
    "a priority above its own": makes(job(pod={"priorityClassName": "team-high"}), "rule priority"),
    "no priority, which is above all teams'": makes(job(pod={"priorityClassName": ""}), "rule priority"),
    "the queue's priority": makes(job(labels={QUEUE: "default", "kueue.x-k8s.io/priority-class": "urgent"}), "rule queue-labels"),
    "a workload that has its quota already": makes(
        job(labels={QUEUE: "default", "kueue.x-k8s.io/prebuilt-workload-name": "job-other"}), "rule queue-labels"
    ),
    "a part of a job that has quota": makes(
        {**job(), "metadata": {**job()["metadata"], "ownerReferences": [
            {"apiVersion": "batch/v1", "kind": "Job", "name": "runs", "uid": "UID", "controller": True}]}}, "rule owner",
    ),
    "for ever": makes(job(activeDeadlineSeconds=10**8), "rule deadline"),
    "retries of each index": makes(job(completions=9, completionMode="Indexed", backoffLimitPerIndex=9), "rule retries"),
    "a disk that costs more than its GPUs": makes(claim(30_000), "exceeded quota: team, requested: requests.storage"),
    # pods that no queue knows
    "a pod": makes(POD, NO_RIGHT),
    "a deployment": makes(made("apps/v1", "Deployment", spec={"selector": {"matchLabels": {"a": "b"}}, "template": TEMPLATE}), NO_RIGHT),
    "a replication controller": makes(made("v1", "ReplicationController", spec={"selector": {"a": "b"}, "template": TEMPLATE}), NO_RIGHT),
    "a cron job": makes(made("batch/v1", "CronJob", spec={"schedule": "* * * * *", "jobTemplate": {"spec": job()["spec"]}}), NO_RIGHT),
    "a claim on a device": makes(made("resource.k8s.io/v1", "ResourceClaim", spec={"devices": {}}), NO_RIGHT),
    "a job that another controller runs": makes(job(managedBy="example.org/mine"), "rule managed-by"),
    "a mirror of a static pod": makes(
        {**job(), "spec": {**job()["spec"], "template": {**job()["spec"]["template"], "metadata": {
            "annotations": {"kubernetes.io/config.mirror": "x"}}}}}, "must set spec.nodeName if mirror pod annotation is set",
    ),
    # GPUs that nobody counts
    "a variable that a prefix makes up": makes(
        job(container(0, envFrom=[{"prefix": "NV", "configMapRef": {"name": "x"}}])), "rule no-nvidia-environment"
    ),
    "a variable of a ConfigMap": makes(made("v1", "ConfigMap", data={"NVIDIA_VISIBLE_DEVICES": "all"}), "rule no-nvidia-environment"),
    "a mount that stands for a GPU": makes(
        job(
            container(0, volumeMounts=[{"name": "d", "mountPath": "/var/run/nvidia-container-devices/all"}]),
            pod={"volumes": [{"name": "d", "emptyDir": {}}]},
        ),
        "rule no-device-mounts",
    ),
    "a GPU node without a GPU": makes(job(container(0), pod={"tolerations": TOLERATIONS}), "rule gpu-toleration"),
    "any node": makes(job(container(0), pod={"tolerations": [{"operator": "Exists", "effect": "NoSchedule"}]}), "rule gpu-toleration"),
    # what runs
    "a container in a pod that runs": patches(
        f"{RUNNING}/ephemeralcontainers", {"spec": {"ephemeralContainers": [{"name": "d", "image": "x"}]}}, content_type=STRATEGIC
    ),
    "more of a node for a pod that runs": patches(
        f"{RUNNING}/resize", {"spec": {"containers": [{"name": "main", "resources": {"limits": {"cpu": "9"}}}]}}, content_type=STRATEGIC
    ),
    "a label of a pod that runs": patches(RUNNING, {"metadata": {"labels": {"a": "b"}}}),
    "a job that grows": patches(f"{BATCH}/namespaces/vision/jobs/runs", {"spec": {"parallelism": 3}}),
    "a job's status": patches(f"{BATCH}/namespaces/vision/jobs/runs/status", {"status": {"active": 0}}),
    "eviction": Attack(
        path=f"{RUNNING}/eviction", body={"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "POD"}}, held_by=NO_RIGHT
    ),
    # quotas and queues by hand
    "its queue": patches(f"{KUEUE}/namespaces/vision/localqueues/default", {"spec": {"clusterQueue": "speech"}}),
    "its quota": patches(f"{KUEUE}/clusterqueues/vision", {"spec": {"stopPolicy": "None"}}),
    "a workload": makes(made(V, "Workload", spec={"queueName": "default", "podSets": []}), NO_RIGHT),
    "a workload's status": patches(f"{KUEUE}/namespaces/vision/workloads/x/status", {"status": {}}),
    "the namespace's quota": patches(f"{VISION}/resourcequotas/team", {"spec": {"hard": {f"requests.{GPU}": "99"}}}),
    "the defaults of containers": Attack(path=f"{VISION}/limitranges/team", method="DELETE", held_by=NO_RIGHT),
    "labels of the namespace": patches(VISION, {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}),
    "a priority class": makes(PRIORITY, NO_RIGHT,
                              plural="priorityclasses"),
    # rights
    "a token of an account": Attack(path=f"{VISION}/serviceaccounts/default/token", body=TOKEN, held_by=NO_RIGHT),
    "a token that never ends": makes(
        made("v1", "Secret", metadata={"annotations": {"kubernetes.io/service-account.name": "default"}},
             type="kubernetes.io/service-account-token"), "rule no-account-tokens",
    ),
    "secrets": reads(f"{VISION}/secrets"),
    "an account": makes(made("v1", "ServiceAccount"), NO_RIGHT),
    "a role": makes(made("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef={"kind": "ClusterRole", "name": "cluster-admin",
                         "apiGroup": "rbac.authorization.k8s.io"}), NO_RIGHT),
    "a certificate": makes(CERTIFICATE, NO_RIGHT),
    "all jobs at once": Attack(path=f"{BATCH}/namespaces/vision/jobs", method="DELETE", held_by=NO_RIGHT),
    # others
    "others' pods": reads("/api/v1/namespaces/speech/pods"),
    "commands in others' pods": Attack(path="/api/v1/namespaces/speech/pods/x/exec", body={}, held_by=NO_RIGHT),
    "others' jobs": makes(job(namespace="speech"), NO_RIGHT),
    "a load balancer": makes(service(type="LoadBalancer"), "exceeded quota: team, requested: services.loadbalancers"),
    "a port of every node": makes(service(type="NodePort"), "exceeded quota: team, requested: services.nodeports"),
    "others' addresses": makes(service(externalIPs=["203.0.113.7"]), "rule no-external-addresses"),
    "endpoints of others": makes(made("v1", "Endpoints", subsets=[]), NO_RIGHT, plural="endpoints"),
    "an ingress": makes(made("networking.k8s.io/v1", "Ingress", spec={}), NO_RIGHT, plural="ingresses"),
    "the metadata service": makes(made("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}, "egress": [{}]}), NO_RIGHT,
                                  plural="networkpolicies"),
    # a maintainer
    "a maintainer in a pod": Attack(path=f"{RUNNING}/exec", body={}, held_by=NO_RIGHT, by="maintainer"),
    "a maintainer in a pod by a web socket": reads(f"{RUNNING}/exec", by="maintainer"),
    "a maintainer through a pod's port": reads(f"{RUNNING}/proxy", by="maintainer"),
    "a maintainer's secrets": reads(f"{VISION}/secrets", by="maintainer"),
    "a maintainer and what charts were given": reads("/api/v1/namespaces/kueue-system/secrets", by="maintainer"),
    "a maintainer and every ConfigMap": reads("/api/v1/configmaps", by="maintainer"),
    "a maintainer and what is counted": patches(USED, {"data": {}}, by="maintainer"),
    "a maintainer's job": makes(job(), NO_RIGHT, by="maintainer"),
    "a maintainer as who counts": Attack(
        path="/api/v1/namespaces/gpu-budgets/serviceaccounts/gpu-budgets/token", body=TOKEN, held_by=NO_RIGHT, by="maintainer"
    ),
    "a maintainer on a node": reads("/api/v1/nodes/a10-ad1-0/proxy/pods", by="maintainer"),
    "a maintainer's node": patches("/api/v1/nodes/a10-ad1-0", {"metadata": {"labels": {"a": "b"}}}, by="maintainer"),
    "a maintainer and a workload": Attack(path=WORKLOAD, method="DELETE", held_by=NO_RIGHT, by="maintainer"),
    "a maintainer in the platform's namespaces": Attack(
        path="/api/v1/namespaces/kube-system/pods/x", method="DELETE", held_by=NO_RIGHT, by="maintainer"
    ),
    # CI
    "two GPUs for CI": makes(job(container(2), namespace="speech-ci"), "rule gpus-per-", by="ci"),
    "a secret of CI's": makes(made("v1", "Secret", "speech-ci"), NO_RIGHT, by="ci"),
    "CI as itself": makes(job(namespace="speech-ci", pod={"serviceAccountName": "ci-submitter"}), "rule service-account", by="ci"),
    "CI by the old name": makes(job(namespace="speech-ci", pod={"serviceAccount": "ci-submitter"}), "rule service-account", by="ci"),
    "CI in its team's other namespace": makes(job(namespace="speech"), NO_RIGHT, by="ci"),
}  # fmt: skip

HONEST: Mapping[str, Attack] = {
    "a job": makes(job(), ""),
    "a job without GPUs": makes(job(container(0)), ""),
    "a job that names no queue, which Kueue puts into its namespace's": makes(job(labels={}), ""),
    "a service": makes(service(), ""),
    "a disk": makes(claim(100), ""),
    "a ConfigMap": makes(made("v1", "ConfigMap", data={"LEARNING_RATE": "1"}), ""),
    "a secret": makes(made("v1", "Secret", type="Opaque"), ""),
    "CI's job": makes(job(namespace="speech-ci"), "", by="ci"),
    "a maintainer ends a job": Attack(path=f"{BATCH}/namespaces/vision/jobs/runs", method="DELETE", held_by="", by="maintainer"),
}


@dataclass(frozen=True, kw_only=True)
class Scene:
    people: Mapping[Who, Client]
    pod: str
    """The pod of the Job that runs."""


@pytest.fixture(scope="module")
def scene(client: Client) -> Iterator[Scene]:
    found = plan(load(FILE), FILE)
    plans = [found.addons.plans[key] for key in ADDONS]
    spaces = [each.document for made_by in plans for each in made_by.namespaces]
    objects = [row.document for made_by in plans for row in made_by.objects]
    client.apply_all([*spaces, *objects])
    for name in ("vision", "speech", "speech-ci"):
        client.wait("v1", "ServiceAccount", "default", bool, namespace=name)
        client.wait_condition(V, "LocalQueue", "default", "Active", namespace=name)
    machines = [each for pool in found.context.pools for each in nodes.nodes(pool, cpus=pool.cpus, memory_gib=pool.memory_gib)]
    nodes.add(client, machines)
    member = client.named("ocid1.user.oc1..someone", "ocid1.group.oc1..examplevision")
    people: dict[Who, Client] = {
        "member": member,
        "maintainer": client.named("ocid1.user.oc1..someone", "ocid1.group.oc1..examplemaintainers"),
        "ci": client.service_account("speech-ci", "ci-submitter"),
    }
    _await_enforced(people)
    member.create(job(name="runs"))
    client.wait("batch/v1", "Job", "runs", lambda each: each["status"].get("active"), namespace="vision", timeout=SECONDS)
    (pod,) = client.list("v1", "Pod", namespace="vision")
    yield Scene(people=people, pod=pod["metadata"]["name"])
    for each in client.list("batch/v1", "Job", namespace="vision"):
        client.delete("batch/v1", "Job", each["metadata"]["name"], namespace="vision")
    deadline = time.monotonic() + SECONDS
    while of(client, "vision"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    for document in (*reversed(objects), *reversed(spaces)):
        place = {"namespace": document["metadata"]["namespace"]} if "namespace" in document["metadata"] else {}
        client.delete(document["apiVersion"], document["kind"], document["metadata"]["name"], **place)
    for document in (*reversed(objects), *reversed(spaces)):
        place = {"namespace": document["metadata"]["namespace"]} if "namespace" in document["metadata"] else {}
        client.wait_gone(document["apiVersion"], document["kind"], document["metadata"]["name"], timeout=SECONDS, **place)
    for machine in machines:
        client.delete("v1", "Node", machine["metadata"]["name"])


def _await_enforced(people: Mapping[Who, Client]) -> None:
    """The server reads roles and policies a moment after they are written."""
    deadline = time.monotonic() + SECONDS
    waited = ("for ever", "a variable of a ConfigMap", "a token that never ends", "others' addresses", "a load balancer")
    honest = [each for each in HONEST.values() if each.method == "POST"]
    while not all(said(people, ATTACKS[name]) for name in waited) or any(said(people, each) for each in honest):
        answers = [said(people, each)[:80] for each in (*honest, *(ATTACKS[name] for name in waited))]
        assert time.monotonic() < deadline, "; ".join(answers)
        time.sleep(0.5)


def said(people: Mapping[Who, Client], attack: Attack, pod: str = "POD") -> str:
    """What is said against it; nothing where it passes. Nothing is written."""
    body = None if attack.body is None else {**attack.body}
    path = attack.path.replace("POD", pod)
    try:
        people[attack.by].request(attack.method, path, body=body, query=attack.query, content_type=attack.content_type)
    except ApiError as error:
        return error.message or error.reason
    return ""


@pytest.mark.parametrize("name", ATTACKS)
def test_it_is_refused(scene: Scene, name: str) -> None:
    attack = ATTACKS[name]
    assert attack.held_by in said(scene.people, attack, scene.pod)


@pytest.mark.parametrize("name", HONEST)
def test_honest_use_is_taken(scene: Scene, name: str) -> None:
    assert said(scene.people, HONEST[name], scene.pod) == ""


def test_pods_that_reach_into_their_node_are_never_made(client: Client, scene: Scene) -> None:
    """A Job is taken; its pods are what Pod Security judges. Its quota is its team's own, and goes with its deadline."""
    reaches = {"hostNetwork": True, "volumes": [{"name": "h", "hostPath": {"path": "/"}}]}
    scene.people["member"].create(job(container(0, securityContext={"privileged": True}), name="reaches", pod=reaches))
    client.wait("batch/v1", "Job", "reaches", lambda found: found["spec"].get("suspend") is False, namespace="vision", timeout=SECONDS)
    deadline = time.monotonic() + SECONDS
    while not any('violates PodSecurity "restricted' in each.get("message", "") for each in client.list("v1", "Event", namespace="vision")):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert not client.list("v1", "Pod", namespace="vision", labels="job-name=reaches")
    client.delete("batch/v1", "Job", "reaches", namespace="vision")


def test_a_job_without_gpus_never_takes_a_gpu_node(client: Client, scene: Scene) -> None:
    """Nodes without GPUs are full: it waits for them, and its queue says why. The nodes with GPUs are left to who asks for one."""
    for number in range(9):
        scene.people["member"].create(job(container(0), name=f"plain-{number}"))
    deadline = time.monotonic() + SECONDS
    while True:
        plain = [each for each in of(client, "vision") if each["metadata"]["name"].startswith("job-plain-")]
        if len(plain) == 9 and all(condition(each, "QuotaReserved") for each in plain):
            break
        assert time.monotonic() < deadline
        time.sleep(0.2)
    held = [each for each in plain if condition(each, "QuotaReserved") == "True"]
    given = [part["flavors"] for each in held for part in each["status"]["admission"]["podSetAssignments"]]
    assert {flavor for flavors in given for flavor in flavors.values()} == {"workers"}
    waits = [each for each in plain if each not in held]
    assert waits
    for each in waits:
        (why,) = (said_of["message"] for said_of in each["status"]["conditions"] if said_of["type"] == "QuotaReserved")
        assert "untolerated taint {nvidia.com/gpu present NoSchedule" in why
        assert "in flavor a10" in why
