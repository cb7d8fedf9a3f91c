"""Nothing passes for being unreadable: every input that a rule reads is made unknown, taken away, and given every other type."""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from policies.accessor import UNKNOWN, Path, Read, Trouble, written
from policies.configuration import judged
from policies.pack import Judged, Pack, Verdict
from policies.registry import RULES
from policies.rule import Accepted, Rule
from policies.subject import Resource, Stack
from tools import policy_cases

OTHERS: tuple[Any, ...] = (True, -1, 2.5, float("nan"), "three", ["three"], {"three": 3})
NO_NUMBERS: tuple[Any, ...] = (True, -1, float("nan"), "three", ["three"])
REMOVED = object()

CONFIGURATION = policy_cases.configuration()
BY_RULE = {item.rule.name: item for item in judged(CONFIGURATION, policy_cases.TODAY)}


def resources(reads: dict[str, list[Read]] | None = None) -> list[Resource]:
    """The compliant stack; what is read of each resource is added to `reads`."""
    made = [policy_cases.resource(entry) for entry in policy_cases.entries()]
    return made if reads is None else [replace(item, reads=reads.setdefault(item.urn, [])) for item in made]


def judge(item: Judged, stack: Sequence[Resource]) -> list[Verdict]:
    pack = Pack([item], (), policy_cases.TODAY)
    return [*(verdict for resource in stack for verdict in pack.analyze(resource)), *pack.analyze_stack(stack)]


def reads_of(rule: Rule) -> Iterator[tuple[Resource, Path, list[Read]]]:
    """Every input that the rule reads of the compliant stack, with the ways in which it does."""
    found: dict[str, list[Read]] = {}
    stack = resources(found)
    assert judge(BY_RULE[rule.name], stack) == []
    by_urn = {item.urn: item for item in stack}
    for urn, reads in found.items():
        by_path: dict[Path, list[Read]] = {}
        for read in reads:
            by_path.setdefault(read.path, []).append(read)
        yield from ((by_urn[urn], path, ways) for path, ways in by_path.items())


def changed(resource: Resource, path: Path, value: Any) -> Resource:
    inputs: Any = copy.deepcopy(dict(resource.inputs))
    inner = inputs
    for step in path[:-1]:
        inner = inner.setdefault(step, {}) if isinstance(inner, dict) else inner[step]
    if value is REMOVED:
        inner.pop(path[-1], None)
    else:
        inner[path[-1]] = value
    return replace(resource, inputs=inputs)


def mutations(path: Path, ways: Sequence[Read]) -> Iterator[tuple[Trouble, Any]]:
    yield "unknown", UNKNOWN
    if not isinstance(path[-1], int):  # A list without one of its elements is another list, and as good
        yield "missing", REMOVED
    for value in OTHERS:
        if any(way.kind.read(value) is None for way in ways):
            yield "wrong type", value


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.topic != "pack"], ids=lambda rule: rule.name)
def test_an_input_that_cannot_be_read_never_passes(rule: Rule) -> None:
    passed, crashed, tried = [], [], 0
    let_through: set[Accepted] = set()
    for resource, path, ways in reads_of(rule):
        for trouble, value in mutations(path, ways):
            mutant = changed(resource, path, value)
            if mutant.inputs == resource.inputs:
                continue  # It was not there, or not known, in the first place
            tried += 1
            stack = [mutant if item.urn == mutant.urn else item for item in resources()]
            found = judge(BY_RULE[rule.name], stack)
            accepted = {entry for entry in rule.accepts if entry.covers(written(path), trouble)}
            said = f"{resource.name}: {written(path)} {trouble}: {value!r}"
            if any("the rule itself failed" in verdict.message for verdict in found):
                crashed.append(said)
            elif not found:
                let_through |= accepted
                passed += [] if accepted else [said]
    assert crashed == []
    assert passed == []
    assert let_through == set(rule.accepts), "what is declared to pass does"
    if rule.name in WITHOUT_INPUTS:
        assert tried == 0
    else:
        assert tried > 0


WITHOUT_INPUTS = frozenset({"priced", "price-book-age", "production-protected", "explicit-provider", "replacement-order"})
"""Rules that read options, the provider or the clock; what `priced` reads is tested with the cost below."""


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from leaves(item, (*path, key))


def test_nothing_becomes_cheaper_for_being_unreadable() -> None:
    """Prices are read by the price list itself: whatever happens to an input, the sum is refused or no smaller."""
    cost = BY_RULE["stack-cost"]
    assert cost.rule.total is not None
    priced = BY_RULE["priced"]
    cheaper = []
    for resource in resources():
        if not resource.type.startswith("oci:"):
            continue
        before = sum(cost.rule.total.amounts(resource, cost.config).values())
        for path in leaves(dict(resource.inputs)):
            for value in (UNKNOWN, *NO_NUMBERS):
                mutant = changed(resource, path, value)
                verdicts = [*judge(priced, [mutant]), *judge(cost, [mutant])]
                assert not any("the rule itself failed" in verdict.message for verdict in verdicts), (resource.name, path, value, verdicts)
                if not verdicts and sum(cost.rule.total.amounts(mutant, cost.config).values()) < before:
                    cheaper.append(f"{resource.name}: {written(path)} = {value!r}")
    assert cheaper == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_resource_without_any_input_crashes_no_rule(rule: Rule) -> None:
    bare = [replace(resource, inputs={}) for resource in resources()]
    assert [verdict for verdict in judge(BY_RULE[rule.name], bare) if "itself failed" in verdict.message] == []


def test_the_stack_of_nothing_crashes_no_rule() -> None:
    for item in BY_RULE.values():
        if item.rule.check_stack is not None:
            list(item.rule.check_stack(Stack(()), item.config))
