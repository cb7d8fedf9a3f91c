"""The entries of an estimate."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Line:
    """One resource that costs money."""

    name: str
    kind: str
    """`pool`, `cluster`, `storage`, `reservation` ..."""
    detail: str
    unit_hourly: Decimal
    """US dollars an hour for one of it: a node, with its boot volume, or the resource itself."""
    minimum: int = 1
    """How many there are at minimum scale."""
    maximum: int = 1

    @property
    def minimum_hourly(self) -> Decimal:
        return self.unit_hourly * self.minimum

    @property
    def maximum_hourly(self) -> Decimal:
        return self.unit_hourly * self.maximum

    @property
    def scales(self) -> bool:
        return self.minimum != self.maximum


@dataclass(frozen=True, kw_only=True)
class Metered:
    """Something billed by what is used of it, which a plan cannot know."""

    name: str
    kind: str
    unit: str
    usd: Decimal
    """US dollars for one unit."""
