"""Plans and changes as JSON, for scripts. Keys are camelCase as on the wire."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from platformctl.engine.causes import cause
from platformctl.engine.losses import consequences, is_lost
from platformctl.engine.plan import UNKNOWN, Plan, PlannedResource
from platformctl.render.policy_words import fix_of
from platformctl.render.words import unknown


def text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, default=_plain)


def of_plan(plan: Plan) -> dict[str, Any]:
    """`resources` in the plan's order, `unknown` by what it waits for, `counts` by operation, `verdicts` of the policies."""
    return {
        "stack": plan.stack,
        "counts": plan.counts,
        "resources": [of_resource(resource) for resource in plan.resources],
        "unknown": [
            {
                "until": group.until,
                "suppliers": [supplier.urn for supplier in group.suppliers],
                "inputs": [{"urn": resource.urn, "path": path} for resource, path in group.inputs],
            }
            for group in unknown(plan)
        ],
        "warnings": [
            {"urn": diagnostic.urn, "message": diagnostic.message} for diagnostic in plan.diagnostics if diagnostic.severity == "warning"
        ],
        **of_verdicts(plan),
        "seconds": round(plan.seconds, 3),
    }


def of_verdicts(plan: Plan) -> dict[str, Any]:
    """`policies` is the number of rules that watched, null when none did; `new` is null where there is no base."""
    return {
        "policies": None if plan.rules is None else len(plan.rules),
        "verdicts": [
            {
                "policy": violation.policy,
                "level": violation.level,
                "severity": violation.severity,
                "urn": violation.urn,
                "message": violation.message,
                "fix": fix_of(plan, violation),
                "new": None if plan.before is None else plan.is_new(violation),
            }
            for violation in plan.violations
        ],
    }


def of_resource(resource: PlannedResource) -> dict[str, Any]:
    options = resource.options
    return {
        "urn": resource.urn,
        "type": resource.type,
        "name": resource.name,
        "parent": resource.parent,
        "custom": resource.custom,
        "op": resource.op,
        "inputs": resource.inputs,
        "options": {
            "protect": options.protect,
            "ignoreChanges": options.ignore_changes,
            "replaceOnChanges": options.replace_on_changes,
            "deletedWith": options.deleted_with,
            "retainOnDelete": options.retain_on_delete,
            "deleteBeforeReplace": options.delete_before_replace,
            "customTimeouts": options.timeouts,
            "provider": options.provider,
            "providers": options.providers,
        },
        "dependencies": options.dependencies,
        "propertyDependencies": options.property_dependencies,
        "unknown": resource.unknown,
        "replaceKeys": resource.replace_keys,
        "declared": options.declared,
    }


def of_change(resource: PlannedResource, plan: Plan) -> dict[str, Any]:
    """`cause` is the URN of the resource whose change is why this one changes; null where it changes of itself."""
    because = cause(resource, plan)
    return {
        "urn": resource.urn,
        "type": resource.type,
        "name": resource.name,
        "op": resource.op,
        "replaceKeys": resource.replace_keys,
        "properties": [
            {"path": path, "kind": kind, "before": at(resource.old_inputs, path), "after": at(resource.inputs, path)}
            for path, kind in resource.diffs.items()
        ],
        "cause": because.urn if because is not None else None,
        "consequences": consequences(resource, plan) if is_lost(resource, plan) else None,
        "protected": resource.protected,
        "declared": resource.options.declared,
    }


def at(inputs: Mapping[str, Any] | None, path: str) -> Any:
    """The value at an engine's property path (`cidrBlocks[0]`, `freeformTags["a.b"]`); None where there is none or it is not known."""
    value: Any = inputs
    for part in parts(path):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, Sequence) and not isinstance(value, str) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return None if value == UNKNOWN else value


def parts(path: str) -> list[str]:
    found: list[str] = []
    rest = path
    while rest:
        if rest.startswith('["') and '"]' in rest:
            part, _, rest = rest[2:].partition('"]')
        elif rest.startswith("["):
            part, _, rest = rest[1:].partition("]")
        else:
            ends = [end for end in (rest.find("."), rest.find("[")) if end > 0]
            part, rest = (rest[: min(ends)], rest[min(ends) :]) if ends else (rest, "")
        rest = rest.removeprefix(".")
        if part:
            found.append(part)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in a JSON document")
