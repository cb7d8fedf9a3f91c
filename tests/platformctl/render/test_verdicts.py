"""What policies found stands beside the resources, in a table, and first in a pull request's comment."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from infra import pricing
from platformctl.engine.events import Violation
from platformctl.engine.plan import Plan, PlannedResource
from platformctl.engine.policies import PolicyRule
from platformctl.render import document
from platformctl.render.markdown import of_diff
from platformctl.render.policy_words import refused, summary
from platformctl.render.tree import tree
from platformctl.render.verdicts import table

Make = Callable[..., PlannedResource]
Plans = Callable[..., Plan]

RULE = "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule"
POOL = "oci:ContainerEngine/nodePool:NodePool"


def policy(name: str, level: str = "mandatory") -> PolicyRule:
    return PolicyRule(
        name=name, title=f"{name}!", why="Because.", fix=f"Mend {name}.", level=level, severity="high", topic="spend", standards=""
    )


def violation(name: str, urn: str, message: str = "too much", level: str = "mandatory") -> Violation:
    return Violation(policy=name, pack="p", level=level, message=message, urn=urn, severity="high")


def judged(plan: Plan, *violations: Violation) -> Plan:
    return replace(plan, violations=violations, rules=(policy("gpu-total"), policy("tags", "advisory"), policy("other")))


def text(shown: object) -> str:
    console = Console(width=200, force_terminal=False)
    with console.capture() as captured:
        console.print(shown)
    return captured.get()


@pytest.fixture
def bad(resource: Make, plan: Plans) -> Plan:
    pool, bucket = resource("pool", POOL), resource("bucket", "oci:ObjectStorage/bucket:Bucket")
    whole = plan(pool, bucket)
    return judged(
        whole,
        violation("gpu-total", pool.urn),
        violation("gpu-total", whole.resources[0].urn, "together too much"),
        violation("tags", pool.urn, "no [team]", level="advisory"),
    )


def test_verdicts_stand_beside_what_they_are_about(bad: Plan) -> None:
    lines = text(tree(bad)).splitlines()
    assert lines[0] == "sample  ✗ gpu-total"
    assert lines[1].endswith("+ pool  ContainerEngine.NodePool  ✗ gpu-total  ! tags")
    assert lines[2].endswith("+ bucket  ObjectStorage.Bucket")


def test_a_refusal_is_red_and_advice_yellow(bad: Plan) -> None:
    console = Console(width=200, force_terminal=True, color_system="standard")
    with console.capture() as captured:
        console.print(tree(bad))
    assert "\x1b[1;31m✗ gpu-total" in captured.get().replace("\x1b[1;31m  ✗", "\x1b[1;31m✗")
    assert "\x1b[33m  ! tags" in captured.get()


def test_siblings_with_different_verdicts_are_not_folded_together(resource: Make, plan: Plans) -> None:
    rules = [resource(f"rule-{number}", RULE) for number in range(17)]
    advised = [violation("tags", rule.urn, level="advisory") for rule in rules[:8]]
    lines = text(tree(judged(plan(*rules), *advised, violation("gpu-total", rules[8].urn)))).splitlines()
    assert sorted(line[4:] for line in lines[1:]) == [
        "+ 8 x Core.NetworkSecurityGroupSecurityRule",
        "+ 8 x Core.NetworkSecurityGroupSecurityRule  ! tags",
        "+ rule-8  Core.NetworkSecurityGroupSecurityRule  ✗ gpu-total",
    ]


def test_the_table_says_rule_level_resource_message_and_fix(bad: Plan) -> None:
    shown = text(table(bad))
    for words in (
        "gpu-total",
        "mandatory, high",
        "pool (ContainerEngine.NodePool)",
        "too much",
        "Mend gpu-total.",
        "the stack",
        "no [team]",
    ):
        assert words in shown
    assert shown.index("gpu-total") < shown.index("tags")


def test_the_sum_names_what_is_violated(bad: Plan, plan: Plans) -> None:
    assert summary(bad) == "3 policies, gpu-total (2 times) violated; 1 to consider"
    assert list(refused(bad).lines) == ["sample is refused: 3 policies, gpu-total (2 times) violated; 1 to consider."]
    assert summary(judged(plan())) == "3 policies, all kept"
    assert summary(plan()) == "no policies were checked"


def test_what_no_policy_said_is_told_apart_from_what_none_was_asked(bad: Plan, plan: Plans) -> None:
    assert document.of_verdicts(plan()) == {"policies": None, "verdicts": []}
    assert document.of_verdicts(judged(plan())) == {"policies": 3, "verdicts": []}
    assert document.of_verdicts(bad)["verdicts"][2] == {
        "policy": "tags", "level": "advisory", "severity": "high", "urn": bad.violations[2].urn,
        "message": "no [team]", "fix": "Mend tags.",
    }  # fmt: skip


def test_a_comment_begins_with_what_is_refused_and_folds_advice(bad: Plan) -> None:
    none = pricing.estimate([])
    shown = of_diff(bad, pricing.compare(none, none), "main")
    assert shown.startswith("### `sample`: **refused by policy**; 2 to create; ")
    assert "| `gpu-total` | high | `pool (ContainerEngine.NodePool)` | too much<br>_Mend gpu-total._ |" in shown
    assert "<details><summary>1 to consider</summary>\n\n| policy" in shown
    assert shown.index("**Refused by policy**") < shown.index("<details>") < shown.index("no [team]")
    assert "Checked: 3 policies, gpu-total (2 times) violated; 1 to consider." in shown


def test_a_refusal_is_told_though_the_cost_cannot_be(bad: Plan) -> None:
    shown = of_diff(bad, None, "main")
    assert shown.startswith("### `sample`: **refused by policy**; 2 to create; the cost cannot be told\n")
    assert "Something in it has no price" in shown


def test_whatever_is_not_advice_refuses() -> None:
    assert [violation("x", "", level=level).refuses for level in ("mandatory", "advisory", "remediate", "")] == [True, False, True, True]
