"""Roles name what they are for."""

import re
from collections.abc import Iterator

from policies import charts
from policies.accessor import MAPPING, TEXT, Inputs, written
from policies.pods import fields
from policies.rule import Accepted, Config, Rule, Setting, Violation
from policies.standards import checkov, cis_oke, nsa
from policies.subject import Resource

ROLES = ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "kubernetes:rbac.authorization.k8s.io/v1:Role")
BINDINGS = ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding")
ESCALATING = frozenset({"bind", "escalate", "impersonate"})
EVERYBODY = "system:"
"""Groups and users of Kubernetes' own are everybody, or above every rule."""
ACCOUNT = "system:serviceaccount:"
READING = frozenset({"get", "list", "watch"})
WAYS_ROUND = frozenset({"certificatesigningrequests/approval", "certificatesigningrequests/status", "nodes/proxy", "serviceaccounts/token"})
"""What is as good as other rights: a kubelet, another's token, a certificate."""
CHANGING = frozenset({"create", "delete", "deletecollection", "patch", "update"})
GATES = frozenset({"apiservices", "mutatingadmissionpolicies", "mutatingwebhookconfigurations", "validatingwebhookconfigurations"})
"""What every request passes through: who may change these may change what others ask for."""
AGGREGATES = "rbac.authorization.k8s.io/aggregate-to-"
EVERYTHING = frozenset({"admin", "cluster-admin", "edit"})
"""Kubernetes' own roles that reach every object of a namespace, or of the cluster."""
BUILT_IN = frozenset({"system:auth-delegator", "system:discovery", "system:public-info-viewer", "system:service-account-issuer-discovery"})
"""Roles of Kubernetes' own that let nobody change anything."""
_ADMIN = re.compile(r"cluster_?-?admin", re.IGNORECASE)
GUARDED = frozenset({"kube-node-lease", "kube-public", "kube-system"})


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    if resource.type in charts.TYPES:
        yield from _in_values(resource)
        return
    if resource.type in BINDINGS:
        yield from _binding(resource, config)
        return
    if resource.read.present(MAPPING, "aggregationRule"):
        yield Violation("aggregationRule takes in whatever roles there will be: name what is needed in rules")
    labels = resource.read.known(MAPPING, "metadata", "labels") or {}
    for label in labels:
        if label.startswith(AGGREGATES):
            role = label.removeprefix(AGGREGATES)
            yield Violation(f"metadata.labels has {label}, which adds to what all who have {role} may: bind the role to who needs it")
    yield from _rules(resource)


def _rules(resource: Resource) -> Iterator[Violation]:
    everywhere = resource.type == ROLES[0]
    namespace = resource.read.known(TEXT, "metadata", "namespace") or ""
    for rule in resource.read.each("rules"):
        for key in ("verbs", "resources", "apiGroups", "nonResourceURLs"):
            if "*" in rule.texts(key):
                yield Violation(f"{rule.path}.{key} is *, whatever there will be: name what is needed")
        verbs, resources = rule.texts("verbs"), rule.texts("resources")
        for verb in verbs:
            if verb in ESCALATING:
                yield Violation(f"{rule.path}.verbs has {verb}, the way to every other right: leave it to administrators")
        for name in resources:
            if name in WAYS_ROUND or (name != "*" and "*" in name) or (name in GATES and CHANGING & set(verbs)):
                yield Violation(f"{rule.path}.resources has {name}, the way round other rights: leave it out")
            if name == "secrets" and READING & set(verbs) and not rule.texts("resourceNames") and (everywhere or namespace in GUARDED):
                where = "the cluster" if everywhere else namespace
                yield Violation(f"{rule.path} reads every secret of {where}: make it a Role in the namespace that it is for")


def _in_values(chart: Resource) -> Iterator[Violation]:
    for path, value in fields(chart):
        if value == "cluster-admin" or (value is True and _ADMIN.search(str(path[-1]))):
            yield Violation(
                f"{written(path)} makes the chart's program cluster-admin: turn it off, and bind a role that names what is needed"
            )


def _binding(binding: Resource, config: Config) -> Iterator[Violation]:
    role, subjects = binding.read.require(TEXT, "roleRef", "name"), tuple(binding.read.each("subjects"))
    everywhere = binding.type == BINDINGS[0]
    namespace = binding.read.optional(TEXT, "metadata", "namespace") or ""
    own = bool(subjects) and all(_is_administrator(subject, config) for subject in subjects)
    if role == "cluster-admin" and not own:
        yield Violation("roleRef.name is cluster-admin: bind a role that names what is needed")
    elif role in EVERYTHING and (everywhere or namespace in GUARDED) and not own:
        yield Violation(
            f"roleRef.name is {role} {'everywhere' if everywhere else f'in {namespace}'}: bind a role that names what is needed"
        )
    if role.startswith(EVERYBODY) and role not in BUILT_IN:
        yield Violation(f"roleRef.name is {role}, which is for a part of Kubernetes itself: bind a role that names what is needed")
    for subject in subjects:
        name, kind = subject.require(TEXT, "name"), subject.optional(TEXT, "kind")
        if name.startswith(EVERYBODY) and not (kind == "User" and name.startswith(ACCOUNT)):
            yield Violation(f"{subject.path}.name is {name}, which is more than the people it is meant for: name a group of your own")
        if (kind == "ServiceAccount" and name == "default") or (kind == "User" and name.startswith(ACCOUNT) and name.endswith(":default")):
            yield Violation(f"{subject.path}.name is default, which every pod is that names none: make a service account for what needs it")


def _is_administrator(subject: Inputs, config: Config) -> bool:
    return subject.optional(TEXT, "kind") == "Group" and subject.require(TEXT, "name") in config.texts("administrators")


RULE = Rule(
    name="wildcard-roles",
    title="Roles name verbs and resources",
    topic="security",
    severity="high",
    applies=(*ROLES, *BINDINGS, *charts.TYPES),
    why="A star covers what is installed next year too: every custom resource that makes pods, every secret store.",
    fix="Name groups, resources and verbs.",
    standards=(
        cis_oke("4.1.1"),
        cis_oke("4.1.3"),
        cis_oke("4.1.7"),
        cis_oke("4.1.8"),
        checkov("CKV_K8S_49"),
        nsa("Authentication and authorization"),
    ),
    settings=(
        Setting(
            name="administrators",
            kind="texts",
            meaning="Groups that may have cluster-admin: those that the stack file names as administrators.",
            stricter="fewer",
            default=(),
            given=lambda declared: declared.administrators,
        ),
    ),
    accepts=(
        Accepted(path="rules", trouble=("missing",), because="a role without rules grants nothing"),
        Accepted(path="metadata*", trouble=("missing",), because="a binding without a namespace is in default, or everywhere"),
        Accepted(path="metadata*", trouble=("unknown",), because="labels and namespaces of roles are known once they are made"),
        Accepted(path="values*", trouble=("missing", "unknown"), because="what is not there or not known is judged once it is"),
        Accepted(path="subjects[*].kind", trouble=("missing",), because="a subject of no kind is nobody's administrator"),
        Accepted(path="subjects", trouble=("missing",), because="a binding without subjects grants nobody anything"),
        Accepted(path="rules[*].*", trouble=("missing",), because="a rule without verbs, resources or groups grants nothing"),
    ),
    check=check,
)
