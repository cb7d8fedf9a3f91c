"""Three months of a stack beside each other, on the terminal and in Markdown."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.console import Group
from rich.table import Table
from rich.text import Text

from infra.pricing import Estimate
from infra.pricing.usage import Scenarios, Usage
from platformctl.costs import dollars
from platformctl.render.money import book

BAR = 24
ROOM_FOR_KINDS, ROOM_FOR_RATES = 100, 72
"""Columns from which on there is room for what each line is, and for its hourly price."""


def words(usage: Usage) -> str:
    """`8 h, 5 days`: the hours that count where a pool has none of its own."""
    return f"{usage.hours.per_day.normalize():f} h, {usage.hours.days_per_week.normalize():f} days"


def screen(estimate: Estimate, found: Scenarios, usage: Usage, cap: int | None, width: int) -> Group:
    shown = Table(title="Cost a month at list price, US dollars", title_justify="left", box=None, pad_edge=False, header_style="bold")
    left = ["what", "of what kind"] if width >= ROOM_FOR_KINDS else ["what"]
    rates = ["each/h", "nodes"] if width >= ROOM_FOR_RATES else ["nodes"]
    for heading in left:
        shown.add_column(heading, overflow="fold")
    for heading in (*rates, "idle", words(usage), "flat out"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for row in _rows(estimate, found):
        name, detail, each, nodes, *amounts = row
        shown.add_row(*[name, detail][: len(left)], *[each, nodes][-len(rates) :], *amounts, style="bold" if name == "total" else None)
    return Group(shown, Text(), _months(found, usage, cap, width), Text(), *(Text(note, style="dim") for note in _notes(estimate, found)))


def _months(found: Scenarios, usage: Usage, cap: int | None, width: int) -> Table:
    """The sums beside each other, with what each takes of the cap."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column("a month")
    shown.add_column("in all", justify="right")
    bar = BAR if width >= ROOM_FOR_KINDS else BAR // 2
    shown.add_column("", width=bar)
    if cap:
        shown.add_column(f"of {dollars(Decimal(cap), 0)}, the cap", justify="right")
        shown.add_column("left", justify="right")
    greatest = max(found.flat_out.total, Decimal(1))
    for name, month in (("idle", found.idle), (words(usage), found.used), ("flat out", found.flat_out)):
        of_cap = [f"{month.total / cap * 100:.0f} %", dollars(cap - month.total, 0)] if cap else []
        over = cap is not None and month.total > cap
        shown.add_row(name, dollars(month.total, 0), _bar(month.total, greatest, bar), *of_cap, style="bold red" if over else None)
    return shown


def _rows(estimate: Estimate, found: Scenarios) -> Iterator[list[str]]:
    months = (found.idle, found.used, found.flat_out)
    for place, line in enumerate(estimate.lines):
        nodes = f"{line.minimum}-{line.maximum}" if line.scales else str(line.maximum)
        pool = line.kind == "pool"
        each = [dollars(line.unit_hourly), nodes] if pool else ["", ""]
        yield [line.name, line.detail, *each, *(dollars(month.lines[place], 0) for month in months)]
    for item in estimate.metered:
        if item.name in found.used.metered:
            yield [item.name, f"{item.kind}, as used", "", "", *(dollars(month.metered[item.name], 0) for month in months)]
    yield ["total", "", "", "", *(dollars(month.total, 0) for month in months)]


def _bar(amount: Decimal, greatest: Decimal, columns: int) -> str:
    full = max(round(amount / greatest * columns), bool(amount))
    return "█" * full + "░" * (columns - full)


def _notes(estimate: Estimate, found: Scenarios) -> Iterator[str]:
    open_ = [item for item in estimate.metered if item.name not in found.used.metered]
    for item in open_:
        yield f"Not in it: {item.name}, {dollars(item.usd, 4)} a {item.unit} ({item.kind}); say how much with --usage."
    yield "Idle is every pool at its minimum, flat out every pool at its maximum. A node is priced with its boot volume."
    yield book(estimate)


def markdown_rows(estimate: Estimate, found: Scenarios) -> Sequence[tuple[str, ...]]:
    """What, idle, in use, flat out."""
    return [(row[0], *row[4:]) for row in _rows(estimate, found)]
