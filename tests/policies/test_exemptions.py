"""Exceptions let one resource pass one rule until a day, and are told for as long as they hold."""

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies import exemptions
from policies.exemptions import Exemption
from policies.registry import BY_NAME
from tools import policy_cases
from tools.policy_cases import TODAY

ENTRY: dict[str, Any] = {
    "rule": "gpu-total",
    "resource": "oci:ContainerEngine/nodePool:NodePool/pool-a10-*",
    "reason": "Launch week",
    "approver": "platform team",
    "expires": date(2026, 12, 1),
}
TOO_MANY = next(case for case in policy_cases.cases() if case.rule.name == "gpu-total")


def said(**changes: Any) -> list[tuple[str, str, str]]:
    """Rule, level and message of every verdict on three pools that are too many together."""
    found = policy_cases.verdicts(TOO_MANY.resources, TOO_MANY.configuration, exceptions=[{**ENTRY, **changes}])
    return [(verdict.rule.name, verdict.level, verdict.message) for verdict in found]


def test_an_exception_turns_a_mandatory_violation_into_an_advisory_one_that_says_why() -> None:
    (rule, level, message), total = said()
    assert (rule, level) == ("gpu-total", "advisory")
    assert message.endswith("(excepted until 2026-12-01 by platform team: Launch week)")
    assert total[1] == "mandatory", "a sum over the stack has no resource to make an exception for"


def test_the_last_day_counts() -> None:
    assert said(expires=TODAY)[0][1] == "advisory"


def test_an_expired_exception_excuses_nothing_and_is_a_violation_itself() -> None:
    found = said(expires=TODAY - timedelta(days=1))
    assert [(rule, level) for rule, level, _ in found] == [
        ("policy-exceptions", "mandatory"),
        ("gpu-total", "mandatory"),
        ("gpu-total", "mandatory"),
    ]


@pytest.mark.parametrize("change", [{"resource": "*/pool-h100"}, {"rule": "gpu-pool-size"}, {"resource": "pool-a10-ad3"}])
def test_another_resource_or_rule_is_not_excused(change: dict[str, str]) -> None:
    assert {level for rule, level, _ in said(**change) if rule == "gpu-total"} == {"mandatory"}


def test_the_pack_makes_no_exception_from_its_own_rules() -> None:
    excused = {**ENTRY, "rule": "policy-configuration", "resource": "*"}
    resources = [policy_cases.resource(entry) for entry in policy_cases.entries()]
    found = policy_cases.verdicts(resources, {**policy_cases.configuration(), "gpu-totl": {}}, exceptions=[excused])
    assert [(verdict.rule.name, verdict.level) for verdict in found] == [("policy-configuration", "mandatory")]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("later", ("the exceptions must be a list of entries",)),
        ([7], ("exception 1: must be a mapping",)),
        ([{**ENTRY, "until": 3}], ("exception 1: until is not a key; allowed: rule, resource, reason, approver, expires",)),
        ([ENTRY, {**ENTRY, "reason": " "}], ("exception 2: reason must be a text that is not empty",)),
        ([{**ENTRY, "approver": ""}], ("exception 1: approver must be a text that is not empty",)),
        ([{**ENTRY, "approver": ["me"]}], ("exception 1: approver must be a text",)),
        ([{**ENTRY, "expires": "2026-12-01"}], ("exception 1: expires must be a date, such as 2026-12-31",)),
    ],
)
def test_an_entry_that_is_not_complete_is_told(document: Any, said: tuple[str, ...]) -> None:
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
    file.write_text("- {rule: gpu-total, resource: '*', reason: Launch, approver: platform team, expires: 2026-12-01}\n")
    entries, wrong = exemptions.load(file)
    assert wrong == ()
    assert entries == (Exemption(rule="gpu-total", resource="*", reason="Launch", approver="platform team", expires=date(2026, 12, 1)),)
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
