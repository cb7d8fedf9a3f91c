"""Bad stacks that people really write, each with exactly the verdicts it deserves."""

import pytest

from policies.registry import RULES
from testkit import policy_cases
from testkit.policy_cases import BadStack


@pytest.mark.parametrize("stack", policy_cases.corpus(), ids=lambda stack: stack.name)
def test_a_bad_stack_gets_the_verdicts_it_deserves(stack: BadStack) -> None:
    found: dict[str, list[str]] = {}
    for verdict in policy_cases.verdicts(stack.resources, stack.configuration):
        found.setdefault(verdict.rule.name, []).append(verdict.urn.rpartition("::")[2] or "(stack)")
    assert {rule: tuple(sorted(set(names))) for rule, names in found.items()} == dict(stack.verdicts)


def test_every_bad_stack_is_stopped() -> None:
    for stack in policy_cases.corpus():
        assert any(verdict.level == "mandatory" for verdict in policy_cases.verdicts(stack.resources, stack.configuration)), stack.name


def test_the_corpus_meets_nearly_every_rule() -> None:
    met = {rule for stack in policy_cases.corpus() for rule in stack.verdicts}
    assert {rule.name for rule in RULES if rule.topic != "pack"} - met <= {"boot-volume-size", "price-book-age", "replacement"}
