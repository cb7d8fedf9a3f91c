"""Exceptions end when they said they would."""

from collections.abc import Iterator

from policies.exemptions import expired, problems
from policies.rule import Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import ROOT_STACK, Resource


def check(_: Resource, config: Config) -> Iterator[Violation]:
    for problem in config.get("problems", ()):
        yield Violation(problem)
    exemptions = config.get("exemptions", ())
    for exemption in expired(exemptions, config.today):
        yield Violation(
            f"the exception from {exemption.rule} for {exemption.resource} ended on {exemption.expires}: renew it in a review, or remove it"
        )
    rules, own = config.get("rules", frozenset()), config.get("own", frozenset())
    critical = config.get("critical", frozenset())
    yield from map(Violation, problems(exemptions, rules, config.today, config.integer("days"), own, critical))


RULE = Rule(
    name="policy-exceptions",
    title="Exceptions are complete, and have not expired",
    topic="pack",
    severity="high",
    applies=(ROOT_STACK,),
    why="An exception without an end is a hole. One that has ended and stays in the file is one that nobody looks at.",
    fix="Renew or remove the entry in `policies/exceptions.yaml`.",
    standards=NONE,
    settings=(
        Setting(
            name="days",
            kind="integer",
            meaning="Most days from now that an exception may be meant for.",
            stricter="lower",
            default=180,
        ),
    ),
    check=check,
)
