"""A dynamic group holds what one compartment or one name tells, and not whatever there is."""

import re
from collections.abc import Iterator

from infra.tenancy import is_tenancy
from policies.accessor import TEXT
from policies.rule import Accepted, Config, Rule, Violation
from policies.standards import NONE
from policies.subject import Resource

GROUP = "oci:Identity/dynamicGroup:DynamicGroup"
RULE_TEXT = TEXT.called("a rule such as ALL {instance.compartment.id = 'ocid1.compartment...'}")

_WHOLE = re.compile(r"(?:(?P<how>all|any)\s*\{(?P<inner>[^{}]*)\}|(?P<single>[^{}]*))", re.IGNORECASE)
_CLAUSE = re.compile(r"\s*(?P<variable>[a-z][\w.-]*)\s*(?P<mark>!?=)\s*(?P<quote>['\"])(?P<value>[^'\"]+)(?P=quote)\s*", re.IGNORECASE)
_TELLING = re.compile(r"(?:instance|resource)\.(?:compartment\.)?id", re.IGNORECASE)
"""Variables that tell which machines or functions are meant. Oracle, "Writing Matching Rules", 2026-08."""


def check(group: Resource, _: Config) -> Iterator[Violation]:
    if not group.read.present(RULE_TEXT, "matchingRule"):
        yield Violation("matchingRule is missing: write ALL {instance.compartment.id = 'ocid1.compartment...'}")
    rule = group.read.known(RULE_TEXT, "matchingRule")
    why = too_wide(" ".join(rule.split())) if rule else None
    if why:
        yield Violation(f"matchingRule {rule!r} {why}: write ALL {{instance.compartment.id = 'ocid1.compartment...'}}")


def too_wide(rule: str) -> str | None:
    """Why a matching rule holds more than one place, None where it does not."""
    whole = _WHOLE.fullmatch(rule)
    if whole is None:
        return "is more than one list of conditions, so what it holds is not known"
    clauses = [_CLAUSE.fullmatch(clause) for clause in (whole["inner"] or whole["single"] or "").split(",")]
    telling = [clause is not None and _tells(clause) for clause in clauses]
    if not all(clauses):
        return "has a condition that is no comparison with one value"
    if (whole["how"] or "all").lower() == "any":
        return None if all(telling) else "takes in whatever meets one of its conditions, and not each of them names a compartment"
    return None if any(telling) else "names no compartment and no instance, so it takes in those of the whole tenancy"


def _tells(clause: re.Match[str]) -> bool:
    value = clause["value"].lower()
    return clause["mark"] == "=" and bool(_TELLING.fullmatch(clause["variable"])) and not is_tenancy(value) and "*" not in value


RULE = Rule(
    name="dynamic-groups",
    title="Dynamic groups hold one compartment's machines",
    topic="security",
    severity="high",
    applies=(GROUP,),
    why="What a dynamic group may, every instance in it may, and every process on it. A rule that matches all instances gives "
    "the rights to machines that others make.",
    fix="Hold `instance.compartment.id` to the compartment of the nodes.",
    standards=NONE,
    accepts=(
        Accepted(
            path="matchingRule",
            trouble=("unknown",),
            because="a rule that names a compartment that is made here is known once it is; the update that makes the group checks it then",
        ),
    ),
    check=check,
)
