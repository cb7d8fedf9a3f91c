"""Trying every planner and keeping every refusal, so that a stack file's mistakes are said at once."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from infra.problems import PlanError, Problem

T = TypeVar("T")


class Collector:
    """Problems found so far."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def attempt(self, planner: Callable[[], T], section: str = "") -> T | None:
        """What `planner` decides, or None and its problems kept, seen from `section` outwards."""
        try:
            return planner()
        except PlanError as error:
            self.add(error.problems, section)
            return None

    def add(self, problems: Iterable[Problem], section: str = "") -> None:
        self.problems += [problem.under(section) if section else problem for problem in problems]
