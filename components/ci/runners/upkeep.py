"""What looks after runners from inside: failed ones are taken away, and some wait for jobs at the hours that were asked for."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from components.ci.runners.names import NAMESPACE, namespace_rows
from components.ci.runners.section import ScaleSet, WarmHours
from components.framework.plan import Object
from components.framework.python_job import Program

NAME = "runner-upkeep"
PROGRAM = Program(name=NAME, namespace=NAMESPACE, script=Path(__file__).parent / "in_cluster" / "upkeep.py")
FAILED_MINUTES = 30
"""A failed runner is kept for as long, so that somebody can look at it."""

_GROUP = "actions.github.com"


def objects(scale_sets: Mapping[str, ScaleSet], own: tuple[str, ...]) -> Iterator[Object]:
    """The script, an account with no more rights than it needs, and when it runs."""
    yield Object(
        id="upkeep.account", document=_document("v1", "ServiceAccount", NAME, automountServiceAccountToken=False), after=("namespace",)
    )
    yield Object(id="upkeep.script", document=PROGRAM.config_map, after=("namespace",))
    for namespace in dict.fromkeys(each.namespace for each in scale_sets.values()):
        here = {name: each for name, each in scale_sets.items() if each.namespace == namespace}
        yield from _rights(namespace, (name for name, each in here.items() if each.warm), namespace_rows(namespace, own))
        yield _job(f"reap-{namespace}", "*/10 * * * *", "Etc/UTC", ("reap", namespace, str(FAILED_MINUTES)))
    for name, each in scale_sets.items():
        for at, hours in enumerate(each.warm):
            yield from _hours(name, each, at, hours)


def _rights(namespace: str, patched: Iterable[str], made: tuple[str, ...]) -> Iterator[Object]:
    sets = sorted(patched)
    rules = [
        {"apiGroups": [_GROUP], "resources": ["ephemeralrunners"], "verbs": ["list", "delete"]},
        *([{"apiGroups": [_GROUP], "resources": ["autoscalingrunnersets"], "resourceNames": sets, "verbs": ["patch"]}] if sets else []),
    ]
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": NAME}
    subject = {"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}
    api = "rbac.authorization.k8s.io/v1"
    yield Object(id=f"upkeep.role.{namespace}", document=_document(api, "Role", NAME, namespace, rules=rules), after=made)
    binding = _document(api, "RoleBinding", NAME, namespace, roleRef=role, subjects=[subject])
    yield Object(id=f"upkeep.binding.{namespace}", document=binding, after=(*made, f"upkeep.role.{namespace}"))


def _hours(name: str, scale_set: ScaleSet, at: int, hours: WarmHours) -> Iterator[Object]:
    for what, clock, count in (("on", hours.start, hours.runners), ("off", hours.end, scale_set.min_runners)):
        hour, minute = clock.split(":")
        schedule = f"{int(minute)} {int(hour)} * * {','.join(hours.days)}"
        yield _job(f"{name}-{what}{at}", schedule, hours.time_zone, ("idle", scale_set.namespace, name, str(count)))


def _job(name: str, schedule: str, time_zone: str, arguments: tuple[str, ...]) -> Object:
    document = PROGRAM.cron_job(name, schedule=schedule, time_zone=time_zone, arguments=arguments)
    return Object(id=f"upkeep.job.{name}", document=document, after=("namespace", "upkeep.account", "upkeep.script"))


def _document(api_version: str, kind: str, name: str, namespace: str = NAMESPACE, **content: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": namespace}, **content}
