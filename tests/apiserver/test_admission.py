"""Ways around the caps, tried on the API server: each is refused with its rule and limit, and its honest twin is taken.

Everybody here is an administrator, so that no missing right refuses in the policies' place.
"""

import copy
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components.access.admission.policies import documents
from components.access.admission.section import Admission
from components.access.team_namespaces.addon import TeamNamespacesAddOn
from components.access.team_namespaces.section import TeamNamespaces
from infra.facts import ClusterContext, Pool, Taint, Team, TeamNamespace
from testkit.control_plane.client import TIMEOUT_SECONDS, ApiError, Client

POOLS = (
    Pool(
        name="h100", min_nodes=0, max_nodes=2, gpus_per_node=8, gpu_model="H100", cpus=224, memory_gib=2048,
        taints=(Taint(key="nvidia.com/gpu"),),
    ),
)  # fmt: skip
TEAMS = (
    Team(name="vision", namespaces=(TeamNamespace(name="vision", gpus={"H100": 12}),), gpus={"H100": 12}),
    Team(name="speech", namespaces=(TeamNamespace(name="speech", gpus={"H100": 4}),), gpus={"H100": 4}, priority="high"),
)
CONTEXT = ClusterContext(pools=POOLS, teams=TEAMS, addons=frozenset({"team-namespaces", "admission", "kueue", "queues"}))
SECTION = Admission(max_job_hours=10)
QUEUE = {"kueue.x-k8s.io/queue-name": "vision"}


@pytest.fixture(scope="module", autouse=True)
def there(client: Client) -> Iterator[None]:
    spaces = TeamNamespacesAddOn.plan(CONTEXT, TeamNamespaces())
    manifests: list[Mapping[str, Any]] = [
        *(each.document for each in spaces.namespaces),
        *(each.document for each in spaces.objects),
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "nobodys"}},
        *documents(CONTEXT, SECTION),
    ]
    client.apply_all(manifests)
    for name in ("vision", "speech", "nobodys"):
        client.wait("v1", "ServiceAccount", "default", bool, namespace=name)
    _await_enforced(client)
    yield
    client.delete_all(manifests)


def _await_enforced(client: Client) -> None:
    """The server reads policies a moment after they are written."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if all(
            refusal(client, manifest)
            for manifest in (job(activeDeadlineSeconds=None), pod(nodeName="n"), SERVICE, SECRET, CLAIM, ELSEWHERE)
        ):
            return
        time.sleep(0.2)
    raise TimeoutError("the policies are not enforced")


TOLERATES = [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
RESTRICTED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
GPU = {"limits": {"nvidia.com/gpu": "1"}}


def container(**fields: Any) -> dict[str, Any]:
    return {"name": "main", "image": "example.org/train:1", "securityContext": RESTRICTED, "resources": GPU, **fields}


def spec(*containers: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "restartPolicy": "Never",
        "securityContext": {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": list(containers) or [container()],
        "priorityClassName": "team-normal",
        **fields,
    }


def pod(
    *containers: dict[str, Any],
    namespace: str = "vision",
    labels: Mapping[str, str] = QUEUE,
    annotations: Mapping[str, str] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    metadata = {
        "name": "try",
        "namespace": namespace,
        "labels": dict(labels),
        **({"annotations": dict(annotations)} if annotations else {}),
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec(*containers, **fields)}


def job(
    *containers: dict[str, Any], labels: Mapping[str, str] = QUEUE, of_pods: Mapping[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    given = {"activeDeadlineSeconds": 3600, "backoffLimit": 0, "ttlSecondsAfterFinished": 600, "suspend": True, **fields}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "try", "namespace": "vision", "labels": dict(labels)},
        "spec": {
            **{key: value for key, value in given.items() if value is not None},
            "template": {"metadata": {}, "spec": without_none(spec(*containers, **{"tolerations": TOLERATES, **(of_pods or {})}))},
        },
    }


def without_none(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if value is not None}


def gpus(count: str) -> dict[str, Any]:
    return {"resources": {"limits": {"nvidia.com/gpu": count}}}


def service(**fields: Any) -> dict[str, Any]:
    given = {"ports": [{"port": 80}], "selector": {"app": "x"}, **fields}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "try", "namespace": "vision"}, "spec": given}


def secret(type_: str, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "try", "namespace": "vision", **metadata}, "type": type_}


def config_map(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "try", "namespace": "vision"}, "data": data}


def namespace(name: str, **labels: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


PLAIN = {"resources": {"limits": {"memory": "1Gi"}, "requests": {"memory": "1Gi"}}}
SERVICE = service(externalIPs=["203.0.113.7"])
SECRET = secret("kubernetes.io/service-account-token", annotations={"kubernetes.io/service-account.name": "default"})
CLAIM = {
    "apiVersion": "resource.k8s.io/v1",
    "kind": "ResourceClaim",
    "metadata": {"name": "try", "namespace": "vision"},
    "spec": {"devices": {"requests": [{"name": "gpu", "exactly": {"deviceClassName": "gpu.nvidia.com"}}]}},
}
ELSEWHERE = pod(namespace="nobodys")
ANYWHERE = [{"operator": "Exists"}]
MOST_OF_A_POD = "rule gpus-per-pod: a pod asks for 9 GPUs, and in vision it may ask for at most 8"

OWNER = {"apiVersion": "batch/v1", "kind": "Job", "name": "runs", "uid": "0d3b0fd0-6d1c-4d2c-9a43-0a4c3c1f3b11", "controller": True}

BYPASSES: dict[str, tuple[Mapping[str, Any], str]] = {
    "one pod with more than a node": (pod(container(**gpus("9"))), MOST_OF_A_POD),
    "in thousands": (pod(container(**gpus("1k"))), "rule gpus-per-pod: a pod asks for 1000 GPUs, and in vision it may ask for at most 8"),
    "in two containers": (pod(container(**gpus("5")), container(name="more", **gpus("4"))), MOST_OF_A_POD),
    "in a sidecar": (
        pod(container(**gpus("8")), initContainers=[container(name="side", restartPolicy="Always")]), MOST_OF_A_POD
    ),
    "in a job's pod": (job(container(**gpus("9"))), MOST_OF_A_POD),
    "by parallelism": (
        job(container(**gpus("8")), parallelism=2),
        "rule gpus-per-job: a Job asks for 8 GPUs in each of 2 pods, and in vision it may ask for at most 12 in all",
    ),
    "by an indexed job": (
        job(parallelism=100, completions=100, completionMode="Indexed"),
        "rule gpus-per-job: a Job asks for 1 GPUs in each of 100 pods, and in vision it may ask for at most 12 in all",
    ),
    "another vendor's": (
        pod(container(resources={"limits": {"amd.com/gpu": "1"}})), "rule device-names: pods may ask for these devices: nvidia.com/gpu"
    ),
    "a part of a GPU": (pod(container(resources={"limits": {"nvidia.com/mig-3g.40gb": "1"}})), "rule device-names: pods may ask for"),
    "a shared GPU": (pod(container(resources={"limits": {"nvidia.com/gpu.shared": "1"}})), "rule device-names: pods may ask for"),
    "the device of a virtual machine": (job(container(resources={"limits": {"nvidia.com/GH100": "1"}})), "rule device-names: pods may ask"),
    "an init container's device": (
        pod(initContainers=[container(name="init", resources={"limits": {"habana.ai/gaudi": "1"}})]), "rule device-names: pods may ask for"
    ),
    "a claim": (CLAIM, "rule no-resource-claims: devices are asked for by limits, which quotas count"),
    "a template of claims": (
        {**CLAIM, "kind": "ResourceClaimTemplate", "spec": {"spec": CLAIM["spec"]}}, "rule no-resource-claims: devices are asked for"
    ),
    "a pod with a claim": (
        pod(resourceClaims=[{"name": "gpu", "resourceClaimName": "gpu"}]), "rule no-resource-claims: devices are asked for by limits"
    ),
    "a variable": (
        pod(container(**PLAIN, env=[{"name": "NVIDIA_VISIBLE_DEVICES", "value": "all"}])),
        "rule no-nvidia-environment: variables that begin with NVIDIA_ take GPUs that nobody counts; ask for nvidia.com/gpu instead",
    ),
    "a variable from a field": (
        pod(container(**PLAIN, env=[{"name": "NVIDIA_VISIBLE_DEVICES", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}])),
        "rule no-nvidia-environment",
    ),
    "a variable of an init container": (
        job(of_pods={"initContainers": [container(name="init", env=[{"name": "NVIDIA_IMEX_CHANNELS", "value": "0"}])]}),
        "rule no-nvidia-environment",
    ),
    "variables with a prefix": (
        pod(container(**PLAIN, envFrom=[{"prefix": "NVIDIA_", "configMapRef": {"name": "x"}}])), "rule no-nvidia-environment"
    ),
    "variables whose names a prefix makes up": (
        pod(container(**PLAIN, envFrom=[{"prefix": "NV", "configMapRef": {"name": "x"}}])), "rule no-nvidia-environment"
    ),
    "variables of a ConfigMap": (
        config_map(NVIDIA_VISIBLE_DEVICES="all"),
        "rule no-nvidia-environment: keys that begin with NVIDIA_ become variables that take GPUs that nobody counts",
    ),
    "variables of a Secret": (
        {**secret("Opaque"), "stringData": {"NVIDIA_VISIBLE_DEVICES": "all"}}, "rule no-nvidia-environment: keys that begin with NVIDIA_"
    ),
    "devices by a mount": (
        pod(
            container(**PLAIN, volumeMounts=[{"name": "d", "mountPath": "/var/run/nvidia-container-devices/all"}]),
            volumes=[{"name": "d", "emptyDir": {}}],
        ),
        "rule no-device-mounts: mounts of nvidia-container-devices give GPUs that nobody counts",
    ),
    "an annotation": (
        pod(container(**PLAIN), annotations={"cdi.k8s.io/x": "nvidia.com/gpu=all"}),
        "rule no-device-annotations: annotations of cdi.k8s.io/ give devices that nobody counts; take them out",
    ),
    "a GPU node without a GPU": (
        pod(container(**PLAIN), tolerations=TOLERATES), "rule gpu-toleration: only a pod that asks for a GPU may go onto a GPU node"
    ),
    "any node": (pod(container(**PLAIN), tolerations=ANYWHERE), "rule gpu-toleration: only a pod that asks for a GPU"),
    "the platform's priority": (
        pod(priorityClassName="system-cluster-critical"), "rule priority: priorityClassName must be one of team-low, team-normal"
    ),
    "no priority, which is more than a team's": (
        job(of_pods={"priorityClassName": None}), "rule priority: priorityClassName must be one of team-low, team-normal"
    ),
    "a pod of no priority": (pod(priorityClassName=None), "rule priority: priorityClassName must be one of team-low, team-normal"),
    "another team's priority": (
        job(of_pods={"priorityClassName": "team-high"}), "rule priority: priorityClassName must be one of team-low, team-normal"
    ),
    "the submitter's token": (
        job(of_pods={"serviceAccountName": "ci-submitter"}), "rule service-account: ci-submitter is for whoever submits from outside"
    ),
    "past the scheduler": (pod(nodeName="h100-0"), "rule scheduler: pods are placed by the scheduler; take nodeName and schedulerName out"),
    "another scheduler": (pod(schedulerName="mine"), "rule scheduler: pods are placed by the scheduler"),
    "past the queue": (pod(labels={}), "rule queue: a pod with GPUs needs the label kueue.x-k8s.io/queue-name"),
    "a job past the queue": (job(labels={}), "rule queue: a Job needs the label kueue.x-k8s.io/queue-name"),
    "a job with an empty queue": (job(labels={"kueue.x-k8s.io/queue-name": ""}), "rule queue: a Job needs the label"),
    "a workload's priority": (
        job(labels={**QUEUE, "kueue.x-k8s.io/priority-class": "urgent"}),
        "rule queue-labels: of the labels of kueue.x-k8s.io a Job may have kueue.x-k8s.io/queue-name, kueue.x-k8s.io/max-exec-time-seconds",
    ),
    "another's workload": (job(labels={**QUEUE, "kueue.x-k8s.io/prebuilt-workload-name": "x"}), "rule queue-labels"),
    "as a part of a job that has quota": (
        {**job(), "metadata": {**job()["metadata"], "ownerReferences": [OWNER]}}, "rule owner: only controllers make Jobs of others"
    ),
    "limits that no queue counts": (
        job(container(resources={"limits": {"cpu": "64", "nvidia.com/gpu": "1"}})),
        "rule requests: a container that has limits of cpu or memory needs requests of them too: queues count these",
    ),
    "GPUs that its queue cannot tell": (
        job(of_pods={"tolerations": None}), "rule tolerates-gpu-nodes: a Job with GPUs needs a toleration of nvidia.com/gpu"
    ),
    "a GPU node for a job without GPUs": (job(container(**PLAIN)), "rule gpu-toleration: only a pod that asks for a GPU"),
    "each index again and again": (
        job(completions=9, completionMode="Indexed", backoffLimitPerIndex=9), "rule retries: a Job needs backoffLimit, at most 2, per index"
    ),
    "an exit code that never counts": (
        job(podFailurePolicy={"rules": [{"action": "Ignore", "onExitCodes": {"operator": "NotIn", "values": [0]}}]}), "rule retries"
    ),
    "for ever": (job(activeDeadlineSeconds=None), "rule deadline: a Job needs activeDeadlineSeconds, at most 36000"),
    "for long": (job(activeDeadlineSeconds=36001), "rule deadline: a Job needs activeDeadlineSeconds, at most 36000"),
    "again and again": (job(backoffLimit=6), "rule retries: a Job needs backoffLimit, at most 2"),
    "again by default": (job(backoffLimit=None), "rule retries: a Job needs backoffLimit, at most 2"),
    "never cleaned up": (job(ttlSecondsAfterFinished=None), "rule finished: a Job needs ttlSecondsAfterFinished, at most 604800"),
    "by another controller": (job(managedBy="example.org/mine"), "rule managed-by: managedBy hands the Job to a controller"),
    "a token that never ends": (SECRET, "rule no-account-tokens: a Secret with a service account token never ends"),
    "another's address": (SERVICE, "rule no-external-addresses: externalIPs and ExternalName send the traffic of others elsewhere"),
    "another's name": (
        service(type="ExternalName", externalName="metadata.example.org", ports=None, selector=None), "rule no-external-addresses"
    ),
    "a namespace of nobody": (ELSEWHERE, "rule gpus-of-teams: the namespace nobodys belongs to no team, so it has no GPUs"),
    "a part of a GPU in a namespace of nobody": (
        pod(container(resources={"limits": {"nvidia.com/mig-1g.10gb": "1"}}), namespace="nobodys"), "rule gpus-of-teams"
    ),
    "a claim in a namespace of nobody": (
        pod(container(**PLAIN), namespace="nobodys", resourceClaims=[{"name": "gpu", "resourceClaimName": "gpu"}]), "rule gpus-of-teams"
    ),
    "a variable in a namespace of nobody": (
        pod(container(**PLAIN, env=[{"name": "NVIDIA_VISIBLE_DEVICES", "value": "all"}]), namespace="nobodys"), "rule gpus-of-teams"
    ),
    "a GPU node from a namespace of nobody": (pod(container(**PLAIN), namespace="nobodys", tolerations=TOLERATES), "rule gpus-of-teams"),
}  # fmt: skip

HONEST: dict[str, Mapping[str, Any]] = {
    "a pod with all of a node": pod(container(**gpus("8")), tolerations=TOLERATES),
    "a pod in two containers": pod(container(**gpus("4")), container(name="more", **gpus("4"))),
    "a job": job(),
    "a job of many pods": job(parallelism=12, completions=100, completionMode="Indexed"),
    "a job without GPUs": job(container(**PLAIN), of_pods={"tolerations": None}),
    "a pod without GPUs and queue": pod(container(**PLAIN), labels={}),
    "a harmless variable": pod(
        container(env=[{"name": "NVIDIA_TF32_OVERRIDE", "value": "0"}, {"name": "CUDA_VISIBLE_DEVICES", "value": "0"}])
    ),
    "a ConfigMap": {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "try", "namespace": "vision"},
        "data": {"LEARNING_RATE": "1"},
    },
    "a mount": pod(container(volumeMounts=[{"name": "d", "mountPath": "/data"}]), volumes=[{"name": "d", "emptyDir": {}}]),
    "a job that says what it asks for": job(
        container(resources={"limits": {"cpu": "4", "nvidia.com/gpu": "1"}, "requests": {"cpu": "4", "nvidia.com/gpu": "1"}})
    ),
    "a job that is not blamed for a node that goes": job(
        podFailurePolicy={"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]}
    ),
    "a job with a time of its own": job(labels={**QUEUE, "kueue.x-k8s.io/max-exec-time-seconds": "60", "app": "x"}),
    "variables of a ConfigMap": pod(container(envFrom=[{"configMapRef": {"name": "x"}}])),
    "an annotation": pod(annotations={"example.org/run": "7"}),
    "a priority of its own": pod(priorityClassName="team-normal"),
    "a high team's priority": pod(container(**gpus("1")), namespace="speech", priorityClassName="team-high"),
    "the longest deadline": job(activeDeadlineSeconds=36000, backoffLimit=2, ttlSecondsAfterFinished=604800),
    "a toleration of its own": pod(container(**PLAIN), tolerations=[{"key": "example.org/spot", "operator": "Exists"}]),
    "a service": service(),
    "a secret": secret("Opaque"),
    "a pod of a namespace of nobody": pod(container(**PLAIN), namespace="nobodys"),
}


def refusal(client: Client, manifest: Mapping[str, Any]) -> str:
    """What the server says against it; nothing where it takes it. Nothing is written."""
    cleaned = copy.deepcopy(dict(manifest))
    cleaned["spec"] = {key: value for key, value in cleaned.get("spec", {}).items() if value is not None} or None
    try:
        client.create({key: value for key, value in cleaned.items() if value is not None}, dry_run=True)
    except ApiError as error:
        return error.message
    return ""


@pytest.mark.parametrize("way", BYPASSES)
def test_a_way_around_is_refused_with_its_rule_and_limit(client: Client, way: str) -> None:
    manifest, message = BYPASSES[way]
    assert message in refusal(client, manifest)


@pytest.mark.parametrize("use", HONEST)
def test_honest_use_is_taken(client: Client, use: str) -> None:
    assert refusal(client, HONEST[use]) == ""


def test_a_job_that_grew_is_refused_and_one_that_ends_is_not(client: Client) -> None:
    """More pods later is the same as more pods at once; a label later is nobody's business."""
    client.create(job(container(**gpus("6")), parallelism=2))
    try:
        path = client.kind("batch/v1", "Job").path("vision", "try")
        patched = "application/merge-patch+json"
        with pytest.raises(ApiError, match="rule gpus-per-job: a Job asks for 6 GPUs in each of 3 pods"):
            client.request("PATCH", path, body={"spec": {"parallelism": 3}}, content_type=patched)
        client.request("PATCH", path, body={"metadata": {"annotations": {"example.org/note": "x"}}}, content_type=patched)
    finally:
        client.delete("batch/v1", "Job", "try", namespace="vision")
        client.wait_gone("batch/v1", "Job", "try", namespace="vision")


def _allow(client: Client, who: str) -> None:
    """May write namespaces, and nothing more."""
    api = "rbac.authorization.k8s.io"
    rules = [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get", "create", "update", "patch"]}]
    client.apply({"apiVersion": f"{api}/v1", "kind": "ClusterRole", "metadata": {"name": who}, "rules": rules})
    client.apply({
        "apiVersion": f"{api}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": who},
        "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": who},
        "subjects": [{"kind": "User", "name": who, "apiGroup": api}],
    })  # fmt: skip


def test_labels_that_decide_are_for_administrators(client: Client) -> None:
    _allow(client, "namespace-keeper")
    keeper, patched = client.named("namespace-keeper"), "application/merge-patch+json"
    path = client.kind("v1", "Namespace").path(None, "vision")
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not keeper.allowed("patch", "namespaces", name="vision") and time.monotonic() < deadline:
        time.sleep(0.1)  # the server learns of a role a moment after it is written
    taken = namespace("mine", **{"oke-gpu-platform/team": "vision"})
    while "rule protected-labels" not in refusal(keeper, taken) and time.monotonic() < deadline:
        time.sleep(0.1)  # and of a policy's parameters
    try:
        for label, value in (
            ("pod-security.kubernetes.io/enforce", "privileged"),
            ("oke-gpu-platform/team", "speech"),
            ("oke-gpu-platform/team", None),
        ):
            with pytest.raises(ApiError, match="rule protected-labels: only administrators may change oke-gpu-platform/team"):
                keeper.request("PATCH", path, body={"metadata": {"labels": {label: value}}}, content_type=patched)
        assert "rule protected-labels" in refusal(keeper, namespace("mine", **{"oke-gpu-platform/team": "vision"}))
        assert refusal(keeper, namespace("mine", note="x")) == ""
        keeper.request("PATCH", path, body={"metadata": {"labels": {"note": "x"}}}, content_type=patched)
        assert refusal(client, namespace("mine", **{"oke-gpu-platform/team": "vision"})) == ""
    finally:
        for kind in ("ClusterRoleBinding", "ClusterRole"):
            client.delete("rbac.authorization.k8s.io/v1", kind, "namespace-keeper")


def test_a_set_of_jobs_is_no_part_of_another(client: Client) -> None:
    """Where that kind is installed; a definition without fields stands for it."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    served = {"name": "v1alpha2", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "jobsets.jobset.x-k8s.io"},
        "spec": {"group": "jobset.x-k8s.io", "scope": "Namespaced", "names": {"kind": "JobSet", "plural": "jobsets"}, "versions": [served]},
    }  # fmt: skip
    definition["metadata"]["annotations"] = {"api-approved.kubernetes.io": "unapproved, a test"}  # type: ignore[index]
    client.apply_all([definition])
    try:
        metadata = {"name": "try", "namespace": "vision", "labels": QUEUE}
        alone = {"apiVersion": "jobset.x-k8s.io/v1alpha2", "kind": "JobSet", "metadata": metadata, "spec": {}}
        owned = {**alone, "metadata": {**metadata, "ownerReferences": [OWNER]}}
        assert refusal(client, alone) == ""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while "rule owner" not in refusal(client, owned):
            assert time.monotonic() < deadline  # the server learns of a kind a moment after it is there
            time.sleep(0.2)
        assert refusal(client.service_account("jobset-system", "jobset-controller-manager"), owned).endswith('namespace "vision"')
    finally:
        client.delete_all([definition])


def test_the_server_finds_no_fault_in_the_expressions(client: Client) -> None:
    """It checks their types against the kinds that they are for, a moment after they are written."""
    for document in documents(CONTEXT, SECTION):
        if document["kind"] == "ValidatingAdmissionPolicy":
            checked = client.wait(
                document["apiVersion"], document["kind"], document["metadata"]["name"],
                lambda found: found.get("status", {}).get("observedGeneration") == found["metadata"]["generation"], timeout=120,
            )  # fmt: skip
            assert not checked["status"].get("typeChecking", {}).get("expressionWarnings"), document["metadata"]["name"]
