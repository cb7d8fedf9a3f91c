"""Nothing is made with whatever credentials happen to be around."""

from collections.abc import Iterator

from policies.rule import Config, Rule, Violation
from policies.standards import NONE
from policies.subject import Resource


def check(resource: Resource, _: Config) -> Iterator[Violation]:
    if resource.provider is not None and (resource.provider == "default" or resource.provider.startswith("default_")):
        package = resource.type.partition(":")[0]
        yield Violation(f"is made with the default provider of {package}, so by whatever the environment points at: pass a provider")


RULE = Rule(
    name="explicit-provider",
    title="Every resource names its provider",
    topic="security",
    severity="high",
    applies=("oci:*", "kubernetes:*"),
    why="A default provider takes the kubeconfig or the profile that is set just then. That is how a change lands in the wrong cluster.",
    fix="Pass `provider`, or make the resource a child of a component that has it.",
    standards=NONE,
    check=check,
)
