"""What OKE's own principals are granted, and in which policies: the autoscaler, the cluster, its node pools, Oracle's services.

Sources: Oracle, "Policy Configuration for Cluster Creation and Deployment" and the pages it names, 2026-09. Node pools act as
themselves, not as the service, since 2026-08-07 (Oracle, "OKE Node Pool Authorization Path Update").
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from infra.oke.access.statements import (
    ANY_USER,
    Condition,
    Statement,
    StatementError,
    Verb,
    broad,
    dynamic_group,
    group,
    ocid,
    service,
    workload_statement,
)
from infra.problems import Problem
from infra.tenancy import is_tenancy

Principal = Literal["cluster", "nodepool"]


def _may(verb: Verb | tuple[str, ...], resource: str | None, location: str, *where: Condition) -> Statement:
    """A grant to the principals that `where` describes."""
    if isinstance(verb, tuple):
        return Statement(subject=ANY_USER, permissions=verb, location=location, conditions=where)
    return Statement(subject=ANY_USER, verb=verb, resource=resource, location=location, conditions=where)


def _cluster(cluster_id: str) -> tuple[Condition, ...]:
    return Condition("request.principal.type", "cluster"), Condition("request.principal.id", ocid(cluster_id, "cluster", path="clusterId"))


def _any(kind: Principal, compartment_id: str) -> tuple[Condition, ...]:
    """Principals that do not exist yet are known by their compartment."""
    where = ocid(compartment_id, "compartment", path="compartmentId")
    return Condition("request.principal.type", kind), Condition("request.principal.compartment.id", where)


def autoscaler(cluster_id: str, compartment_id: str, network_compartment_id: str) -> tuple[Statement, ...]:
    """What the Cluster Autoscaler add-on does as kube-system/cluster-autoscaler. Without `use vnics` it fails silently."""
    nodes: tuple[tuple[Verb, str], ...] = (("manage", "cluster-node-pools"), ("manage", "instance-family"))
    network: tuple[tuple[Verb, str], ...] = (("use", "subnets"), ("read", "virtual-network-family"))
    both: tuple[tuple[Verb, str], ...] = (("use", "vnics"), ("inspect", "compartments"))
    grants = [(compartment_id, *grant) for grant in (*nodes, *both)] + [(network_compartment_id, *grant) for grant in (*network, *both)]
    return tuple(
        workload_statement("kube-system", "cluster-autoscaler", cluster_id, verb, resource, location=location)
        for location, verb, resource in dict.fromkeys(grants)
    )


def load_balancer_nsgs(cluster_id: str, network_compartment_id: str) -> tuple[Statement, ...]:
    """The cloud controller manager makes and fills network security groups for Services of type LoadBalancer.

    To make or delete a group it attaches it to the VCN. Oracle's page grants `manage virtual-network-family` for that;
    the three permissions are what the calls need, and none of them changes or deletes the VCN.
    """
    cluster = _cluster(cluster_id)
    return (
        _may("manage", "network-security-groups", network_compartment_id, *cluster),
        _may(("VCN_READ", "VCN_ATTACH", "VCN_DETACH"), None, network_compartment_id, *cluster),
    )


def file_storage(cluster_id: str, compartment_id: str, network_compartment_id: str) -> tuple[Statement, ...]:
    """The CSI driver makes file systems and mount targets for volume claims."""
    cluster = _cluster(cluster_id)
    return (
        _may("manage", "file-family", compartment_id, *cluster),
        _may("use", "virtual-network-family", network_compartment_id, *cluster),
    )


def native_pods(cluster_id: str, compartment_id: str, network_compartment_id: str) -> tuple[Statement, ...]:
    """The VCN-native CNI attaches pods to subnets of another compartment; in the cluster's own it may already."""
    if compartment_id == network_compartment_id:
        return ()
    cluster = _cluster(cluster_id)
    return (
        _may("manage", "instances", compartment_id, *cluster),
        _may("use", "private-ips", network_compartment_id, *cluster),
        _may("use", "network-security-groups", network_compartment_id, *cluster),
    )


@dataclass(frozen=True, kw_only=True)
class Key:
    """A KMS key, and the compartment it lives in."""

    id: str
    compartment_id: str

    @property
    def condition(self) -> Condition:
        return Condition("target.key.id", ocid(self.id, "key", path="encryption"))


def cluster_key(key: Key, compartment_id: str) -> tuple[Statement, ...]:
    """The cluster encrypts its secrets. It does not exist when the grant is needed, so its compartment stands for it."""
    return (_may("use", "keys", key.compartment_id, *_any("cluster", compartment_id), key.condition),)


def image_keys(keys: Iterable[Key], compartment_id: str) -> tuple[Statement, ...]:
    """The cluster reads the keys that images must be signed with."""
    return tuple(_may("read", "keys", key.compartment_id, *_any("cluster", compartment_id), key.condition) for key in keys)


def volume_key(key: Key, compartment_id: str) -> tuple[Statement, ...]:
    """Block Volume encrypts with the key; node pools (boot volumes) and the cluster (volume claims) name it to Block Volume."""
    block = Statement(
        subject=service("blockstorage"), verb="use", resource="keys", location=key.compartment_id, conditions=(key.condition,)
    )
    kinds: tuple[Principal, ...] = ("nodepool", "cluster")
    delegates = (_may("use", "key-delegates", key.compartment_id, *_any(kind, compartment_id), key.condition) for kind in kinds)
    return (block, *delegates)


def rdma(compartment_id: str) -> tuple[Statement, ...]:
    """Node pools launch instances into compute clusters, which is what joins them by RDMA."""
    return (_may(("COMPUTE_CLUSTER_LAUNCH_INSTANCE",), None, compartment_id, *_any("nodepool", compartment_id)),)


def capacity_reservations(compartment_id: str) -> tuple[Statement, ...]:
    """Node pools draw from capacity reservations."""
    return (_may("use", "compute-capacity-reservations", compartment_id, *_any("nodepool", compartment_id)),)


def custom_images(compartment_id: str, image_compartment_id: str) -> tuple[Statement, ...]:
    """Node pools boot images that are not Oracle's, and the cluster puts them on replaced boot volumes."""
    kinds: tuple[Principal, ...] = ("nodepool", "cluster")
    return tuple(_may("read", "instance-images", image_compartment_id, *_any(kind, compartment_id)) for kind in kinds)


def lustre(network_compartment_id: str) -> tuple[Statement, ...]:
    """The Lustre service puts its network interfaces into the file system's subnet."""
    return (Statement(subject=service("lustrefs"), verb="use", resource="virtual-network-family", location=network_compartment_id),)


def image_pull(group: str, registry_compartment_id: str) -> tuple[Statement, ...]:
    """Nodes pull private images before any pod runs, so no service account can do it for them."""
    return (Statement(subject=dynamic_group(group), verb="read", resource="repos", location=registry_compartment_id),)


def logs(group: str, compartment_id: str, tenancy_id: str) -> tuple[Statement, ...]:
    """Nodes put logs into Log Analytics, and may not read them. Every pod on a node has these rights: a job could write false logs.

    Oracle's collector knows no workload identity, and what it lists of the cluster is taken in the tenancy alone
    (oracle-quickstart/oci-kubernetes-monitoring 4.3.0, docs/policies.md, 2026-08).
    """
    uploads = (("LOG_ANALYTICS_LOG_GROUP_UPLOAD_LOGS", compartment_id), ("LOG_ANALYTICS_DISCOVERY_UPLOAD", tenancy_id))
    return tuple(Statement(subject=dynamic_group(group), permissions=(may,), location=where) for may, where in uploads)


def nodes_matching_rule(compartment_id: str) -> str:
    """Which instances a dynamic group of worker nodes holds."""
    return f"ALL {{instance.compartment.id = '{ocid(compartment_id, 'compartment', path='compartmentId')}'}}"


@dataclass(frozen=True, kw_only=True)
class People:
    """A group that may reach the Kubernetes API of the cluster, and no more: what it may do there is RBAC's."""

    group: str
    """OCID of an IAM group."""
    until: str | None = None
    """When it ends, in UTC; None for never."""


def people(group_: People, cluster_id: str, compartment_id: str) -> Statement:
    """`use clusters` is what a token for the API server takes. `manage clusters` would make an administrator of the cluster of whoever has
    it: OKE lets in what IAM or RBAC allows (Oracle, "About Access Control and Container Engine for Kubernetes", 2026-08)."""
    conditions = [Condition("target.cluster.id", ocid(cluster_id, "cluster", path="clusterId"))]
    if group_.until is not None:
        conditions.append(Condition("request.utc-timestamp", group_.until, "before"))
    return Statement(subject=group(group_.group), verb="use", resource="clusters", location=compartment_id, conditions=tuple(conditions))


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A right for the pods of one service account."""

    namespace: str
    service_account: str
    access: Verb | tuple[str, ...]
    """A verb on `resource`, or single permissions."""
    resource: str | None = None
    compartment_id: str | None = None
    """Where the resources are; None for the cluster's compartment."""
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a cluster does with Oracle's API, and so what must be granted. Nothing is granted that is not asked for here."""

    prefix: str
    """The platform's name; policies are called after it."""
    compartment_id: str
    """Compartment of the cluster and its node pools."""
    network_compartment_id: str | None = None
    """Compartment of the VCN; None for the cluster's."""
    cluster_key: Key | None = None
    image_keys: tuple[Key, ...] = ()
    volume_key: Key | None = None
    rdma: bool = False
    capacity_reservations: bool = False
    image_compartment_id: str | None = None
    """Compartment of custom images, None when there are none."""
    lustre: bool = False
    registry_compartment_id: str | None = None
    """Compartment of private repositories that nodes pull from, None when there are none."""
    logs_tenancy_id: str | None = None
    """Tenancy in whose Log Analytics nodes put logs, None when they put none."""
    nodes_group: str | None = None
    """Dynamic group of the nodes that exists already, by OCID, name or `Domain/name`. None: one is made if nodes need rights."""
    autoscaler: bool = False
    load_balancer_nsgs: bool = False
    native_pods: bool = True
    """Pods have addresses of the VCN (`OCI_VCN_IP_NATIVE`)."""
    file_storage: bool = False
    workloads: tuple[Workload, ...] = ()
    people: tuple[People, ...] = ()

    @property
    def makes_nodes_group(self) -> bool:
        return self.nodes_group is None and (self.registry_compartment_id is not None or self.logs_tenancy_id is not None)

    @property
    def nodes_group_name(self) -> str:
        return self.nodes_group or f"{self.prefix}-nodes"


@dataclass(frozen=True, kw_only=True)
class PolicyPlan:
    """One policy: it sits in the compartment that all its statements are about, so that none needs the tenancy's root but for logs."""

    key: str
    """Name within the stack: `autoscaler-network`."""
    name: str
    description: str
    statements: tuple[Statement, ...]
    compartment_id: str

    @property
    def texts(self) -> list[str]:
        return [str(statement) for statement in self.statements]


MAX_STATEMENTS = 50
"""Statements in one policy. Oracle, "Service Limits" (IAM), 2026-08."""


def plan(needs: Needs, cluster_id: str | None = None) -> tuple[PolicyPlan, ...]:
    """The policies that must exist before the cluster or, given its OCID, those that come after it.

    Which policies there are, what they are called and where they sit does not depend on the OCID. Raises StatementError.
    """
    for path, compartment in (("compartmentId", needs.compartment_id), ("network.compartmentId", needs.network_compartment_id)):
        if compartment is not None and is_tenancy(compartment):
            message = "is the tenancy's root, where every grant reaches the whole tenancy; make a compartment for the platform"
            raise StatementError([Problem(path, message)])
    topics = _before(needs) if cluster_id is None else _after(needs, cluster_id)
    policies = tuple(policy for key, description, statements in topics for policy in _policies(needs, key, description, statements))
    problems = [
        Problem(f"policies.{policy.key}", f"has {len(policy.statements)} statements; at most {MAX_STATEMENTS} fit in one policy")
        for policy in policies
        if len(policy.statements) > MAX_STATEMENTS
    ]
    problems += [
        Problem(f"policies.{policy.key}", f"{reason}: {statement}")
        for policy in policies
        for statement in policy.statements
        if (reason := broad(statement)) is not None
    ]
    if problems:
        raise StatementError(problems)
    return policies


Topic = tuple[str, str, tuple[Statement, ...]]


def _before(needs: Needs) -> Iterator[Topic]:
    here, network = needs.compartment_id, needs.network_compartment_id or needs.compartment_id
    if needs.cluster_key is not None:
        yield "cluster-key", "The cluster encrypts its secrets with a key of its own", cluster_key(needs.cluster_key, here)
    if needs.image_keys:
        yield "image-keys", "The cluster verifies who signed its images", image_keys(needs.image_keys, here)
    if needs.volume_key is not None:
        yield "volume-key", "Boot and block volumes are encrypted with a key of their own", volume_key(needs.volume_key, here)
    if needs.rdma:
        yield "rdma", "Node pools join compute clusters", rdma(here)
    if needs.capacity_reservations:
        yield "reservations", "Node pools draw from capacity reservations", capacity_reservations(here)
    if needs.image_compartment_id is not None:
        yield "images", "Nodes boot custom images", custom_images(here, needs.image_compartment_id)
    if needs.lustre:
        yield "lustre", "The Lustre service attaches file systems to the network", lustre(network)
    if needs.registry_compartment_id is not None:
        yield "image-pull", "Nodes pull private images", image_pull(needs.nodes_group_name, needs.registry_compartment_id)


def _after(needs: Needs, cluster_id: str) -> Iterator[Topic]:
    here, network = needs.compartment_id, needs.network_compartment_id or needs.compartment_id
    if needs.autoscaler:
        yield "autoscaler", "Cluster Autoscaler sizes the node pools", autoscaler(cluster_id, here, network)
    if needs.load_balancer_nsgs:
        yield "load-balancers", "The cluster opens its network to load balancers", load_balancer_nsgs(cluster_id, network)
    if needs.native_pods:
        yield "pods", "Pods get addresses in the network's compartment", native_pods(cluster_id, here, network)
    if needs.file_storage:
        yield "file-storage", "The cluster makes file systems for volume claims", file_storage(cluster_id, here, network)
    accounts: dict[tuple[str, str], list[Statement]] = {}
    for workload in needs.workloads:
        statement = workload_statement(
            workload.namespace,
            workload.service_account,
            cluster_id,
            workload.access,
            workload.resource,
            location=workload.compartment_id or here,
            where=workload.where,
        )
        accounts.setdefault((workload.namespace, workload.service_account), []).append(statement)
    for (namespace, account), statements in accounts.items():
        yield f"workload-{namespace}-{account}", f"Workload identity of {namespace}/{account}", tuple(statements)
    if needs.people:
        statements_ = tuple(dict.fromkeys(people(each, cluster_id, here) for each in needs.people))
        yield "people", "People reach the Kubernetes API", statements_
    # Names no cluster, but none needs it to come up.
    if needs.logs_tenancy_id is not None:
        yield "logs", "Nodes put logs into Log Analytics", logs(needs.nodes_group_name, here, needs.logs_tenancy_id)


def _policies(needs: Needs, key: str, description: str, statements: Iterable[Statement]) -> Iterator[PolicyPlan]:
    """One policy per compartment that `statements` are about, the cluster's compartment first in name."""
    by_location: dict[str, list[Statement]] = {}
    for statement in statements:
        by_location.setdefault(statement.location, []).append(statement)
    elsewhere = [location for location in by_location if location not in (needs.compartment_id, needs.network_compartment_id)]
    for location, here in by_location.items():
        if location == needs.compartment_id:
            full = key
        elif location == needs.network_compartment_id:
            full = f"{key}-network"
        elif location == needs.logs_tenancy_id:
            full = f"{key}-tenancy"
        else:
            full = f"{key}-elsewhere-{elsewhere.index(location) + 1}"
        yield PolicyPlan(key=full, name=f"{needs.prefix}-{full}", description=description, statements=tuple(here), compartment_id=location)
