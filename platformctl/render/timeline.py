"""A schedule as rows and, on a terminal, as a tree with a bar for each row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from platformctl.engine.durations import ESTIMATE
from platformctl.engine.plan import STACK, PlannedResource, name_of
from platformctl.render.words import short, time
from platformctl.schedule import Bar, Schedule

FEW = 3
"""More resources of one type in a component share a row."""
TIME = 8
"""Columns of `1 h 5 min`."""
NARROWEST = 20
"""Columns for the bars where the terminal leaves them less."""

FINE = "No add-on waits for one that it does not need."


@dataclass(frozen=True, kw_only=True)
class Row:
    """A component, a resource, or several of one type."""

    label: str
    kind: str
    depth: int
    began: float
    ended: float
    critical: bool

    @property
    def seconds(self) -> float:
        return self.ended - self.began


def rows(schedule: Schedule) -> tuple[Row, ...]:
    """Components before what is in them, in the order in which they were begun."""
    children: dict[str, list[PlannedResource]] = {}
    for resource in schedule.plan.resources:
        if not resource.type.startswith("pulumi:providers:"):
            children.setdefault(resource.parent, []).append(resource)
    stack = [resource.urn for resource in schedule.plan.resources if resource.type == STACK]
    return tuple(row for urn in stack for row in _below(urn, 0, children, schedule.bars))


def _below(urn: str, depth: int, children: Mapping[str, list[PlannedResource]], bars: Mapping[str, Bar]) -> Iterator[Row]:
    groups: dict[str, list[PlannedResource]] = {}
    for child in children.get(urn, ()):
        alone = not child.custom or child.urn in children
        groups.setdefault(child.urn if alone else child.type, []).append(child)
    found: list[tuple[float, list[Row]]] = []
    for members in groups.values():
        if len(members) > FEW:
            own = [bars[member.urn] for member in members if member.urn in bars]
            named = [_row(f"{len(own)} {short(members[0].type)}", "", depth, own)] if own else []
            found.extend((row.began, [row]) for row in named)
        else:
            found.extend((drawn[0].began, drawn) for member in members if (drawn := _drawn(member, depth, children, bars)))
    for _, drawn in sorted(found, key=lambda entry: entry[0]):
        yield from drawn


def _drawn(resource: PlannedResource, depth: int, children: Mapping[str, list[PlannedResource]], bars: Mapping[str, Bar]) -> list[Row]:
    """The resource's row and those below it; a component with a single resource is one row."""
    own = list(_all(resource, children, bars))
    if not own:
        return []
    row = _row(resource.name, short(resource.type), depth, own)
    return [row] if len(own) == 1 else [row, *_below(resource.urn, depth + 1, children, bars)]


def _all(resource: PlannedResource, children: Mapping[str, list[PlannedResource]], bars: Mapping[str, Bar]) -> Iterator[Bar]:
    if resource.urn in bars:
        yield bars[resource.urn]
    for child in children.get(resource.urn, ()):
        yield from _all(child, children, bars)


def _row(label: str, kind: str, depth: int, bars: Sequence[Bar]) -> Row:
    return Row(
        label=label,
        kind=kind,
        depth=depth,
        began=min(bar.began for bar in bars),
        ended=max(bar.ended for bar in bars),
        critical=any(bar.critical for bar in bars),
    )


def summary(schedule: Schedule) -> str:
    """One line: how long it takes, how long it must."""
    longest, whole = time(schedule.shortest), time(schedule.makespan)
    return f"{schedule.stack} is up after {whole}; its longest chain takes {longest} (ratio {schedule.ratio:.2f})"


def chain(schedule: Schedule) -> str:
    """The critical path, first to last, each with its time."""
    bars = schedule.bars
    return " > ".join(f"{name_of(urn)} {time(bars[urn].expected)}" for urn in schedule.critical if urn in bars)


def complaints(schedule: Schedule) -> list[str]:
    """Add-ons that waited for what they do not need."""
    found = [
        f"{addon.name} waits for {', '.join(addon.unneeded)}, which it neither requires nor comes after"
        for addon in schedule.waiting
        if addon.unneeded
    ]
    found += [f"{addon.name} starts {time(addon.late)} after all it waits for is there" for addon in schedule.late]
    return found


def drawn(schedule: Schedule, console: Console) -> RenderableType:
    """All of it, as wide as the console."""
    found = rows(schedule)
    return Group(
        Text(summary(schedule), style="bold"),
        Text(),
        _bars(schedule, found, console.width),
        Text(),
        Text("Longest chain  ", style="bold").append(chain(schedule), style="not bold"),
        *(Text(f"{addon.name} waits for {', '.join(addon.waits_for)}", style="dim") for addon in schedule.waiting if addon.waits_for),
        *([Text(complaint, style="red") for complaint in complaints(schedule)] or [Text(FINE)]),
        Text(sources(schedule), style="dim"),
    )


def sources(schedule: Schedule) -> str:
    """Where the durations are from."""
    named = sorted({bar.source for bar in schedule.bars.values() if bar.expected and bar.source != ESTIMATE})
    return f"Durations: {', '.join([f'{ESTIMATE}s', *named])} (platformctl/engine/durations.py). The order is the engine's own."


def _bars(schedule: Schedule, found: Sequence[Row], width: int) -> Table:
    """What a row is stands beside its name where there is room for both, and names are cut before bars are."""
    kinds = max((len(row.kind) for row in found), default=0)
    labels = max((len(row.label) + 2 * row.depth for row in found), default=0)
    with_kinds = width - labels - kinds - TIME - 3 * 2 >= NARROWEST
    beside = (kinds + 2 if with_kinds else 0) + TIME + 2 * 2
    labels = min(labels, max(width - NARROWEST - beside, NARROWEST))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, width=labels)
    if with_kinds:
        table.add_column(no_wrap=True, style="dim")
    table.add_column(justify="right", no_wrap=True, width=TIME)
    table.add_column(no_wrap=True)
    for row in found:
        name = Text("  " * row.depth + row.label, style="bold" if row.kind and row.depth == 0 else "")
        name.truncate(labels, overflow="ellipsis")
        middle = [row.kind] if with_kinds else []
        table.add_row(name, *middle, time(row.seconds), _bar(row, schedule.makespan, max(width - labels - beside, 1)))
    return table


def _bar(row: Row, makespan: float, room: int) -> Text:
    """Solid on the critical path, a line beside it."""
    scale = room / makespan if makespan else 0.0
    before = min(round(row.began * scale), room - 1)
    length = max(min(round(row.ended * scale), room) - before, 1)
    return Text(" " * before).append(("█" if row.critical else "━") * length, style="red" if row.critical else "cyan")
