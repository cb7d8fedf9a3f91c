"""Keys of a stack file that have moved or gone: still read, with a word on what to write instead.

The rule: a key is never taken away without a row here. The row stays for at least one minor version, and until the next major one
where a key has moved; CHANGELOG.md says when it came and when it goes.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from infra.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Deprecation:
    old: str
    """Path of the key: `addons.monitoring.idleMinutes`."""
    new: str | None
    """Path that has taken its place and means the same; None for a key that has no effect any more."""
    since: str
    """Version that moved it."""
    until: str
    """Version that reads it no more."""
    why: str

    @property
    def notice(self) -> str:
        """The message for its user."""
        what = f"is now {self.new}" if self.new is not None else "has no effect; take it out"
        return f"deprecated: {self.old} {what}: {self.why}. It is read until {self.until}."


DEPRECATIONS: tuple[Deprecation, ...] = (
    Deprecation(
        old="addons.monitoring.idleMinutes",
        new="addons.gpuOperator.idleMinutes",
        since="0.1.0",
        until="1.0.0",
        why="alerts on GPUs belong to the add-on that measures them",
    ),
    Deprecation(
        old="addons.monitoring.hardwareXids",
        new="addons.gpuOperator.hardwareXids",
        since="0.1.0",
        until="1.0.0",
        why="alerts on GPUs belong to the add-on that measures them",
    ),
    Deprecation(
        old="addons.monitoring.queueSeconds",
        new=None,
        since="0.1.0",
        until="1.0.0",
        why="alerts on runner scale sets belong to the add-on that installs them, addons.arc, which has a queueSeconds of its own",
    ),
    Deprecation(
        old="cluster.addOns",
        new="cluster.okeAddons",
        since="0.1.0",
        until="1.0.0",
        why="add-ons that Oracle manages and those of the platform have names of their own",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Current:
    """A stack file in today's keys."""

    document: Mapping[str, Any]
    notices: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    moved: tuple[Deprecation, ...] = ()
    """Those whose value was taken to its new place."""


def written(problem: Problem, moved: Iterable[Deprecation]) -> Problem:
    """The problem, at the path where the file has it."""
    for each in moved:
        if each.new is not None and (problem.path == each.new or problem.path.startswith(f"{each.new}.")):
            return replace(problem, path=each.old + problem.path.removeprefix(each.new))
    return problem


def current(document: Mapping[str, Any], table: Sequence[Deprecation] = DEPRECATIONS) -> Current:
    """`document` with each deprecated key in its new place. A file that has both is refused, and its old key is left out."""
    found = [each for each in table if _holder(document, each.old) is not None]
    if not found:
        return Current(document=document)
    changed: dict[str, Any] = copy.deepcopy(dict(document))
    problems: list[Problem] = []
    moved: list[Deprecation] = []
    for each in found:
        holder = _holder(changed, each.old)
        value = holder.pop(_key(each.old)) if holder is not None else None
        if each.new is None:
            continue
        if _holder(changed, each.new) is not None:
            problems.append(Problem(each.old, f"is given beside {each.new}, which has taken its place; keep {each.new} alone"))
        elif _put(changed, each.new, value):
            moved.append(each)
    return Current(document=changed, notices=tuple(each.notice for each in found), problems=tuple(problems), moved=tuple(moved))


def _key(path: str) -> str:
    return path.rpartition(".")[2]


def _holder(document: Mapping[str, Any], path: str) -> dict[str, Any] | None:
    """The mapping that has the last key of `path`; None where there is no such key."""
    here: Any = document
    for part in path.split(".")[:-1]:
        here = here.get(part) if isinstance(here, Mapping) else None
    return here if isinstance(here, dict) and _key(path) in here else None


def _put(document: dict[str, Any], path: str, value: Any) -> bool:
    """Set it, and make the sections on the way. False where something stands in the way, which is reported as a mistake of its own."""
    here = document
    *sections, key = path.split(".")
    for part in sections:
        below = here.setdefault(part, {})
        if not isinstance(below, dict):
            return False
        here = below
    here[key] = value
    return True
