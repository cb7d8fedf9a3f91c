"""An overview on the terminal, at any width from 40 columns on."""

from decimal import Decimal

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from infra.pricing import Estimate
from platformctl.costs import dollars, monthly
from platformctl.engine.plan import Plan
from platformctl.overview import Overview, Pool
from platformctl.render.policy_words import summary
from platformctl.render.words import planned

POOLS = "pools"
INDENT = 2
ROOM_FOR_TITLES = 100
BAR = 10
"""Columns of the longest bar."""
ROOM_FOR_BARS = 100
ROOM_FOR_COLUMNS = 76
"""Columns from which on a pool is one line."""


def headline(plan: Plan, estimate: Estimate | None) -> Text:
    """`dev: 139 to create; 54 policies, all kept; $216 to $3,153 a month`."""
    verdict = summary(plan)
    text = Text(plan.stack, style="bold").append(f": {planned(plan.counts)}; ", style="not bold")
    text.append(verdict, style="red" if plan.refusals else "yellow" if plan.violations or plan.rules is None else "green")
    return text.append(f"; {_cost(estimate)}", style="not bold")


def _cost(estimate: Estimate | None) -> str:
    if estimate is None:
        return "the cost is not known: something in it has no price"
    low, high = monthly(estimate.minimum_hourly), monthly(estimate.maximum_hourly)
    return f"{low} a month" if low == high else f"{low} to {high} a month"


def screen(overview: Overview, width: int) -> Group:
    """Sections with a line of facts each, pools after their cluster. Titles stand beside the facts where there is room."""
    titles = [POOLS, *(section.title for section in overview.sections)]
    indent = max(map(len, titles)) + 2 if width >= ROOM_FOR_TITLES else INDENT
    rows: list[tuple[str, RenderableType]] = [
        (section.title, Text("; ".join(section.facts), overflow="fold")) for section in overview.sections
    ]
    if overview.pools:
        at = next((index for index, (title, _) in enumerate(rows, 1) if title == "cluster"), 0)
        rows.insert(at, (POOLS, pool_lines(overview.pools, width - indent)))
    if indent == INDENT:
        return Group(*(part for title, facts in rows for part in (Text(title, style="bold"), Padding(facts, (0, 0, 0, INDENT)))))
    return Group(*(_row(title, facts, indent) for title, facts in rows))


def _row(title: str, facts: RenderableType, indent: int) -> Table:
    row = Table.grid()
    row.add_column(width=indent)
    row.add_column(overflow="fold")
    row.add_row(Text(title, style="bold"), facts)
    return row


def pool_lines(pools: tuple[Pool, ...], width: int) -> RenderableType:
    if width < ROOM_FOR_COLUMNS:
        return Text("\n").join(_two_lines(pool) for pool in pools)
    greatest = max((pool.maximum_monthly or Decimal(0) for pool in pools), default=Decimal(0))
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(2):
        table.add_column(overflow="fold")
    for justify in ("right", "left", "left", "right"):
        table.add_column(justify=justify, no_wrap=True)
    with_bars = width >= ROOM_FOR_BARS and greatest > 0
    for pool in pools:
        bar = [_bar(pool, greatest)] if with_bars else []
        table.add_row(pool.name, pool.machine, pool.nodes, " ".join(pool.domains), pool.version, _monthly(pool), *bar)
    return table


def _two_lines(pool: Pool) -> Text:
    first = "  ".join(part for part in (pool.name, f"{pool.nodes} nodes", _monthly(pool)) if part)
    return Text(first).append("\n  " + ", ".join(part for part in (pool.machine, *pool.domains, pool.version) if part), style="dim")


def _monthly(pool: Pool) -> str:
    """`$143`, `$0-5,874` a month; empty where it has no price."""
    low, high = pool.minimum_monthly, pool.maximum_monthly
    if low is None or high is None:
        return ""
    return dollars(high, 0) if low == high else f"{dollars(low, 0)}-{dollars(high, 0)[1:]}"


def _bar(pool: Pool, greatest: Decimal) -> Text:
    """What always runs, then what may come, beside the dearest pool."""
    always, most = (round((amount or Decimal(0)) / greatest * BAR) for amount in (pool.minimum_monthly, pool.maximum_monthly))
    # What costs anything at all is seen.
    always, most = max(always, bool(pool.minimum_monthly)), max(most, bool(pool.maximum_monthly))
    return Text("█" * always).append("░" * (most - always))
