"""The control plane behaves as a cluster's does: what it refuses, what its controllers finish, what it remembers."""

import re
from typing import Any

import pytest

from testkit.control_plane.client import ApiError, Client, UnknownKindError
from testkit.control_plane.cluster import ControlPlane
from toolchain.programs import CONTROL_PLANE


def config_map(namespace: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": namespace}, "data": data}


def pod(namespace: str, **security: object) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "task", "namespace": namespace},
        "spec": {"containers": [{"name": "task", "image": "example.org/task:1", "securityContext": security}]},
    }


def job(namespace: str, *, parallelism: int = 1, **annotations: str) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "work", "namespace": namespace},
        "spec": {
            "parallelism": parallelism,
            "completions": parallelism,
            "backoffLimit": 0,
            "template": {
                "metadata": {"annotations": {f"simulated/{key.replace('_', '-')}": value for key, value in annotations.items()}},
                "spec": {"restartPolicy": "Never", "containers": [{"name": "work", "image": "example.org/work:1"}]},
            },
        },
    }


def test_it_is_healthy_and_of_the_version_that_is_pinned(control_plane: ControlPlane, client: Client) -> None:
    assert client.ready()
    version = client.request("GET", "/version")
    assert version["gitVersion"] == str(CONTROL_PLANE.versions["kube-apiserver"])
    assert set(control_plane.pids) == set(CONTROL_PLANE.names)
    assert {file.stem for file in control_plane.logs.iterdir()} == set(CONTROL_PLANE.names)


def test_a_field_that_the_kind_does_not_have_is_refused(client: Client, namespace: str) -> None:
    wrong = pod(namespace)
    wrong["spec"]["containers"][0]["resource"] = {"limits": {"nvidia.com/gpu": 1}}
    with pytest.raises(ApiError, match=r"\.spec\.containers\[name=\"task\"\]\.resource: field not declared in schema"):
        client.apply(wrong)
    assert client.find("v1", "Pod", "task", namespace=namespace) is None


def test_a_field_that_the_kind_does_not_have_is_refused_when_creating_too(client: Client, namespace: str) -> None:
    with pytest.raises(ApiError, match=r'strict decoding error: unknown field "binarydata"'):
        client.create({**config_map(namespace), "binarydata": {}})


def test_what_is_applied_twice_does_not_change(client: Client, namespace: str) -> None:
    first = client.apply(config_map(namespace, colour="blue"))
    assert client.apply(config_map(namespace, colour="blue")) == first
    assert client.apply(config_map(namespace, colour="red"))["metadata"]["resourceVersion"] != first["metadata"]["resourceVersion"]


def test_a_dry_run_is_judged_and_not_kept(client: Client, namespace: str) -> None:
    assert client.apply(config_map(namespace), dry_run=True)["metadata"]["name"] == "settings"
    assert client.find("v1", "ConfigMap", "settings", namespace=namespace) is None


def test_two_owners_of_a_field_conflict_unless_it_is_taken_by_force(client: Client, namespace: str, control_plane: ControlPlane) -> None:
    client.apply(config_map(namespace, colour="blue"))
    other = Client(control_plane.url, token=control_plane.token, ca=control_plane.ca, field_manager="other")
    with pytest.raises(ApiError, match=r'conflict with "platform": \.data\.colour'):
        other.apply(config_map(namespace, colour="red"), force=False)
    assert other.apply(config_map(namespace, colour="red"))["data"] == {"colour": "red"}


def test_a_namespace_is_deleted_with_all_it_holds(client: Client) -> None:
    client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "passing"}})
    client.apply(config_map("passing"))
    client.delete("v1", "Namespace", "passing")
    client.wait_gone("v1", "Namespace", "passing")
    with pytest.raises(ApiError, match="not found"):
        client.apply(config_map("passing"))


def test_a_wait_that_is_in_vain_says_what_holds_it(client: Client, namespace: str) -> None:
    held = config_map(namespace)
    held["metadata"]["finalizers"] = ["example.org/hold"]
    client.apply(held)
    client.delete("v1", "ConfigMap", "settings", namespace=namespace)
    with pytest.raises(TimeoutError, match=r"ConfigMap settings: still there after 0\.2 s; finalizers \['example.org/hold'\]"):
        client.wait_gone("v1", "ConfigMap", "settings", namespace=namespace, timeout=0.2)
    client.apply(config_map(namespace))
    client.wait_gone("v1", "ConfigMap", "settings", namespace=namespace)


@pytest.mark.usefixtures("worker")
def test_the_pods_of_a_job_run_and_succeed(client: Client, namespace: str) -> None:
    client.apply(job(namespace, parallelism=2))
    done = client.wait_condition("batch/v1", "Job", "work", "Complete", namespace=namespace)
    assert done["status"]["succeeded"] == 2
    pods = client.list("v1", "Pod", namespace=namespace, labels="batch.kubernetes.io/job-name=work")
    assert [each["status"]["phase"] for each in pods] == ["Succeeded", "Succeeded"]


@pytest.mark.usefixtures("worker")
def test_a_job_fails_with_the_code_it_is_told(client: Client, namespace: str) -> None:
    client.apply(job(namespace, exit_code="3"))
    client.wait_condition("batch/v1", "Job", "work", "Failed", namespace=namespace)
    (failed,) = client.list("v1", "Pod", namespace=namespace)
    assert failed["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 3


@pytest.mark.usefixtures("worker")
def test_a_job_runs_for_as_long_as_it_is_told(client: Client, namespace: str) -> None:
    client.apply(job(namespace, runs_for="1h"))
    running = client.wait("batch/v1", "Job", "work", lambda found: found["status"].get("ready") == 1, namespace=namespace)
    assert "succeeded" not in running["status"]


@pytest.mark.usefixtures("worker")
def test_the_pods_of_a_deployment_become_available(client: Client, namespace: str) -> None:
    labels = {"app": "server"}
    client.apply({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "server", "namespace": namespace},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "server", "image": "example.org/server:1"}]}},
        },
    })  # fmt: skip
    available = client.wait_condition("apps/v1", "Deployment", "server", "Available", namespace=namespace)
    assert available["status"]["availableReplicas"] >= 1


def test_a_restricted_namespace_refuses_a_privileged_pod(client: Client, namespace: str) -> None:
    client.apply(pod(namespace, privileged=True), dry_run=True)
    level = {"pod-security.kubernetes.io/enforce": "restricted"}
    client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": level}})
    with pytest.raises(ApiError, match='violates PodSecurity "restricted:latest": privileged') as refused:
        client.apply(pod(namespace, privileged=True))
    assert refused.value.status == 403


def test_what_the_server_warns_of_is_kept(client: Client, namespace: str) -> None:
    level = {"pod-security.kubernetes.io/warn": "restricted"}
    client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": level}})
    assert list(client.warnings) == []
    client.apply(pod(namespace, privileged=True), dry_run=True)
    assert re.match('would violate PodSecurity "restricted:latest": privileged', client.warnings[0])


def test_who_has_no_rights_is_refused(client: Client, namespace: str) -> None:
    ada = client.named("ada", "team-a")
    assert not ada.allowed("get", "configmaps", namespace=namespace)
    with pytest.raises(ApiError, match=rf'User "ada" cannot list resource "configmaps" in API group "" in the namespace "{namespace}"'):
        ada.list("v1", "ConfigMap", namespace=namespace)


def test_a_group_may_what_its_role_says_and_no_more(client: Client, namespace: str) -> None:
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
    client.apply({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "readers", "namespace": namespace},
        "roleRef": role,
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "team-a"}],
    })  # fmt: skip
    ada = client.named("ada", "team-a")
    client.wait("v1", "Namespace", namespace, lambda _: ada.allowed("list", "configmaps", namespace=namespace))
    assert ada.list("v1", "ConfigMap", namespace=namespace, fields="metadata.name=kube-root-ca.crt")
    assert not ada.allowed("list", "configmaps")
    assert not ada.allowed("create", "jobs", group="batch", namespace=namespace)
    assert not client.named("bob", "team-b").allowed("list", "configmaps", namespace=namespace)


def test_a_service_accounts_token_is_its_own(client: Client, namespace: str, control_plane: ControlPlane) -> None:
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/default/token"
    issued = client.request("POST", path, body={"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}})
    itself = Client(control_plane.url, token=issued["status"]["token"], ca=control_plane.ca)
    review = itself.create({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"})
    assert review["status"]["userInfo"]["username"] == f"system:serviceaccount:{namespace}:default"
    assert not itself.allowed("list", "pods", namespace=namespace)
    assert not client.service_account(namespace, "default").allowed("list", "pods", namespace=namespace)


def test_a_wrong_token_is_nobody(control_plane: ControlPlane) -> None:
    with pytest.raises(ApiError, match="401 Unauthorized"):
        Client(control_plane.url, token="guessed", ca=control_plane.ca).list("v1", "Pod")


def test_custom_resources_follow_their_definition(client: Client) -> None:
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gadgets.example.org"},
        "spec": {
            "group": "example.org",
            "scope": "Cluster",
            "names": {"plural": "gadgets", "singular": "gadget", "kind": "Gadget"},
            "versions": [{
                "name": "v1", "served": True, "storage": True,
                "schema": {"openAPIV3Schema": {
                    "type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
                }},
            }],
        },
    }  # fmt: skip
    gadget = {"apiVersion": "example.org/v1", "kind": "Gadget", "metadata": {"name": "one"}, "spec": {"size": 1}}
    with pytest.raises(UnknownKindError, match=r"does not serve Gadget of example\.org/v1; nothing of that version is installed"):
        client.apply(gadget)
    assert client.apply_all([definition, gadget])[1]["spec"] == {"size": 1}
    with pytest.raises(ApiError, match=r"\.spec\.weight: field not declared in schema"):
        client.apply({**gadget, "spec": {"weight": 1}})
    client.delete("apiextensions.k8s.io/v1", "CustomResourceDefinition", "gadgets.example.org")
    client.wait_gone("apiextensions.k8s.io/v1", "CustomResourceDefinition", "gadgets.example.org")


def test_a_kind_that_is_misspelt_is_named(client: Client) -> None:
    with pytest.raises(UnknownKindError, match=r"does not serve Deploymnet of apps/v1; it serves .*Deployment"):
        client.kind("apps/v1", "Deploymnet")


def test_an_object_without_its_namespace_is_refused(client: Client) -> None:
    with pytest.raises(ValueError, match=r"ConfigMap settings has no metadata\.namespace"):
        client.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}})
