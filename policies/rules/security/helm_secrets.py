"""Secrets do not travel in chart values, where the release and Pulumi's state keep them for everybody to read."""

from collections.abc import Iterator

from policies import charts
from policies.accessor import LIST, MAPPING, TEXT, written
from policies.plain_text import found
from policies.rule import Accepted, Config, Rule, Violation
from policies.standards import cis_oke, nsa
from policies.subject import Resource

PASSWORD = ("repositoryOpts", "password")


def check(chart: Resource, _: Config) -> Iterator[Violation]:
    if chart.read.present(LIST, "valueYamlFiles"):
        yield Violation("valueYamlFiles cannot be read here, so a secret in them would not be seen: put the values into values")
    if chart.read.known(TEXT, *PASSWORD) and not chart.read.secret(PASSWORD):
        yield Violation(f"{written(PASSWORD)} is in plain text: mark it as a secret, or pull from a registry that needs none")
    if chart.read.known(MAPPING, "values") is None:
        return
    for path, formed in found(chart.read.section("values")):
        if formed:
            yield Violation(f"{written(path)} holds a token or a private key: put it into a Secret, and name that in the values")
        else:
            yield Violation(f"{written(path)} looks like a secret in plain text: put it into a Secret, and name that in the values")


RULE = Rule(
    name="helm-secrets",
    title="No secrets in chart values",
    topic="security",
    severity="critical",
    applies=charts.TYPES,
    why="Helm keeps the values of a release in the cluster, and Pulumi keeps them in its state: whoever reads either reads the secret.",
    fix="Make a Kubernetes Secret, and give the chart its name (`existingSecret`, `secretName`, ...).",
    standards=(cis_oke("4.4.1"), nsa("Network separation and hardening")),
    accepts=(
        Accepted(path="values*", trouble=("unknown", "missing"), because="what is not there or not known is no plain text"),
        Accepted(path="repositoryOpts*", trouble=("unknown", "missing"), because="what is not there or not known is no plain text"),
    ),
    check=check,
)
