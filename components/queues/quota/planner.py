"""Who is guaranteed what, who reaches how much, and who may preempt whom, read from the queues and cohorts as they will be applied.

Preemption is Kueue's classical one (kubernetes-sigs/kueue v0.19.2, pkg/scheduler/preemption/classical, 2026-08): fair sharing orders its
candidates otherwise, but takes them from the same queues.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from components.queues.model import quantity
from components.queues.model.objects import ClusterQueue, Cohort, Named, Preemption, ResourceQuota
from components.queues.quota.tree import Member, Quota, Tree, in_turn

FlavorResource = tuple[str, str]
"""Name of a flavor, and of a resource."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a queue has of one resource of one flavor. In the resource's unit; of cpu, thousandths."""

    queue: str
    flavor: str
    resource: str
    nominal: int
    reserved: int
    """Its own that it lends to nobody: there at once, with nobody preempted."""
    guaranteed: int
    """What it gets however much the others took: its own, if it takes it back from those who borrowed it; else what it reserves."""
    most: int
    """Most that it reaches while the others use nothing."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One queue has taken its most. What another can have then, if only that one comes."""

    first: str
    took: int
    other: str
    at_once: int
    """With nobody preempted."""
    reclaimed: int
    """Once it took back what is its own."""


@dataclass(frozen=True, kw_only=True)
class Preempts:
    """`queue` may have workloads of `other` evicted."""

    queue: str
    other: str
    only_lower: bool
    """Only those of lower priority."""
    borrowing: bool = False
    """Even to use more than its own quota."""


class Planner:
    """The quotas of all queues, one tree for each resource of each flavor."""

    def __init__(self, objects: Iterable[Named]) -> None:
        """Raises `tree.CycleError` where cohorts are each other's parents."""
        found = tuple(objects)
        self._queues = {each.name: each.spec for each in found if isinstance(each.spec, ClusterQueue)}
        self._cohorts = {each.name: each.spec for each in found if isinstance(each.spec, Cohort)}
        members: dict[FlavorResource, list[Member]] = defaultdict(list)
        for name, queue in self._queues.items():
            for key, resource in _quotas(queue):
                members[key].append(Member(name=name, parent=queue.cohort_name, quota=_quota(resource)))
        parents = [Member(name=name, parent=cohort.parent_name, is_cohort=True) for name, cohort in self._cohorts.items()]
        for key, of_key in members.items():
            of = {name: dict(_quotas(cohort)).get(key) for name, cohort in self._cohorts.items()}
            for member in parents:
                own = of[member.name]
                quota = _quota(own) if own is not None else Quota()
                of_key.append(Member(name=member.name, parent=member.parent, quota=quota, is_cohort=True))
        self.trees: Mapping[FlavorResource, Tree] = {key: Tree(each) for key, each in members.items()}
        self._candidates_of: dict[tuple[str, frozenset[FlavorResource]], tuple[str, ...]] = {}

    @property
    def queues(self) -> tuple[str, ...]:
        return tuple(self._queues)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """By queue, then in the order in which a queue's flavors are tried."""
        return tuple(self._standing(name, *key) for name, queue in self._queues.items() for key, _ in _quotas(queue))

    def _standing(self, queue: str, flavor: str, resource: str) -> Standing:
        tree = self.trees[flavor, resource]
        nominal, reserved = tree.quota(queue).nominal, tree.reserved(queue)
        alone = self._queues[queue].cohort_name is None
        return Standing(
            queue=queue,
            flavor=flavor,
            resource=resource,
            nominal=nominal,
            reserved=nominal if alone else reserved,
            guaranteed=nominal if alone or self.preemption(queue).reclaim_within_cohort != "Never" else reserved,
            most=tree.most(queue),
        )

    def cases(self, flavor: str, resource: str) -> Iterator[Case]:
        """Each queue first, each other one of its cohort after it."""
        if (flavor, resource) not in self.trees:  # a cohort's alone
            return
        tree = self.trees[flavor, resource]
        by_root: dict[str, list[str]] = defaultdict(list)
        for queue in tree.queues:
            if self._queues[queue].cohort_name is not None:
                by_root[tree.root(queue)].append(queue)
        for members in by_root.values():
            for first in members:
                usage = tree.unused()
                usage.take(first, tree.most(first))
                for other in members:
                    if other != first:
                        at_once = usage.available(other)
                        yield Case(
                            first=first,
                            took=tree.most(first),
                            other=other,
                            at_once=at_once,
                            reclaimed=max(at_once, self._reclaimed(tree, first, other)),
                        )

    def _reclaimed(self, tree: Tree, first: str, other: str) -> int:
        if not self._may_reclaim(tree, other, first):
            return 0
        usage = tree.unused()
        usage.take(first, min(tree.most(first), tree.quota(first).nominal))
        return min(usage.available(other), tree.own(other, first))

    def in_turn(self, flavor: str, resource: str, order: Iterable[str]) -> dict[str, int]:
        """What each has after all took what they could, one after the other, and nobody was preempted."""
        return in_turn(self.trees[flavor, resource], order)

    def preempts(self) -> Iterator[Preempts]:
        """Between queues of one cohort; within a queue, with itself as the other."""
        for queue, spec in self._queues.items():
            preemption = self.preemption(queue)
            if preemption.within_cluster_queue != "Never":
                yield Preempts(queue=queue, other=queue, only_lower=preemption.within_cluster_queue == "LowerPriority")
            if spec.cohort_name is None or preemption.reclaim_within_cohort == "Never":
                continue
            only_lower, borrow = preemption.reclaim_within_cohort == "LowerPriority", preemption.borrow_within_cohort
            borrowing = borrow is not None and borrow.policy != "Never"
            for other in self._candidates(spec.cohort_name, frozenset(key for key, _ in _quotas(spec))):
                if other != queue:
                    yield Preempts(queue=queue, other=other, only_lower=only_lower, borrowing=borrowing)

    def _candidates(self, cohort: str, resources: frozenset[FlavorResource]) -> tuple[str, ...]:
        """Queues whose workloads any queue of the cohort that has a quota of these resources may reclaim from: the same for all of them, so
        that a thousand are not asked of a thousand others."""
        known = self._candidates_of.get((cohort, resources))
        if known is None:
            trees = [self.trees[key] for key in resources]
            known = tuple(
                other for other in self._queues if any(other in tree.queues and tree.may_exceed_from(other, cohort) for tree in trees)
            )
            self._candidates_of[cohort, resources] = known
        return known

    def _may_reclaim(self, tree: Tree, queue: str, other: str) -> bool:
        if self.preemption(queue).reclaim_within_cohort == "Never" or tree.root(queue) != tree.root(other):
            return False
        return self._queues[queue].cohort_name is not None and tree.may_exceed(other, queue)

    def preemption(self, queue: str) -> Preemption:
        return self._queues[queue].preemption or Preemption()


def _quotas(of: ClusterQueue | Cohort) -> Iterator[tuple[FlavorResource, ResourceQuota]]:
    for group in of.resource_groups:
        for flavor in group.flavors:
            for resource in flavor.resources:
                yield (flavor.name, resource.name), resource


def _quota(resource: ResourceQuota) -> Quota:
    return Quota(
        nominal=amount(resource.name, resource.nominal_quota),
        borrowing=None if resource.borrowing_limit is None else amount(resource.name, resource.borrowing_limit),
        lending=None if resource.lending_limit is None else amount(resource.name, resource.lending_limit),
    )


def amount(resource: str, value: str) -> int:
    """As Kueue counts: cpu in thousandths, everything else whole, rounded up."""
    number = quantity.parse(value) * (1000 if resource == "cpu" else 1)
    return -((-number.numerator) // number.denominator)


def shown(resource: str, value: int) -> str:
    """The amount as a quantity."""
    if resource == "cpu":
        return quantity.text(Fraction(value, 1000))
    return quantity.text(value, binary=resource in {"memory", "ephemeral-storage"})
