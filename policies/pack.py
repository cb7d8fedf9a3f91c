"""Runs the rules: which apply, at which level, with which settings, and what a resource adds to the stack's totals."""

import heapq
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from policies.accessor import Refused
from policies.exemptions import Exemption, exempting
from policies.objects import objects
from policies.rule import Config, Level, Rule, Violation
from policies.subject import Resource, Stack
from policies.sums import growing, whole


@dataclass(frozen=True, kw_only=True)
class Verdict:
    rule: Rule
    level: Level
    message: str
    urn: str
    """The resource that is blamed; empty for the stack as a whole."""
    exemption: Exemption | None = None
    """What makes a violation that would be mandatory an advisory one."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """How a rule is to be judged: what configuration makes of it."""

    rule: Rule
    level: Level
    config: Config


EXCEPTIONS = "policy-exceptions"
"""The rule that reports on exceptions."""
OBJECTS = "known-kinds"
"""The rule that reports on objects that cannot be read."""
LARGEST = 5
"""How many resources are named that make up a total."""


class Pack:
    """One run over one stack. Thread-safe: the engine asks about resources as they are registered, several at once."""

    def __init__(self, judged: Iterable[Judged], exemptions: Sequence[Exemption], today: date) -> None:
        self._judged = tuple(judged)
        self._exemptions, self._today = tuple(exemptions), today
        self._by_type: dict[str, tuple[Judged, ...]] = {}
        self._seen: dict[str, Resource] = {}
        self._used: set[Exemption] = set()
        self._ledgers = {judged.rule.name: Ledger() for judged in self._judged if judged.rule.total}

    def analyze(self, resource: Resource) -> list[Verdict]:
        """What the rules say of a resource that is about to be made or changed."""
        self._seen[resource.urn] = resource
        try:
            items = objects(resource)
        except Refused as refused:
            return [self._unreadable(str(refused), resource), *self._verdicts(resource, resource)]
        return [verdict for item in items for verdict in self._verdicts(item, resource)]

    def _verdicts(self, item: Resource, resource: Resource) -> Iterator[Verdict]:
        """What the rules say of an object in `resource`, or of itself."""
        for judged in self._applying(item.type):
            for violation in _guarded(lambda judged=judged: self._violations(judged, item, resource)):
                yield self._verdict(judged, violation.message, resource.urn, resource)

    def _unreadable(self, message: str, resource: Resource) -> Verdict:
        """What cannot be told apart is judged by no rule, so it is refused by the one on kinds of objects."""
        judged = next((judged for judged in self._judged if judged.rule.name == OBJECTS), self._judged[0])
        return self._verdict(judged, message, resource.urn, resource)

    def analyze_stack(self, resources: Sequence[Resource]) -> list[Verdict]:
        """What the rules say of the stack as a whole. Totals are taken anew, over what there is in the end.

        The engine gives outputs here, with whatever the cloud has added; rules are about what the program asks for, which was seen before.
        """
        stack = Stack([self._as_asked(resource) for resource in resources])
        found = [verdict for judged in self._judged for verdict in self._on_stack(judged, stack)]
        return [*found, *self._idle()]

    def _as_asked(self, resource: Resource) -> Resource:
        seen = self._seen.get(resource.urn)
        return resource if seen is None else replace(resource, inputs=seen.inputs, secrets=seen.secrets)

    def _applying(self, type_: str) -> tuple[Judged, ...]:
        found = self._by_type.get(type_)
        if found is None:
            found = tuple(j for j in self._judged if j.rule.on_resources and j.rule.applies_to(type_))
            self._by_type[type_] = found
        return found

    def _violations(self, judged: Judged, resource: Resource, registered: Resource) -> Iterator[Violation]:
        rule, config = judged.rule, judged.config
        if rule.check is not None:
            yield from rule.check(resource, config)
        if rule.check_seen is not None:
            yield from rule.check_seen(resource, Stack(tuple(self._seen.values())), config)
        if rule.total is not None:
            amounts, ledger = rule.total.amounts(resource, config), self._ledgers[rule.name]
            if self._exempting(rule, registered) is not None:
                amounts = {key: amount for key, amount in amounts.items() if amount}
                ledger.enter(resource.key, resource.name, {})
                yield from (Violation(f"is left out of a sum: {_short(amount)} {key}") for key, amount in amounts.items())
                return
            for key, total in ledger.enter(resource.key, resource.name, amounts).items():
                message = rule.total.judge(key, total, config)
                if message is not None:
                    yield Violation(growing(f"{message}; {ledger.largest(key)}"))

    def _on_stack(self, judged: Judged, stack: Stack) -> Iterator[Verdict]:
        by_urn = {resource.urn: resource for resource in stack.resources} if self._exemptions else {}
        for violation in _guarded(lambda: self._stack_violations(judged, stack)):
            urn = violation.urn or ""
            yield self._verdict(judged, violation.message, urn, by_urn.get(urn))

    def _verdict(self, judged: Judged, message: str, urn: str, resource: Resource | None) -> Verdict:
        exemption = None if resource is None else self._exempting(judged.rule, resource)
        if exemption is None:
            return Verdict(rule=judged.rule, level=judged.level, message=message, urn=urn)
        self._used.add(exemption)
        return Verdict(rule=judged.rule, level="advisory", message=f"{message} ({exemption})", urn=urn, exemption=exemption)

    def _exempting(self, rule: Rule, resource: Resource) -> Exemption | None:
        if rule.topic == "pack" or not self._exemptions:
            return None
        found = exempting(self._exemptions, rule.name, resource.type, resource.name, self._today)
        return None if found is not None and found.is_pattern and rule.severity == "critical" else found

    def _idle(self) -> Iterator[Verdict]:
        """Exceptions that excused nothing: a pattern that matches nothing is mostly a slip of the pen."""
        rules = {judged.rule.name: judged.rule for judged in self._judged}
        for exemption in self._exemptions:
            rule = rules.get(exemption.rule)
            if rule is not None and rule.topic != "pack" and exemption.live(self._today) and exemption not in self._used:
                matches = any(exemption.covers(resource.type, resource.name) for resource in self._seen.values())
                why = "its resource keeps the rule" if matches else "no resource of this stack is called so"
                message = f"the exception from {exemption.rule} for {exemption.resource} excuses nothing, for {why}: correct or remove it"
                yield Verdict(rule=rules[EXCEPTIONS], level="advisory", message=message, urn="")

    def _stack_violations(self, judged: Judged, stack: Stack) -> Iterator[Violation]:
        rule, config = judged.rule, judged.config
        if rule.check_stack is not None:
            yield from rule.check_stack(stack, config)
        if rule.total is not None:
            yield from _totals(rule, [resource for resource in stack.resources if self._exempting(rule, resource) is None], config)


class Ledger:
    """What each resource adds to a total, by URN: a resource that is seen again counts once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entered: dict[str, tuple[str, Mapping[str, Decimal]]] = {}
        self._totals: dict[str, Decimal] = {}
        self._largest: dict[str, dict[str, tuple[Decimal, str]]] = {}
        """Amounts and names of the largest parts by URN. Kept as they come: sorting all at each would take ever longer."""

    def enter(self, urn: str, name: str, amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """The totals of what this resource adds to, itself included."""
        with self._lock:
            _, before = self._entered.pop(urn, ("", {}))
            for key, amount in before.items():
                self._totals[key] -= amount
                self._largest[key].pop(urn, None)
            for key, amount in amounts.items():
                self._totals[key] = self._totals.get(key, Decimal(0)) + amount
                self._largest[key] = _largest({**self._largest.get(key, {}), urn: (amount, name)})
            self._entered[urn] = (name, amounts)
            return {key: self._totals[key] for key, amount in amounts.items() if amount}

    @property
    def totals(self) -> Mapping[str, Decimal]:
        return {key: total for key, total in sorted(self._totals.items()) if total}

    def largest(self, key: str) -> str:
        """`the largest parts: pool-h100 16, pool-a10 4`."""
        with self._lock:
            shown = sorted(self._largest[key].values(), key=_rank)
        return f"the largest parts: {', '.join(f'{name} {_short(amount)}' for amount, name in shown)}"


def _largest(parts: Mapping[str, tuple[Decimal, str]]) -> dict[str, tuple[Decimal, str]]:
    there = [urn for urn, part in parts.items() if all(part)]
    return {urn: parts[urn] for urn in heapq.nsmallest(LARGEST, there, key=lambda urn: _rank(parts[urn]))}


def _rank(part: tuple[Decimal, str]) -> tuple[Decimal, str]:
    return -part[0], part[1]


def _totals(rule: Rule, resources: Iterable[Resource], config: Config) -> Iterator[Violation]:
    assert rule.total is not None  # noqa: S101 - the caller has looked
    ledger = Ledger()
    applies: dict[str, bool] = {}
    for resource in (item for registered in resources for item in _objects(registered)):
        if resource.type not in applies:
            applies[resource.type] = rule.applies_to(resource.type)
        if not applies[resource.type]:
            continue
        try:
            ledger.enter(resource.key, resource.name, rule.total.amounts(resource, config))
        except Refused as refused:
            yield Violation(str(refused), urn=resource.urn)
    for key, total in ledger.totals.items():
        message = rule.total.judge(key, total, config)
        if message is not None:
            yield Violation(whole(f"{message}; {ledger.largest(key)}"))


def _objects(resource: Resource) -> tuple[Resource, ...]:
    """None of what cannot be read: it was refused when it was registered."""
    try:
        return objects(resource)
    except Refused:
        return ()


def _short(amount: Decimal) -> str:
    return f"{amount.normalize():f}" if amount == amount.to_integral() else f"{amount:.2f}"


def _guarded(violations: Any) -> Iterator[Violation]:
    """What a check finds. One that cannot read an input, or that breaks, finds that: neither is ever a pass."""
    try:
        yield from violations()
    except Refused as refused:
        yield Violation(str(refused))
    except Exception as error:  # noqa: BLE001 - a broken rule must refuse, whatever broke it
        yield Violation(f"the rule itself failed ({type(error).__name__}), so nothing can be said for this resource: report it as a defect")
