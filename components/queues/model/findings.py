"""What is wrong with Kueue's objects, said so that it can be fixed, and which rule says so."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, order=True)
class Finding:
    subject: str
    """`ClusterQueue team-a`."""
    path: str
    """Below the object: `spec.resourceGroups[0].flavors[1].name`."""
    message: str
    """The value found, what is allowed, and the fix."""
    rule: str
    """A number of `rules.RULES`, or an `L` number of `lints.LINTS`."""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.subject}: {self.path} {self.message}"
