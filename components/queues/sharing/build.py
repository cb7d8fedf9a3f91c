"""Kueue's objects, made from what the stack file says of sharing."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from components.queues.model import objects as kueue
from components.queues.model import quantity
from components.queues.model.objects import Named
from components.queues.sharing.flavors import CPU, DISK, MEMORY, NodeKind
from components.queues.sharing.section import OwnAmount, Pool, Preemption, Queue, Queues, Share

NAMESPACE_LABEL = "kubernetes.io/metadata.name"
RECLAIM: Mapping[str, str] = {"any": "Any", "lower-priority": "LowerPriority", "never": "Never"}
OWN: Mapping[str, str] = {"never": "Never", "lower-priority": "LowerPriority", "newer": "LowerOrNewerEqualPriority"}
STOP: Mapping[str, str] = {"hold": "Hold", "drain": "HoldAndDrain"}
ORDER: Mapping[str, str] = {"best-effort": "BestEffortFIFO", "strict": "StrictFIFO"}
NEXT_FLAVOR: Mapping[str, tuple[str, str]] = {
    "before-preempting": ("MayStopSearch", "TryNextFlavor"),
    "before-borrowing": ("TryNextFlavor", "TryNextFlavor"),
    "when-nothing-else": ("MayStopSearch", "MayStopSearch"),
}
"""What stops the search for a flavor: (that it can borrow there, that it can preempt there)."""
STEP: Mapping[str, int] = {MEMORY: 2**20, DISK: 2**20}
"""To what quotas are rounded down, in the resource's unit."""


def objects(section: Queues, kinds: Mapping[str, NodeKind]) -> tuple[Named, ...]:
    """In the order in which they are applied: each after what it names. The section must have no problems."""
    return (
        *_topologies(section),
        *(_flavor(kind) for kind in kinds.values()),
        *_priorities(section),
        *_checks(section),
        *(_cohort(name, cohort, kinds) for name, cohort in section.cohorts.items()),
        *(_queue(name, queue, section, kinds) for name, queue in section.queues.items()),
        *_local_queues(section),
    )


def _topologies(section: Queues) -> Iterator[Named]:
    for name, labels in section.topologies.items():
        yield Named(name=name, spec=kueue.Topology(levels=tuple(kueue.TopologyLevel(node_label=label) for label in labels)))


def _flavor(kind: NodeKind) -> Named:
    """What tells nodes with GPUs from others is for jobs to tolerate: one that asks for no GPU must not come to them while its queue is
    out of other nodes. What else keeps pods away, Kueue tolerates for them."""
    tolerations = tuple(
        kueue.Toleration(key=each.key, operator="Exists", effect=each.effect) for each in kind.taints if each not in kind.guards
    )
    taints = tuple(kueue.NodeTaint(key=each.key, value=each.value, effect=each.effect) for each in kind.guards)
    spec = kueue.ResourceFlavor(
        **{
            **({"node_labels": dict(kind.labels)} if kind.labels else {}),
            **({"node_taints": taints} if taints else {}),
            **({"tolerations": tolerations} if tolerations else {}),
            **({"topology_name": kind.topology} if kind.topology else {}),
        }
    )
    return Named(name=kind.name, spec=spec)


def _priorities(section: Queues) -> Iterator[Named]:
    for name, priority in section.priorities.items():
        about = {"description": priority.about} if priority.about else {}
        yield Named(name=name, spec=kueue.WorkloadPriorityClass(value=priority.value, **about))


def _checks(section: Queues) -> Iterator[Named]:
    for name, check in section.checks.items():
        given = {"parameters": kueue.Parameters.model_validate(check.parameters.model_dump(by_alias=True))} if check.parameters else {}
        yield Named(name=name, spec=kueue.AdmissionCheck(controller_name=check.controller, **given))


def _cohort(name: str, cohort: Pool, kinds: Mapping[str, NodeKind]) -> Named:
    spec = kueue.Cohort(
        **{
            **({"parent_name": cohort.parent} if cohort.parent else {}),
            **({"resource_groups": _group(cohort.quota, kinds, limited=False)} if cohort.quota else {}),
            **({"fair_sharing": kueue.FairSharing(weight=cohort.weight)} if cohort.weight else {}),
        }
    )
    return Named(name=name, spec=spec)


def _queue(name: str, queue: Queue, section: Queues, kinds: Mapping[str, NodeKind]) -> Named:
    borrow, preempt = NEXT_FLAVOR[queue.next_flavor]
    spec = kueue.ClusterQueue.model_validate(
        {
            **({"cohort_name": queue.cohort} if queue.cohort else {}),
            "namespace_selector": _namespaces(queue.namespaces),
            "queueing_strategy": ORDER[queue.order],
            "resource_groups": _group(queue.quota, kinds, limited=queue.cohort is not None),
            "preemption": _preemption(queue.preemption, alone=queue.cohort is None),
            "flavor_fungibility": {"when_can_borrow": borrow, "when_can_preempt": preempt},
            **({"admission_checks_strategy": {"admission_checks": [{"name": check} for check in queue.checks]}} if queue.checks else {}),
            # Left out where nobody says: budgets stop a queue by it, and an update leaves that alone.
            **({"stop_policy": STOP[stopped]} if (stopped := queue.stopped or section.stopped) else {}),
            **({"fair_sharing": {"weight": queue.weight}} if queue.weight else {}),
        }
    )
    return Named(name=name, spec=spec)


def _namespaces(names: tuple[str, ...]) -> kueue.Selector:
    if len(names) == 1:
        return kueue.Selector(match_labels={NAMESPACE_LABEL: names[0]})
    return kueue.Selector(match_expressions=(kueue.SelectorTerm(key=NAMESPACE_LABEL, operator="In", values=names),))


def _preemption(given: Preemption, *, alone: bool) -> kueue.Preemption:
    borrow = (
        {"policy": "LowerPriority", **({"max_priority_threshold": given.borrow_up_to} if given.borrow_up_to is not None else {})}
        if given.borrow == "lower-priority"
        else {"policy": "Never"}
    )
    return kueue.Preemption.model_validate(
        {
            "reclaim_within_cohort": "Never" if alone else RECLAIM[given.reclaim],
            "borrow_within_cohort": borrow,
            "within_cluster_queue": OWN[given.own],
        }
    )


def _group(quota: Mapping[str, Share], kinds: Mapping[str, NodeKind], *, limited: bool) -> tuple[kueue.ResourceGroup, ...]:
    """One group: a pod set gets one flavor, so that its processors are on the node of its GPUs."""
    covered = tuple(dict.fromkeys(resource for name in quota for resource in (*kinds[name].resources, *quota[name].resources)))
    flavors = tuple(
        kueue.FlavorQuotas(name=name, resources=tuple(_resource(resource, share, kinds[name], limited=limited) for resource in covered))
        for name, share in quota.items()
    )
    return (kueue.ResourceGroup(covered_resources=covered, flavors=flavors),)


def _resource(resource: str, share: Share, kind: NodeKind, *, limited: bool) -> kueue.ResourceQuota:
    own = share.resources.get(resource)
    if own is not None:
        return _own(resource, own, limited=limited)
    limits = {}
    if limited:
        limits["borrowing_limit"] = _text(resource, _of(resource, share.borrow, share, kind))
        if share.lend is not None:
            limits["lending_limit"] = _text(resource, _of(resource, share.lend, share, kind))
    return kueue.ResourceQuota(name=resource, nominal_quota=_text(resource, _of(resource, _count(share), share, kind)), **limits)


def _own(resource: str, own: OwnAmount, *, limited: bool) -> kueue.ResourceQuota:
    limits = {"borrowing_limit": own.borrow or "0", **({"lending_limit": own.lend} if own.lend is not None else {})} if limited else {}
    return kueue.ResourceQuota(name=resource, nominal_quota=own.nominal, **limits)


def _count(share: Share) -> int:
    return share.gpus if share.gpus is not None else share.nodes or 0


def _of(resource: str, count: int, share: Share, kind: NodeKind) -> Fraction:
    """What of a resource comes with so many GPUs, or nodes; rounded down to what Kubernetes counts."""
    node = kind.node.get(resource, Fraction(0))
    nodes = Fraction(count, kind.gpus_per_node) if share.gpus is not None and kind.gpus_per_node else Fraction(count)
    step = Fraction(STEP.get(resource, 1)) if resource != CPU else Fraction(1, 1000)
    per_gpu = node / kind.gpus_per_node // step * step if share.gpus is not None and kind.gpus_per_node else node
    return per_gpu * count if share.gpus is not None and kind.gpus_per_node else node * nodes


def _text(resource: str, value: Fraction) -> str:
    return quantity.text(value, binary=resource in STEP)


def _local_queues(section: Queues) -> Iterator[Named]:
    for name, queue in section.queues.items():
        for namespace in queue.namespaces:
            yield Named(name=section.local_queue, namespace=namespace, spec=kueue.LocalQueue(cluster_queue=name))
