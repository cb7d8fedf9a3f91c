"""Somebody hears of it when money is spent faster than planned."""

from collections.abc import Iterator

from infra.tenancy import is_tenancy
from policies.accessor import LIST, NUMBER, TEXT
from policies.node_pools import NODE_POOL
from policies.rule import Accepted, Config, Rule, Setting, Violation, presence
from policies.standards import NONE
from policies.subject import Stack

BUDGET, ALERT = "oci:Budget/budget:Budget", "oci:Budget/rule:Rule"
KINDS = ("ACTUAL", "FORECAST")


def check_stack(stack: Stack, config: Config) -> Iterator[Violation]:
    if not config.flag("required"):
        return
    budgets, allowed = tuple(stack.of(BUDGET)), config.number("monthlyUsd")
    if not budgets:
        yield Violation("there is no budget: set spend.monthlyUsd and guardrails.recipients, and keep guardrails in layers")
    for budget in budgets:
        amount = budget.read.require(NUMBER, "amount")
        if amount > allowed:
            yield Violation(f"amount is {amount:,.0f}, more than the limit of {allowed:,.0f}: make both from spend.monthlyUsd", budget.urn)
        if not budget.read.present(LIST, "targets"):
            yield Violation("targets is missing, so nothing is watched: name the compartment", budget.urn)
        watched = budget.read.known_texts("targets")
        for pool in stack.of(NODE_POOL) if watched else ():
            place = pool.read.known(TEXT, "compartmentId")
            if place and place not in watched and not any(map(is_tenancy, watched)):
                yield Violation(f"targets does not name {place}, where {pool.name} is: watch the compartment of the pools", budget.urn)
    kinds = set()
    for alert in stack.of(ALERT):
        kind, most = alert.read.require(TEXT, "type"), 100 if alert.read.require(TEXT, "thresholdType") == "PERCENTAGE" else allowed
        if alert.read.require(NUMBER, "threshold") <= most:
            kinds.add(kind)
        if not alert.read.present(TEXT, "recipients"):
            yield Violation("recipients is missing, so nobody hears of it: name a mail address", alert.urn)
    for kind in KINDS if budgets else ():
        if kind not in kinds:
            spent = "what was spent" if kind == "ACTUAL" else "what the month will come to"
            yield Violation(f"no alert is of type {kind} at 100 % or less: nobody hears in time of {spent}")


RULE = Rule(
    name="budget",
    title="A budget watches the compartment, and somebody hears of it",
    topic="spend",
    severity="high",
    applies=(BUDGET, ALERT, NODE_POOL),
    why="The policies see what is declared. A budget sees what is spent, whoever spent it, some hours later.",
    fix="Keep the `guardrails` layer in the stack, or in a stack of its own.",
    standards=NONE,
    settings=(
        Setting(
            name="required",
            kind="flag",
            meaning="This stack owns the budget. False where another one does.",
            stricter="true",
            default=True,
            given=lambda declared: declared.guardrails,
        ),
        Setting(
            name="monthlyUsd",
            kind="number",
            meaning="Largest amount of the budget.",
            stricter="lower",
            default=0,
            given=lambda declared: declared.monthly_usd,
        ),
    ),
    accepts=(
        Accepted(path="targets*", trouble=("unknown",), because="a target that is made here is known once it is"),
        Accepted(path="compartmentId", trouble=("missing", "unknown"), because="a compartment that is made here is known once it is"),
        presence("recipients"),
    ),
    check_stack=check_stack,
)
