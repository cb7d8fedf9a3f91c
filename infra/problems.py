"""What is wrong with a stack file, said so that it can be fixed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import islice
from typing import Any


@dataclass(frozen=True, order=True)
class Problem:
    path: str
    """Where in the stack file, as YAML keys joined by dots: `nodePools.a10.maxSize`."""
    message: str
    """The value found, what is allowed, and the fix."""
    line: int | None = field(default=None, compare=False)
    """Where in the file, from 1, when whoever found it knows. None: where `path` is written."""
    file: str = field(default="", compare=False)
    """The file that it is in, when that is not the stack file; its line is known then, and its path is one in that file."""

    def under(self, prefix: str) -> "Problem":
        """The same problem, seen from one section further out. In another file there is nothing further out."""
        if self.file:
            return self
        return replace(self, path=f"{prefix}.{self.path}" if self.path else prefix)

    def __str__(self) -> str:
        where = f"{self.file}:{self.line or 1}: " if self.file else ""
        return where + (f"{self.path}: {self.message}" if self.path else self.message)


def shown(value: Any, most: int = 60) -> str:
    """A value as a stack file has it: `null`, `true`, text in quotes. Long ones are cut."""
    text = _written(value, most)
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _written(value: Any, most: int) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Mapping():
            return "{" + ", ".join(f"{key}: {_written(item, most)}" for key, item in islice(value.items(), most)) + "}"
        case list() | tuple():
            return "[" + ", ".join(_written(item, most) for item in islice(value, most)) + "]"
        case str():
            return repr(value[: most + 1])
    return repr(value)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question that a message goes on after: `did you mean system? `. Empty where nothing is close."""
    close = get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]}? " if close else ""


def choices(name: str, known: Iterable[str], none: str = "there is none") -> str:
    """How a message ends: with the closest of what is known, else with all of it, else with `none`."""
    listed = list(known)
    return did_you_mean(name, listed).rstrip() or (f"there are {', '.join(listed)}" if listed else none)


class PlanError(ValueError):
    """A plan cannot be made from what was asked for. Carries every problem found, not the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
