"""An estimate as a table on the terminal."""

from decimal import Decimal

from rich.console import Group
from rich.table import Table
from rich.text import Text

from infra.pricing import Estimate
from platformctl.costs import dollars, monthly


def table(estimate: Estimate) -> Group:
    """Pools first, then what costs the same whatever they do, the totals, and what is metered."""
    shown = Table(title="Cost at list price, US dollars", title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in ("what", "of what kind"):
        shown.add_column(heading, overflow="fold")
    for heading in ("each/h", "nodes", "min/h", "max/h", "min/month", "max/month"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for line in estimate.pools:
        nodes = f"{line.minimum}-{line.maximum}" if line.scales else str(line.maximum)
        shown.add_row(line.name, line.detail, dollars(line.unit_hourly), nodes, *_amounts(line.minimum_hourly, line.maximum_hourly))
    for line in estimate.fixed:
        shown.add_row(line.name, line.detail, "", "", *_amounts(line.minimum_hourly, line.maximum_hourly))
    if len(estimate.fixed) > 1:
        shown.add_row("fixed", "whatever the pools do", "", "", *_amounts(estimate.fixed_hourly, estimate.fixed_hourly), style="dim")
    shown.add_row("total", "", "", "", *_amounts(estimate.minimum_hourly, estimate.maximum_hourly), style="bold")
    notes = [
        Text(f"  {item.name}: {dollars(item.usd, 4)} a {item.unit} ({item.kind}), by what is used", style="dim")
        for item in estimate.metered
    ]
    if notes:
        notes.insert(0, Text("Not in the total:", style="dim"))
    return Group(shown, *notes, Text(book(estimate), style="dim"))


def book(estimate: Estimate) -> str:
    return f"Prices as of {estimate.book.as_of}, {estimate.book.terms}. A month is 730 hours. Traffic and support are not in it."


def _amounts(minimum: Decimal, maximum: Decimal) -> tuple[str, str, str, str]:
    return dollars(minimum), dollars(maximum), monthly(minimum), monthly(maximum)
