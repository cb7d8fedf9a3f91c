"""What each persona may do, as data: roles are made from it, `docs/access.md` is written from it, and tests ask the API server for it.

Every role names groups, resources and verbs. None is aggregated, as Kubernetes' own `view` and `edit` are: any chart may add to those.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Scope = Literal["cluster", "namespace"]
READ = ("get", "list", "watch")


@dataclass(frozen=True, kw_only=True)
class Rule:
    group: str
    """API group, empty for the core."""
    resources: tuple[str, ...]
    verbs: tuple[str, ...]

    @property
    def document(self) -> dict[str, Any]:
        return {"apiGroups": [self.group], "resources": list(self.resources), "verbs": list(self.verbs)}


@dataclass(frozen=True, kw_only=True)
class Role:
    name: str
    scope: Scope
    """`namespace`: in every namespace of a team, or of the one team that the persona is of."""
    about: str
    rules: tuple[Rule, ...]


def _rule(group: str, resources: str, *verbs: str) -> Rule:
    return Rule(group=group, resources=tuple(resources.split()), verbs=verbs)


MAINTAINER_READ = Role(
    name="platform-maintainer-read",
    scope="cluster",
    about="Read what runs and what it waits for. No Secrets, and no ConfigMaps, which may hold what should be one.",
    rules=(
        _rule("", "namespaces nodes events pods services persistentvolumeclaims resourcequotas limitranges", *READ),
        _rule("apps", "deployments daemonsets statefulsets replicasets", *READ),
        _rule("batch", "jobs cronjobs", *READ),
        _rule("discovery.k8s.io", "endpointslices", *READ),
        _rule("networking.k8s.io", "networkpolicies", *READ),
        _rule("scheduling.k8s.io", "priorityclasses", *READ),
        _rule("storage.k8s.io", "storageclasses", *READ),
        _rule("admissionregistration.k8s.io", "validatingadmissionpolicies validatingadmissionpolicybindings", *READ),
        _rule("metrics.k8s.io", "nodes pods", "get", "list"),
        _rule("jobset.x-k8s.io", "jobsets", *READ),
        _rule("kueue.x-k8s.io", "clusterqueues cohorts localqueues resourceflavors topologies workloads workloadpriorityclasses", *READ),
        _rule("visibility.kueue.x-k8s.io", "clusterqueues/pendingworkloads localqueues/pendingworkloads", "get"),
        _rule("actions.github.com", "autoscalingrunnersets autoscalinglisteners ephemeralrunnersets ephemeralrunners", *READ),
        _rule("nvidia.com", "clusterpolicies", *READ),
        _rule("serving.kserve.io", "inferenceservices servingruntimes clusterservingruntimes", *READ),
    ),
)
MAINTAINER_WORKLOADS = Role(
    name="platform-maintainer-workloads",
    scope="namespace",
    about="End what runs in a team's namespace, and read why it does not.",
    rules=(
        _rule("batch", "jobs", "delete"),
        _rule("jobset.x-k8s.io", "jobsets", "delete"),
        _rule("", "pods", "delete"),
        _rule("", "pods/log", "get"),
        _rule("", "pods/eviction", "create"),
        _rule("", "configmaps", *READ),
    ),
)
MEMBER = Role(
    name="team-member",
    scope="namespace",
    about="Work in the team's own namespaces. Secrets are written there and read by pods, not read back.",
    rules=(
        _rule("batch", "jobs", *READ, "create", "delete"),
        _rule("jobset.x-k8s.io", "jobsets", *READ, "create", "delete"),
        _rule("", "pods", *READ, "delete"),
        _rule("", "pods/log", "get"),
        _rule("", "pods/exec pods/portforward", "create"),
        _rule("", "configmaps persistentvolumeclaims services", *READ, "create", "update", "patch", "delete"),
        _rule("", "secrets", "create", "update", "patch", "delete"),
        _rule("", "events resourcequotas limitranges", *READ),
        _rule("networking.k8s.io", "networkpolicies", *READ),
        _rule("kueue.x-k8s.io", "localqueues workloads", *READ),
    ),
)
SUBMITTER = Role(
    name="ci-submitter",
    scope="namespace",
    about="A service account for CI: submit jobs, watch them, read their logs. Nothing of it is changed once it is there.",
    rules=(
        _rule("batch", "jobs", *READ, "create", "delete"),
        _rule("", "pods events", *READ),
        _rule("", "pods/log", "get"),
        _rule("kueue.x-k8s.io", "localqueues workloads", *READ),
    ),
)

ROLES = (MAINTAINER_READ, MAINTAINER_WORKLOADS, MEMBER, SUBMITTER)

Persona = Literal["admin", "maintainer", "member", "ci-submitter"]

PERSONAS: Mapping[Persona, tuple[Role, ...]] = MappingProxyType({
    "admin": (),
    "maintainer": (MAINTAINER_READ, MAINTAINER_WORKLOADS),
    "member": (MEMBER,),
    "ci-submitter": (SUBMITTER,),
})  # fmt: skip
"""Their roles. Administrators, and whoever breaks the glass, are bound to Kubernetes' `cluster-admin`: they may do everything."""

SUBMITTER_ACCOUNT = "ci-submitter"


def may(persona: Persona, verb: str, group: str, resource: str, *, in_own_namespace: bool) -> bool:
    """Whether a persona may, by its roles: in a namespace of a team (of its own, where it is of one), or anywhere else.

    `resource` with its subresource: `pods/log`.
    """
    if persona == "admin":
        return True
    return any(
        verb in rule.verbs and group == rule.group and resource in rule.resources
        for role in PERSONAS[persona]
        if role.scope == "cluster" or in_own_namespace
        for rule in role.rules
    )
