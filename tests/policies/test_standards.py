"""The map of rules to published standards: identifiers have the form of their framework, and none of checkov's for OCI is passed over."""

import re

import pytest

from policies.cis_oke import CONTROLS
from policies.registry import RULES
from policies.rule import Rule
from policies.standards import CHAPTERS, NOT_ADOPTED
from tools.docs import policy_reference

FORMS = {
    "CIS OKE": r"[2-5]\.\d\.\d{1,2}",
    "CIS OCI": r"[1-6]\.\d{1,2}(\.\d)?",
    "checkov": r"CKV2?_(OCI|K8S)_\d{1,3}",
    "NSA/CISA": r"[A-Z].+",
}
ADOPTED = {standard.control for rule in RULES for standard in rule.standards if standard.framework == "checkov"}
OCI = {*(f"CKV_OCI_{number}" for number in range(1, 24)), *(f"CKV2_OCI_{number}" for number in range(1, 7))}
"""checkov's checks of OCI. checkov 3.3.30."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_names_controls_as_their_framework_does_or_says_that_there_is_none(rule: Rule) -> None:
    assert len(set(rule.standards)) == len(rule.standards)
    for standard in rule.standards:
        assert re.fullmatch(FORMS[standard.framework], standard.control), standard
        if standard.framework == "NSA/CISA":
            assert standard.control in CHAPTERS
        if standard.framework == "CIS OKE":
            assert standard.control in {control.number for control in CONTROLS}
    section = policy_reference.page().split(f"\n### {rule.name}\n")[1].split("\n### ")[0]
    assert ("Standards: none asks for it." in section) is (not rule.standards)


def test_every_check_of_oci_that_checkov_has_is_adopted_or_says_why_not() -> None:
    adopted = {control for control in ADOPTED if "_OCI_" in control}
    assert adopted | set(NOT_ADOPTED) == OCI
    assert adopted & set(NOT_ADOPTED) == set()


def test_every_security_rule_that_no_standard_asks_for_is_known() -> None:
    assert {rule.name for rule in RULES if rule.topic == "security" and not rule.standards} == {
        "chart-pinned", "dynamic-groups", "explicit-provider", "known-kinds", "managed-addons", "production-protected",
    }  # fmt: skip
