"""What the policies found as SARIF 2.1.0, for code scanning and editors (OASIS, 2020-03-27)."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from platformctl.engine.events import Violation
from platformctl.engine.plan import Plan
from platformctl.engine.policies import PolicyRule
from platformctl.errors import WrongInput
from platformctl.render.places import Place, Places
from platformctl.render.policy_words import fix_of, resource

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

LEVELS: Mapping[str, str] = {"mandatory": "error", "advisory": "warning", "disabled": "none"}

# GitHub's scale of `security-severity`: over 9.0 is critical, from 7.0 high, from 4.0 medium.
SEVERITIES: Mapping[str, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}


def write(file: Path, plan: Plan, stack: Path, root: Path) -> None:
    """Raises WrongInput when the file cannot be written."""
    try:
        file.write_text(json.dumps(sarif(plan, stack, root), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise WrongInput(f"--sarif {file}: cannot be written ({error.strerror}).") from None


def sarif(plan: Plan, stack: Path, root: Path) -> dict[str, Any]:
    """One run with every rule that watched, and a result for each violation. `stack` is the stack file, in the checkout `root` or not."""
    rules, places = plan.rules or (), Places(stack, root)
    numbers = {rule.name: number for number, rule in enumerate(rules)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "platformctl", "rules": [_rule(rule) for rule in rules]}},
                "automationDetails": {"id": f"policies/{plan.stack}/"},
                "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The root of the checkout."}}},
                "columnKind": "utf16CodeUnits",
                "results": [_result(violation, plan, numbers, places, root) for violation in plan.violations],
            }
        ],
    }


def _rule(rule: PolicyRule) -> dict[str, Any]:
    help_ = f"{rule.why}\n\n{rule.fix}" + (f"\n\n{rule.standards}" if rule.standards else "")
    return {
        "id": rule.name,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": help_},
        "defaultConfiguration": {"level": LEVELS.get(rule.level, "error"), "enabled": rule.level != "disabled"},
        "properties": {"tags": [rule.topic], "security-severity": SEVERITIES.get(rule.severity, SEVERITIES["high"])},
    }


def _result(violation: Violation, plan: Plan, numbers: Mapping[str, int], places: Places, root: Path) -> dict[str, Any]:
    place, declared = places.of(plan, violation), places.declared(plan.by_urn.get(violation.urn))
    fix = fix_of(plan, violation)
    found: dict[str, Any] = {
        "ruleId": violation.policy,
        "level": LEVELS.get(violation.level, "error"),
        "message": {"text": f"{resource(violation)}: {violation.message}" + (f"\n{fix}" if fix else "")},
        "locations": [
            {**_physical(place, root), "logicalLocations": [{"fullyQualifiedName": violation.urn or plan.stack, "kind": "resource"}]}
        ],
        # Told apart by rule and resource: a message has numbers that change.
        "partialFingerprints": {"verdict/v1": hashlib.sha256(f"{violation.policy} {violation.urn}".encode()).hexdigest()},
    }
    if plan.before is not None:
        found["baselineState"] = "new" if plan.is_new(violation) else "unchanged"
    if violation.policy in numbers:
        found["ruleIndex"] = numbers[violation.policy]
    if declared is not None and declared != place:
        found["relatedLocations"] = [{**_physical(declared, root), "message": {"text": "where the program declares it"}}]
    return found


def _physical(place: Place, root: Path) -> dict[str, Any]:
    path = place.path.resolve()
    artifact = (
        {"uri": quote(path.relative_to(root.resolve()).as_posix()), "uriBaseId": "SRCROOT"}
        if path.is_relative_to(root.resolve())
        else {"uri": path.as_uri()}
    )
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": place.line}}}
