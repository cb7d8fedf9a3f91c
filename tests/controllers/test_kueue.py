"""The real Kueue runs beside the control plane, as its chart would have it run."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from testkit.control_plane.client import ApiError, Client
from testkit.control_plane.cluster import ControlPlane
from toolchain.programs import KUEUE

V = "kueue.x-k8s.io/v1beta2"


def flavor(name: str) -> dict[str, Any]:
    return {"apiVersion": V, "kind": "ResourceFlavor", "metadata": {"name": name}, "spec": {}}


def queue(name: str, flavor: str, gpus: int, **spec: Any) -> dict[str, Any]:
    quotas = [{"name": "nvidia.com/gpu", "nominalQuota": gpus, **spec.pop("quota", {})}]
    group = {"coveredResources": ["nvidia.com/gpu"], "flavors": [{"name": flavor, "resources": quotas}]}
    return {
        "apiVersion": V, "kind": "ClusterQueue", "metadata": {"name": name},
        "spec": {"namespaceSelector": {}, "resourceGroups": [group], **spec},
    }  # fmt: skip


def job(name: str, namespace: str, gpus: int, queue: str | None = "main") -> dict[str, Any]:
    resources = {"requests": {"nvidia.com/gpu": gpus}, "limits": {"nvidia.com/gpu": gpus}}
    labels = {"kueue.x-k8s.io/queue-name": queue} if queue else {}
    return {
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"template": {"spec": {
            "restartPolicy": "Never", "containers": [{"name": "main", "image": "example.org/train:1", "resources": resources}],
        }}},
    }  # fmt: skip


def test_it_runs_as_this_user_on_loopback_alone(kueue: ControlPlane) -> None:
    pid = kueue.pids["kueue"]
    assert os.stat(f"/proc/{pid}").st_uid == os.getuid()  # noqa: PTH116
    log = (kueue.logs / "kueue.log").read_text(encoding="utf-8")
    assert '"msg":"Serving webhook server","host":"127.0.0.1"' in log
    assert f'"gitVersion":"{KUEUE.release}"' in log


def test_it_has_the_rights_of_its_service_account_and_no_more(client: Client) -> None:
    account = client.service_account("kueue-system", "kueue-controller-manager")
    assert account.allowed("update", "clusterqueues", group="kueue.x-k8s.io", subresource="status")
    assert not account.allowed("create", "clusterrolebindings", group="rbac.authorization.k8s.io")
    assert not account.allowed("get", "secrets", namespace="default")


def test_a_malformed_queue_is_refused_by_its_webhook(client: Client, unique: Callable[[str], str]) -> None:
    name = unique("lends")
    with pytest.raises(ApiError, match=r'admission webhook "vclusterqueue\.kb\.io" denied.*lendingLimit.*must be nil when cohort is empty'):
        client.apply(queue(name, "none", 8, quota={"lendingLimit": 9}))


def test_the_older_version_is_converted(client: Client, unique: Callable[[str], str]) -> None:
    name = unique("old")
    client.apply(flavor(name))
    client.apply(queue(name, name, 8, cohortName=name))
    assert client.get("kueue.x-k8s.io/v1beta1", "ClusterQueue", name)["spec"]["cohort"] == name


def test_a_job_waits_for_quota_and_starts_with_it(client: Client, unique: Callable[[str], str], namespace: Callable[[str], str]) -> None:
    name, where = unique("waits"), namespace("waits")
    client.apply_all([
        flavor(name), queue(name, name, 8),
        {"apiVersion": V, "kind": "LocalQueue", "metadata": {"name": "main", "namespace": where}, "spec": {"clusterQueue": name}},
    ])  # fmt: skip
    client.create(job("fits", where, 8))
    client.wait("batch/v1", "Job", "fits", lambda found: found["spec"]["suspend"] is False, namespace=where)
    assert client.create(job("waits", where, 1))["spec"]["suspend"] is True


def test_a_namespace_that_has_not_opted_in_is_none_of_its_business(client: Client, unique: Callable[[str], str]) -> None:
    where = unique("outside")
    client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": where}})
    assert client.create(job("free", where, 64))["spec"].get("suspend") is not True
