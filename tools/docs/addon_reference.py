"""What each add-on puts into a cluster, how to see that it is healthy, and what must happen before it goes: read off its plan."""

import sys
from collections.abc import Iterator
from pathlib import Path

from components.framework.addon import AddOnType, section_key
from components.framework.operations import Condition, Workload
from components.framework.plan import AddOnPlan
from components.registry import ALL
from infra.facts import ClusterContext, Pool, Prices, Taint

ROOT = Path(__file__).resolve().parents[2]

_HEAD = """# Add-ons

Generated from the add-ons' plans by `make docs`; do not edit. [config.md](config.md) has the settings of each, and
[charts.md](charts.md) the versions. What is said here is of a cluster with one GPU pool, where every add-on is on.
"""

EXAMPLE = ClusterContext(
    pools=(
        Pool(name="system", min_nodes=1, max_nodes=3),
        Pool(
            name="a10", min_nodes=0, max_nodes=2, gpus_per_node=1, gpu_model="A10", gpu_memory_gib=24, taints=(Taint(key="nvidia.com/gpu"),)
        ),
    ),
    prices=Prices(node_usd_per_hour={"system": 0.1, "a10": 2.0}),
    addons=frozenset(kind.key for kind in ALL),
)


def page() -> str:
    return "\n".join([_HEAD, *(line for kind in ALL for line in _section(kind))])


def _section(kind: AddOnType) -> Iterator[str]:
    plan = kind.plan(EXAMPLE, kind.Section())
    yield f"## {kind.key}\n"
    yield f"{kind.about} Settings: `addons.{section_key(kind.key)}`."
    yield ""
    yield "| what | |"
    yield "| --- | --- |"
    yield from (f"| {name} | {value} |" for name, value in _rows(kind, plan) if value)
    yield ""


def _rows(kind: AddOnType, plan: AddOnPlan) -> Iterator[tuple[str, str]]:
    yield "folder", f"[`{_folder(kind)}`](../{_folder(kind)})"
    yield "requires", _names(sorted(kind.requires))
    yield "waits for, where they are installed", _names(sorted(kind.after))
    yield "is waited for by", _names(sorted(kind.before))
    yield "releases", ", ".join(f"`{each.name}` of {each.chart.name} {each.chart.version}" for each in plan.releases)
    yield "namespaces", ", ".join(f"`{each.name}` ({each.pod_security})" for each in plan.namespaces)
    yield "objects", ", ".join(dict.fromkeys(f"{each.document['kind']}" for each in plan.objects))
    yield "secrets", _names([each.name for each in plan.secrets])
    yield "alerts", ", ".join(f"[{alert.name}](runbooks/{alert.name}.md)" for group in plan.signals.groups for alert in group.alerts)
    yield "dashboards", _names([each.name for each in plan.signals.dashboards])
    yield "is healthy when", "; ".join(_health(each) for each in plan.operations.healthy)
    yield "before it goes", "; ".join(f"take away every {each.kind}: {each.why}" for each in plan.operations.before_removal)
    yield "traps", "; ".join(f"from {each.version} on {each.what} ({each.source})" for each in plan.operations.traps)


def _folder(kind: AddOnType) -> str:
    file = sys.modules[kind.__module__].__file__
    if file is None:
        raise ValueError(f"{kind.key} is in no file")
    return Path(file).parent.relative_to(ROOT).as_posix()


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _health(check: Workload | Condition) -> str:
    match check:
        case Workload():
            return f"{check.kind} `{check.namespace}/{check.name}` is ready"
        case Condition():
            return f"{check.kind} `{check.name}` is {check.condition}"
