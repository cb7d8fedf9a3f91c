"""What planned resources cost, from a dated price book."""

from infra.pricing.book import BOOK, HOURS_PER_MONTH, PriceBook, UnpricedError, monthly_cap
from infra.pricing.compare import CostChange, compare
from infra.pricing.estimate import Estimate, estimate
from infra.pricing.lines import Line, Metered
from infra.pricing.resources import UNKNOWN, PlannedResource

__all__ = [
    "BOOK",
    "HOURS_PER_MONTH",
    "UNKNOWN",
    "CostChange",
    "Estimate",
    "Line",
    "Metered",
    "PlannedResource",
    "PriceBook",
    "UnpricedError",
    "compare",
    "estimate",
    "monthly_cap",
]
