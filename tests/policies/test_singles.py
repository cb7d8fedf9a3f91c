"""Single resources that must be refused, by a rule that is about what is wrong with them, and those that nothing may be said against."""

from collections import Counter

import pytest

from policies.configuration import compiled
from testkit import policy_cases
from testkit.policy_cases import DEVELOPMENT, Single

ABOUT = {
    "cost": {"gpu-demand", "known-kinds", "open-doors", "priced", "stack-cost", "storage-class"},
    "iam": {"dynamic-groups", "iam-statements"},
    "kinds": {"host-access", "known-kinds", "managed-addons", "node-makers", "open-services", "plain-secrets", "wildcard-roles"},
    "network": {
        "api-endpoint", "bucket-access", "known-kinds", "open-doors", "open-ingress", "open-services", "plain-secrets", "priced",
        "public-nodes",
    },
    "rbac": {"host-access", "image-pinned", "known-kinds", "plain-secrets", "privileged-namespace", "wildcard-roles"},
    "secrets": {"helm-secrets", "plain-secrets", "priced"},
    "values": {
        "gpu-demand", "helm-secrets", "host-access", "image-pinned", "known-kinds", "node-makers", "open-services", "stack-cost",
        "wildcard-roles",
    },
}  # fmt: skip
"""Rules that a topic's cases are for."""
FEWEST_OF_A_TOPIC = 40


def refusals(single: Single) -> dict[str, str]:
    """What is said against it, by rule."""
    found = policy_cases.verdicts([single.resource], compiled(DEVELOPMENT))
    return {verdict.rule.name: verdict.message for verdict in found if verdict.level == "mandatory"}


@pytest.mark.parametrize("topic", ABOUT)
def test_what_is_hostile_is_refused_by_a_rule_that_is_about_it(topic: str) -> None:
    passed = [
        single.title for single in policy_cases.singles("hostile") if single.topic == topic and not refusals(single).keys() & ABOUT[topic]
    ]
    assert passed == []


def test_what_is_honest_is_not_refused() -> None:
    assert {single.title: refusals(single) for single in policy_cases.singles("honest") if refusals(single)} == {}


def test_every_topic_has_cases() -> None:
    found = Counter(single.topic for single in policy_cases.singles("hostile"))
    assert found.keys() == ABOUT.keys()
    assert min(found.values()) >= FEWEST_OF_A_TOPIC
    assert sum(len(policy_cases.singles(folder)) for folder in ("hostile", "honest")) == len(
        {(single.topic, single.title) for folder in ("hostile", "honest") for single in policy_cases.singles(folder)}
    )
