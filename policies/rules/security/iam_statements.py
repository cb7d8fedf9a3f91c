"""Grants are those that the platform is known to need, and what the stack file adds to them."""

from collections.abc import Collection, Iterator

from policies.accessor import LIST
from policies.iam.grants import refusal
from policies.iam.statement import UnreadableStatement, parse
from policies.rule import Accepted, Config, Rule, Setting, Violation
from policies.standards import cis_oci, cis_oke
from policies.subject import Resource

POLICY = "oci:Identity/policy:Policy"

_ADD = "or allow it in policies.statements of the stack file, with a reason"
_NEVER = "all-resources"
"""No stack file can add a grant of this."""


def check(policy: Resource, config: Config) -> Iterator[Violation]:
    if not policy.read.present(LIST, "statements"):
        yield Violation("statements is missing: a policy says what it grants")
    added = {single_spaces(statement) for statement in config.texts("statements")}
    for statement in policy.read.known_texts("statements"):
        wide = too_wide(statement, added)
        if wide:
            yield Violation(f"{single_spaces(statement)!r} {wide}")


def too_wide(text: str, added: Collection[str] = ()) -> str | None:
    """Why a statement is refused, None where it is allowed by a row, or `added` by the stack file."""
    try:
        statement = parse(text)
    except UnreadableStatement as unreadable:
        return f"{unreadable}, so what it grants is unknown: write `Allow group NAME to VERB TYPE in compartment NAME`, nothing else"
    if statement.resource == _NEVER and statement.effect == "allow":
        return "grants all resources: name the ones it is for"
    why = refusal(statement)
    if why is None or single_spaces(text) in added:
        return None
    return f"{why}; narrow it, {_ADD}"


def single_spaces(statement: str) -> str:
    return " ".join(statement.split())


RULE = Rule(
    name="iam-statements",
    title="IAM statements grant what is known to be needed",
    topic="security",
    severity="critical",
    applies=(POLICY,),
    why="Oracle authorises by IAM or by Kubernetes RBAC, whichever says yes: who may manage clusters is cluster administrator, and who may "
    "manage instances has GPUs, whatever the role bindings and the caps say. So each grant is read whole, and held against the rows of "
    "`policies/iam/grants.py`.",
    fix="Name a compartment, single resource types, and conditions that say which principal. What the platform does not need itself goes "
    "into `policies.statements` of the stack file, with a reason.",
    standards=(cis_oci("1.1"), cis_oci("1.2"), cis_oke("5.5.1"), cis_oke("4.1.1")),
    settings=(
        Setting(
            name="statements",
            kind="texts",
            meaning="Statements that are allowed beside the rows, word by word.",
            stricter="fewer",
            default=(),
            given=lambda declared: declared.statements,
        ),
    ),
    accepts=(
        Accepted(
            path="statements*",
            trouble=("unknown",),
            because="a statement that names the cluster is known once the cluster is; the update that makes the policy checks it then",
        ),
    ),
    check=check,
)
