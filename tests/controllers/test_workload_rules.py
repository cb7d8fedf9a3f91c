"""Rules about jobs (25, 26, 28 to 32): the real Kueue gives the verdict that the platform gives, before and after a job is there.

Kinds that other controllers bring are definitions without fields here: what Kueue's webhooks say of them is all that is asked.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from components.queues.model import workloads
from testkit.control_plane.client import ApiError, Client
from tests.components.queues.cases import GPU, Document, flavor, group, job, lws, pods, queue, quota, ray
from tests.controllers.workloads import SECONDS, V, condition, of

KINDS = (
    ("ray.io", "v1", "RayCluster"), ("ray.io", "v1", "RayJob"), ("leaderworkerset.x-k8s.io", "v1", "LeaderWorkerSet"),
)  # fmt: skip
WHERE = "job-rules"
ELASTIC = {"kueue.x-k8s.io/elastic-job": "true"}
MERGE = "application/merge-patch+json"


def definition(group_: str, version: str, kind: str) -> Document:
    plural = f"{kind.lower()}s"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    served = {"name": version, "served": True, "storage": True, "subresources": {"status": {}}, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": f"{plural}.{group_}"},
        "spec": {"group": group_, "scope": "Namespaced", "names": {"kind": kind, "plural": plural}, "versions": [served]},
    }  # fmt: skip


def local(name: str) -> Document:
    return {"apiVersion": V, "kind": "LocalQueue", "metadata": {"name": name, "namespace": WHERE}, "spec": {"clusterQueue": WHERE}}


@pytest.fixture(scope="module", autouse=True)
def there(client: Client) -> Iterator[None]:
    made = [
        *(definition(*kind) for kind in KINDS),
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": WHERE, "labels": {"managed-by-kueue": "true"}}},
        flavor(WHERE),
        queue(group(quota(GPU), flavors=(WHERE,)), name=WHERE),
        local("team-a"),
        local("team-b"),
    ]
    client.apply_all(made)
    client.wait("v1", "ServiceAccount", "default", bool, namespace=WHERE)
    client.wait(V, "LocalQueue", "team-a", lambda found: condition(found, "Active") == "True", namespace=WHERE, timeout=SECONDS)
    yield
    for each in client.list("batch/v1", "Job", namespace=WHERE):
        client.delete("batch/v1", "Job", each["metadata"]["name"], namespace=WHERE)
    client.delete_all(made)


def limited(document: Any) -> Any:
    """The API server takes requests of GPUs with the same limits alone."""
    if isinstance(document, Mapping):
        found = {key: limited(value) for key, value in document.items()}
        return {**found, "limits": found["requests"]} if "requests" in found else found
    return [limited(each) for each in document] if isinstance(document, list) else document


def placed(document: Document, name: str = "") -> Document:
    found: Document = limited(copy.deepcopy(document))
    found["metadata"] |= {"namespace": WHERE, **({"name": name} if name else {})}
    return found


def refusal(client: Client, document: Document) -> str:
    try:
        client.create(placed(document), dry_run=True)
    except ApiError as error:
        assert error.status in {403, 422}, error
        return error.message
    return ""


def annotated(**annotations: str) -> Document:
    return job(template=pods(**{f"kueue.x-k8s.io/podset-{name.replace('_', '-')}": value for name, value in annotations.items()}))


CASES: Mapping[str, tuple[int, Document, Document]] = {
    "one topology": (26, annotated(required_topology="rack"), annotated(required_topology="rack", preferred_topology="rack")),
    "a group's name": (26, annotated(required_topology="rack", group_name="a"), annotated(required_topology="rack", group_name="7")),
    "a group's topology": (26, annotated(required_topology="rack", group_name="a"), annotated(group_name="a")),
    "a slice's size": (
        26, annotated(slice_required_topology="rack", slice_size="2"), annotated(slice_required_topology="rack"),
    ),
    "a slice of the pods": (
        26, annotated(slice_required_topology="rack", slice_size="4"), annotated(slice_required_topology="rack", slice_size="9"),
    ),
    "the head's name": (30, ray("RayCluster"), ray("RayCluster", name="head")),
    "autoscaling": (
        30, ray("RayCluster", annotations=ELASTIC, cluster={"enableInTreeAutoscaling": True}),
        ray("RayCluster", cluster={"enableInTreeAutoscaling": True}),
    ),
    "the end of a job": (30, ray("RayJob"), ray("RayJob", shutdownAfterJobFinishes=False)),
    "a cluster of its own": (30, ray("RayJob"), ray("RayJob", clusterSelector={"a": "b"})),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_kueue_agrees(client: Client, name: str) -> None:
    rule, accepted, refused = CASES[name]
    assert (workloads.findings(accepted), refusal(client, accepted)) == ((), "")
    assert {found.rule for found in workloads.findings(refused)} == {str(rule)}
    assert "admission webhook" in refusal(client, refused)


@pytest.mark.parametrize(("kind", "beside"), [("RayCluster", 1), ("RayJob", 2)])
def test_a_workload_has_so_many_pod_sets(client: Client, kind: str, beside: int) -> None:
    """As many as its definition says: 8 in the Kueue of the test bed, which forgets the pod that submits a RayJob, 18 in the chart's."""
    served = client.get("apiextensions.k8s.io/v1", "CustomResourceDefinition", "workloads.kueue.x-k8s.io")["spec"]["versions"]
    schema = next(each for each in served if each["name"] == "v1beta2")["schema"]["openAPIV3Schema"]
    most = schema["properties"]["spec"]["properties"]["podSets"]["maxItems"]
    assert (most, workloads.POD_SETS) == (8, 18)
    assert refusal(client, ray(kind, most - 1)) == ""
    assert f"must have at most {most - 1} items" in refusal(client, ray(kind, most))
    assert workloads.findings(ray(kind, workloads.POD_SETS - beside)) == ()
    assert {found.rule for found in workloads.findings(ray(kind, workloads.POD_SETS - beside + 1))} == {"25"}


def changes(client: Client, before: Document, patch: Mapping[str, Any]) -> str:
    kind = client.kind(before["apiVersion"], before["kind"])
    path = kind.path(WHERE, before["metadata"]["name"])
    try:
        client.request("PATCH", path, body=patch, query={"dryRun": "All"}, content_type=MERGE)
    except ApiError as error:
        return error.message
    return ""


def queued(name: str) -> dict[str, Any]:
    return {"metadata": {"labels": {"kueue.x-k8s.io/queue-name": name}}}


def test_the_queue_of_a_job_that_runs_is_fixed(client: Client) -> None:
    waits, runs = placed(job(parallelism=9), "waits"), placed(job(parallelism=1), "runs")
    for each in (waits, runs):
        client.create(each)
    client.wait("batch/v1", "Job", "runs", lambda found: found["spec"].get("suspend") is False, namespace=WHERE, timeout=SECONDS)
    assert changes(client, waits, queued("team-b")) == ""
    assert "field is immutable" in changes(client, runs, queued("team-b"))
    assert {found.rule for found in workloads.findings(job(queue="team-b"), before=job())} == {"29"}
    elastic = {"metadata": {"annotations": ELASTIC}}
    assert "field is immutable" in changes(client, waits, elastic)
    assert {found.rule for found in workloads.findings(job(annotations=ELASTIC), before=job())} == {"31"}


def test_what_no_quota_covers_waits_for_ever_and_is_told_why(client: Client) -> None:
    asks = {"requests": {"example.org/fpga": "1"}}
    other = job(parallelism=1)
    other["spec"]["template"]["spec"]["containers"][0]["resources"] = asks
    client.create(placed(other, "fpga"))

    def decided() -> Document | None:
        found = (each for each in of(client, WHERE) if each["metadata"]["name"].startswith("job-fpga-"))
        return next((each for each in found if condition(each, "QuotaReserved")), None)

    found = _until(decided)
    said = next(each["message"] for each in found["status"]["conditions"] if each["type"] == "QuotaReserved")
    assert "resource example.org/fpga unavailable in ClusterQueue" in said
    assert {each.rule for each in workloads.findings(other, covered={"team-a": frozenset({GPU})})} == {"28"}


def _until(found: Callable[[], Document | None]) -> Document:
    import time  # noqa: PLC0415 - here alone

    deadline = time.monotonic() + SECONDS
    while (one := found()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return one


def test_what_is_asked_for_by_a_group_of_workers_is_fixed_and_their_number_is_not(client: Client) -> None:
    client.create(placed(lws()))
    other = lws()
    other["spec"]["leaderWorkerTemplate"]["workerTemplate"]["spec"]["containers"][0]["resources"]["requests"][GPU] = "4"
    image = lws()
    image["spec"]["leaderWorkerTemplate"]["workerTemplate"]["spec"]["containers"][0]["image"] = "example.org/train:2"
    for changed, rules in ((other, {"32"}), (image, set()), (lws(replicas=3), set())):
        said = changes(client, lws(), {"spec": limited(changed["spec"])})
        assert ("field is immutable" in said) is bool(rules), said
        assert {found.rule for found in workloads.findings(changed, before=lws())} == rules
