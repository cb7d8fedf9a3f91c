"""Secrets are marked as such, and tokens stand nowhere in plain text."""

import re
from collections.abc import Iterator

from policies import charts
from policies.accessor import MAPPING, TEXT, unknown, written
from policies.plain_text import found
from policies.rule import Accepted, Config, Rule, Violation
from policies.standards import checkov, cis_oke, nsa
from policies.subject import Resource

SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type

TOKEN_OF_ACCOUNT = "kubernetes.io/service-account-token"  # noqa: S105 - a type
ABOUT_FIELDS = ("kubernetes:apiextensions.k8s.io/", "kubernetes:external-secrets.io/", "kubernetes:rbac.authorization.k8s.io/")
"""Objects that name fields and resources, and hold none."""

_CERTIFICATE = re.compile(r"\s*-----BEGIN CERTIFICATE-----(?![\s\S]*PRIVATE KEY)")
_PUBLIC = re.compile(r"(?:user(?:name)?|login|host|url|namespace|\.crt)$", re.IGNORECASE)
"""Keys of what lies beside a secret, and is none."""


def check(resource: Resource, _: Config) -> Iterator[Violation]:
    if resource.type in charts.TYPES:
        return
    if resource.type == SECRET:
        if resource.read.known(TEXT, "type") == TOKEN_OF_ACCOUNT:
            yield Violation("type is a token of a service account, which never ends: let pods have tokens of their own, which do")
        for key in ("data", "stringData"):
            if resource.read.known(MAPPING, key) and not resource.read.secret((*resource.path, key)):
                yield from _in_plain(resource, key)
    by_key = resource.type != SECRET and not resource.type.startswith(ABOUT_FIELDS)
    for path, formed in found(resource.read, by_key=by_key):
        if formed:
            yield Violation(f"{written(path)} holds a token or a private key: put it into a Secret, marked as secret, and refer to that")
        else:
            yield Violation(f"{written(path)} looks like a secret in plain text: put it into a Secret, marked as secret, and refer to that")


def _in_plain(resource: Resource, key: str) -> Iterator[Violation]:
    for path, value in resource.read.section(key).walk():
        if not unknown(value) and not resource.read.secret(path) and not _is_public(str(path[-1]), value):
            yield Violation(f"{written(path)} is in plain text in Pulumi's state: mark it as a secret")


def _is_public(key: str, value: object) -> bool:
    return bool(_PUBLIC.search(key)) or (
        isinstance(value, str) and bool(_CERTIFICATE.match(value) or value.startswith("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0t"))
    )


RULE = Rule(
    name="plain-secrets",
    title="Secrets are marked as secret",
    topic="security",
    severity="high",
    applies=("*",),
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
