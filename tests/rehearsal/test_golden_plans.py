"""A golden plan per stack: a change of what is planned is a diff to review."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from platformctl.engine.plan import UNKNOWN, Plan, PlannedResource, name_of

STACKS = ("dev", "prod", "rtx4060", "guardrails", "teams")
LONG = 400
"""Characters from which a value is shown by its hash: cloud-init has golden files of its own."""
FEW = 6


@pytest.mark.parametrize("stack", STACKS)
def test_the_golden_plan_says_what_is_planned(stack: str, plans: Callable[[str], Plan], golden: Callable[[str, str], None]) -> None:
    golden(f"plans/{stack}.yaml", as_text(plans(stack)))


def as_text(plan: Plan) -> str:
    resources = {f"{resource.type} {resource.name}": entry(resource, plan) for resource in plan.resources if resource.parent}
    return yaml.safe_dump(resources, sort_keys=False, width=140)


def entry(resource: PlannedResource, plan: Plan) -> dict[str, Any]:
    options = resource.options
    shown = {
        "parent": name_of(resource.parent),
        "provider": name_of(options.provider),
        "protect": options.protect,
        "ignoreChanges": list(options.ignore_changes),
        "replaceOnChanges": list(options.replace_on_changes),
        "deletedWith": name_of(options.deleted_with),
        "timeouts": dict(options.timeouts),
        "dependsOn": dependencies(resource, plan),
        "inputs": plain(resource.inputs),
    }
    return {key: value for key, value in shown.items() if value}


def dependencies(resource: PlannedResource, plan: Plan) -> list[str]:
    """What the resource waits for; many of one component are told as that component and their number."""
    waits: dict[str, list[str]] = {}
    for urn in sorted(set(resource.dependencies)):
        waits.setdefault(plan.by_urn[urn].parent, []).append(name_of(urn))
    few = [name for names in waits.values() if len(names) <= FEW for name in names]
    many = [f"{len(names)} of {name_of(parent)}" for parent, names in waits.items() if len(names) > FEW]
    return sorted([*few, *many])


def plain(value: Any) -> Any:
    if value == UNKNOWN:
        return "<unknown>"
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in sorted(value.items()) if key not in ("__internal", "__defaults")}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str) and len(value) > LONG:
        return f"<{len(value)} characters, sha256 {hashlib.sha256(value.encode()).hexdigest()[:16]}>"
    return value
