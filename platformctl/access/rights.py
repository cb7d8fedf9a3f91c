"""Rights inside a cluster, from its roles and bindings: Kubernetes' RBAC as a pure function.

Kubernetes, "Using RBAC Authorization", 2026-08. `tests/apiserver/test_rights.py` holds its answers to those of the API server.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from components.access.personas.roles import MAINTAINER_READ, MAINTAINER_WORKLOADS, MEMBER
from components.access.team_namespaces.network import TEAM_LABEL as TEAM
from infra.pricing.resources import UNKNOWN
from platformctl.access import built_in

EVERYTHING = "*"
UNDECIDED = "named by the update"
"""Name of a subject or a role that is not known yet."""
Document = Mapping[str, Any]
Key = TypeVar("Key")


@dataclass(frozen=True, kw_only=True, order=True)
class Subject:
    kind: str
    """`Group`, `User` or `ServiceAccount`."""
    name: str
    namespace: str = ""
    """Of a service account."""

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True, kw_only=True, order=True)
class Right:
    """One verb on one resource, which somebody has."""

    subject: Subject
    namespace: str = ""
    """Empty for all of them, and for what is in none."""
    group: str = ""
    resource: str = ""
    """With its subresource: `pods/log`. Empty where `url` is said."""
    name: str = ""
    """Of the one object that it is for; empty for all."""
    verb: str = ""
    url: str = ""
    """Path of the API server that is no resource."""

    def covers(self, verb: str, group: str, resource: str, *, namespace: str = "", name: str = "") -> bool:
        """Whether the API server would allow it by this right."""
        return (
            not self.url
            and self.namespace in ("", namespace)
            and self.verb in (EVERYTHING, verb)
            and self.group in (EVERYTHING, group)
            and _is_resource(self.resource, resource)
            and self.name in ("", name)
        )


@dataclass(frozen=True, kw_only=True, order=True)
class Unread:
    """A role that somebody has, of which the plan does not say what it grants."""

    subject: Subject
    namespace: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Rights:
    rights: frozenset[Right] = frozenset()
    unread: frozenset[Unread] = frozenset()
    personas: Mapping[Subject, str]
    """What a subject is called by what it is bound to: `maintainers`, `members of vision`."""

    def may(self, subject: Subject, verb: str, group: str, resource: str, *, namespace: str = "", name: str = "") -> bool:
        """Whether somebody who is `subject` and nothing else may."""
        return any(right.covers(verb, group, resource, namespace=namespace, name=name) for right in self._by_subject.get(subject, ()))

    def has(self, right: Right) -> bool:
        """Whether somebody has it already, by itself or as a part of a wider one."""
        if right.url:
            return right in self.rights
        return self.may(right.subject, right.verb, right.group, right.resource, namespace=right.namespace, name=right.name)

    @cached_property
    def _by_subject(self) -> Mapping[Subject, Sequence[Right]]:
        found: dict[Subject, list[Right]] = {}
        for right in self.rights:
            found.setdefault(right.subject, []).append(right)
        return found


def _is_resource(given: str, asked: str) -> bool:
    """`*` is every resource and subresource, `*/scale` one subresource of each."""
    if given in (EVERYTHING, asked):
        return True
    return given.startswith("*/") and "/" in asked and given[2:] == asked.partition("/")[2]


def rights(documents: Iterable[Document]) -> Rights:
    """What the roles and bindings among `documents` grant. Bindings to roles that nobody knows are `unread`."""
    found = list(documents)
    cluster_roles: dict[str, Document] = {
        name: {**role, "metadata": {"labels": role.get("labels", {})}} for name, role in built_in.roles().items()
    }
    cluster_roles |= _merged((_name(each), each) for each in found if each.get("kind") == "ClusterRole")
    roles = _merged(((_namespace(each), _name(each)), each) for each in found if each.get("kind") == "Role")
    teams = {_name(each): _labels(each)[TEAM] for each in found if each.get("kind") == "Namespace" and TEAM in _labels(each)}
    granted: set[Right] = set()
    unread: set[Unread] = set()
    personas: dict[Subject, dict[str, None]] = {}
    rules_of: dict[str, Sequence[Document] | None] = {}
    for binding in found:
        if binding.get("kind") not in ("ClusterRoleBinding", "RoleBinding"):
            continue
        namespace = _namespace(binding) if binding["kind"] == "RoleBinding" else ""
        if namespace == UNKNOWN:
            namespace = ""  # it may be any
        reference = _mapping(binding.get("roleRef"))
        name = _decided(reference.get("name", UNDECIDED))
        if reference.get("kind") == "Role":
            role = roles.get((namespace, name))
            rules = None if role is None else _own_rules(role)
        else:
            if name not in rules_of:
                rules_of[name] = _rules(cluster_roles[name], cluster_roles, frozenset({name})) if name in cluster_roles else None
            rules = rules_of[name]
        for subject in _subjects(binding, namespace):
            called = _persona(binding, name, subject, teams.get(namespace, namespace))
            if called:
                personas.setdefault(subject, {})[called] = None
            if rules is None:
                unread.add(Unread(subject=subject, namespace=namespace, role=name))
            else:
                granted.update(_granted(subject, namespace, rules))
    return Rights(
        rights=frozenset(granted),
        unread=frozenset(unread),
        personas={subject: ", ".join(names) for subject, names in personas.items()},
    )


def _merged(roles: Iterable[tuple[Key, Document]]) -> dict[Key, Document]:
    """Roles by their names. Of two of one name nobody knows which is written last, so they count as one that may do what both may."""
    merged: dict[Key, Document] = {}
    for key, role in roles:
        one = merged.get(key)
        if one is None:
            merged[key] = role
        elif one != role:
            both = _own_rules(one), _own_rules(role)
            known = all(rules is not None for rules in both) and not (one.get("aggregationRule") or role.get("aggregationRule"))
            merged[key] = {
                "metadata": role.get("metadata"),
                "rules": [rule for rules in both for rule in rules or ()] if known else UNKNOWN,
            }
    return merged


def _rules(role: Document, roles: Mapping[str, Document], seen: frozenset[str]) -> Sequence[Document] | None:
    """A role's own rules; of an aggregated role those of the roles that its selectors find, for its own are overwritten."""
    aggregation = role.get("aggregationRule")
    if not aggregation:
        return _own_rules(role)
    selectors = aggregation.get("clusterRoleSelectors") or () if isinstance(aggregation, Mapping) else UNKNOWN
    if isinstance(selectors, str) or not all(isinstance(selector, Mapping) for selector in selectors):
        return None
    found: list[Document] = []
    for name, other in roles.items():
        if name not in seen and any(_selects(selector, other) for selector in selectors):
            rules = _rules(other, roles, seen | {name})
            if rules is None:
                return None
            found += rules
    return found


def _own_rules(role: Document) -> Sequence[Document] | None:
    """None where they are not known yet."""
    rules = role.get("rules") or ()
    return tuple(rules) if not isinstance(rules, str) and all(isinstance(rule, Mapping) for rule in rules) else None


def _selects(selector: Document, role: Document) -> bool:
    """Labels that are not known yet may be those that it looks for."""
    labels = _labels(role)
    if UNKNOWN in (_metadata(role).get("labels"), role.get("metadata")) or UNKNOWN in labels.values():
        return True
    exact = all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())
    return exact and all(_meets(each, labels) for each in selector.get("matchExpressions") or ())


def _meets(expression: Document, labels: Mapping[str, str]) -> bool:
    key, values = str(expression.get("key", "")), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return True  # an operator that nobody knows: rather a right too many than one unseen


def _granted(subject: Subject, namespace: str, rules: Iterable[Document]) -> Iterator[Right]:
    for rule in rules:
        verbs = _texts(rule, "verbs")
        if not namespace:
            for url in _texts(rule, "nonResourceURLs"):
                for verb in verbs:
                    yield Right(subject=subject, verb=verb, url=url)
        names = _texts(rule, "resourceNames") or ("",)
        for group in _texts(rule, "apiGroups"):
            for resource in _texts(rule, "resources"):
                for name in names:
                    for verb in verbs:
                        yield Right(subject=subject, namespace=namespace, group=group, resource=resource, name=name, verb=verb)


def _texts(rule: Document, key: str) -> tuple[str, ...]:
    """What is not known yet may be anything."""
    found = rule.get(key) or ()
    if isinstance(found, str) or (key == "resourceNames" and UNKNOWN in found):
        return (EVERYTHING,) if key != "resourceNames" else ()
    return tuple(EVERYTHING if each == UNKNOWN else str(each) for each in found)


def _subjects(binding: Document, namespace: str) -> Iterator[Subject]:
    subjects = binding.get("subjects") or ()
    for given in (UNKNOWN,) if isinstance(subjects, str) else subjects:
        each = given if isinstance(given, Mapping) else {"kind": "Group", "name": UNKNOWN}
        kind, name = _decided(each.get("kind", "")), _decided(each.get("name", ""))
        if kind == "User" and name.startswith("system:serviceaccount:") and name.count(":") == 3:
            *_, home, account = name.split(":")
            yield Subject(kind="ServiceAccount", name=account, namespace=home)
        else:
            yield Subject(kind=kind, name=name, namespace=str(each.get("namespace") or namespace) if kind == "ServiceAccount" else "")


def _persona(binding: Document, role: str, subject: Subject, team: str) -> str:
    """What the platform's own bindings make of somebody."""
    if subject.kind != "Group":
        return ""
    if role == "cluster-admin" and binding["kind"] == "ClusterRoleBinding":
        return "break-glass" if _name(binding) == "break-glass" else "admins"
    if role == MEMBER.name:
        return f"members of {team}"
    return "maintainers" if role in (MAINTAINER_READ.name, MAINTAINER_WORKLOADS.name) else ""


def _decided(text: Any) -> str:
    return UNDECIDED if text == UNKNOWN else str(text)


def _mapping(value: Any) -> Document:
    """Nothing is in what is not known yet."""
    return value if isinstance(value, Mapping) else {}


def _metadata(document: Document) -> Document:
    return _mapping(document.get("metadata"))


def _name(document: Document) -> str:
    return str(_metadata(document).get("name", ""))


def _namespace(document: Document) -> str:
    return str(_metadata(document).get("namespace") or "default")


def _labels(document: Document) -> Mapping[str, str]:
    return _mapping(_metadata(document).get("labels"))
