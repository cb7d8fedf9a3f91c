"""What a report shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.pricing import Estimate
from infra.pricing.usage import Scenarios, Usage
from platformctl.engine.plan import Plan
from platformctl.overview import Overview
from platformctl.schedule import Schedule

if TYPE_CHECKING:
    from platformctl.access.words import Line
    from platformctl.queues import Sharing


@dataclass(frozen=True, kw_only=True)
class Cost:
    estimate: Estimate
    scenarios: Scenarios
    usage: Usage
    cap: int | None
    """US dollars a month."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    plan: Plan
    overview: Overview
    cost: Cost | None
    """None where something has no price."""
    schedule: Schedule | None
    """None where policies refuse the plan: it was not brought up."""
    access: "Sequence[Line] | None"
    unseen: Sequence[str]
    """Of access: what the plan does not say."""
    queues: "Sharing | None"
    """None for a stack without queues."""
