"""Pools that may be spread over availability domains are."""

from collections.abc import Iterator

from policies.accessor import MAPPING, TEXT
from policies.node_pools import NODE_POOL
from policies.rule import Accepted, Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import Resource, Stack

POOL_LABEL = "oke-gpu-platform/pool"
"""Label that the pools of one entry of `nodePools` share: GPU pools are one per availability domain."""


def check_stack(stack: Stack, config: Config) -> Iterator[Violation]:
    wanted = config.integer("domains")
    if wanted < 2:
        return
    places: dict[str, set[str]] = {}
    first: dict[str, Resource] = {}
    for pool in stack.of(NODE_POOL):
        pool.read.require(MAPPING, "nodeConfigDetails")
        if pool.read.present(TEXT, "nodeConfigDetails", "computeClusterId"):
            continue  # RDMA reaches no further than one domain
        group = _group(pool)
        placements = tuple(pool.read.each("nodeConfigDetails", "placementConfigs"))
        if placements and all(placement.present(TEXT, "capacityReservationId") for placement in placements):
            continue  # Reserved capacity lies in one domain
        places.setdefault(group, set()).update(placement.require(TEXT, "availabilityDomain") for placement in placements)
        first.setdefault(group, pool)
    for group, domains in sorted(places.items()):
        count = len(domains)
        if count < wanted:
            said = f"pool {group} is in {count} availability domain{'' if count == 1 else 's'}, and the region has {wanted}"
            yield Violation(f"{said}: leave availabilityDomains out", first[group].urn)


def _group(pool: Resource) -> str:
    for label in pool.read.each("initialNodeLabels"):
        if label.require(TEXT, "key") == POOL_LABEL:
            return label.require(TEXT, "value")
    return pool.name


RULE = Rule(
    name="one-domain",
    title="Production pools use all availability domains",
    topic="reliability",
    severity="medium",
    applies=(NODE_POOL,),
    why="Capacity runs out by availability domain, for GPUs most days, and a domain can fail as a whole.",
    fix="Leave `availabilityDomains` out of the pool.",
    standards=NONE,
    settings=(
        Setting(
            name="domains",
            kind="integer",
            meaning="Availability domains that a pool must be in. Below 2: not asked for.",
            stricter="higher",
            default=3,
            given=lambda declared: declared.availability_domains if declared.environment == "prod" else 0,
        ),
    ),
    accepts=(
        Accepted(path="nodeConfigDetails.computeClusterId", trouble=("unknown",), because="RDMA keeps to one domain, in whichever cluster"),
        Accepted(path="*.capacityReservationId", trouble=("unknown",), because="a reservation lies in one domain, whichever it is"),
        Accepted(path="initialNodeLabels", trouble=("missing",), because="a pool without the label stands for itself"),
    ),
    check_stack=check_stack,
)
