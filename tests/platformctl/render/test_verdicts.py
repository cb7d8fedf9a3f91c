"""What policies found stands beside the resources, in a table, and first in a pull request's comment."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from infra import pricing
from platformctl.access.words import RightsChange
from platformctl.engine.events import Violation
from platformctl.engine.plan import Plan, PlannedResource
from platformctl.engine.policies import PolicyRule
from platformctl.render import document
from platformctl.render.markdown import of_diff
from platformctl.render.policy_words import refused, summary, there_before
from platformctl.render.tree import tree
from platformctl.render.verdicts import table

Make = Callable[..., PlannedResource]
Plans = Callable[..., Plan]

RULE = "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule"
POOL = "oci:ContainerEngine/nodePool:NodePool"


def policy(name: str, level: str = "mandatory") -> PolicyRule:
    return PolicyRule(
        name=name, title=f"{name}!", why="Because.", fix=f"Fix {name}.", level=level, severity="high", topic="spend", standards=""
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
        "Fix gpu-total.",
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
        "message": "no [team]", "fix": "Fix tags.", "new": None,
    }  # fmt: skip


def test_a_comment_begins_with_what_is_refused_and_folds_advice(bad: Plan) -> None:
    none = pricing.estimate([])
    shown = of_diff(bad, pricing.compare(none, none), RightsChange(), "main")
    assert shown.startswith("### `sample`: **refused by policy**; 2 to create; ")
    assert "| `gpu-total` | high | `pool (ContainerEngine.NodePool)` | too much<br>_Fix gpu-total._ |" in shown
    assert "<details><summary>1 to consider</summary>\n\n| policy" in shown
    assert shown.index("**Refused by policy**") < shown.index("<details>") < shown.index("no [team]")
    assert "Checked: 3 policies, gpu-total (2 times) violated; 1 to consider." in shown


def test_the_heading_counts_what_the_table_lists(plan: Callable[..., Plan], resource: Callable[..., PlannedResource]) -> None:
    component = resource("net", "platform:oke:Network", custom=False)
    whole = plan(component, resource("vcn", "oci:Core/vcn:Vcn", parent=component.urn), resource("kept", "oci:Core/vcn:Vcn", op="same"))
    none = pricing.estimate([])
    assert of_diff(whole, pricing.compare(none, none), RightsChange(), "main").startswith("### `sample`: 1 to create; the cost stays")
    assert "<details><summary>All 1 changes</summary>" in of_diff(whole, None, RightsChange(), "main")


def test_a_refusal_is_reported_though_the_cost_cannot_be(bad: Plan) -> None:
    shown = of_diff(bad, None, RightsChange(), "main")
    assert shown.startswith("### `sample`: **refused by policy**; 2 to create; the cost is not known\n")
    assert "Something in it has no price" in shown


def test_whatever_is_not_advice_refuses() -> None:
    assert [violation("x", "", level=level).refuses for level in ("mandatory", "advisory", "remediate", "")] == [True, False, True, True]


def test_what_the_base_violates_too_is_folded_away(bad: Plan) -> None:
    pool, stack = bad.by_urn[next(urn for urn in bad.by_urn if urn.endswith("::pool"))], bad.resources[0]
    before = (violation("tags", pool.urn, "no [team]", level="advisory"), violation("gpu-total", pool.urn, "less"))
    compared = replace(bad, before=before)
    assert [compared.is_new(found) for found in compared.violations] == [True, True, False]
    assert summary(compared) == "3 policies, gpu-total (2 times) violated; 1 to consider; 2 of them new"
    assert "no [team]" not in text(table(compared))
    assert there_before(compared) == "tags"
    comment = of_diff(compared, None, RightsChange(), "main")
    assert "**refused by policy**" in comment
    assert "<details><summary>1 to consider, none of them new</summary>" in comment
    same = replace(bad, before=bad.violations)
    assert summary(same).endswith("; none of them new")
    assert there_before(same) == "gpu-total (2 times), tags"
    comment = of_diff(same, None, RightsChange(), "main")
    assert "**refused by policy, as the base is**; " in comment
    assert "<details><summary>2 refused by policy in the base already</summary>" in comment
    assert "**Refused by policy**" not in comment
    assert stack.urn in {found.urn for found in same.violations}


def test_what_was_advice_and_refuses_now_is_new(bad: Plan) -> None:
    pool = next(urn for urn in bad.by_urn if urn.endswith("::pool"))
    before = (violation("tags", pool, "no [team]", level="advisory"),)
    stricter = replace(bad, violations=(violation("tags", pool, "no [team]"),), before=before)
    assert stricter.is_new(stricter.violations[0])


def test_a_sum_is_as_it_was_when_the_whole_of_it_is(bad: Plan) -> None:
    """Of which resource a running sum is told hangs on the engine's order."""
    pool, bucket, stack = (next(urn for urn in bad.by_urn if urn.endswith(name)) for name in ("::pool", "::bucket", bad.resources[0].urn))

    def sums(urn: str, count: int, model: str) -> tuple[Violation, Violation]:
        said = f"{count} {model}, but 2 are allowed: raise {model}; the largest parts: it {count}"
        return violation("gpu-total", urn, f"with this resource {said}"), violation("gpu-total", stack, f"together {said}")

    before = sums(pool, 6, "A10")
    _, whole = before
    same = replace(bad, violations=(violation("gpu-total", bucket, before[0].message.replace("6", "5")), whole), before=before)
    assert [same.is_new(found) for found in same.violations] == [False, False]
    more = replace(bad, violations=sums(pool, 8, "A10"), before=before)
    assert [more.is_new(found) for found in more.violations] == [True, True]
    other = replace(bad, violations=(*before, *sums(bucket, 4, "L40S")), before=before)
    assert [other.is_new(found) for found in other.violations] == [False, False, True, True]


def test_without_a_base_everything_is_new(bad: Plan) -> None:
    assert all(map(bad.is_new, bad.violations))
    assert "new" not in summary(bad)
    assert [verdict["new"] for verdict in document.of_verdicts(bad)["verdicts"]] == [None, None, None]
    assert [verdict["new"] for verdict in document.of_verdicts(replace(bad, before=()))["verdicts"]] == [True, True, True]
