"""Nothing passes for being unreadable: every input that a rule reads is made unknown, taken away, and given every other type.

Which inputs a rule reads is what it asked the accessor for: no list is kept by hand.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest

from infra.pricing.resources import UNKNOWN
from policies.accessor import Path, Read, Trouble, written
from policies.configuration import judged
from policies.pack import Judged, Pack, Verdict
from policies.registry import RULES
from policies.rule import Accepted, Rule
from policies.subject import Resource, Stack
from testkit import policy_cases

pytestmark = pytest.mark.slow

OTHERS: tuple[Any, ...] = (
    True, 0, -1, 2.5, 1e308, float("nan"), float("inf"), float("-inf"), "", "three", "9" * 400,
    [], ["three"], [UNKNOWN], [None], {}, {"three": 3}, {"three": UNKNOWN},
)  # fmt: skip
"""Of each type, plain and odd. Tried where an input is of another kind."""
NO_NUMBERS: tuple[Any, ...] = (
    True, -1, float("nan"), float("inf"), float("-inf"), "three", "-1", "NaN", "Infinity", ["three"], {"three": 3},
)  # fmt: skip
REMOVED = object()

CONFIGURATION = policy_cases.configuration()
BY_RULE = {item.rule.name: item for item in judged(CONFIGURATION, policy_cases.TODAY)}


def resources(reads: dict[str, list[Read]] | None = None) -> list[Resource]:
    """The compliant stack; what is read of each resource is added to `reads`."""
    made = [policy_cases.resource(entry) for entry in policy_cases.entries()]
    return made if reads is None else [replace(item, reads=reads.setdefault(item.urn, [])) for item in made]


def judge(item: Judged | Sequence[Judged], stack: Sequence[Resource]) -> list[Verdict]:
    pack = Pack([item] if isinstance(item, Judged) else item, (), policy_cases.TODAY)
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
    elif value is None and isinstance(inner, dict) and path[-1] not in inner:
        pass  # Nothing is what was there
    else:
        inner[path[-1]] = value
    return replace(resource, inputs=inputs)


def mutations(path: Path, ways: Sequence[Read]) -> Iterator[tuple[Trouble, Any]]:
    yield "unknown", UNKNOWN
    if not isinstance(path[-1], int):  # A list without one of its elements is another list, and as good
        yield "missing", REMOVED
        yield "missing", None
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


def paths_of(value: Any, path: Path = ()) -> Iterator[Path]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from paths_of(item, (*path, key))


TOGETHER = {"gpu-outside-pools": ("priced",), "stack-cost": ("priced",)}
"""Rules that leave what they cannot read to another."""


def bad_stacks(rule: Rule) -> Iterator[tuple[str, list[Judged], list[Resource]]]:
    """Every stack of the tests that the rule refuses, with the rule as it is configured there."""
    found = [(case.title, case.configuration, case.resources, case.today) for case in policy_cases.cases() if case.rule is rule]
    bad = [stack for stack in policy_cases.corpus() if rule.name in stack.verdicts]
    found += [(stack.name, stack.configuration, stack.resources, policy_cases.TODAY) for stack in bad]
    for title, configuration, stack, today in found:
        names = {rule.name, *TOGETHER.get(rule.name, ())}
        yield title, [item for item in judged(configuration, today) if item.rule.name in names], list(stack)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.topic != "pack"], ids=lambda rule: rule.name)
def test_a_violation_is_not_hidden_by_making_it_unknown(rule: Rule) -> None:
    """Whatever part of a bad resource is not known: what was refused stays refused, read or unread."""
    hidden, tried = [], 0
    for title, item, stack in bad_stacks(rule):
        verdicts = judge(item, stack)
        assert verdicts, title
        blamed = {verdict.urn for verdict in verdicts}
        for resource in stack:
            if resource.urn not in blamed and not ("" in blamed and rule.applies_to(resource.type)):
                continue
            for path in paths_of(dict(resource.inputs)):
                mutant = changed(resource, path, UNKNOWN)
                if mutant.inputs == resource.inputs:
                    continue
                tried += 1
                found = judge(item, [mutant if other is resource else other for other in stack])
                assert not any("the rule itself failed" in verdict.message for verdict in found), (title, resource.name, path)
                if not found and not any(entry.covers(written(path), "unknown") for entry in rule.accepts):
                    hidden.append(f"{title}: {resource.name}: {written(path)}")
    assert hidden == []
    assert tried > 0 or rule.name in {"price-book-age", "known-packages", "explicit-provider", "replacement", "standing-credentials"}


OPTIONS = {"production-protected", "explicit-provider", "replacement-order", "standing-credentials"}
WITHOUT_INPUTS = frozenset({"known-packages", "priced", "price-book-age", "replacement", *OPTIONS})
"""Rules that read options, settings, the provider or the clock; what `priced` reads is tested with the cost below."""


CHEAPER_WITHOUT = (
    ("pool-*", "nodeSourceDetails.bootVolumeSizeInGbs"), ("pool-*", "nodeSourceDetails"),  # Oracle's images bring 50 GB
    ("cluster", "type"),  # Oracle makes a basic cluster then, which is free
)  # fmt: skip
"""What may be taken away, and the stack costs less then: Oracle's own default is cheaper, and it is what is counted."""


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
        for path in paths_of(dict(resource.inputs)):
            for value in (UNKNOWN, *NO_NUMBERS, *(() if isinstance(path[-1], int) else (REMOVED, None))):
                mutant = changed(resource, path, value)
                verdicts = [*judge(priced, [mutant]), *judge(cost, [mutant])]
                assert not any("the rule itself failed" in verdict.message for verdict in verdicts), (resource.name, path, value, verdicts)
                if not verdicts and sum(cost.rule.total.amounts(mutant, cost.config).values()) < before:
                    emptied = value in (REMOVED, None) or isinstance(value, dict)
                    if emptied and any(fnmatchcase(resource.name, name) and written(path) == at for name, at in CHEAPER_WITHOUT):
                        continue
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
