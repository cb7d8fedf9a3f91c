"""Stack files with every add-on on that their context allows: what rehearsals, the timeline and the API server are tried with.

The registry says which add-ons there are, so that a new one is tried without being named here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.framework.addon import section_key
from components.registry import KINDS
from infra.problems import Problem
from stacks.config import StackFileError, parse
from stacks.config.load import document
from stacks.plan import PlatformPlan, plan
from testkit.stack_files import STACK_FILES, write

STACKS = STACK_FILES
"""Every stack file of the project."""

# What brings the most objects, or is needed where the cloud is not ours.
_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "monitoring": {
        "grafana": {
            "url": "https://grafana.example.org",
            "github": {"clientId": "Iv1.0123456789abcdef", "clientSecret": "not-a-secret", "organizations": ["acme"]},
        },
        "receivers": {
            "slack": {"url": "https://hooks.example.org/slack", "channel": "#gpu-alerts"},
            "webhook": "https://hooks.example.org/alerts",
            "heartbeat": "https://hooks.example.org/heartbeat",
        },
        "runbooks": "https://git.example.org/gpu/docs/runbooks",
    },
    "kserve": {"samples": "stopped"},
    "personas": {"admins": "ocid1.group.oc1..exampleadmins", "maintainers": "ocid1.group.oc1..examplemaintainers"},
    "arc": {
        "scaleSets": {
            "gpu-small": {
                "github": "https://github.com/acme",
                "gate": {"repositories": ["acme/models"], "workflows": [".github/workflows/gpu.yml"]},
                "warm": [{"runners": 1, "start": "08:00", "end": "18:00", "timeZone": "Europe/Berlin"}],
            }
        }
    },
}
_ON_A_CLUSTER_THAT_EXISTS: Mapping[str, Mapping[str, Any]] = {
    "ociOnm": {
        "target": {
            "namespace": "examplenamespace",
            "logGroupId": "ocid1.loganalyticsloggroup.oc1..examplegroup",
            "entityId": "ocid1.loganalyticsentity.oc1..examplecluster",
            "clusterId": "ocid1.cluster.oc1..examplecluster",
            "clusterName": "example_2026-01-01T00:00:00Z",
        }
    },
}


@dataclass(frozen=True, kw_only=True)
class Everything:
    """A stack with all the add-ons that it may have."""

    document: Mapping[str, Any]
    """Root keys of its stack file, without their namespace."""
    plan: PlatformPlan
    refused: Mapping[str, str]
    """Add-ons that the cluster does not allow, and why."""

    def write(self, file: Path) -> Path:
        """Write it as a stack file."""
        return write(self.document, file)


def everything(file: Path) -> Everything:
    """The stack of `file` with every add-on on; those that are refused are off again. Raises StackFileError for other mistakes."""
    given = document(file)
    sections = {section_key(key): _asked(section_key(key), given) for key in KINDS}
    refused: dict[str, str] = {}
    while True:
        stack = {**given, "addons": sections}
        try:
            return Everything(document=stack, plan=plan(parse(stack)), refused=refused)
        except StackFileError as error:
            for key, message in _whose(error):
                refused[key] = message
                sections[section_key(key)] = {"enabled": False}


def _shared(given: Mapping[str, Any]) -> dict[str, Any]:
    """Two queues that share the nodes of the last entry; of a stack with teams, the queues of these."""
    if given.get("teams"):
        node = {"cpu": "30", "memory": "240Gi", "ephemeral-storage": "80Gi"}
        return {"flavors": {entry: {"node": node} for entry, pool in given["cluster"]["nodePools"].items() if "shape" not in pool}}
    entry = list(given["cluster"]["nodePools"])[-1] if "nodePools" in given["cluster"] else "none"
    node = {"cpu": "8", "memory": "64Gi", "ephemeral-storage": "80Gi"}
    quota = {entry: {"nodes": 0, "borrow": 1}}
    return {
        "cohorts": {"everybody": {"quota": {entry: {"nodes": 1}}}},
        "queues": {team: {"namespaces": [f"queue-{team}"], "cohort": "everybody", "quota": quota} for team in ("research", "service")},
        "flavors": {entry: {"node": node}},
        "priorities": {"urgent": {"value": 1000}},
    }


def _asked(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    exists = given["cluster"]["backend"] == "existing"
    if name == "queues" and "nodePools" in given["cluster"]:
        return {**_shared(given), **(given.get("addons") or {}).get(name, {}), "enabled": True}
    needed = _ON_A_CLUSTER_THAT_EXISTS.get(name, {}) if exists else {}
    settings = {**(given.get("addons") or {}).get(name, {}), **_SETTINGS.get(name, {}), **needed, "enabled": True}
    if name == "arc":  # the one thing that differs from stack to stack: which pools there are
        pool = [*given["cluster"]["nodePools"]][-1]
        settings["scaleSets"] = {key: {**each, "pool": pool} for key, each in settings["scaleSets"].items()}
    return settings


def _whose(error: StackFileError) -> Iterator[tuple[str, str]]:
    """The add-ons that the problems are about, and their messages."""
    keys = {section_key(key): key for key in KINDS}
    for problem in error.problems:
        root, _, below = problem.path.partition(".")
        key = keys.get(below.partition(".")[0])
        if root != "addons" or key is None:
            raise StackFileError([Problem(problem.path, problem.message)]) from error
        yield key, str(problem)
