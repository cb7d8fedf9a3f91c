"""The scorecard answers for every control, and claims no more than the rules do."""

import pytest

from policies import scorecard
from policies.cis_oke import CONTROLS
from policies.registry import RULES


def test_every_control_of_a_rule_is_one_of_the_benchmark() -> None:
    known = {control.number for control in CONTROLS}
    claimed = {standard.control for rule in RULES for standard in rule.standards if standard.framework == "CIS OKE"}
    assert claimed <= known


def test_controls_are_listed_once_and_in_order() -> None:
    numbers = [tuple(map(int, control.number.split("."))) for control in CONTROLS]
    assert numbers == sorted(set(numbers))


def test_a_control_is_automated_exactly_where_a_rule_names_it() -> None:
    entries = {entry.control.number: entry for entry in scorecard.scorecard()}
    assert entries["5.4.2"].status == "automated"
    assert entries["5.4.2"].answer == "api-endpoint"
    assert entries["4.1.2"].status == "manual"
    assert entries["3.2.1"].status == "oracle"
    assert {entry.status for entry in scorecard.scorecard(())} == {"oracle", "manual"}


def test_the_command_ends_with_the_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert scorecard.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(CONTROLS) + 2
    assert lines[-1] == scorecard.counts(scorecard.scorecard())
    assert lines[-1].startswith(f"CIS OKE 1.6.0: {len(CONTROLS)} controls: ")
