"""Roles name what they are for."""

from collections.abc import Iterator

from policies.accessor import TEXT
from policies.rule import Accepted, Config, Rule, Setting, Violation
from policies.standards import checkov, cis_oke, nsa
from policies.subject import Resource

ROLES = ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "kubernetes:rbac.authorization.k8s.io/v1:Role")
BINDINGS = ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding")
ESCALATING = frozenset({"bind", "escalate", "impersonate"})
EVERYBODY = frozenset({"system:anonymous", "system:authenticated", "system:masters", "system:serviceaccounts", "system:unauthenticated"})
"""Subjects that are everybody, or above every rule."""


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    if resource.type in BINDINGS:
        role = resource.read.require(TEXT, "roleRef", "name")
        if role == "cluster-admin" and resource.name not in config.texts("administrators"):
            yield Violation("roleRef.name is cluster-admin: bind a role that names what is needed")
        for subject in resource.read.each("subjects"):
            name = subject.require(TEXT, "name")
            if name in EVERYBODY:
                yield Violation(f"{subject.path}.name is {name}, which is more than the people it is meant for: name a group of your own")
        return
    for rule in resource.read.each("rules"):
        for key in ("verbs", "resources", "apiGroups"):
            if "*" in rule.texts(key):
                yield Violation(f"{rule.path}.{key} is *, whatever there will be: name what is needed")
        for verb in rule.texts("verbs"):
            if verb in ESCALATING:
                yield Violation(f"{rule.path}.verbs has {verb}, the way to every other right: leave it to administrators")


RULE = Rule(
    name="wildcard-roles",
    title="Roles name verbs and resources",
    topic="security",
    severity="high",
    applies=(*ROLES, *BINDINGS),
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
            meaning="Bindings that may grant cluster-admin, by the name the program gives them.",
            stricter="fewer",
            default=("personas-platform-admins", "personas-break-glass"),
        ),
    ),
    accepts=(
        Accepted(path="rules", trouble=("missing",), because="a role without rules grants nothing"),
        Accepted(path="subjects", trouble=("missing",), because="a binding without subjects grants nobody anything"),
        Accepted(path="rules[*].*", trouble=("missing",), because="a rule without verbs, resources or groups grants nothing"),
    ),
    check=check,
)
