"""Which parts a stack is made of, and which waits for which: the plan's dependencies, seen from component to component."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from platformctl.engine.plan import STACK, Plan, PlannedResource
from platformctl.render.words import short


@dataclass(frozen=True, kw_only=True)
class Part:
    """A component with resources of its own, or a resource that belongs to none."""

    urn: str
    name: str
    kind: str
    """`Network`, or `ContainerEngine.Cluster` for a resource."""
    component: bool
    inside: str = ""
    """Name of the component that holds it; empty at the top."""
    contents: Mapping[str, int] = field(default_factory=dict)
    """Resources of its own by short type, most frequent first."""

    @property
    def size(self) -> int:
        return sum(self.contents.values())


@dataclass(frozen=True, kw_only=True)
class Graph:
    stack: str
    parts: tuple[Part, ...]
    edges: tuple[tuple[str, str], ...]
    """URNs: the first must be there before the second. Only the edges that no longer way implies."""

    def document(self) -> dict[str, Any]:
        return {
            "stack": self.stack,
            "components": [
                {
                    "urn": part.urn,
                    "name": part.name,
                    "type": part.kind,
                    "component": part.component,
                    "inside": part.inside,
                    "resources": part.contents,
                }
                for part in self.parts
            ],
            "edges": [{"from": before, "to": after} for before, after in self.edges],
        }


def graph(plan: Plan) -> Graph:
    """Parts in the plan's order. Providers are left out: everything waits for them."""
    owners = {resource.urn: _owner(resource, plan) for resource in plan.resources if _drawn(resource)}
    contents: dict[str, Counter[str]] = {}
    for resource in plan.resources:
        if resource.urn in owners and resource.custom:
            contents.setdefault(owners[resource.urn], Counter())[short(resource.type)] += 1
    parts = tuple(_part(plan.by_urn[urn], contents[urn], plan) for urn in (resource.urn for resource in plan.resources) if urn in contents)
    edges: dict[tuple[str, str], None] = {}
    for resource in plan.resources:
        after = owners.get(resource.urn)
        for urn in resource.dependencies:
            before = owners.get(urn)
            if before is not None and after is not None and before != after and before in contents and after in contents:
                edges[before, after] = None
    return Graph(stack=plan.stack, parts=parts, edges=_direct(list(edges)))


def _drawn(resource: PlannedResource) -> bool:
    return resource.op != "delete" and resource.type != STACK and not resource.type.startswith("pulumi:providers:")


def _owner(resource: PlannedResource, plan: Plan) -> str:
    """URN of the component closest to the resource; the resource's outermost custom ancestor where there is none."""
    here = resource
    while here.custom:
        parent = plan.by_urn.get(here.parent)
        if parent is None or parent.type == STACK:
            return here.urn
        here = parent
    return here.urn


def _part(resource: PlannedResource, contents: Counter[str], plan: Plan) -> Part:
    parent = plan.by_urn.get(resource.parent)
    inside = parent.name if parent is not None and parent.type != STACK else ""
    kind = short(resource.type)
    return Part(
        urn=resource.urn, name=resource.name, kind=kind, component=not resource.custom, inside=inside, contents=dict(contents.most_common())
    )


def _direct(edges: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The edges without those that a longer way implies. Edges that close a circle are kept."""
    after: dict[str, set[str]] = {}
    for start, end in edges:
        after.setdefault(start, set()).add(end)

    def reaches(start: str, end: str) -> bool:
        """Whether a way of two edges or more leads from `start` to `end`."""
        seen, todo = {start}, [step for step in after.get(start, ()) if step != end]
        while todo:
            here = todo.pop()
            if here == end:
                return True
            if here not in seen:
                seen.add(here)
                todo.extend(after.get(here, ()))
        return False

    return tuple((start, end) for start, end in edges if not reaches(start, end) or reaches(end, start))
