"""Dashboards as data: what is asked of Prometheus, in which unit, and how much room it gets."""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["percentunit", "s", "short", "currencyUSD", "mbytes", "celsius", "watt", "bytes", "Bps"]
"""Grafana's names."""
WIDTH = 24
"""Columns of a dashboard."""


@dataclass(frozen=True)
class Query:
    expr: str
    legend: str = ""
    """Grafana's template of the series' names: `{{node}}`."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    title: str
    about: str
    unit: Unit
    queries: tuple[Query, ...]
    kind: Literal["stat", "series"] = "series"
    """One number, or lines over time."""
    width: int = 12
    stacked: bool = False
    most: float | None = None
    """Top of the axis, where there is a most."""
    nothing: str = "nothing measured"
    """What a number says where there is none. Never 0: that would be an answer."""


@dataclass(frozen=True, kw_only=True)
class Row:
    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    name: str
    """Of its file, and the end of its uid."""
    title: str
    about: str
    rows: tuple[Row, ...]

    @property
    def panels(self) -> tuple[Panel, ...]:
        return tuple(panel for row in self.rows for panel in row.panels)


def stat(title: str, about: str, unit: Unit, expr: str, *, width: int = 4, nothing: str = "nothing measured") -> Panel:
    return Panel(title=title, about=about, unit=unit, queries=(Query(expr),), kind="stat", width=width, nothing=nothing)


def series(
    title: str, about: str, unit: Unit, *queries: tuple[str, str], width: int = 12, stacked: bool = False, most: float | None = None
) -> Panel:
    """`queries` are expressions and the names of their series."""
    asked = tuple(Query(expr, legend) for expr, legend in queries)
    return Panel(title=title, about=about, unit=unit, queries=asked, width=width, stacked=stacked, most=most)
