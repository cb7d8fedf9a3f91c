"""The arithmetic of hierarchical quotas: what a member of a tree of cohorts may still take of one resource of one flavor.

As Kueue counts (kubernetes-sigs/kueue v0.17.0 and v0.19.2, pkg/cache/scheduler/resource_node.go, 2026-08). Quantities are whole numbers
of one unit; which one is the caller's affair.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

UNBOUNDED = None
"""A limit that nobody set."""


@dataclass(frozen=True, kw_only=True)
class Quota:
    """What a queue or a cohort has of the resource."""

    nominal: int = 0
    borrowing: int | None = UNBOUNDED
    """Most that it takes of others, beyond its own."""
    lending: int | None = UNBOUNDED
    """Most of its own that others may take."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A queue, or a cohort, in the tree."""

    name: str
    parent: str | None = None
    """Name of the cohort that it is in."""
    quota: Quota = Quota()
    is_cohort: bool = False


class CycleError(ValueError):
    """Cohorts are each other's parents: Kueue then admits nothing in any of them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(" -> ".join(names))


class Tree:
    """Queues and the cohorts that they share through, as they are: what is used of them is `Usage`."""

    def __init__(self, members: Iterable[Member]) -> None:
        """A parent that no member is makes a cohort without a quota of its own, as it does in Kueue. Raises CycleError."""
        self._members: dict[str, Member] = {_key(member.name, member.is_cohort): member for member in members}
        for member in tuple(self._members.values()):
            if member.parent is not None:
                self._members.setdefault(_key(member.parent, True), Member(name=member.parent, is_cohort=True))
        self._order = self._children_first()
        self._subtree: dict[str, int] = {}
        for key in self._order:
            self._subtree[key] = self._members[key].quota.nominal + sum(
                self._subtree[child] - self._local(child) for child in self._children[key]
            )
        self._potential: dict[str, int] = {}
        for key in reversed(self._order):
            self._potential[key] = self._potentially(key)

    def _children_first(self) -> list[str]:
        self._children: dict[str, list[str]] = defaultdict(list)
        for key, member in self._members.items():
            if member.parent is not None:
                self._children[_key(member.parent, True)].append(key)
        order: list[str] = [key for key, member in self._members.items() if member.parent is None]
        for key in order:
            order.extend(self._children[key])
        if len(order) < len(self._members):
            raise CycleError(self._cycle(next(key for key in self._members if key not in set(order))))
        return order[::-1]

    def _cycle(self, start: str) -> list[str]:
        seen: list[str] = []
        key = start
        while key not in seen:
            seen.append(key)
            key = _key(self._members[key].parent or "", True)
        return [self._members[each].name for each in (*seen[seen.index(key) :], key)]

    def _local(self, key: str) -> int:
        lending = self._members[key].quota.lending
        return 0 if lending is None else max(0, self._subtree[key] - lending)

    def _potentially(self, key: str) -> int:
        member = self._members[key]
        if member.parent is None:
            return self._subtree[key]
        most = self._local(key) + self._potential[_key(member.parent, True)]
        return most if member.quota.borrowing is None else min(most, self._subtree[key] + member.quota.borrowing)

    @cached_property
    def queues(self) -> Mapping[str, Member]:
        """By name, in the order in which they were given."""
        return {member.name: member for member in self._members.values() if not member.is_cohort}

    def quota(self, queue: str) -> Quota:
        return self._members[_key(queue)].quota

    def reserved(self, queue: str) -> int:
        """What the queue has whenever it asks, with nobody preempted: its own quota that it does not lend."""
        return self._local(_key(queue))

    def most(self, queue: str) -> int:
        """Most that the queue reaches when nobody else uses anything."""
        return max(0, self._potential[_key(queue)])

    def root(self, queue: str) -> str:
        """Name of the outermost cohort that the queue is in; its own where it is in none."""
        return self._members[tuple(self._upwards(_key(queue)))[-1]].name

    def total(self, queue: str) -> int:
        """All that there is in the queue's tree."""
        return sum(self._members[key].quota.nominal for key in self._below(tuple(self._upwards(_key(queue)))[-1]))

    def may_exceed(self, queue: str, other: str) -> bool:
        """Whether `queue` can use more than its own, as seen by `other`: it and each cohort on its way to the first that they share.

        Only then are its workloads candidates when `other` reclaims.
        """
        return self._may_exceed(queue, _key(other))

    def may_exceed_from(self, queue: str, cohort: str) -> bool:
        """The same, as any other queue of `cohort` sees it."""
        return self._may_exceed(queue, _key(cohort, True))

    def _may_exceed(self, queue: str, seen_from: str) -> bool:
        path = {*self._upwards(seen_from)}
        for key in self._upwards(_key(queue)):
            if key in path:
                return True
            if self._potential[key] <= self._subtree[key]:
                return False
        return False

    def own(self, queue: str, other: str) -> int:
        """Most that the queue has without anything of a cohort that it shares with `other`: what it may take back from it."""
        path = {*self._upwards(_key(other))}
        way = []
        for key in self._upwards(_key(queue)):
            if key in path:
                break
            way.append(key)
        most = 0
        for top in range(len(way)):  # the widest of its cohorts is not always the one that gives most: limits lie between
            reach = self._subtree[way[top]]
            for key in reversed(way[:top]):
                reach += self._local(key)
                borrowing = self._members[key].quota.borrowing
                reach = reach if borrowing is None else min(reach, self._subtree[key] + borrowing)
            most = max(most, reach)
        return most

    def _upwards(self, key: str) -> Iterator[str]:
        yield key
        while (parent := self._members[key].parent) is not None:
            key = _key(parent, True)
            yield key

    def _below(self, key: str) -> Iterator[str]:
        yield key
        for child in self._children[key]:
            yield from self._below(child)

    def unused(self) -> "Usage":
        return Usage(self, dict.fromkeys(self._members, 0))


class Usage:
    """What is used of a tree's quotas. Changes as queues take and give back."""

    def __init__(self, tree: Tree, used: dict[str, int]) -> None:
        self._tree, self._used = tree, used

    def copy(self) -> "Usage":
        return Usage(self._tree, dict(self._used))

    def of(self, queue: str) -> int:
        return self._used[_key(queue)]

    def available(self, queue: str) -> int:
        """What the queue can take now without preempting anybody. Never negative."""
        return max(0, self._available(_key(queue)))

    def take(self, queue: str, amount: int) -> None:
        """Count `amount` for the queue, whether or not it fits."""
        self._add(_key(queue), amount)

    def give_back(self, queue: str, amount: int) -> None:
        self._remove(_key(queue), amount)

    def borrows(self, queue: str) -> bool:
        return self.of(queue) > self._tree.quota(queue).nominal

    def _available(self, key: str) -> int:
        tree = self._tree
        member, used, subtree = tree._members[key], self._used[key], tree._subtree[key]
        if member.parent is None:
            return subtree - used
        local, of_parent = tree._local(key), self._available(_key(member.parent, True))
        if member.quota.borrowing is not None:
            of_parent = min(of_parent, subtree - local - max(0, used - local) + member.quota.borrowing)
        return max(0, local - used) + of_parent

    def _add(self, key: str, amount: int) -> None:
        parent = self._tree._members[key].parent
        beyond = amount - max(0, self._tree._local(key) - self._used[key])
        self._used[key] += amount
        if parent is not None and beyond > 0:
            self._add(_key(parent, True), beyond)

    def _remove(self, key: str, amount: int) -> None:
        parent = self._tree._members[key].parent
        in_parent = self._used[key] - self._tree._local(key)
        self._used[key] -= amount
        if parent is not None and in_parent > 0:
            self._remove(_key(parent, True), min(amount, in_parent))


def in_turn(tree: Tree, order: Iterable[str], wanted: Mapping[str, int] | None = None) -> dict[str, int]:
    """What each queue has once all of `order`, one after the other, took all they could (of what they want), and nobody was preempted."""
    usage = tree.unused()
    had: dict[str, int] = {}
    for queue in order:
        free = usage.available(queue)
        had[queue] = free if wanted is None else min(free, wanted[queue])
        usage.take(queue, had[queue])
    return had


def _key(name: str, is_cohort: bool = False) -> str:
    """A queue and a cohort may have one name."""
    return f"cohort/{name}" if is_cohort else f"queue/{name}"
