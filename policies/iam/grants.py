"""What may be granted, row by row: to whom, what, on which conditions, and why. What no row names is refused.

A verb holds those before it, so a row that allows `use` allows `read` and `inspect` too. Families hold types: a row names the family where
the platform grants it, and never a type by the family that it is in. Oracle, "Details for Core Services", "Policy Configuration for
Cluster Creation and Deployment" and "Using the Cluster Autoscaler", 2026-09.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from policies.iam.statement import VERBS, Statement, Verb

Who = Literal["workload", "cluster", "nodepool", "dynamic-group", "group", "service"]
WHO: Final[Mapping[Who, str]] = MappingProxyType({
    "workload": "a service account of a cluster",
    "cluster": "a cluster",
    "nodepool": "a node pool",
    "dynamic-group": "a dynamic group",
    "group": "a group of people",
    "service": "an Oracle service",
})  # fmt: skip

_TYPE, _ID, _COMPARTMENT = "request.principal.type", "request.principal.id", "request.principal.compartment.id"
_CLUSTER, _NAMESPACE, _ACCOUNT = "request.principal.cluster_id", "request.principal.namespace", "request.principal.service_account"
WORKLOAD: Final = (_NAMESPACE, _ACCOUNT, _CLUSTER)
"""What a grant to a workload must say, each by one value: without all three every pod of a namespace, or of the cluster, has it."""

_BUCKET: Final = ("target.bucket.name",)
_KEY: Final = ("target.key.id",)


@dataclass(frozen=True, kw_only=True)
class Grant:
    who: Who
    verb: Verb | None = None
    """The most that is allowed on `types`."""
    types: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    """Single permissions, in place of a verb and types."""
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Values that conditions must name."""
    narrowed: tuple[str, ...] = ()
    """Variables that conditions must hold to one value, whichever."""
    names: frozenset[str] = frozenset()
    """Services that it is for; a `*` at the end stands for a region."""
    tenancy: bool = False
    """It may be in the whole tenancy."""
    because: str

    def allows(self, statement: Statement) -> bool:
        return self.is_access(statement) and self._is_narrow(statement) and (self.tenancy or statement.compartment is not None)

    def is_access(self, statement: Statement) -> bool:
        """It is about the access that the statement grants, whatever the conditions."""
        if statement.verb is None:
            return bool(self.permissions) and self.permissions.issuperset(statement.permissions)
        return self.verb is not None and statement.resource in self.types and VERBS.index(statement.verb) <= VERBS.index(self.verb)

    def _is_narrow(self, statement: Statement) -> bool:
        named = all(any(_is_service(name, service) for service in self.names) for name in statement.names) if self.names else True
        return (
            named
            and all(statement.facts.get(variable) == value for variable, value in self.facts.items())
            and all(variable in statement.facts for variable in self.narrowed)
        )


def _is_service(name: str, service: str) -> bool:
    return name.startswith(service[:-1]) if service.endswith("*") else name == service


_AUTOSCALER: Final = MappingProxyType({_NAMESPACE: "kube-system", _ACCOUNT: "cluster-autoscaler"})

GRANTS: Final[tuple[Grant, ...]] = (
    Grant(
        who="workload", verb="manage", types=frozenset({"cluster-node-pools", "instance-family"}), facts=_AUTOSCALER,
        because="the Cluster Autoscaler add-on makes and removes the nodes of pools, whose bounds are counted",
    ),
    Grant(
        who="workload", verb="use", types=frozenset({"subnets", "vnics"}), facts=_AUTOSCALER,
        because="the Cluster Autoscaler add-on puts nodes into their subnets",
    ),
    Grant(
        who="workload", verb="read", types=frozenset({"virtual-network-family", "compartments"}), facts=_AUTOSCALER,
        because="the Cluster Autoscaler add-on looks where nodes go",
    ),
    Grant(
        who="workload", verb="manage", types=frozenset({"objects"}), narrowed=_BUCKET,
        because="a workload keeps models and data in a bucket of its own",
    ),
    Grant(who="workload", verb="read", types=frozenset({"buckets"}), narrowed=_BUCKET, because="clients look at their bucket first"),
    Grant(
        who="workload", narrowed=_BUCKET, because="a workload keeps models and data in a bucket of its own",
        permissions=frozenset({
            "BUCKET_INSPECT", "BUCKET_READ",
            "OBJECT_CREATE", "OBJECT_DELETE", "OBJECT_INSPECT", "OBJECT_OVERWRITE", "OBJECT_READ",
        }),
    ),
    Grant(
        who="workload", verb="read", types=frozenset({"secret-bundles"}), narrowed=("target.secret.id",),
        because="a workload fetches one secret that is meant for it",
    ),
    Grant(
        who="workload", verb="read", types=frozenset({"secret-bundles"}), narrowed=("target.secret.name",),
        because="a workload fetches one secret that is meant for it",
    ),
    Grant(who="workload", verb="use", types=frozenset({"keys"}), narrowed=_KEY, because="a workload encrypts with one key"),
    Grant(who="workload", verb="use", types=frozenset({"metrics"}), because="figures are no secret, and cost what they are"),
    Grant(who="workload", verb="read", types=frozenset({"repos"}), because="a builder pulls images"),
    Grant(
        who="cluster", verb="manage", types=frozenset({"network-security-groups", "file-family", "instances"}), narrowed=(_ID,),
        because="one cluster makes groups for load balancers, file systems for volume claims, and attaches pods to subnets",
    ),
    Grant(
        who="cluster", verb="use", types=frozenset({"virtual-network-family", "private-ips"}), narrowed=(_ID,),
        because="one cluster puts mount targets and pods into subnets of another compartment",
    ),
    Grant(
        who="cluster", permissions=frozenset({"VCN_READ", "VCN_ATTACH", "VCN_DETACH"}), narrowed=(_ID,),
        because="one cluster attaches groups for load balancers to its network",
    ),
    Grant(
        who="cluster", verb="use", types=frozenset({"keys", "key-delegates"}), narrowed=(_COMPARTMENT, *_KEY),
        because="clusters of one compartment encrypt their secrets with one key",
    ),
    Grant(
        who="cluster", verb="use", types=frozenset({"keys", "key-delegates"}), narrowed=(_ID, *_KEY),
        because="one cluster encrypts its secrets with one key",
    ),
    Grant(
        who="cluster", verb="read", types=frozenset({"instance-images"}), narrowed=(_COMPARTMENT,),
        because="clusters of one compartment put an image on boot volumes that they replace",
    ),
    Grant(
        who="nodepool", verb="use", types=frozenset({"key-delegates"}), narrowed=(_COMPARTMENT, *_KEY),
        because="node pools of one compartment name the key of boot volumes to Block Volume",
    ),
    Grant(
        who="nodepool", permissions=frozenset({"COMPUTE_CLUSTER_LAUNCH_INSTANCE"}), narrowed=(_COMPARTMENT,),
        because="node pools launch into compute clusters, which is what joins nodes by RDMA",
    ),
    Grant(
        who="nodepool", verb="use", types=frozenset({"compute-capacity-reservations"}), narrowed=(_COMPARTMENT,),
        because="node pools draw from capacity reservations",
    ),
    Grant(
        who="nodepool", verb="read", types=frozenset({"instance-images"}), narrowed=(_COMPARTMENT,),
        because="node pools boot images that are not Oracle's",
    ),
    Grant(who="dynamic-group", verb="read", types=frozenset({"repos"}), because="nodes pull images before any pod runs"),
    Grant(
        who="dynamic-group", permissions=frozenset({"LOG_ANALYTICS_LOG_GROUP_UPLOAD_LOGS"}),
        because="nodes add logs, and neither read nor change them",
    ),
    Grant(
        who="dynamic-group", permissions=frozenset({"LOG_ANALYTICS_DISCOVERY_UPLOAD"}), tenancy=True,
        because="nodes add what the cluster holds, which Oracle takes in the tenancy alone (oci-kubernetes-monitoring 4.3.0, 2026-08)",
    ),
    Grant(who="dynamic-group", permissions=frozenset({"VCN_READ", "VCN_ATTACH"}), because="nodes attach to a network that exists"),
    Grant(
        who="service", verb="use", types=frozenset({"keys"}), narrowed=_KEY,
        names=frozenset({"blockstorage", "objectstorage-*", "FssOc1Prod", "oke"}),
        because="the service encrypts with one key what the platform stores in it",
    ),
    Grant(
        who="service", verb="use", types=frozenset({"virtual-network-family"}), names=frozenset({"lustrefs"}),
        because="the Lustre service puts its interfaces into the file system's subnet",
    ),
    Grant(
        who="service", verb="manage", types=frozenset({"object-family"}), names=frozenset({"objectstorage-*"}),
        because="a bucket's lifecycle rules are carried out by the service",
    ),
    Grant(who="group", verb="use", types=frozenset({"clusters"}), because="people reach the Kubernetes API, where roles say what they may"),
    Grant(who="group", verb="manage", types=frozenset({"bastion-session"}), because="people open sessions through a bastion"),
    Grant(who="group", verb="read", types=frozenset({"bastion"}), because="people open sessions through a bastion"),
    Grant(who="group", verb="manage", types=frozenset({"objects"}), narrowed=_BUCKET, because="people bring data to one bucket"),
    Grant(who="group", verb="read", types=frozenset({"buckets"}), because="people look for a bucket: what it is, not what is in it"),
    Grant(who="group", verb="use", types=frozenset({"repos"}), because="people push and pull images"),
    Grant(
        who="group", verb="read", because="people look at what there is, which shows no content and changes nothing",
        types=frozenset({
            "alarms", "cluster-family", "cluster-node-pools", "cluster-work-requests", "clusters", "compartments", "instance-family",
            "instance-images", "instances", "load-balancers", "metrics", "network-security-groups", "security-lists", "subnets",
            "usage-budgets", "usage-report", "vcns", "virtual-network-family", "volume-family", "volumes",
        }),
    ),
    Grant(
        who="group", verb="read", types=frozenset({"audit-events"}), tenancy=True,
        because="auditors read who did what, which Oracle keeps for the tenancy",
    ),
    Grant(
        who="group", verb="inspect", types=frozenset({"compartments", "limits", "quotas", "resource-availability"}), tenancy=True,
        because="people see what there is room for",
    ),
)  # fmt: skip


PRINCIPALS: Final[tuple[Who, ...]] = ("workload", "cluster", "nodepool")
"""Kinds that conditions tell apart."""


def who(statement: Statement) -> Who | None:
    """Whom a statement is for; None for everybody, or for a kind of principal that nothing here is for."""
    if statement.subject in ("group", "dynamic-group", "service"):
        return next(kind for kind in WHO if kind == statement.subject)
    found = statement.facts.get(_TYPE, "").lower()
    return next((kind for kind in PRINCIPALS if kind == found), None)


def refusal(statement: Statement) -> str | None:  # noqa: PLR0911 - a reason each
    """Why a statement is refused, None where a row allows it, or where it takes rights away."""
    if statement.effect == "deny":
        return None
    kind = who(statement)
    if kind is None:
        return _open(statement)
    if kind == "workload":
        missing = [variable for variable in WORKLOAD if variable not in statement.facts]
        if missing:
            return f"lets every workload in that its conditions do not tell apart: hold {', '.join(missing)} to one value each"
    grants = [grant for grant in GRANTS if grant.who == kind]
    if any(grant.allows(statement) for grant in grants):
        return None
    would = [grant for grant in grants if grant.is_access(statement)]
    if not would:
        return f"grants {statement.access}, which {WHO[kind]} is not known to need{_at_most(kind, statement)}"
    if statement.compartment is None and not any(grant.tenancy for grant in would):
        return f"grants {statement.access} in the whole tenancy: name a compartment"
    if statement.either:
        return f"grants {statement.access} to whoever meets one of its conditions: join them by all"
    needed = dict.fromkeys(_needs(grant) for grant in would)
    return f"grants {statement.access} too widely: its conditions must hold {', or '.join(needed)}"


def _at_most(kind: Who, statement: Statement) -> str:
    verbs = [grant.verb for grant in GRANTS if grant.who == kind and grant.verb is not None and statement.resource in grant.types]
    return f" ({max(verbs, key=VERBS.index)} is)" if verbs else ""


def _needs(grant: Grant) -> str:
    wanted = [f"{variable} = '{value}'" for variable, value in grant.facts.items()]
    wanted += [f"{variable} to one value" for variable in grant.narrowed]
    wanted += [f"service {' or '.join(sorted(grant.names))}"] if grant.names else []
    return " and ".join(wanted) or "nothing, in a compartment"


def _open(statement: Statement) -> str:
    if statement.either:
        return "lets in whoever meets one of its conditions: join them by all"
    kind = statement.facts.get(_TYPE)
    if kind is None:
        return f"lets any principal in: hold {_TYPE} to {' or '.join(PRINCIPALS)} in its conditions, joined by all"
    return f"is for principals of type {kind!r}; known: {', '.join(PRINCIPALS)}"
