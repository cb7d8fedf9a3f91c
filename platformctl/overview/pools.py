"""The node pools of a plan, a line each."""

from collections.abc import Iterator, Mapping, Sequence

from infra.node_pool_tags import AUTOSCALER_MAX, AUTOSCALER_MIN
from infra.pricing import HOURS_PER_MONTH, Estimate, Line
from platformctl.engine.plan import PlannedResource
from platformctl.overview.inputs import LATER, domain, listed, mapping, text
from platformctl.overview.subjects import Pool

NODE_POOL = "oci:ContainerEngine/nodePool:NodePool"


def pools(resources: Sequence[PlannedResource], estimate: Estimate | None) -> Iterator[Pool]:
    """Pools in the plan's order, with what they cost where that is known."""
    lines: Mapping[str, Line] = {line.name: line for line in estimate.pools} if estimate else {}
    for resource in resources:
        line = lines.get(resource.name)
        low, high = (line.minimum, line.maximum) if line else _bounds(resource)
        placements = listed(resource, "nodeConfigDetails.placementConfigs")
        yield Pool(
            name=resource.name.removeprefix("pool-"),
            machine=line.detail if line else text(resource, "nodeShape"),
            minimum=low,
            maximum=high,
            domains=tuple(domain(str(placement.get("availabilityDomain", LATER))) for placement in placements),
            version=text(resource, "kubernetesVersion"),
            minimum_monthly=line.minimum_hourly * HOURS_PER_MONTH if line else None,
            maximum_monthly=line.maximum_hourly * HOURS_PER_MONTH if line else None,
        )


def _bounds(resource: PlannedResource) -> tuple[int | None, int | None]:
    tags = mapping(resource, "freeformTags")
    size = _count(text(resource, "nodeConfigDetails.size"))
    return _count(tags.get(AUTOSCALER_MIN, size)), _count(tags.get(AUTOSCALER_MAX, size))


def _count(value: object) -> int | None:
    return int(said) if (said := str(value)).isdecimal() else None
