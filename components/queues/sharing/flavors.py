"""Kinds of nodes that queues share, derived from the node pools: which nodes they are, and what pods can have of one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from components.queues.model import quantity
from components.queues.sharing.section import Flavor
from infra.facts import POOL_LABEL, USABLE, ClusterContext, Pool, Taint
from infra.gpus import RESOURCES

CPU, MEMORY, DISK = "cpu", "memory", "ephemeral-storage"
ZONE = "topology.kubernetes.io/zone"
GIB = 2**30


@dataclass(frozen=True, kw_only=True)
class NodeKind:
    """One flavor."""

    name: str
    pools: tuple[Pool, ...]
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    node: Mapping[str, Fraction]
    """What pods can have of one node, by resource."""
    gpus_per_node: int
    gpu_resource: str | None
    topology: str | None

    @property
    def guards(self) -> tuple[Taint, ...]:
        """Taints that a job tolerates itself, so that no job without GPUs comes here when its queue is out of other nodes."""
        return tuple(taint for taint in self.taints if taint.key == self.gpu_resource and taint.effect != "PreferNoSchedule")

    @property
    def max_nodes(self) -> int:
        return sum(pool.max_nodes for pool in self.pools)

    @property
    def min_nodes(self) -> int:
        return sum(pool.min_nodes for pool in self.pools)

    @property
    def resources(self) -> tuple[str, ...]:
        return tuple(self.node)


def names(cluster: ClusterContext) -> dict[str, tuple[Pool, ...]]:
    """Everything that may be called a flavor: an entry of the node pools, and each of its pools."""
    found: dict[str, list[Pool]] = defaultdict(list)
    for pool in cluster.pools:
        found[pool.entry].append(pool)
    for pool in cluster.pools:
        if pool.name != pool.entry:
            found[pool.name].append(pool)
    return {name: tuple(pools) for name, pools in found.items()}


def overlaps(used: Sequence[str], cluster: ClusterContext) -> Iterator[tuple[str, str]]:
    """Pairs of flavors that are the same nodes: an entry, and one of its pools."""
    known = names(cluster)
    for name in used:
        for pool in known.get(name, ()):
            if name == pool.entry != pool.name and pool.name in used:
                yield name, pool.name


def kind(name: str, cluster: ClusterContext, given: Flavor) -> NodeKind:
    """The flavor of a name of `names`."""
    pools = names(cluster)[name]
    first = pools[0]
    node = _node(first, given)
    return NodeKind(
        name=name,
        pools=pools,
        labels=_labels(name, first),
        taints=first.taints,
        node=node,
        gpus_per_node=first.gpus_per_node,
        gpu_resource=RESOURCES[first.gpu_vendor] if first.gpus_per_node else None,
        topology=given.topology,
    )


def lacks(name: str, cluster: ClusterContext, given: Flavor) -> tuple[str, ...]:
    """Resources of a node that nobody said anything of."""
    return tuple(resource for resource, amount in _node(names(cluster)[name][0], given).items() if not amount)


def indistinct(name: str, cluster: ClusterContext) -> str | None:
    """Another kind of nodes that carries all the labels that this one is selected by; None where the labels tell it from all others."""
    pools = names(cluster)[name]
    wanted = _labels(name, pools[0])
    others = (pool for pool in cluster.pools if pool not in pools)
    return next(
        (pool.name for pool in others if wanted.items() <= {**pool.labels, **({ZONE: pool.zone} if pool.zone else {})}.items()), None
    )


def _labels(name: str, pool: Pool) -> dict[str, str]:
    own = {POOL_LABEL: pool.labels[POOL_LABEL]} if POOL_LABEL in pool.labels else dict(pool.labels)
    return {**own, **({ZONE: pool.zone} if pool.zone and name == pool.name != pool.entry else {})}


def _node(pool: Pool, given: Flavor) -> dict[str, Fraction]:
    measured = {resource: quantity.parse(amount) for resource, amount in given.node.items()}
    derived = {
        CPU: Fraction(int(pool.cpus * USABLE * 1000), 1000),
        MEMORY: Fraction(int(pool.memory_gib * USABLE) * GIB),
        DISK: Fraction(int(pool.ephemeral_storage_gib * USABLE) * GIB),
        **({RESOURCES[pool.gpu_vendor]: Fraction(pool.gpus_per_node)} if pool.gpus_per_node else {}),
    }
    return {**derived, **measured}
