"""Exceptions let one resource pass one rule until a day, and are told for as long as they hold."""

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies import exemptions
from policies.exemptions import Exemption
from policies.registry import BY_NAME
from testkit import policy_cases
from testkit.policy_cases import TODAY

ENTRY: dict[str, Any] = {
    "rule": "gpu-total",
    "resource": "oci:ContainerEngine/nodePool:NodePool/pool-a10-ad3",
    "reason": "Launch week",
    "approver": "platform team",
    "expires": date(2026, 12, 1),
}
POOL = "oci:ContainerEngine/nodePool:NodePool"
TOO_LARGE = next(case for case in policy_cases.cases() if case.rule.name == "gpu-pool-size")
TOO_MANY = next(case for case in policy_cases.cases() if case.rule.name == "gpu-total")


def said(**changes: Any) -> list[tuple[str, str, str]]:
    """Rule, level and message of every verdict on three pools that are too many together."""
    found = policy_cases.verdicts(TOO_MANY.resources, TOO_MANY.configuration, exceptions=[{**ENTRY, **changes}])
    return [(verdict.rule.name, verdict.level, verdict.message) for verdict in found]


def test_an_exception_turns_a_mandatory_violation_into_an_advisory_one_that_says_why() -> None:
    own = {"rule": "gpu-pool-size", "resource": f"{POOL}/pool-a10-ad1"}
    found = policy_cases.verdicts(TOO_LARGE.resources, TOO_LARGE.configuration, exceptions=[{**ENTRY, **own}])
    (verdict,) = [verdict for verdict in found if verdict.rule.name == "gpu-pool-size"]
    assert verdict.level == "advisory"
    assert verdict.message.startswith("may have 13 A10")
    assert verdict.message.endswith("(excepted until 2026-12-01 by platform team: Launch week)")


def test_a_resource_that_is_excepted_from_a_sum_is_left_out_of_it() -> None:
    ended = "(excepted until 2026-12-01 by platform team: Launch week)"
    assert said(resource=f"{POOL}/pool-a10-ad3") == [("gpu-total", "advisory", f"is left out of a sum: 5 A10 {ended}")]


def test_one_exception_covers_what_follows_from_a_pool_that_may_be_larger() -> None:
    own = {"rule": "gpu-pool-size", "resource": f"{POOL}/pool-a10-ad1"}
    found = policy_cases.verdicts(TOO_LARGE.resources, TOO_LARGE.configuration, exceptions=[{**ENTRY, **own}])
    assert [(verdict.rule.name, verdict.message) for verdict in found if verdict.level == "mandatory" and "pool" in verdict.urn] == []
    other = policy_cases.verdicts(TOO_LARGE.resources, TOO_LARGE.configuration, exceptions=[{**ENTRY, **own, "rule": "gpu-total"}])
    assert {verdict.rule.name for verdict in other if verdict.level == "mandatory"} >= {"gpu-pool-size"}


def test_a_pattern_excuses_nothing_from_a_critical_rule() -> None:
    found = said(resource=f"{POOL}/pool-a10-*")
    assert {level for rule, level, _ in found if rule == "gpu-total"} == {"mandatory"}
    assert any("is for a pattern, and the rule is critical" in message for rule, _, message in found if rule == "policy-exceptions")


def test_the_rest_of_a_sum_is_still_counted() -> None:
    found = policy_cases.verdicts(
        TOO_MANY.resources, policy_cases.configuration({"gpus": {"A10": 7, "H100": 16, "V100": 4}}),
        exceptions=[{**ENTRY, "resource": f"{POOL}/pool-a10-ad3"}],
    )  # fmt: skip
    refused = [verdict.message for verdict in found if verdict.rule.name == "gpu-total" and verdict.level == "mandatory"]
    assert len(refused) == 2
    assert all("the stack may have 8 A10, but 7 are allowed" in message for message in refused)


def test_what_adds_nothing_is_not_left_out_of_anything() -> None:
    assert said(resource=f"{POOL}/pool-system")[-1][2].startswith(
        f"the exception from gpu-total for {POOL}/pool-system excuses nothing, for its resource keeps the rule"
    )


@pytest.mark.parametrize(
    ("resource", "narrow"),
    [
        ("*", False), ("*/pool-a10-*", False), (f"{POOL}/*", False), (f"{POOL}/po*", False), (f"{POOL}/???????", False),
        (f"{POOL}/p-*", False), (f"{POOL}/[a-z]*", False), ("pool-a10-ad3", False), ("oci:*:NodePool/pool-a10", False), (f"{POOL}/", False),
        (f"{POOL}/poo*", True), (f"{POOL}/pool-a10-ad3", True), ("kubernetes:core/v1:Pod/job", True), ("pulumi:pulumi:Stack/dev", True),
    ],
)  # fmt: skip
def test_an_exception_is_for_single_resources(resource: str, narrow: bool) -> None:
    found, wrong = exemptions.parse([{**ENTRY, "resource": resource}])
    told = f"exception 1: resource {resource!r} covers too much: write a type in full, and at least 3 characters of a name"
    assert wrong == (() if narrow else (told,))
    assert len(found) == int(narrow)


def test_an_exception_that_excuses_nothing_is_reported() -> None:
    (*_, (rule, level, message)) = said(resource=f"{POOL}/pool-b200")
    assert (rule, level) == ("policy-exceptions", "advisory")
    assert message == (
        f"the exception from gpu-total for {POOL}/pool-b200 excuses nothing, "
        "for no resource of this stack is called so: correct or remove it"
    )
    assert [rule for rule, _, _ in said(resource=f"{POOL}/pool-b200", expires=TODAY)].count("policy-exceptions") == 1


def test_an_exception_holds_in_its_stack_alone() -> None:
    (entry,), wrong = exemptions.parse([{**ENTRY, "stack": "prod"}])
    assert wrong == ()
    assert (entry.holds_in("prod"), entry.holds_in("dev")) == (True, False)
    (everywhere,), _ = exemptions.parse([ENTRY])
    assert everywhere.holds_in("dev")
    assert f"gpu-total on {ENTRY['resource']} in prod: until" in exemptions.report([entry], TODAY)
    for stack in ("", 3, None):
        assert exemptions.parse([{**ENTRY, "stack": stack}])[1] == ("exception 1: stack must be the name of a stack, or left out",)


def test_the_last_day_counts() -> None:
    assert said(expires=TODAY)[0][1] == "advisory"


def test_an_expired_exception_excuses_nothing_and_is_a_violation_itself() -> None:
    found = said(expires=TODAY - timedelta(days=1))
    assert [(rule, level) for rule, level, _ in found] == [
        ("policy-exceptions", "mandatory"),
        ("gpu-total", "mandatory"),
        ("gpu-total", "mandatory"),
    ]


@pytest.mark.parametrize("change", [{"resource": f"{POOL}/pool-h100"}, {"rule": "gpu-models"}, {"resource": f"{POOL}/pool-a10-ad3x"}])
def test_another_resource_or_rule_is_not_excused(change: dict[str, str]) -> None:
    assert {level for rule, level, _ in said(**change) if rule == "gpu-total"} == {"mandatory"}


def test_the_pack_makes_no_exception_from_its_own_rules() -> None:
    excused = {**ENTRY, "rule": "policy-configuration", "resource": "pulumi:pulumi:Stack/stack"}
    resources = [policy_cases.resource(entry) for entry in policy_cases.entries()]
    found = policy_cases.verdicts(resources, {**policy_cases.configuration(), "gpu-totl": {}}, exceptions=[excused])
    assert [(verdict.rule.name, verdict.level) for verdict in found] == [
        ("policy-configuration", "mandatory"),
        ("policy-exceptions", "mandatory"),
    ]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("later", ("the exceptions must be a list of entries",)),
        ([7], ("exception 1: must be a mapping",)),
        ([{**ENTRY, "until": 3}], ("exception 1: until is not a key; allowed: rule, resource, reason, approver, expires, stack",)),
        ([ENTRY, {**ENTRY, "reason": " "}], ("exception 2: reason must be a text that is not empty",)),
        ([{**ENTRY, "approver": ""}], ("exception 1: approver must be a text that is not empty",)),
        ([{**ENTRY, "approver": ["me"]}], ("exception 1: approver must be a text",)),
        ([{**ENTRY, "expires": "2026-12-01"}], ("exception 1: expires must be a date, such as 2026-12-31",)),
    ],
)
def test_an_entry_that_is_not_complete_is_reported(document: Any, said: tuple[str, ...]) -> None:
    found, wrong = exemptions.parse(document)
    assert wrong == said
    assert len(found) == (1 if isinstance(document, list) and len(document) > 1 else 0)


def test_the_file_is_read_from_yaml(tmp_path: Path) -> None:
    file = tmp_path / "exceptions.yaml"
    assert exemptions.load(file) == ((), ())
    file.write_text("# nothing yet\n\n")
    assert exemptions.load(file) == ((), ())
    file.write_text("---\n")
    assert exemptions.load(file) == ((), ())
    file.write_text(f"- {{rule: gpu-total, resource: '{POOL}/pool-a10', reason: Launch, approver: platform team, expires: 2026-12-01}}\n")
    entries, wrong = exemptions.load(file)
    assert wrong == ()
    (entry,) = entries
    assert (entry.rule, entry.resource, entry.reason) == ("gpu-total", f"{POOL}/pool-a10", "Launch")
    assert (entry.approver, entry.expires, entry.stack) == ("platform team", date(2026, 12, 1), None)
    file.write_text("- [")
    assert "is not YAML" in exemptions.load(file)[1][0]


def test_a_file_of_comments_alone_costs_no_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every preview reads it, and a YAML parser takes longer to import than all rules."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    file = tmp_path / "exceptions.yaml"
    file.write_text("\n# one\n   \n  # two\n")
    assert exemptions.load(file) == ((), ())


@pytest.mark.parametrize(("expires", "wrong", "status"), [(9999, (), 0), (2000, (), 1), (9999, ("exception 1: must be a mapping",), 1)])
def test_the_command_reports_and_fails_for_what_is_wrong_or_over(
    expires: int, wrong: tuple[str, ...], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = Exemption(**{**ENTRY, "expires": date(expires, 1, 1)})
    monkeypatch.setattr(exemptions, "load", lambda: ((entry,), wrong))
    assert exemptions.main() == status
    said = capsys.readouterr().out.splitlines()
    assert said[0] == ("1 live exception" if expires == 9999 else "0 live exceptions")
    assert tuple(said[3:]) == wrong


@pytest.mark.parametrize(("days", "refused"), [(179, False), (180, False), (181, True)])
def test_an_exception_lasts_at_most_half_a_year(days: int, refused: bool) -> None:
    entry = Exemption(**{**ENTRY, "expires": TODAY + timedelta(days=days)})
    assert bool(list(exemptions.problems([entry], frozenset(BY_NAME), TODAY, 180))) is refused


def test_the_file_of_this_repository_is_in_order() -> None:
    entries, wrong = exemptions.load()
    assert wrong == ()
    assert list(exemptions.problems(entries, frozenset(BY_NAME), TODAY, 10**6)) == []


def test_the_report_puts_what_ends_first_on_top_and_what_has_ended_last() -> None:
    made = [
        Exemption(rule=rule, resource="*", reason=f"because {rule}", approver="platform team", expires=TODAY + timedelta(days=days))
        for rule, days in (("late", 30), ("over", -1), ("soon", 0))
    ]
    assert exemptions.report(made, TODAY).splitlines() == [
        "2 live exceptions",
        "  soon on *: until 2026-11-21 (0 days left)",
        "    because soon; approved by platform team",
        "  late on *: until 2026-12-21 (30 days left)",
        "    because late; approved by platform team",
        "  over on *: until 2026-11-20 (expired 1 days ago)",
        "    because over; approved by platform team",
    ]
    assert exemptions.report(made[:1], TODAY).startswith("1 live exception\n")
    assert exemptions.report([], TODAY) == "0 live exceptions"
