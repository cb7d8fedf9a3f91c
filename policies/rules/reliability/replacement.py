"""Whoever lets a cluster, a pool or data go has said so, by name and until a day."""

from collections.abc import Iterator
from datetime import timedelta

from policies.replacements import RULE_NAME, Acknowledgement
from policies.rule import Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import ROOT_STACK, Resource


def check(_: Resource, config: Config) -> Iterator[Violation]:
    most = config.today + timedelta(days=config.integer("days"))
    for acknowledged in map(Acknowledgement.of, config.texts("acknowledged")):
        what = f"acknowledge: the entry for {acknowledged.resource}"
        if not acknowledged.live(config.today):
            yield Violation(f"{what} ended on {acknowledged.expires}: remove it, or renew it where the change is still to come")
        elif acknowledged.expires > most:
            yield Violation(f"{what} holds until {acknowledged.expires}, but at most until {most} is allowed: it is for one update")


RULE = Rule(
    name=RULE_NAME,
    title="Nothing that cannot be had back is replaced or deleted unasked",
    topic="reliability",
    severity="critical",
    applies=(ROOT_STACK,),
    why="A setting that cannot be changed in place replaces what it belongs to, and in a plan that is a line like any other. The engine "
    "does not tell a policy what it will do, so this judges who allowed it; `platformctl diff` and `rehearse` judge what is done.",
    fix="Take the change back, or name the resource under `acknowledge` in the stack file, with a reason and its last day.",
    standards=NONE,
    settings=(
        Setting(
            name="acknowledged",
            kind="texts",
            meaning="Resources that may be replaced or deleted: the last day, and the resource's type and name.",
            stricter="fewer",
            default=(),
            given=lambda declared: declared.acknowledged,
        ),
        Setting(
            name="days",
            kind="integer",
            meaning="Most days from now that an acknowledgement may hold.",
            stricter="lower",
            default=30,
        ),
    ),
    check=check,
)
