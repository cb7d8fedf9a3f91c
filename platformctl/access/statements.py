"""What Oracle's IAM lets whom do, from the policies and dynamic groups of a plan. OKE lets a request pass by IAM *or* by RBAC."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from infra.pricing.resources import UNKNOWN
from policies.iam.statement import ANYONE, UnreadableStatement, parse
from policies.iam.statement import Statement as Parsed
from policies.rules.security.dynamic_groups import GROUP
from policies.rules.security.dynamic_groups import too_wide as too_many
from policies.rules.security.iam_statements import POLICY, too_wide

TYPES = (POLICY, GROUP)
_CONDITIONS = re.compile(r"\bwhere\b.*", re.IGNORECASE)
ADMINISTRATORS = frozenset({"all-resources", "cluster-family", "clusters"})
"""Whoever manages these is an administrator of the cluster. Oracle, "Access Control and Kubernetes Engine", 2026-08."""


@dataclass(frozen=True, kw_only=True, order=True)
class Grant:
    text: str
    """The statement, or the matching rule of a dynamic group."""
    who: str
    access: str
    where: str
    why: str = ""
    """Why it is dangerous; empty where it is not."""
    deny: bool = False
    """It takes rights away."""


@dataclass(frozen=True, kw_only=True)
class Grants:
    grants: frozenset[Grant] = frozenset()
    unknown: frozenset[str] = frozenset()
    """Names of the policies and dynamic groups that only the update knows."""


def grants(resources: Iterable[tuple[str, str, Mapping[str, Any]]], names: Mapping[str, str]) -> Grants:
    """From the type, the name and the inputs of each resource. `names` are shown in the place of OCIDs."""
    found: set[Grant] = set()
    unknown: set[str] = set()
    for type_, name, inputs in resources:
        texts = inputs.get("statements" if type_ == POLICY else "matchingRule") or ()
        if isinstance(texts, str) and (type_ == POLICY or texts == UNKNOWN):
            unknown.add(name)
        elif type_ == POLICY:
            unknown.update(name for text in texts if text == UNKNOWN)
            found.update(_granted(text) for text in texts if text != UNKNOWN)
        elif texts:
            found.update(_members(inputs, str(texts)))
    return Grants(grants=frozenset(_named(each, names) for each in found), unknown=frozenset(unknown))


def _named(grant: Grant, names: Mapping[str, str]) -> Grant:
    for ocid, name in names.items():
        if ocid in grant.text:
            text, who, where = (value.replace(ocid, f"<{name}>") for value in (grant.text, grant.who, grant.where))
            grant = replace(grant, text=text, who=who, where=where)
    return grant


def _granted(given: str) -> Grant:
    text = " ".join(given.split())
    try:
        statement = parse(text)
    except UnreadableStatement as unreadable:
        return Grant(text=text, who="somebody", access="what nobody can read", where="", why=str(unreadable))
    where = "the tenancy" if statement.compartment is None else f"compartment {statement.compartment}"
    conditions = _CONDITIONS.search(text)
    where += f" {conditions[0]}" if conditions else ""
    deny = statement.effect == "deny"
    return Grant(
        text=text, who=_who(statement), access=statement.access, where=where, why="" if deny else _danger(text, statement), deny=deny
    )


def _who(statement: Parsed) -> str:
    kind = statement.facts.get("request.principal.type")
    if statement.subject in ANYONE and kind is not None:
        account = (statement.facts.get(f"request.principal.{key}") for key in ("namespace", "service_account"))
        return f"{kind} {'/'.join(part or '*' for part in account)}" if kind == "workload" else f"any {kind}"
    return f"{statement.subject} {', '.join(statement.names)}".strip()


def _danger(text: str, statement: Parsed) -> str:
    if statement.verb == "manage" and statement.resource in ADMINISTRATORS:
        return "is an administrator of the cluster, whatever its roles say"
    return (too_wide(text) or "").partition("; narrow it, ")[0]


def _members(inputs: Mapping[str, Any], rule: str) -> Iterator[Grant]:
    """Who is in a dynamic group: a wider rule gives its rights to more."""
    text = " ".join(rule.split())
    yield Grant(
        text=text, who=f"whoever is {text}", access=f"be of dynamic group {inputs.get('name', '')}", where="", why=too_many(text) or ""
    )
