"""What a plan costs, and what its changes do to the cost. Prices and arithmetic are `infra.pricing`'s."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from infra import pricing
from infra.catalogue import own
from infra.pricing import CostChange, Estimate, PriceBook, UnpricedError
from infra.project import PROJECT
from platformctl.engine.plan import Plan
from platformctl.errors import Refused

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class _Before:
    """A resource as it is before the change."""

    type: str
    name: str
    inputs: Mapping[str, Any]


def estimate(plan: Plan) -> Estimate:
    """What the stack costs once the plan is done. Raises Refused when something has no price."""
    return _estimate(plan.custom, _book(plan))


def reported(plan: Plan) -> Estimate | None:
    """What the stack costs. None when something has no price in a plan that policies refuse, which is reported first. Raises Refused."""
    return _unless_refused(plan, estimate)


def change_reported(plan: Plan) -> CostChange | None:
    """What the plan does to the stack's cost. None when something has no price in a plan that policies refuse. Raises Refused."""
    return _unless_refused(plan, compare)


def compare(plan: Plan) -> CostChange:
    """What the plan does to the stack's cost. Raises Refused when something has no price."""
    before = [
        _Before(type=resource.type, name=resource.name, inputs=resource.old_inputs)
        for resource in plan.resources
        if resource.custom and resource.old_inputs is not None
    ]
    book = _book(plan)
    return pricing.compare(_estimate(before, book), _estimate(plan.custom, book))


def _unless_refused(plan: Plan, find: Callable[[Plan], Found]) -> Found | None:
    try:
        return find(plan)
    except Refused:
        if plan.refusals:
            return None
        raise


def cap(plan: Plan) -> int | None:
    """What the stack file lets a month cost, in whole US dollars; None where it says nothing, or where it is a secret."""
    spend = _section(plan, "spend")
    given = [amount if isinstance(amount := spend.get(key), int | float) else None for key in ("monthlyUsd", "hourlyUsd")]
    return pricing.monthly_cap(*given)


def _book(plan: Plan) -> PriceBook:
    """The price book, with the machines that the stack file describes."""
    return pricing.BOOK.of(own.read(_section(plan, "catalogue")).shapes)


def _section(plan: Plan, name: str) -> dict[str, Any]:
    """A section of the stack file; empty where there is none, or none that is known."""
    try:
        found = json.loads(plan.config.get(f"{PROJECT}:{name}", "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _estimate(resources: Iterable[pricing.PlannedResource], book: PriceBook) -> Estimate:
    try:
        return pricing.estimate((resource for resource in resources if resource.type.startswith("oci:")), book)
    except UnpricedError as error:
        raise Refused(f"the cost is not known: {error}") from error


def monthly(hourly: Decimal) -> str:
    """`$1,234` a month for a price an hour."""
    return dollars(hourly * pricing.HOURS_PER_MONTH, 0)


def dollars(amount: Decimal, places: int = 2) -> str:
    sign = "-" if amount < 0 else ""
    return f"{sign}${abs(amount):,.{places}f}"


def signed(amount: Decimal, places: int = 2) -> str:
    """A difference: always with its sign, unless it is none."""
    return dollars(amount, places) if amount <= 0 else f"+{dollars(amount, places)}"


def signed_monthly(hourly: Decimal) -> str:
    return signed(hourly * pricing.HOURS_PER_MONTH, 0)
