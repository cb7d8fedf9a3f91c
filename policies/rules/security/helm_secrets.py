"""Secrets do not travel in chart values, where the release and Pulumi's state keep them for everybody to read."""

import re
from collections.abc import Iterator

from policies import charts
from policies.accessor import LIST, MAPPING, TEXT, Path, unknown, written
from policies.rule import Accepted, Config, Rule, Violation
from policies.standards import cis_oke, nsa
from policies.subject import Resource

PASSWORD = ("repositoryOpts", "password")

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SECRET = re.compile(
    r"(^|_)(password|passwd|passphrase|secret|token|api_key|apikey|private_key|access_key|secret_key|client_secret|credentials?)$"
)
_OBJECT = re.compile(r"[a-z][a-z0-9-]{0,62}")
"""Name of a Kubernetes object: what keys such as `githubConfigSecret` hold when they refer to a Secret."""
TOKENS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bhf_[A-Za-z0-9]{20,}|\bAKIA[0-9A-Z]{16}\b"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.|\bnvapi-[A-Za-z0-9_-]{20,}"
)


def check(chart: Resource, _: Config) -> Iterator[Violation]:
    if chart.read.present(LIST, "valueYamlFiles"):
        yield Violation("valueYamlFiles cannot be read here, so a secret in them would not be seen: put the values into values")
    if chart.read.known(TEXT, *PASSWORD) and not chart.read.secret(PASSWORD):
        yield Violation(f"{written(PASSWORD)} is in plain text: mark it as a secret, or pull from a registry that needs none")
    if chart.read.known(MAPPING, "values") is None:
        return
    for path, value in chart.read.section("values").walk():
        if chart.read.secret(path) or unknown(value) or isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        text = str(value)
        if TOKENS.search(text):
            yield Violation(f"{written(path)} holds a token or a private key: put it into a Secret, and name that in the values")
        elif text and _holds_secret(path, text):
            yield Violation(f"{written(path)} looks like a secret in plain text: put it into a Secret, and name that in the values")


def _holds_secret(path: Path, text: str) -> bool:
    """Whether the key means a secret itself. `githubConfigSecret: arc-app` refers to one; `clientSecret` never does."""
    last = next((step for step in reversed(path) if isinstance(step, str)), "")
    key = _HUMPS.sub("_", last).lower().replace("-", "_")
    if not _SECRET.search(key):
        return False
    refers = key.startswith("existing_") or (key.endswith("secret") and not key.endswith("client_secret"))
    return not (refers and _OBJECT.fullmatch(text))


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
