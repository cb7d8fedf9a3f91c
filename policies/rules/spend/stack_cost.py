"""What the whole stack may cost, every pool at its largest."""

import re
from decimal import Decimal

from infra.pricing import BOOK, HOURS_PER_MONTH, UnpricedError, estimate
from policies import charts
from policies.accessor import LIST, MAPPING, TEXT, Inputs, Refused
from policies.demand import gigabytes
from policies.node_pools import FIXED_SIZE, NODE_POOL, OWN_SHAPES, bounds, price_book
from policies.pods import NO_PODS, OBJECTS
from policies.rule import Accepted, Amounts, Config, Rule, Setting, Total
from policies.standards import NONE
from policies.subject import Resource

HOURLY = "USD an hour"


CLAIM_VPUS = 20
"""Performance units per GB that a volume claim is counted with: the most that a storage class may ask for."""
SERVICE, FLEXIBLE_MOST = "kubernetes:core/v1:Service", "service.beta.kubernetes.io/oci-load-balancer-shape-flex-max"
SHAPE, KIND = "service.beta.kubernetes.io/oci-load-balancer-shape", "oci.oraclecloud.com/load-balancer-type"
_MBPS = re.compile(r"(?P<mbps>[0-9]{1,6})(?:Mbps)?", re.IGNORECASE)
_DEFAULT_MBPS = 100
"""Of a balancer whose Service names none. Oracle, "Specifying Alternative Load Balancer Shapes", 2026-08."""


def amounts(resource: Resource, config: Config) -> Amounts:
    """US dollars an hour at the most. What has no price adds nothing here, and is refused by `priced`."""
    if resource.type.startswith("kubernetes:"):
        hourly = _in_kubernetes(resource) if config.flag("billed") else Decimal(0)
        return {HOURLY: hourly} if hourly else {}
    nodes = _nodes(resource) if resource.type == NODE_POOL else None
    try:
        lines = estimate([resource], price_book(config)).lines
    except UnpricedError:
        return {}
    return {HOURLY: sum((line.unit_hourly * (line.maximum if nodes is None else nodes) for line in lines), Decimal(0))} if lines else {}


def _in_kubernetes(resource: Resource) -> Decimal:
    """Volumes that claims ask for, and load balancers. Raises Refused."""
    if resource.type.startswith(NO_PODS):
        return Decimal(0)
    in_values = resource.type in charts.TYPES
    inputs = resource.read.known(MAPPING, "values") or {} if in_values else resource.inputs
    size = gigabytes(inputs, (*resource.path, "values") if in_values else resource.path, in_values=in_values)
    each = BOOK.hourly("B91961") + CLAIM_VPUS * BOOK.hourly("B91962")
    return size * each + (_balancer(resource.read) if resource.type == SERVICE else Decimal(0))


def _balancer(service: Inputs) -> Decimal:
    if (service.optional(TEXT, "spec", "type") or "ClusterIP") != "LoadBalancer" or service.optional(
        TEXT, "metadata", "annotations", KIND
    ) == "nlb":
        return Decimal(0)
    said = service.optional(TEXT, "metadata", "annotations", SHAPE) or ""
    most = service.optional(TEXT, "metadata", "annotations", FLEXIBLE_MOST) if said.lower() == "flexible" else said
    match = _MBPS.fullmatch(most or str(_DEFAULT_MBPS))
    if match is None:
        raise Refused(f"metadata.annotations.{SHAPE} is {said!r}, of which no price is known: write flexible, with its bounds")
    return BOOK.hourly("B93030") + int(match["mbps"]) * BOOK.hourly("B93031")


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
    applies=("oci:*", *OBJECTS),
    why="What a stack may cost is the sum over everything it may grow to. It is counted before anything is made, from list prices, and "
    "includes boot volumes, the control plane and storage.",
    fix="Lower `maxSize` of the most expensive pool, or raise `spend.monthlyUsd` in the stack file.",
    standards=NONE,
    settings=(
        OWN_SHAPES,
        Setting(
            name="monthlyUsd",
            kind="number",
            meaning="US dollars a month of 730 hours, at list price, with every pool at its maximum. 0: nothing that costs anything.",
            stricter="lower",
            default=0,
            given=lambda declared: declared.monthly_usd,
        ),
        Setting(
            name="billed",
            kind="flag",
            meaning="Count volume claims and load balancers of the cluster, which Oracle bills. False on a cluster of one's own.",
            stricter="true",
            default=True,
            given=lambda declared: declared.oke,
        ),
    ),
    accepts=(
        Accepted(path="values*", trouble=("missing", "unknown"), because="what is not there or not known is counted once it is"),
        Accepted(path="metadata*", trouble=("missing",), because="a balancer that names no shape has Oracle's"),
        Accepted(path="spec*", trouble=("missing",), because="a Service that names no type is inside the cluster alone"),
        FIXED_SIZE,
        Accepted(path="*.preemptibleNodeConfig", trouble=("missing",), because="the full price is counted then"),
    ),
    total=Total(amounts, judge),
)
