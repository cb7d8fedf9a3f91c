"""What a stack costs by how much of it runs: a month of hours in use, beside a month of none and of all of them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from infra.pricing.book import HOURS_PER_MONTH
from infra.pricing.estimate import Estimate
from infra.pricing.lines import Line

HOURS_PER_WEEK = 24 * 7


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When the nodes that come and go are there."""

    per_day: Decimal
    """0 to 24."""
    days_per_week: Decimal
    """0 to 7."""

    @property
    def share(self) -> Decimal:
        """Of all the hours of a month, which is taken to be weeks."""
        return self.per_day * self.days_per_week / HOURS_PER_WEEK


@dataclass(frozen=True, kw_only=True)
class Usage:
    hours: Hours
    """Of each line that none is given for."""
    nodes: Mapping[str, int] = field(default_factory=dict)
    """Nodes in those hours by the line's name: what is not named has its maximum."""
    own_hours: Mapping[str, Hours] = field(default_factory=dict)
    """By the line's name."""
    metered: Mapping[str, Decimal] = field(default_factory=dict)
    """Units a month by the name of what is metered."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """US dollars of one month."""

    lines: Mapping[int, Decimal]
    """By the line's place in the estimate: a load balancer has two lines of one name."""
    metered: Mapping[str, Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.lines.values(), Decimal(0)) + sum(self.metered.values(), Decimal(0))


@dataclass(frozen=True, kw_only=True)
class Scenarios:
    """Three months beside each other. What is metered is the same in each: it is there whether nodes run or not."""

    idle: Month
    used: Month
    flat_out: Month


def scenarios(estimate: Estimate, usage: Usage) -> Scenarios:
    metered = {item.name: item.usd * usage.metered.get(item.name, Decimal(0)) for item in estimate.metered if item.name in usage.metered}

    def month(hours: Mapping[int, Decimal]) -> Month:
        return Month(lines={place: estimate.lines[place].unit_hourly * count for place, count in hours.items()}, metered=metered)

    lines = list(enumerate(estimate.lines))
    return Scenarios(
        idle=month({place: Decimal(line.minimum * HOURS_PER_MONTH) for place, line in lines}),
        used=month({place: _node_hours(line, usage) for place, line in lines}),
        flat_out=month({place: Decimal(line.maximum * HOURS_PER_MONTH) for place, line in lines}),
    )


def _node_hours(line: Line, usage: Usage) -> Decimal:
    """What is there at minimum scale is there all month, the rest in its hours."""
    extra = usage.nodes.get(line.name, line.maximum) - line.minimum
    share = usage.own_hours.get(line.name, usage.hours).share
    return (line.minimum + extra * share) * HOURS_PER_MONTH
