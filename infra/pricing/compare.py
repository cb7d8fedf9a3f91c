"""What a change does to the cost."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from infra.pricing.book import HOURS_PER_MONTH
from infra.pricing.estimate import Estimate
from infra.pricing.lines import Line

Op = Literal["added", "removed", "changed"]


@dataclass(frozen=True, kw_only=True)
class LineChange:
    name: str
    op: Op
    before: Line | None
    after: Line | None

    @property
    def minimum_hourly(self) -> Decimal:
        """Difference in US dollars an hour, at minimum scale."""
        return (self.after.minimum_hourly if self.after else Decimal(0)) - (self.before.minimum_hourly if self.before else Decimal(0))

    @property
    def maximum_hourly(self) -> Decimal:
        return (self.after.maximum_hourly if self.after else Decimal(0)) - (self.before.maximum_hourly if self.before else Decimal(0))


@dataclass(frozen=True, kw_only=True)
class CostChange:
    before: Estimate
    after: Estimate
    lines: tuple[LineChange, ...]
    """What differs, in the order of the names."""

    @property
    def minimum_hourly(self) -> Decimal:
        return self.after.minimum_hourly - self.before.minimum_hourly

    @property
    def maximum_hourly(self) -> Decimal:
        return self.after.maximum_hourly - self.before.maximum_hourly

    @property
    def minimum_monthly(self) -> Decimal:
        return self.minimum_hourly * HOURS_PER_MONTH

    @property
    def maximum_monthly(self) -> Decimal:
        return self.maximum_hourly * HOURS_PER_MONTH

    def to_json(self) -> dict[str, Any]:
        return {
            "currency": "USD",
            "minimumHourly": f"{self.minimum_hourly:.4f}",
            "maximumHourly": f"{self.maximum_hourly:.4f}",
            "minimumMonthly": f"{self.minimum_monthly:.2f}",
            "maximumMonthly": f"{self.maximum_monthly:.2f}",
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "lines": [
                {
                    "name": line.name,
                    "op": line.op,
                    "minimumHourly": f"{line.minimum_hourly:.4f}",
                    "maximumHourly": f"{line.maximum_hourly:.4f}",
                }
                for line in self.lines
            ],
        }


def compare(before: Estimate, after: Estimate) -> CostChange:
    """The difference between two estimates, line by line. Two lines are one and the same when resource, kind and place in it agree."""
    old, new = _numbered(before.lines), _numbered(after.lines)
    changes = []
    for key in sorted({*old, *new}):
        first, second = old.get(key), new.get(key)
        if first != second:
            op: Op = "changed" if first and second else "removed" if first else "added"
            changes.append(LineChange(name=key[0], op=op, before=first, after=second))
    return CostChange(before=before, after=after, lines=tuple(changes))


def _numbered(lines: Iterable[Line]) -> dict[tuple[str, str, int], Line]:
    """Lines by name, kind, and which of those of that name and kind: a resource of another type may share a name, and have several."""
    found: dict[tuple[str, str, int], Line] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for line in lines:
        found[line.name, line.kind, seen[line.name, line.kind]] = line
        seen[line.name, line.kind] += 1
    return found
