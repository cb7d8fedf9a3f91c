"""What planned resources cost at minimum scale, and at the most that the autoscaler may make of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from infra.pricing.book import BOOK, HOURS_PER_MONTH, PriceBook, UnpricedError
from infra.pricing.free import COSTLY, is_free
from infra.pricing.lines import Line, Metered
from infra.pricing.reading import Reader
from infra.pricing.resources import PlannedResource
from infra.pricing.tariffs import TARIFFS
from infra.pricing.understood import check


@dataclass(frozen=True, kw_only=True)
class Estimate:
    lines: tuple[Line, ...]
    metered: tuple[Metered, ...]
    book: PriceBook

    @property
    def pools(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.kind == "pool")

    @property
    def fixed(self) -> tuple[Line, ...]:
        """What costs the same whatever the autoscaler does, pools left out."""
        return tuple(line for line in self.lines if line.kind != "pool")

    @property
    def fixed_hourly(self) -> Decimal:
        return sum((line.minimum_hourly for line in self.fixed), Decimal(0))

    @property
    def minimum_hourly(self) -> Decimal:
        return sum((line.minimum_hourly for line in self.lines), Decimal(0))

    @property
    def maximum_hourly(self) -> Decimal:
        return sum((line.maximum_hourly for line in self.lines), Decimal(0))

    @property
    def minimum_monthly(self) -> Decimal:
        return self.minimum_hourly * HOURS_PER_MONTH

    @property
    def maximum_monthly(self) -> Decimal:
        return self.maximum_hourly * HOURS_PER_MONTH

    def to_json(self) -> dict[str, Any]:
        return {
            "currency": "USD",
            "priceBook": {
                "asOf": self.book.as_of.isoformat(),
                "source": self.book.source,
                "discounts": {part: str(share) for part, share in self.book.discounts.items()},
            },
            "hoursPerMonth": HOURS_PER_MONTH,
            "lines": [
                {
                    "name": line.name,
                    "kind": line.kind,
                    "detail": line.detail,
                    "unitHourly": _text(line.unit_hourly),
                    "minimum": line.minimum,
                    "maximum": line.maximum,
                    "minimumHourly": _text(line.minimum_hourly),
                    "maximumHourly": _text(line.maximum_hourly),
                }
                for line in self.lines
            ],
            "metered": [{"name": item.name, "kind": item.kind, "unit": item.unit, "usd": str(item.usd)} for item in self.metered],
            "fixedHourly": _text(self.fixed_hourly),
            "minimumHourly": _text(self.minimum_hourly),
            "maximumHourly": _text(self.maximum_hourly),
            "minimumMonthly": _text(self.minimum_monthly),
            "maximumMonthly": _text(self.maximum_monthly),
        }


def estimate(resources: Iterable[PlannedResource], book: PriceBook = BOOK) -> Estimate:
    """Entries in the order of `resources`. Raises UnpricedError naming everything that may cost money and has no price."""
    entries: list[Line | Metered] = []
    problems: list[str] = []
    for resource in resources:
        try:
            entries += _entries(resource, book)
        except UnpricedError as error:
            problems.append(str(error))
    if problems:
        raise UnpricedError("\n".join(problems))
    return Estimate(
        lines=tuple(entry for entry in entries if isinstance(entry, Line)),
        metered=tuple(entry for entry in entries if isinstance(entry, Metered)),
        book=book,
    )


def _entries(resource: PlannedResource, book: PriceBook) -> list[Line | Metered]:
    if is_free(resource.type):
        costly = [key for key in COSTLY.get(resource.type, ()) if resource.inputs.get(key) not in (None, "", "0", 0)]
        if costly:
            raise UnpricedError(f"{resource.name}: {', '.join(costly)} costs what nobody has counted; leave it out")
        return []
    if resource.type not in TARIFFS:
        fix = "add it to infra/pricing/tariffs.py, or to free.py if it costs nothing"
        raise UnpricedError(f"{resource.name}: no price is known for {resource.type}; {fix}")
    entries = list(TARIFFS[resource.type](Reader(name=resource.name, inputs=resource.inputs), book))
    check(resource.name, resource.type, resource.inputs)
    return entries


def _text(amount: Decimal) -> str:
    return f"{amount:.4f}"
