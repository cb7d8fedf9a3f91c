"""IAM statements as data: built from checked parts, so that no name or identifier can change what is granted.

Grammar: Oracle, "Policy Syntax" and "Conditions", 2026-08. Oracle has two forms of access, a verb on a resource type, and single
permissions in braces; a condition that is absent lets more in, so `broad` says what a statement leaves open.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from infra.problems import PlanError, Problem
from infra.tenancy import is_tenancy

Verb = Literal["inspect", "read", "use", "manage"]

_OCID = re.compile(r"ocid1\.([a-z0-9]+)\.[a-z0-9-]*\.[a-z0-9-]*\.[A-Za-z0-9._-]+")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_RESOURCE = re.compile(r"[a-z][a-z0-9-]*")
_PERMISSION = re.compile(r"[A-Z][A-Z0-9_]*")
_VARIABLE = re.compile(r"(request|target)(\.[a-z][a-z_-]*)+")
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:@-]{0,254}")
_DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_DNS_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_VERBS = ("inspect", "read", "use", "manage")


class StatementError(PlanError):
    """A statement cannot be written from the parts it was given."""


def ocid(value: str, *kinds: str, path: str) -> str:
    """`value`, when it is an Oracle Cloud Identifier of one of `kinds`. Raises StatementError."""
    match = _OCID.fullmatch(value)
    if match is None or (kinds and match[1] not in kinds):
        wanted = f"OCID of a {' or '.join(kinds)} (ocid1.{kinds[0]}...)" if kinds else "OCID (ocid1.<type>...)"
        raise StatementError([Problem(path, f"{value!r} is not the {wanted}")])
    return value


def _checked(value: str, pattern: re.Pattern[str], path: str, allowed: str) -> str:
    if not pattern.fullmatch(value):
        raise StatementError([Problem(path, f"{value!r} is not allowed; allowed: {allowed}")])
    return value


@dataclass(frozen=True)
class Subject:
    """Who is allowed. Make one with `ANY_USER`, `group`, `dynamic_group` or `service`."""

    text: str

    @property
    def anyone(self) -> bool:
        return self.text in ("any-user", "any-group")


ANY_USER = Subject("any-user")
"""Every principal of the tenancy: conditions must say which."""


def dynamic_group(name: str) -> Subject:
    """A dynamic group by OCID, by name, or by `Domain/name`."""
    if name.startswith("ocid1."):
        return Subject(f"dynamic-group id {ocid(name, 'dynamicgroup', path='dynamicGroup')}")
    parts = name.split("/")
    allowed = "an OCID, a name, or Domain/name, of letters, digits, dash, dot and underscore"
    if len(parts) > 2:
        raise StatementError([Problem("dynamicGroup", f"{name!r} is not allowed; allowed: {allowed}")])
    return Subject("dynamic-group " + "/".join(f"'{_checked(part, _NAME, 'dynamicGroup', allowed)}'" for part in parts))


def group(ocid_: str) -> Subject:
    """A group of people, by OCID: its name could be another's tomorrow."""
    return Subject(f"group id {ocid(ocid_, 'group', path='group')}")


def service(name: str) -> Subject:
    """An Oracle service acting for itself: `blockstorage`, `lustrefs`."""
    return Subject(f"service {_checked(name, _RESOURCE, 'service', 'lower-case letters, digits and dash')}")


@dataclass(frozen=True)
class Condition:
    """`variable` must equal `value`, or lie before it; patterns are not written, so a value can never widen into a wildcard."""

    variable: str
    value: str
    operator: Literal["=", "before"] = "="
    """`before` is for request.utc-timestamp. Oracle, "Restricting Access to Resources Based on Time Frame", 2026-08."""

    def __post_init__(self) -> None:
        _checked(self.variable, _VARIABLE, "where", "a variable such as target.bucket.name")
        _checked(self.value, _VALUE, f"where.{self.variable}", "letters, digits and . _ / : @ -, at most 255, a letter or digit first")

    def __str__(self) -> str:
        return f"{self.variable} {self.operator} '{self.value}'"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One grant. Either `verb` and `resource`, or single `permissions`. `location` is the OCID of a compartment, or of the tenancy."""

    subject: Subject
    verb: Verb | None = None
    resource: str | None = None
    permissions: tuple[str, ...] = ()
    location: str
    conditions: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        if (self.verb is None, self.resource is None) != (bool(self.permissions),) * 2:
            raise StatementError([Problem("statement", "needs a verb and a resource, or permissions instead of both")])
        if self.verb is not None:
            _checked(self.verb, re.compile("|".join(_VERBS)), "verb", ", ".join(_VERBS))
        if self.resource is not None:
            _checked(self.resource, _RESOURCE, "resource", "a resource type such as network-security-groups")
        for permission in self.permissions:
            _checked(permission, _PERMISSION, "permissions", "permissions such as VCN_ATTACH")
        ocid(self.location, "compartment", "tenancy", path="compartmentId")

    @property
    def in_tenancy(self) -> bool:
        return is_tenancy(self.location)

    def value(self, variable: str) -> str | None:
        """What `variable` must equal, None where nothing is said of it."""
        return next((condition.value for condition in self.conditions if condition.variable == variable), None)

    def __str__(self) -> str:
        access = f"{{{', '.join(self.permissions)}}}" if self.permissions else f"{self.verb} {self.resource}"
        place = "tenancy" if self.in_tenancy else f"compartment id {self.location}"
        where = f" where ALL {{{', '.join(map(str, self.conditions))}}}" if self.conditions else ""
        return f"Allow {self.subject.text} to {access} in {place}{where}"


FAMILIES = frozenset({"all-resources", "cluster-family", "virtual-network-family", "vaults", "keys", "secret-family", "compartments",
                      "policies", "dynamic-groups", "groups", "users", "domains", "quotas", "usage-budgets", "tag-namespaces"})  # fmt: skip
"""What nobody in the cluster may manage: it is the platform itself, or the way to more rights."""


TENANCY_ONLY = frozenset({"LOG_ANALYTICS_DISCOVERY_UPLOAD"})
"""Permissions to add, not to read or change, that Oracle grants in no compartment."""


def broad(statement: Statement) -> str | None:
    """Why a statement grants more than one purpose in one compartment needs, None when it does not."""
    if statement.resource == "all-resources":
        return "grants all resources"
    if statement.in_tenancy and not (statement.permissions and TENANCY_ONLY.issuperset(statement.permissions)):
        return "reaches the whole tenancy"
    if statement.verb == "manage" and statement.resource in FAMILIES:
        return f"manages {statement.resource}"
    return _open_door(statement) if statement.subject.anyone else None


def _open_door(statement: Statement) -> str | None:
    kind = statement.value("request.principal.type")
    if kind is None:
        return "lets any principal in: request.principal.type is not said"
    if kind == "workload":
        for part in ("cluster_id", "namespace", "service_account"):
            if statement.value(f"request.principal.{part}") is None:
                return f"lets workloads of any {part.replace('_id', '').replace('_', ' ')} in"
        return None
    if statement.value("request.principal.id") is None and statement.value("request.principal.compartment.id") is None:
        return f"lets every {kind} of the tenancy in"
    return None


def workload_statement(
    namespace: str,
    service_account: str,
    cluster_id: str,
    verb: Verb | tuple[str, ...],
    resource: str | None = None,
    *,
    location: str,
    where: Iterable[Condition] = (),
) -> Statement:
    """A grant to the pods of one service account in one namespace of one cluster (OKE workload identity; enhanced clusters).

    `verb` is a verb on `resource`, or single permissions.
    """
    _checked(namespace, _DNS_LABEL, "namespace", "a Kubernetes namespace: lower-case letters, digits and dash")
    _checked(service_account, _DNS_NAME, "serviceAccount", "a Kubernetes service account: lower-case letters, digits, dash and dot")
    principal = (
        Condition("request.principal.type", "workload"),
        Condition("request.principal.namespace", namespace),
        Condition("request.principal.service_account", service_account),
        Condition("request.principal.cluster_id", ocid(cluster_id, "cluster", path="clusterId")),
    )
    conditions = (*principal, *where)
    if isinstance(verb, tuple):
        return Statement(subject=ANY_USER, permissions=verb, location=location, conditions=conditions)
    return Statement(subject=ANY_USER, verb=verb, resource=resource, location=location, conditions=conditions)


def bucket(
    namespace: str, service_account: str, cluster_id: str, name: str, *, location: str, write: bool = False
) -> tuple[Statement, ...]:
    """Objects of one bucket, for the pods of one service account: to read, or to read, write and delete."""
    objects: tuple[str, ...] = ("OBJECT_INSPECT", "OBJECT_READ")
    if write:
        objects += ("OBJECT_CREATE", "OBJECT_OVERWRITE", "OBJECT_DELETE")
    where = [Condition("target.bucket.name", name)]
    return tuple(
        workload_statement(namespace, service_account, cluster_id, permissions, location=location, where=where)
        for permissions in (("BUCKET_INSPECT", "BUCKET_READ"), objects)
    )
