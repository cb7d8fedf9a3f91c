"""What is said of workloads: their state, since when, and why. tests/controllers asks it of the real Kueue's."""

import json
from pathlib import Path
from typing import Any

import pytest

from platformctl import queues, waiting
from platformctl.errors import WrongInput
from platformctl.queues import Sharing
from testkit.stack_files import ROOT

EXAMPLE = ROOT / "examples" / "Pulumi.three-teams.yaml"
NO_ROOM = "couldn't assign flavors to pod set main: insufficient unused quota for nvidia.com/gpu in flavor h100, 8 more needed"


@pytest.fixture(scope="module")
def sharing() -> Sharing:
    return queues.read("three-teams", EXAMPLE)


def condition(kind: str, status: str, message: str = "", at: str = "2026-11-28T10:00:00Z") -> dict[str, str]:
    return {"type": kind, "status": status, "message": message, "lastTransitionTime": at, "reason": "Pending"}


def workload(name: str, *conditions: dict[str, str], namespace: str = "finetune", queue: str = "default", **parts: Any) -> dict[str, Any]:
    return {
        "apiVersion": "kueue.x-k8s.io/v1beta2", "kind": "Workload",
        "metadata": {
            "name": f"job-{name}-1a2b3", "namespace": namespace, "creationTimestamp": "2026-11-28T09:00:00Z",
            "ownerReferences": [{"kind": "Job", "name": name}],
        },
        "spec": {"queueName": queue, "priority": 100, **parts.get("spec", {})},
        "status": {"conditions": list(conditions), **parts.get("status", {})},
    }  # fmt: skip


EVICTED = condition("Evicted", "True", "Preempted to accommodate\n a workload")
RESERVED, ADMITTED = condition("QuotaReserved", "True"), condition("Admitted", "True")
FINISHED = condition("Finished", "True", "Job finished successfully")
PLACED = {"admission": {"podSetAssignments": [{"name": "main", "flavors": {"nvidia.com/gpu": "h100", "cpu": "h100"}}]}}
CHECK = {"admissionChecks": [{"name": "capacity", "state": "Pending", "message": "asked for"}, {"name": "fine", "state": "Ready"}]}


@pytest.mark.parametrize(
    ("given", "state", "why"),
    [
        (workload("a", condition("QuotaReserved", "False", NO_ROOM)), "waits", NO_ROOM),
        (workload("a", condition("QuotaReserved", "False", NO_ROOM), EVICTED), "waits", f"{NO_ROOM}; Preempted to accommodate a workload"),
        (workload("a", RESERVED, status={**PLACED, **CHECK}), "starts", "the check capacity is Pending: asked for; main on h100"),
        (workload("a", RESERVED, ADMITTED, status=PLACED), "runs", "main on h100"),
        (workload("a", RESERVED, ADMITTED, FINISHED), "ended", "Job finished successfully"),
        (workload("a", spec={"active": False}), "waits", "it is deactivated: set spec.active to true"),
        (workload("a"), "waits", "Kueue has not looked at it yet: see whether its controller runs, and whether the queue is stopped"),
        (
            workload("a", condition("QuotaReserved", "False", "LocalQueue other doesn't exist"), queue="other"),
            "waits", "the stack has no queue other in finetune; there are: default; LocalQueue other doesn't exist",
        ),
    ],
)  # fmt: skip
def test_a_workload_has_a_state_and_a_reason(sharing: Sharing, given: dict[str, Any], state: str, why: str) -> None:
    (row,) = waiting.rows(sharing, [given])
    assert (row.workload, row.state, row.why) == ("Job finetune/a", state, why)
    assert row.since == ("2026-11-28T10:00:00Z" if given["status"]["conditions"] else "2026-11-28T09:00:00Z")


def test_what_waits_comes_first_as_kueue_looks_at_it(sharing: Sharing) -> None:
    waits = condition("QuotaReserved", "False", NO_ROOM)
    found = waiting.rows(
        sharing,
        [
            workload("runs", condition("Admitted", "True")),
            workload("later", {**waits, "lastTransitionTime": "2026-11-28T11:00:00Z"}),
            workload("earlier", waits),
            workload("dearer", waits, spec={"priority": 1000}),
        ],
    )
    assert [row.workload for row in found] == ["Job finetune/dearer", "Job finetune/earlier", "Job finetune/later", "Job finetune/runs"]
    assert {row.queue for row in found} == {"finetune"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read"),
        ("NAME  QUEUE", "is not JSON. Give what `kubectl get workloads.kueue.x-k8s.io --all-namespaces --output json` prints."),
        ("[]", "has other things than Workloads"),
        (json.dumps({"items": [{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "x"}}]}), "has other things than Workloads"),
        (json.dumps({"kind": "Workload", "apiVersion": "kueue.x-k8s.io/v1beta2"}), "has other things than Workloads"),
        (json.dumps({"items": "none"}), "has other things than Workloads"),
    ],
)
def test_what_kubectl_did_not_print_is_wrong_input(tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "workloads.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(WrongInput) as refused:
        waiting.read(file)
    assert words in str(refused.value)


def test_a_cluster_without_jobs_has_no_rows(tmp_path: Path, sharing: Sharing) -> None:
    file = tmp_path / "workloads.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": []}))
    assert waiting.rows(sharing, waiting.read(file)) == ()
