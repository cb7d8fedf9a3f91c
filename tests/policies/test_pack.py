"""The pack itself: totals under many threads, defects of rules, what is remembered."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

from policies.accessor import Refused
from policies.pack import Judged, Ledger, Pack
from policies.rule import Amounts, Config, Rule, Total, Violation
from policies.subject import Resource, Stack

TODAY = date(2026, 11, 21)


def rule(**given: object) -> Rule:
    fixed = {"title": "t", "topic": "spend", "severity": "low", "applies": ("test:*",), "why": "w", "fix": "f", "standards": ()}
    return Rule(name="test", **{**fixed, **given})  # type: ignore[arg-type]


def pack(judging: Rule) -> Pack:
    return Pack([Judged(rule=judging, level="mandatory", config=Config({}, TODAY))], (), TODAY)


def resource(name: str = "one", **inputs: object) -> Resource:
    return Resource(type="test:a:B", name=name, urn=f"urn:{name}", inputs=inputs)


def messages(judge: Pack, *resources: Resource) -> list[str]:
    return [verdict.message for item in resources for verdict in judge.analyze(item)]


def broken(_: Resource, __: Config) -> Iterator[Violation]:
    yield Violation("first")
    raise ZeroDivisionError


def test_a_rule_that_breaks_refuses_and_keeps_what_it_found() -> None:
    found = messages(pack(rule(check=broken)), resource())
    assert found[0] == "first"
    assert "the rule itself failed (ZeroDivisionError)" in found[1]


def broken_stack(_: Stack, __: Config) -> Iterator[Violation]:
    raise KeyError("x")
    yield


def test_a_rule_on_the_stack_that_breaks_refuses() -> None:
    (verdict,) = pack(rule(check_stack=broken_stack)).analyze_stack([resource()])
    assert "the rule itself failed (KeyError)" in verdict.message


def test_a_rule_leaves_other_types_alone() -> None:
    assert pack(rule(check=broken)).analyze(replace(resource(), type="other:a:B")) == []


def amounts(item: Resource, _: Config) -> Amounts:
    if item.inputs.get("nodes") is None:
        raise Refused("unreadable")
    return {"nodes": Decimal(item.inputs["nodes"])}


def judge(key: str, total: Decimal, _: Config) -> str | None:
    return f"there are {total} {key}" if total > 3 else None


COUNTING = rule(total=Total(amounts, judge))


def test_the_resource_that_goes_over_a_total_is_told_so() -> None:
    judging = pack(COUNTING)
    assert messages(judging, resource("one", nodes=2), resource("two", nodes=1), resource("three", nodes=1)) == [
        "with this resource there are 4 nodes; the largest parts: one 2, three 1, two 1"
    ]


def test_a_resource_that_adds_nothing_is_not_blamed() -> None:
    judging = pack(COUNTING)
    assert messages(judging, resource("one", nodes=5), resource("two", nodes=0)) == [
        "with this resource there are 5 nodes; the largest parts: one 5"
    ]


def test_a_resource_that_shrinks_gives_back_what_it_took() -> None:
    judging = pack(COUNTING)
    assert len(messages(judging, resource("one", nodes=5))) == 1
    assert messages(judging, resource("one", nodes=1), resource("two", nodes=2)) == []


def test_a_total_over_the_stack_names_its_largest_parts() -> None:
    stack = [resource(name, nodes=count) for name, count in (("g", 1), ("a", 1), ("b", 7), ("e", 2), ("d", 3), ("c", 2), ("f", 0))]
    (verdict,) = pack(COUNTING).analyze_stack(stack)
    assert verdict.message == "together there are 16 nodes; the largest parts: b 7, d 3, c 2, e 2, a 1"


def test_what_cannot_be_counted_is_reported_at_its_resource_and_the_rest_is_counted() -> None:
    found = pack(COUNTING).analyze_stack([resource("a"), resource("b", nodes=9)])
    assert [(verdict.urn, verdict.message) for verdict in found] == [
        ("urn:a", "unreadable"),
        ("", "together there are 9 nodes; the largest parts: b 9"),
    ]


def test_totals_are_right_when_the_engine_asks_from_many_threads() -> None:
    ledger = Ledger()
    with ThreadPoolExecutor(max_workers=8) as threads:
        for _ in threads.map(lambda number: ledger.enter(f"urn:{number % 50}", "it", {"x": Decimal(1)}), range(4000)):
            pass
    assert ledger.enter("urn:last", "it", {"x": Decimal(1)}) == {"x": Decimal(51)}


def test_rules_see_the_inputs_that_were_asked_for_and_the_dependencies_that_came_of_them() -> None:
    seen: list[Resource] = []

    def look(stack: Stack, _: Config) -> Iterator[Violation]:
        seen.extend(stack.resources)
        yield from ()

    judging = pack(rule(check_stack=look))
    judging.analyze(resource("one", asked=1))
    judging.analyze_stack([replace(resource("one", returned=2), dependencies={"asked": ("urn:two",)}), resource("two", returned=3)])
    assert [dict(item.inputs) for item in seen] == [{"asked": 1}, {"returned": 3}]
    assert seen[0].dependencies == {"asked": ("urn:two",)}
