"""What the engine did when, held against what it could have done: makespan, critical path, and who waited for whom. Pure.

Seconds are those of the real cloud: what was measured in a rehearsal is divided by its scale before it comes here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

from platformctl.engine.plan import STACK, Plan, PlannedResource

ADD_ON = "platform:addon:"
"""What the type of every add-on of the platform starts with."""
LATE = 0.05
"""Part of the makespan that an add-on may start after all it waits for is there: below, it is the engine's own work."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One resource on the timeline."""

    resource: PlannedResource
    began: float
    """Seconds since the first resource was begun."""
    ended: float
    expected: float
    """Seconds that its creation takes by the table of durations."""
    source: str
    """Where `expected` is from."""
    waits_for: tuple[str, ...]
    """URNs of what had to be there before: what it depends on, its provider, its parent, what it is deleted with."""
    critical: bool = False

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An add-on, and what it waited for."""

    name: str
    began: float
    ended: float
    needs: tuple[str, ...]
    """Other add-ons that it says it requires or comes after, and that are there, directly or through another."""
    waits_for: tuple[str, ...]
    """Other add-ons that its resources depend on."""
    late: float
    """Seconds between the last thing it waits for and its own start."""

    @property
    def unneeded(self) -> tuple[str, ...]:
        return tuple(name for name in self.waits_for if name not in self.needs)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    stack: str
    plan: Plan
    bars: Mapping[str, Bar]
    """By URN, in the plan's order."""
    critical: tuple[str, ...]
    """URNs of the longest chain, first to last, those that take no time left out."""
    shortest: float
    """Seconds that the longest chain takes: no engine can be faster."""
    waiting: tuple[Waiting, ...]

    @cached_property
    def makespan(self) -> float:
        """Seconds from the first resource's begin to the last one's end."""
        return max((bar.ended for bar in self.bars.values()), default=0.0)

    @property
    def ratio(self) -> float:
        """Makespan in critical paths: 1 is the best there is."""
        return self.makespan / self.shortest if self.shortest else 1.0

    @property
    def late(self) -> tuple[Waiting, ...]:
        """Add-ons that started late though all they wait for was there."""
        return tuple(found for found in self.waiting if found.late > LATE * self.makespan)

    def document(self) -> dict[str, Any]:
        return {
            "stack": self.stack,
            "makespanSeconds": round(self.makespan, 1),
            "criticalPathSeconds": round(self.shortest, 1),
            "ratio": round(self.ratio, 3),
            "criticalPath": list(self.critical),
            "resources": [
                {
                    "urn": urn,
                    "name": bar.resource.name,
                    "type": bar.resource.type,
                    "beganSeconds": round(bar.began, 1),
                    "endedSeconds": round(bar.ended, 1),
                    "expectedSeconds": bar.expected,
                    "source": bar.source,
                    "critical": bar.critical,
                    "waitsFor": list(bar.waits_for),
                }
                for urn, bar in self.bars.items()
            ],
            "addons": [
                {
                    "name": found.name,
                    "beganSeconds": round(found.began, 1),
                    "endedSeconds": round(found.ended, 1),
                    "needs": list(found.needs),
                    "waitsFor": list(found.waits_for),
                    "unneeded": list(found.unneeded),
                    "lateSeconds": round(found.late, 1),
                }
                for found in self.waiting
            ],
        }


Expected = Mapping[str, tuple[float, str]]
"""Seconds and their source by URN."""


def shortest(plan: Plan, expected: Expected) -> tuple[float, tuple[str, ...]]:
    """Seconds of the plan's longest chain of resources that wait for each other, and the chain, first to last."""
    before = {resource.urn: waits_for(resource, plan) for resource in plan.resources}
    length: dict[str, float] = {}
    last: dict[str, str] = {}
    for urn in TopologicalSorter(before).static_order():
        for earlier in before[urn]:
            if length[earlier] > length.get(last.get(urn, ""), 0.0):
                last[urn] = earlier
        length[urn] = length.get(last.get(urn, ""), 0.0) + expected[urn][0]
    if not length:
        return 0.0, ()
    here = end = max(length, key=length.__getitem__)
    chain = [end]
    while here in last:
        here = last[here]
        chain.append(here)
    return length[end], tuple(urn for urn in reversed(chain) if expected[urn][0])


def waits_for(resource: PlannedResource, plan: Plan) -> tuple[str, ...]:
    """URNs that the program waits for before it asks for the resource."""
    options = resource.options
    found = dict.fromkeys((*options.dependencies, options.provider, resource.parent, options.deleted_with))
    return tuple(urn for urn in found if urn in plan.by_urn and plan.by_urn[urn].type != STACK)


def schedule(plan: Plan, spans: Mapping[str, tuple[float, float]], expected: Expected, needs: Mapping[str, frozenset[str]]) -> Schedule:
    """The schedule of a plan that was carried out. `spans` are begin and end by URN, `needs` what each add-on may wait for, by name.

    `spans` may count from any moment.
    """
    length, chain = shortest(plan, expected)
    made = [resource for resource in plan.resources if resource.custom and resource.urn in spans]
    start = min((spans[resource.urn][0] for resource in made), default=0.0)
    bars = {
        resource.urn: Bar(
            resource=resource,
            began=spans[resource.urn][0] - start,
            ended=spans[resource.urn][1] - start,
            expected=expected[resource.urn][0],
            source=expected[resource.urn][1],
            waits_for=waits_for(resource, plan),
            critical=resource.urn in chain,
        )
        for resource in made
    }
    return Schedule(
        stack=plan.stack, plan=plan, bars=bars, critical=chain, shortest=length, waiting=tuple(_waiting(plan, bars, _closed(needs)))
    )


def _waiting(plan: Plan, bars: Mapping[str, Bar], needs: Mapping[str, frozenset[str]]) -> Iterator[Waiting]:
    owners = {resource.urn: owner for resource in plan.resources if (owner := _add_on(resource, plan)) is not None}
    names = sorted({owner.name for owner in owners.values()})
    for name in names:
        own = [bar for urn, bar in bars.items() if urn in owners and owners[urn].name == name]
        if not own:
            continue
        others = {owners[urn].name for bar in own for urn in bar.waits_for if urn in owners} - {name}
        first = min(own, key=lambda bar: bar.began)
        there = max((bars[urn].ended for urn in first.waits_for if urn in bars), default=0.0)
        yield Waiting(
            name=name,
            began=first.began,
            ended=max(bar.ended for bar in own),
            needs=tuple(sorted(needs.get(name, frozenset()) & set(names))),
            waits_for=tuple(sorted(others)),
            late=max(first.began - there, 0.0),
        )


def _add_on(resource: PlannedResource, plan: Plan) -> PlannedResource | None:
    """The add-on that the resource is a part of."""
    here: PlannedResource | None = resource
    while here is not None and not here.type.startswith(ADD_ON):
        here = plan.by_urn.get(here.parent)
    return here


def _closed(needs: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """With what is needed through another."""
    closed = dict(needs)
    for _ in needs:
        closed = {name: direct.union(*(closed.get(other, frozenset()) for other in direct)) for name, direct in closed.items()}
    return closed
