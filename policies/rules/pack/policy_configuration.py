"""The pack's own configuration says what its author meant."""

from collections.abc import Iterator

from policies.rule import Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import ROOT_STACK, Resource


def check(_: Resource, config: Config) -> Iterator[Violation]:
    for problem in config.get("problems", ()):
        yield Violation(problem)


RULE = Rule(
    name="policy-configuration",
    title="The policies are configured as they can be",
    topic="pack",
    severity="critical",
    applies=(ROOT_STACK,),
    why="Pulumi ignores a policy or a setting that is misspelt, and lets a rule be switched off. A limit that nobody reads is none.",
    fix="Correct the configuration, and check it with `python -m policies.lint`. To let one resource pass, write an exception.",
    standards=NONE,
    settings=(
        Setting(
            name="environment",
            kind="text",
            meaning="What the stack is for. It decides which rules are mandatory.",
            stricter="same",
            default="prod",
            choices=("dev", "staging", "prod"),
            given=lambda declared: declared.environment,
        ),
    ),
    check=check,
)
