"""What a cluster's Kueue says of the jobs in a stack's queues: what runs, what waits, and why. From its Workloads, as kubectl prints them.

Conditions and their reasons are those of Kueue's v1beta2 API (https://kueue.sigs.k8s.io/docs/concepts/workload/, read 2026-11).
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.queues.model.objects import LocalQueue
from platformctl.errors import WrongInput
from platformctl.queues import Sharing

COMMAND = "kubectl get workloads.kueue.x-k8s.io --all-namespaces --output json"
ORDER = ("waits", "starts", "runs", "ended")


@dataclass(frozen=True, kw_only=True)
class Row:
    workload: str
    """`namespace/name` of what it was made for, a Job say, or its own where nothing owns it."""
    queue: str
    """Its ClusterQueue; empty where its LocalQueue is not one of the stack's."""
    priority: int
    state: str
    """`waits` for quota, `starts` (it has quota, and checks are not done), `runs`, or `ended`."""
    since: str
    """When it came to be so, as the API server writes it."""
    why: str
    """Kueue's own words, and what preempted or evicted it before."""


def read(file: Path) -> tuple[Mapping[str, Any], ...]:
    """The Workloads in a file, or in standard input for `-`. Raises WrongInput."""
    name = "standard input" if str(file) == "-" else str(file)
    try:
        document = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongInput(f"--workloads {name}: cannot be read ({error.strerror}).") from None
    except (UnicodeDecodeError, ValueError):
        raise WrongInput(f"--workloads {name}: is not JSON. Give what `{COMMAND}` prints.") from None
    items = document.get("items", [document]) if isinstance(document, Mapping) else None
    if not isinstance(items, list) or not all(isinstance(each, Mapping) and _is_workload(each) for each in items):
        raise WrongInput(f"--workloads {name}: has other things than Workloads of Kueue. Give what `{COMMAND}` prints.")
    return tuple(items)


def rows(sharing: Sharing, workloads: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
    """What waits first, in the order in which Kueue looks at it: by priority, then by age."""
    queues = {(each.namespace, each.name): each.spec.cluster_queue for each in sharing.plan.objects if isinstance(each.spec, LocalQueue)}
    found = [_row(each, queues) for each in workloads]
    return tuple(sorted(found, key=lambda row: (ORDER.index(row.state), row.queue, -row.priority, row.since, row.workload)))


def _is_workload(document: Mapping[str, Any]) -> bool:
    group = str(document.get("apiVersion", "")).partition("/")[0]
    parts = [document.get("metadata"), document.get("spec", {}), document.get("status", {})]
    if (group, document.get("kind")) != ("kueue.x-k8s.io", "Workload") or not all(isinstance(part, Mapping) for part in parts):
        return False
    return isinstance(document["metadata"].get("name"), str)


def _row(workload: Mapping[str, Any], queues: Mapping[tuple[str, str], str]) -> Row:
    metadata, spec, status = workload["metadata"], workload.get("spec", {}), workload.get("status", {})
    namespace = metadata.get("namespace", "")
    local = spec.get("queueName", "")
    queue = queues.get((namespace, local), "")
    state, since, why = _state(spec, status)
    if not queue and state == "waits":
        there = ", ".join(name for where, name in queues if where == namespace) or "none"
        why = [f"the stack has no queue {local or 'for it'} in {namespace}; there are: {there}", *why]
    owner = next((f"{each['kind']} {namespace}/{each['name']}" for each in metadata.get("ownerReferences", [])), "")
    return Row(
        workload=owner or f"{namespace}/{metadata['name']}",
        queue=queue,
        priority=spec.get("priority") or 0,
        state=state,
        since=since or metadata.get("creationTimestamp", ""),
        why="; ".join(dict.fromkeys(why)),
    )


def _state(spec: Mapping[str, Any], status: Mapping[str, Any]) -> tuple[str, str, list[str]]:
    said: dict[str, Mapping[str, str]] = {each["type"]: each for each in status.get("conditions", [])}

    def holds(kind: str) -> bool:
        return said.get(kind, {}).get("status") == "True"

    def since(kind: str) -> str:
        return said.get(kind, {}).get("lastTransitionTime", "")

    if holds("Finished"):
        return "ended", since("Finished"), [_message(said["Finished"])]
    if holds("Admitted"):
        return "runs", since("Admitted"), list(_places(status))
    if holds("QuotaReserved"):
        return "starts", since("QuotaReserved"), [*_checks(status), *_places(status)]
    why = [_message(said["Evicted"])] if holds("Evicted") else []
    if spec.get("active") is False:
        return "waits", since("Evicted"), ["it is deactivated: set spec.active to true", *why]
    if "QuotaReserved" not in said:
        return "waits", "", [*why, "Kueue has not looked at it yet: see whether its controller runs, and whether the queue is stopped"]
    return "waits", since("QuotaReserved"), [_message(said["QuotaReserved"]), *why]


def _message(condition: Mapping[str, Any]) -> str:
    return " ".join(str(condition.get("message") or condition.get("reason") or "no reason was given").split())


def _places(status: Mapping[str, Any]) -> Iterator[str]:
    """`main on h100`: which flavor each set of pods has."""
    for part in status.get("admission", {}).get("podSetAssignments", []):
        flavors = dict.fromkeys(part.get("flavors", {}).values())
        yield f"{part.get('name', 'pods')} on {', '.join(flavors) or 'no flavor'}"


def _checks(status: Mapping[str, Any]) -> Iterator[str]:
    for check in status.get("admissionChecks", []):
        if check.get("state") != "Ready":
            yield f"the check {check.get('name', '')} is {check.get('state', 'Pending')}: {_message(check)}"
