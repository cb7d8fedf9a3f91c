"""Every rule says what it should, tried with the real promtool, and its test would notice if it said something else.

rules/<record or alert>.yaml holds promtool's tests of one rule, and mutations of it that these tests must catch.
"""

import subprocess
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from components.ci.runners.signals import runners
from components.framework.schema import check_custom_resource
from components.framework.signals import Alert, Group, Recording, Rule, rule_file
from components.gpu.operator.section import GpuOperator
from components.monitoring.stack.collected import rule as kubernetes_rule
from components.monitoring.stack.section import Monitoring
from infra.facts import Prices
from tests.components.monitoring.everything import PRICED, groups

pytestmark = pytest.mark.xdist_group("promtool")

FOLDER = Path(__file__).parent / "rules"
RUNBOOKS = "https://git.example.org/gpu/docs/runbooks"
PREFIX = "gpu_platform:"


def name_of(rule: Rule) -> str:
    """The file of the rule's tests, without its ending: records have colons, which files may not have everywhere."""
    return rule.name if isinstance(rule, Alert) else rule.record.removeprefix(PREFIX).replace(":", ".")


RULES: Mapping[str, Rule] = {name_of(rule): rule for group in groups() for rule in group.rules}
CASES: Mapping[str, dict[str, Any]] = {file.stem: yaml.safe_load(file.read_text()) for file in sorted(FOLDER.glob("*.yaml"))}
MUTANTS = {f"{name}-{number}": (name, *change) for name, case in CASES.items() for number, change in enumerate(case["mutations"])}


def needed(name: str) -> dict[str, Any]:
    """The file of rules with the rule of that name, and those whose records it reads."""
    wanted, expressions = {name}, [RULES[name].expr]
    while expressions:
        text = expressions.pop()
        read = {other for other, rule in RULES.items() if isinstance(rule, Recording) and rule.record in text} - wanted
        wanted |= read
        expressions += [RULES[other].expr for other in read]
    kept = (replace(group, rules=tuple(rule for rule in group.rules if name_of(rule) in wanted)) for group in groups())
    return rule_file((group for group in kept if group.rules), RUNBOOKS)


def mutated(document: Mapping[str, Any], name: str, old: str, new: str) -> dict[str, Any]:
    """The file of rules with one thing changed in the rule of that name: text of its expression, or `for: 5m`, or `label: value`."""
    changed: dict[str, Any] = deepcopy(dict(document))
    hits = 0
    for rule in (rule for group in changed["groups"] for rule in group["rules"]):
        if rule.get("alert", rule.get("record")) not in (name, PREFIX + name.replace(".", ":")):
            continue
        for part in (rule, rule.get("labels", {})):
            for key, text in part.items():
                line = f"{key}: {text}"
                if isinstance(text, str) and key not in ("alert", "record") and old in line:
                    part[key] = line.replace(old, new, 1).removeprefix(f"{key}: ")
                    hits += 1
    assert hits, f"{name}: its mutation {old!r} is not in the rule"
    return changed


def test_file(name: str, rules: Path) -> dict[str, Any]:
    """The tests of one rule as promtool reads them. What every alert has is filled in."""
    case = deepcopy(CASES[name])
    for alert in (alert for test in case["tests"] for check in test.get("alert_rule_test", ()) for alert in check["exp_alerts"]):
        alert["exp_annotations"]["runbook_url"] = f"{RUNBOOKS}/{name}.md"
    return {"rule_files": [str(rules)], "evaluation_interval": case.get("evaluation_interval", "1m"), "tests": case["tests"]}


test_file.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def verdicts(promtool: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What promtool says against each rule's tests, and against each mutant; empty where it is content. One run for all."""
    folder = tmp_path_factory.mktemp("rules")
    files = {name: (name, needed(name)) for name in CASES}
    files |= {mutant: (name, mutated(needed(name), name, old, new)) for mutant, (name, old, new) in MUTANTS.items()}
    for file, (name, rules) in files.items():
        (folder / f"{file}.rules.yaml").write_text(yaml.safe_dump(rules))
        (folder / f"{file}.yaml").write_text(yaml.safe_dump(test_file(name, folder / f"{file}.rules.yaml")))
    names = [f"{file}.rules.yaml" for file in files]
    checked = subprocess.run([promtool, "check", "rules", *names], cwd=folder, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    subprocess.run(
        [promtool, "test", "rules", "--junit", "verdicts.xml", *(f"{file}.yaml" for file in files)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = ElementTree.parse(folder / "verdicts.xml").getroot()  # noqa: S314 - written here
    said = {suite.get("name", "").removesuffix(".yaml"): "\n".join(_failures(suite)) for suite in found.iter("testsuite")}
    assert set(said) == set(files)
    return said


def _failures(suite: ElementTree.Element) -> Iterator[str]:
    for case in suite.iter("testcase"):
        for failure in (*case.iter("failure"), *case.iter("error")):
            yield failure.text or failure.get("message") or "failed"


def test_every_rule_has_tests_and_every_test_a_rule() -> None:
    assert set(CASES) == set(RULES)
    assert all(case["mutations"] for case in CASES.values())


def test_every_alert_is_seen_firing_and_silent() -> None:
    for name, rule in RULES.items():
        if isinstance(rule, Alert):
            checks = [check for test in CASES[name]["tests"] for check in test["alert_rule_test"]]
            assert {check["alertname"] for check in checks} == {name}
            assert {bool(check["exp_alerts"]) for check in checks} == {True, False}, name


@pytest.mark.parametrize("name", CASES)
def test_the_rule_says_what_it_should(name: str, verdicts: Mapping[str, str]) -> None:
    assert verdicts[name] == ""


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_tests_notice_a_changed_rule(mutant: str, verdicts: Mapping[str, str]) -> None:
    name, old, new = MUTANTS[mutant]
    assert verdicts[mutant] != "", f"{name} with {new!r} for {old!r} passes its tests"


@pytest.mark.parametrize("group", groups(), ids=lambda group: group.name)
def test_kubernetes_takes_the_group(group: Group) -> None:
    assert check_custom_resource(kubernetes_rule(group, "monitoring", RUNBOOKS)) == ()


def test_no_two_rules_are_the_same() -> None:
    keys = [rule.key for group in groups() for rule in group.rules]
    assert len(set(keys)) == len(keys)


def test_without_prices_there_are_no_rules_on_cost() -> None:
    unpriced = replace(PRICED, prices=Prices())
    assert {group.name for group in groups()} - {group.name for group in groups(unpriced)} == {"costs"}


def test_without_a_cap_nobody_is_told_that_it_is_broken() -> None:
    prices = Prices(node_usd_per_hour={"a10": 2.5})
    (uncapped,) = (group for group in groups(replace(PRICED, prices=prices)) if group.name == "costs")
    assert [alert.name for alert in uncapped.alerts] == ["SpendAnomaly"]


def test_settings_reach_the_rules() -> None:
    chosen = groups(monitoring=Monitoring(unused_node_minutes=7), gpu_operator=GpuOperator(idle_minutes=45, hardware_xids=(79,)))
    by_name = {rule.key: rule for group in (*chosen, runners(120)) for rule in group.rules}
    idle, unused, fault = by_name["GpuAllocatedButIdle"], by_name["GpuNodeUnused"], by_name["GpuHardwareFault"]
    assert isinstance(unused, Alert)
    assert unused.for_minutes == 7
    assert "[45m]" in idle.expr
    assert "offset 45m" in idle.expr
    assert 'xid=~"79"' in fault.expr
    late = by_name["gpu_platform:queue_late:ratio_rate5m"]
    assert isinstance(late, Recording)
    assert 'le=~"120(' in late.expr
