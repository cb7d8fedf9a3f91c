"""What is wrong with a stack file, said so that it can be fixed."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, order=True)
class Problem:
    path: str
    """Where in the stack file, as YAML keys joined by dots: `nodePools.a10.maxSize`."""
    message: str
    """The value found, what is allowed, and the fix."""
    line: int | None = field(default=None, compare=False)
    """Where in the file, from 1, when whoever found it knows. None: where `path` is written."""

    def under(self, prefix: str) -> "Problem":
        """The same problem, seen from one section further out."""
        return replace(self, path=f"{prefix}.{self.path}" if self.path else prefix)

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class PlanError(ValueError):
    """A plan cannot be made from what was asked for. Carries every problem found, not the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
