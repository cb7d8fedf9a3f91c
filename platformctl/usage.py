"""How much of a stack runs, as somebody expects it: options of the command line, and a file for what differs by pool."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import Field

from infra.facts import POOL_LABEL
from infra.pricing import Estimate, Line
from infra.pricing.usage import Hours, Usage
from infra.problems import Problem, choices
from infra.section import Section
from platformctl import section_file
from platformctl.engine.plan import Plan
from platformctl.errors import WrongInput
from platformctl.render.document import at

HOURS, DAYS = 8, 5
"""A working day and a working week, where nobody says another."""

HoursADay = Annotated[float, Field(ge=0, le=24)]
DaysAWeek = Annotated[float, Field(ge=0, le=7)]


class PoolUsage(Section):
    """When the nodes of a pool that come and go are there."""

    nodes: Annotated[int, Field(ge=0)] | None = None
    """Nodes of it in those hours, all availability domains together. Left out: as many as it may have."""
    hours_per_day: HoursADay | None = None
    days_per_week: DaysAWeek | None = None


class UsageFile(Section):
    hours_per_day: HoursADay = HOURS
    """Of every pool that says nothing else."""
    days_per_week: DaysAWeek = DAYS
    pools: dict[str, PoolUsage] = Field(default_factory=dict)
    """By the name of the pool in the stack file."""
    metered: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    """Units a month (GB-months, say) of what is billed by what is used of it, by the name that `cost` shows."""


def usage(plan: Plan, estimate: Estimate, file: Path | None, hours: float | None, days: float | None) -> Usage:
    """What the file and the options say; options count for every pool that has no hours of its own in the file. Raises WrongInput."""
    said = UsageFile()
    if file is not None:
        found, root, problems = section_file.read(file, UsageFile, "is missing", "hoursPerDay, daysPerWeek, pools and metered")
        if found is not None:
            problems += _problems(found, plan, estimate)
        if problems or found is None:
            raise WrongInput(*map(str, section_file.located(file, root, problems)))
        said = found
    general = _hours(said.hours_per_day if hours is None else hours, said.days_per_week if days is None else days)
    pools = _pools(plan, estimate)
    nodes: dict[str, int] = {}
    own: dict[str, Hours] = {}
    for name, use in said.pools.items():
        if use.nodes is not None:
            nodes |= _spread(use.nodes, pools[name])
        if use.hours_per_day is not None or use.days_per_week is not None:
            chosen = Hours(per_day=_or(use.hours_per_day, general.per_day), days_per_week=_or(use.days_per_week, general.days_per_week))
            own |= {line.name: chosen for line in pools[name]}
    return Usage(hours=general, nodes=nodes, own_hours=own, metered={name: Decimal(str(count)) for name, count in said.metered.items()})


def _hours(per_day: float, days_per_week: float) -> Hours:
    return Hours(per_day=Decimal(str(per_day)), days_per_week=Decimal(str(days_per_week)))


def _or(value: float | None, otherwise: Decimal) -> Decimal:
    return otherwise if value is None else Decimal(str(value))


def _problems(said: UsageFile, plan: Plan, estimate: Estimate) -> Iterator[Problem]:
    pools = _pools(plan, estimate)
    for name, use in said.pools.items():
        lines = pools.get(name)
        if lines is None:
            yield Problem(f"pools.{name}", f"the stack has no such pool; {choices(name, pools)}")
        elif use.nodes is not None:
            least, most = sum(line.minimum for line in lines), sum(line.maximum for line in lines)
            if not least <= use.nodes <= most:
                allowed = f"always has {most}" if least == most else f"has {least} to {most}"
                yield Problem(f"pools.{name}.nodes", f"is {use.nodes}, but the pool {allowed} nodes")
    metered = [item.name for item in estimate.metered]
    for name in said.metered:
        if name not in metered:
            yield Problem(f"metered.{name}", f"the stack has nothing of that name that is metered; {choices(name, metered)}")


def _pools(plan: Plan, estimate: Estimate) -> Mapping[str, tuple[Line, ...]]:
    """Lines of the estimate by the name of their pool in the stack file, which has one for each availability domain."""
    entries = {resource.name: _entry(at(resource.inputs, "initialNodeLabels")) for resource in plan.custom}
    found: dict[str, list[Line]] = {}
    for line in estimate.pools:
        found.setdefault(entries.get(line.name) or line.name, []).append(line)
    return {name: tuple(lines) for name, lines in found.items()}


def _entry(labels: object) -> str:
    """The pool that the nodes' label names; empty where there is none."""
    pairs: Iterable[object] = labels if isinstance(labels, list | tuple) else ()
    return next((str(pair.get("value")) for pair in pairs if isinstance(pair, Mapping) and pair.get("key") == POOL_LABEL), "")


def _spread(nodes: int, lines: Sequence[Line]) -> dict[str, int]:
    """Nodes over the availability domains of a pool: what must be there, then the first ones full. They all cost the same."""
    counts = {line.name: line.minimum for line in lines}
    left = nodes - sum(counts.values())
    for line in lines:
        more = min(left, line.maximum - line.minimum)
        counts[line.name] += more
        left -= more
    return counts
