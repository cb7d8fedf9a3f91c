"""The price book: what a part costs, as of a date, from a stated source."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Self

from infra.catalogue.shapes import SHAPES, Shape

CURRENCY = "USD"
"""Of prices, and of the limits in stack files."""

HOURS_PER_MONTH = 730
"""A twelfth of a year, rounded."""

PREEMPTIBLE_FACTOR = Decimal("0.5")
"""Preemptible against on-demand. Oracle, "Preemptible Instances", 2026-09."""

UNUSED_RESERVATION_FACTOR = Decimal("0.85")
"""Reserved capacity that nothing uses, against on-demand. Oracle, compute pricing, footnotes, 2026-09."""


def monthly_cap(monthly_usd: float | None, hourly_usd: float | None) -> int | None:
    """What a cap on the month and one on each of its hours come to together, in whole US dollars; None where neither is given."""
    given = [cap for cap in (monthly_usd, None if hourly_usd is None else hourly_usd * HOURS_PER_MONTH) if cap is not None]
    return int(min(given)) if given else None


class UnpricedError(ValueError):
    """Something that costs money has no price here. Never taken for free."""


@dataclass(frozen=True, kw_only=True)
class Part:
    description: str
    unit: str
    """What one of it is: `gpu-hour`, `ocpu-hour`, `gb-hour`, `tb-hour`, `mbps-hour`, `hour`, `gb-month`, `unit-gb-month`: a unit of
    performance."""
    usd: Decimal
    """List price, pay as you go."""


@dataclass(frozen=True, kw_only=True)
class PriceBook:
    as_of: date
    source: str
    parts: Mapping[str, Part]
    """By part number; `unlisted:` marks parts whose number Oracle does not publish."""
    shapes: Mapping[str, Shape] = field(default_factory=lambda: SHAPES)
    """Machines whose prices are made of parts, and those whose prices a stack file says."""
    discounts: Mapping[str, Decimal] = field(default_factory=dict)
    """Share taken off (0.2 for 20 %) by part number, or `*` for all others."""

    def of(self, shapes: Mapping[str, Shape]) -> Self:
        """The book with these machines."""
        return replace(self, shapes=shapes)

    def price(self, part: str) -> Decimal:
        """US dollars for one unit, discount taken. Raises UnpricedError."""
        if part not in self.parts:
            raise UnpricedError(f"the price book of {self.as_of} has no part {part!r}; add it to infra/pricing/book.json with its source")
        discount = self.discounts.get(part, self.discounts.get("*", Decimal(0)))
        return self.parts[part].usd * (1 - discount)

    def hourly(self, part: str) -> Decimal:
        """US dollars an hour for one unit, a monthly price spread over the month. Raises UnpricedError."""
        monthly = part in self.parts and self.parts[part].unit.endswith("month")
        return self.price(part) / HOURS_PER_MONTH if monthly else self.price(part)

    @property
    def terms(self) -> str:
        """`list prices`, or what is taken off them."""
        taken = [f"{float(share) * 100:g} % off {'all others' if part == '*' else part}" for part, share in self.discounts.items()]
        return ", ".join(["list prices", *taken])

    def age(self, today: date) -> int:
        """Days since the prices were read."""
        return (today - self.as_of).days


def read(text: str) -> PriceBook:
    """The book in `text`, the JSON of book.json. Raises ValueError for a discount that is none, and for another currency than limits'."""
    content = json.loads(text)
    if content["currency"] != CURRENCY:
        fix = f"read the list with currencyCode={CURRENCY}"
        raise ValueError(f"book.json is in {content['currency']!r}, and limits are in {CURRENCY}: {fix}")
    parts = {
        number: Part(description=part["description"], unit=part["unit"], usd=Decimal(part["usd"]))
        for number, part in content["parts"].items()
    }
    return PriceBook(
        as_of=date.fromisoformat(content["asOf"]),
        source=content["source"],
        parts=MappingProxyType(parts),
        discounts=MappingProxyType(_discounts(content.get("discounts", {}), parts)),
    )


def _discounts(given: Mapping[str, str], parts: Mapping[str, Part]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for part, share in given.items():
        if part != "*" and part not in parts:
            raise ValueError(f"book.json has a discount on {part!r}, which is no part of it; name a part, or * for all others")
        try:
            found[part] = Decimal(share)
        except (ArithmeticError, TypeError, ValueError):
            found[part] = Decimal("NaN")
        if not (found[part].is_finite() and 0 <= found[part] < 1):
            wanted = 'a share as text, such as "0.2" for 20 %, and less than 1'
            raise ValueError(f"book.json takes {share!r} off {part}; a discount is {wanted}")
    return found


FILE = Path(__file__).with_name("book.json")
BOOK = read(FILE.read_text())
