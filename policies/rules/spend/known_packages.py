"""Nothing is made by a provider that the rules know nothing of."""

from collections.abc import Iterator

from policies.rule import Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import Resource

PROVIDERS = "pulumi:providers:"


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    package = package_of(resource)
    if package is not None and package not in config.texts("packages"):
        said = f"is of package {package}, of which no rule knows what it costs or opens"
        yield Violation(f"{said}; allowed: {', '.join(config.texts('packages'))}")


def package_of(resource: Resource) -> str | None:
    """Package of what a provider makes, and of the provider itself; None for a component, whose children are judged."""
    if resource.type.startswith(PROVIDERS):
        return resource.type.removeprefix(PROVIDERS)
    return None if resource.provider is None else resource.type.partition(":")[0]


RULE = Rule(
    name="known-packages",
    title="Resources come from packages that the rules can judge",
    topic="spend",
    severity="critical",
    applies=("*",),
    why="A command, a dynamic provider or another cloud's package can make GPUs in a way that no rule reads, and its price is nobody's.",
    fix="Use the `oci` and `kubernetes` packages, or write rules and prices for the new one first.",
    standards=NONE,
    settings=(
        Setting(
            name="packages",
            kind="texts",
            meaning="Packages that the rules know.",
            stricter="fewer",
            default=("kubernetes", "oci", "pulumi", "random"),
        ),
    ),
    check=check,
)
