"""What keeps the teams to their budgets: a script by the clock, with the right to read and stop their queues and no other."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from components.framework.plan import Namespace, Object
from components.framework.python_job import Program
from components.queues.sharing.flavors import NodeKind
from infra.facts import ClusterContext, Team
from infra.gpus import RESOURCES
from infra.problems import Problem

NAMESPACE = NAME = "gpu-budgets"
STATE = "gpu-budgets-used"
SCRIPT = Path(__file__).parent / "in_cluster" / "keep.py"
CONFIG = "budgets.json"
EVERY_MINUTES = 5
_RBAC = "rbac.authorization.k8s.io"


def budgeted(cluster: ClusterContext) -> tuple[Team, ...]:
    return tuple(team for team in cluster.teams if team.gpu_hours is not None or team.monthly_usd is not None)


def problems(cluster: ClusterContext) -> Iterator[Problem]:
    """Paths start at the root of the stack file."""
    for team in budgeted(cluster):
        if team.monthly_usd is not None and any(_price(cluster, pool.entry) is None for pool in cluster.gpu_pools):
            message = f"is {team.monthly_usd}, but nobody knows what the nodes of this cluster cost; say gpuHours instead"
            yield Problem(f"teams.{team.name}.monthlyUsd", message)


def namespace() -> Namespace:
    return Namespace(id=NAME, name=NAMESPACE, pod_security="restricted")


def objects(cluster: ClusterContext, kinds: dict[str, NodeKind]) -> Iterator[Object]:
    """Every team is in the list, so that the queue of one whose budget was taken away is let go."""
    queues = sorted(team.name for team in cluster.teams)
    config = {
        "namespace": NAMESPACE,
        "state": STATE,
        "queues": {team.name: _budget(team, cluster, kinds) for team in cluster.teams},
    }
    yield _object("account", _document("v1", "ServiceAccount", NAME, automountServiceAccountToken=False), after=(NAME,))
    settings = {CONFIG: json.dumps(config, indent=2, sort_keys=True)}
    program = Program(name=NAME, namespace=NAMESPACE, script=SCRIPT, settings=settings)
    yield _object("script", program.config_map, after=(NAME,))
    # Without content: what is written into it is the script's, and an update leaves it alone.
    yield _object("used", _document("v1", "ConfigMap", STATE), after=(NAME,))
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "resourceNames": [STATE], "verbs": ["get", "patch"]}]
    yield _object("role", _document(f"{_RBAC}/v1", "Role", NAME, rules=rules), after=(NAME,))
    yield _object("binding", _binding("RoleBinding", "Role"), after=("budgets.role", "budgets.account"))
    rules = [{"apiGroups": ["kueue.x-k8s.io"], "resources": ["clusterqueues"], "resourceNames": queues, "verbs": ["get", "patch"]}]
    yield _object("queues", {"apiVersion": f"{_RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": NAME}, "rules": rules})
    yield _object("queues-binding", _binding("ClusterRoleBinding", "ClusterRole"), after=("budgets.queues", "budgets.account"))
    job = program.cron_job(NAME, schedule=f"*/{EVERY_MINUTES} * * * *", arguments=(CONFIG,))
    yield _object("job", job, after=("budgets.script", "budgets.used", "budgets.binding", "budgets.queues-binding"))


def _budget(team: Team, cluster: ClusterContext, kinds: dict[str, NodeKind]) -> dict[str, Any]:
    prices = {
        name: price / kind.gpus_per_node
        for name, kind in kinds.items()
        if kind.gpus_per_node and (price := _price(cluster, kind.pools[0].entry)) is not None
    }
    return {
        **({"gpuHours": team.gpu_hours} if team.gpu_hours is not None else {}),
        **({"monthlyUsd": team.monthly_usd} if team.monthly_usd is not None else {}),
        "usdPerGpuHour": {name: round(price, 6) for name, price in prices.items()},
        "resources": sorted(RESOURCES.values()),
    }


def _price(cluster: ClusterContext, entry: str) -> float | None:
    return cluster.prices.node_usd_per_hour.get(entry)


def _object(id_: str, document: dict[str, Any], after: tuple[str, ...] = ()) -> Object:
    return Object(id=f"budgets.{id_}", document=document, after=after)


def _document(api_version: str, kind: str, name: str, **content: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE}, **content}


def _binding(kind: str, role: str) -> dict[str, Any]:
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": kind,
        "metadata": {"name": NAME, **({"namespace": NAMESPACE} if kind == "RoleBinding" else {})},
        "roleRef": {"apiGroup": _RBAC, "kind": role, "name": NAME},
        "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}],
    }
