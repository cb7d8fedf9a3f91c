"""Every rule passes the compliant stack, and refuses each way of breaking it with the words its author meant."""

import pytest

from policies.registry import BY_NAME, RULES
from testkit import policy_cases
from testkit.policy_cases import Case


def test_the_compliant_stack_passes_every_rule() -> None:
    resources = [policy_cases.resource(entry) for entry in policy_cases.entries()]
    assert policy_cases.verdicts(resources, policy_cases.configuration()) == []


@pytest.mark.parametrize("case", policy_cases.cases(), ids=lambda case: f"{case.rule.name}: {case.title}")
def test_a_violation_is_reported_in_these_words(case: Case) -> None:
    assert policy_cases.matches(case.messages(), case.says), "\n".join(case.messages())


def test_every_rule_has_a_case() -> None:
    assert {case.rule.name for case in policy_cases.cases()} == set(BY_NAME)


def test_every_case_refuses_something() -> None:
    assert [case.title for case in policy_cases.cases() if not case.says] == []


def test_every_rule_meets_a_resource_of_the_compliant_stack() -> None:
    types = {entry["type"] for entry in policy_cases.entries()}
    assert [rule.name for rule in RULES if not any(map(rule.applies_to, types))] == []
