"""The price book: what a part costs, as of a date, from a stated source."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

HOURS_PER_MONTH = 730
"""A twelfth of a year, rounded."""

PREEMPTIBLE_FACTOR = Decimal("0.5")
"""Preemptible against on-demand. Oracle, "Preemptible Instances", 2026-09."""

UNUSED_RESERVATION_FACTOR = Decimal("0.85")
"""Reserved capacity that nothing uses, against on-demand. Oracle, compute pricing, footnotes, 2026-09."""


class UnpricedError(ValueError):
    """Something that costs money has no price here. Never taken for free."""


@dataclass(frozen=True, kw_only=True)
class Part:
    description: str
    unit: str
    """What one of it is: `gpu-hour`, `ocpu-hour`, `gb-hour`, `mbps-hour`, `hour`, `gb-month`, `unit-gb-month` (a performance unit)."""
    usd: Decimal
    """List price, pay as you go."""


@dataclass(frozen=True, kw_only=True)
class PriceBook:
    as_of: date
    source: str
    parts: Mapping[str, Part]
    """By part number; `unlisted:` marks parts whose number Oracle does not publish."""
    discounts: Mapping[str, Decimal] = field(default_factory=dict)
    """Share taken off (0.2 for 20 %) by part number, or `*` for all others."""

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

    def age(self, today: date) -> int:
        """Days since the prices were read."""
        return (today - self.as_of).days


def read(text: str) -> PriceBook:
    """The book in `text`, the JSON of book.json."""
    content = json.loads(text)
    return PriceBook(
        as_of=date.fromisoformat(content["asOf"]),
        source=content["source"],
        parts=MappingProxyType(
            {
                number: Part(description=part["description"], unit=part["unit"], usd=Decimal(part["usd"]))
                for number, part in content["parts"].items()
            }
        ),
    )


FILE = Path(__file__).with_name("book.json")
BOOK = read(FILE.read_text())
