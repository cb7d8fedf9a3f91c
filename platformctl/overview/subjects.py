"""What an overview consists of."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Section:
    """One subject of the stack: `network`, `cluster`."""

    title: str
    facts: tuple[str, ...]
    """Short phrases, the one that people ask for first first."""


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A node pool in one line."""

    name: str
    machine: str
    """Shape, and what of it a pool chooses: `VM.Standard.E5.Flex, 2 OCPU, 16 GB`."""
    minimum: int | None
    """Nodes. None where the plan does not know."""
    maximum: int | None
    domains: tuple[str, ...]
    """Availability domains, short: `AD1`."""
    version: str
    """Kubernetes version of its nodes: `v1.34.2`; empty where the plan does not say."""
    minimum_monthly: Decimal | None
    """US dollars at list price. None where it has no price."""
    maximum_monthly: Decimal | None

    @property
    def nodes(self) -> str:
        """`3`, `0-4`, `?` for what is not known."""
        low, high = ("?" if count is None else str(count) for count in (self.minimum, self.maximum))
        return low if low == high else f"{low}-{high}"


@dataclass(frozen=True, kw_only=True)
class Overview:
    stack: str
    sections: tuple[Section, ...]
    """In reading order. What is empty is left out."""
    pools: tuple[Pool, ...]
    waiting: int
    """Inputs that only an update will know."""

    def to_json(self) -> dict[str, Any]:
        return {
            "sections": [{"title": section.title, "facts": section.facts} for section in self.sections],
            "pools": [
                {
                    "name": pool.name,
                    "machine": pool.machine,
                    "minimum": pool.minimum,
                    "maximum": pool.maximum,
                    "availabilityDomains": pool.domains,
                    "kubernetesVersion": pool.version or None,
                    "minimumMonthly": _text(pool.minimum_monthly),
                    "maximumMonthly": _text(pool.maximum_monthly),
                }
                for pool in self.pools
            ],
            "waiting": self.waiting,
        }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
