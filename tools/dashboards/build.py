"""Turns a dashboard's data into Grafana's JSON. Nothing else knows the SDK, or Grafana's model."""

from itertools import count

from grafana_foundation_sdk.builders import common, prometheus, timeseries
from grafana_foundation_sdk.builders import dashboard as grafana
from grafana_foundation_sdk.builders import stat as numbers
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import LegendDisplayMode, LegendPlacement, StackingMode
from grafana_foundation_sdk.models.dashboard import DataSourceRef

from tools.dashboards.panel import WIDTH, Dashboard, Panel

VARIABLE = "datasource"
SOURCE = DataSourceRef(type_val="prometheus", uid=f"${{{VARIABLE}}}")
REFRESH, SINCE = "1m", "now-6h"
STAT_HEIGHT, SERIES_HEIGHT = 4, 8


def text(dashboard: Dashboard) -> str:
    """The dashboard's file: the same for the same data."""
    built = (
        grafana.Dashboard(dashboard.title)
        .uid(f"gpu-platform-{dashboard.name}")
        .description(dashboard.about)
        .tags(["gpu-platform"])
        .readonly()
        .refresh(REFRESH)
        .time(SINCE, "now")
        .timezone("browser")
        .with_variable(grafana.DatasourceVariable(VARIABLE).label("Data source").type("prometheus"))
    )
    numbered = count(1)
    for row in dashboard.rows:
        built = built.with_row(grafana.Row(row.title).id(next(numbered)))
        for panel in row.panels:
            drawn = _number(panel) if panel.kind == "stat" else _lines(panel)
            built = built.with_panel(drawn.id(next(numbered)))
    return JSONEncoder(sort_keys=True, indent=1).encode(built.build()) + "\n"


def _number(panel: Panel) -> numbers.Panel:
    made = (
        numbers.Panel()
        .title(panel.title)
        .description(panel.about)
        .unit(panel.unit)
        .no_value(panel.nothing)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .datasource(SOURCE)
        .span(panel.width)
        .height(STAT_HEIGHT)
    )
    for name, query in _queries(panel):
        made = made.with_target(query.instant().ref_id(name))
    return made


def _lines(panel: Panel) -> timeseries.Panel:
    made = (
        timeseries.Panel()
        .title(panel.title)
        .description(panel.about)
        .unit(panel.unit)
        .no_value(panel.nothing)
        .min(0)
        .datasource(SOURCE)
        .span(min(panel.width, WIDTH))
        .height(SERIES_HEIGHT)
        .fill_opacity(30 if panel.stacked else 0)
        .legend(
            common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM).show_legend(show_legend=True)
        )
    )
    if panel.stacked:
        made = made.stacking(common.StackingConfig().mode(StackingMode.NORMAL))
    if panel.most is not None:
        made = made.max(panel.most)
    for name, query in _queries(panel):
        made = made.with_target(query.range().ref_id(name))
    return made


def _queries(panel: Panel) -> list[tuple[str, prometheus.Dataquery]]:
    names = "ABCDEFGH"
    made = (prometheus.Dataquery().expr(query.expr).legend_format(query.legend).datasource(SOURCE) for query in panel.queries)
    return list(zip(names, made, strict=False))
