"""Secrets are marked as such, and tokens stand nowhere in plain text."""

import re
from collections.abc import Iterator

from policies import charts
from policies.accessor import MAPPING, unknown, written
from policies.pods import OBJECTS
from policies.rule import Accepted, Config, Rule, Violation
from policies.rules.security.helm_secrets import TOKENS
from policies.standards import checkov, cis_oke, nsa
from policies.subject import Resource

SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type

_PUBLIC = re.compile(r"(?:user(?:name)?|login|host|url|namespace|\.crt)$", re.IGNORECASE)
"""Keys of what lies beside a secret, and is none."""


def check(resource: Resource, _: Config) -> Iterator[Violation]:
    if resource.type in charts.TYPES:
        return
    if resource.type == SECRET:
        for key in ("data", "stringData"):
            if resource.read.known(MAPPING, key) and not resource.read.secret((key,)):
                yield from _in_plain(resource, key)
    for path, value in resource.read.walk():
        if isinstance(value, str) and TOKENS.search(value) and not resource.read.secret(path):
            yield Violation(f"{written(path)} holds a token or a private key: put it into a Secret, marked as secret, and refer to that")


def _in_plain(resource: Resource, key: str) -> Iterator[Violation]:
    for path, value in resource.read.section(key).walk():
        if not unknown(value) and not resource.read.secret(path) and not _PUBLIC.search(str(path[-1])):
            yield Violation(f"{written(path)} is in plain text in Pulumi's state: mark it as a secret")


RULE = Rule(
    name="plain-secrets",
    title="Secrets are marked as secret",
    topic="security",
    severity="high",
    applies=OBJECTS,
    why="What is not marked as secret stands readable in Pulumi's state, in previews and in logs.",
    fix="`pulumi.Output.secret(...)` on the value, or `pulumi config set --secret`.",
    standards=(cis_oke("4.4.1"), checkov("CKV_K8S_35"), nsa("Network separation and hardening")),
    accepts=(
        Accepted(path="*", trouble=("unknown",), because="what is not known is no plain text; the update that knows it judges it"),
        Accepted(path="data", trouble=("missing",), because="a Secret has one or the other"),
        Accepted(path="stringData", trouble=("missing",), because="a Secret has one or the other"),
    ),
    check=check,
)
