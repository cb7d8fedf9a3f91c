"""What whoever runs an add-on must know of it: how to see that it is healthy, and what must happen before it goes."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Workload:
    """It is healthy when all of its pods are ready."""

    kind: Literal["Deployment", "StatefulSet", "DaemonSet"]
    namespace: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Condition:
    """An object whose status says it: `condition` is True."""

    api_version: str
    kind: str
    name: str
    condition: str


@dataclass(frozen=True, kw_only=True)
class Removal:
    """What must be gone, or known, before the add-on goes."""

    api_version: str
    kind: str
    """Objects of this kind."""
    why: str
    """What happens to them when their controller goes first."""


@dataclass(frozen=True, kw_only=True)
class Trap:
    """Something that an upgrade past a version trips over."""

    version: str
    """The first version that has it."""
    what: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Operations:
    healthy: tuple[Workload | Condition, ...] = ()
    before_removal: tuple[Removal, ...] = ()
    traps: tuple[Trap, ...] = ()
