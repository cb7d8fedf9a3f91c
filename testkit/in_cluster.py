"""What a rehearsed stack has inside its cluster, every value known, in the order of the graph."""

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from platformctl.engine.plan import Plan
from platformctl.engine.session import Session
from platformctl.schedule import waits_for
from simulator.simulated_state import SimulatedState

KUBERNETES = "kubernetes:"
RELEASE = "kubernetes:helm.sh/v3:Release"


@dataclass(frozen=True, kw_only=True)
class InCluster:
    """A Kubernetes object, or a Helm release."""

    urn: str
    name: str
    """What the program calls it."""
    type: str
    inputs: Mapping[str, Any]
    """The manifest, or what the release is given. Secrets are plain."""
    waits_for: frozenset[str]
    """URNs of what else is in the cluster and must be there before, directly or through anything."""

    @property
    def is_release(self) -> bool:
        """Whether it is a chart, whose objects only Helm knows."""
        return self.type == RELEASE


def in_cluster(session: Session, plan: Plan) -> tuple[InCluster, ...]:
    """What `session`, once it is up, holds in its cluster; each after all it waits for. `plan` is the plan of the same stack."""
    held = {record.urn: record for record in SimulatedState(session.simulated).state.records.values() if record.type.startswith(KUBERNETES)}
    before = {resource.urn: waits_for(resource, plan) for resource in plan.resources}
    reached: dict[str, frozenset[str]] = {}
    for urn in TopologicalSorter(before).static_order():
        reached[urn] = frozenset().union(before[urn], *(reached[earlier] for earlier in before[urn]))
    return tuple(
        InCluster(
            urn=urn,
            name=held[urn].name,
            type=held[urn].type,
            inputs={key: value for key, value in held[urn].inputs.items() if not key.startswith("__")},
            waits_for=through & held.keys(),
        )
        for urn, through in reached.items()
        if urn in held
    )
