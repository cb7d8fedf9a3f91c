"""What the whole stack may cost, every pool at its largest."""

from decimal import Decimal

from infra.pricing import HOURS_PER_MONTH, UnpricedError, estimate
from policies.accessor import LIST, MAPPING
from policies.node_pools import FIXED_SIZE, NODE_POOL, bounds
from policies.rule import Accepted, Amounts, Config, Rule, Setting, Total
from policies.standards import NONE
from policies.subject import Resource

HOURLY = "USD an hour"


def amounts(resource: Resource, _: Config) -> Amounts:
    """US dollars an hour at the most. What has no price adds nothing here, and is refused by `priced`."""
    nodes = _nodes(resource) if resource.type == NODE_POOL else None
    try:
        lines = estimate([resource]).lines
    except UnpricedError:
        return {}
    return {HOURLY: sum((line.unit_hourly * (line.maximum if nodes is None else nodes) for line in lines), Decimal(0))} if lines else {}


def _nodes(pool: Resource) -> int:
    """Most nodes. Preemptible ones cost half: that they are must be known too. Raises Refused."""
    pool.read.require(LIST, "nodeConfigDetails", "placementConfigs")
    for placement in pool.read.each("nodeConfigDetails", "placementConfigs"):
        placement.optional(MAPPING, "preemptibleNodeConfig")
    return bounds(pool)[1]


def judge(_: str, hourly: Decimal, config: Config) -> str | None:
    monthly, allowed = hourly * HOURS_PER_MONTH, config.number("monthlyUsd")
    if monthly <= allowed:
        return None
    costs = f"the stack may cost {hourly:,.2f} USD an hour, {monthly:,.0f} USD a month, at the autoscaler's maximum"
    if not allowed:
        return f"{costs}, and no limit is declared: set spend.monthlyUsd in the stack file"
    return f"{costs}, but {allowed:,.0f} are allowed: lower a pool's maxSize, or raise spend.monthlyUsd"


RULE = Rule(
    name="stack-cost",
    title="The stack at its largest stays within the monthly limit",
    topic="spend",
    severity="critical",
    applies=("oci:*",),
    why="What a stack may cost is the sum over everything it may grow to. It is counted before anything is made, from list prices, and "
    "includes boot volumes, the control plane and storage.",
    fix="Lower `maxSize` of the most expensive pool, or raise `spend.monthlyUsd` in the stack file.",
    standards=NONE,
    settings=(
        Setting(
            name="monthlyUsd",
            kind="number",
            meaning="US dollars a month of 730 hours, at list price, with every pool at its maximum. 0: nothing that costs anything.",
            stricter="lower",
            default=0,
            given=lambda declared: declared.monthly_usd,
        ),
    ),
    accepts=(
        FIXED_SIZE,
        Accepted(path="*.preemptibleNodeConfig", trouble=("missing",), because="the full price is counted then"),
    ),
    total=Total(amounts, judge),
)
