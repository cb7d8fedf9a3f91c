"""The table of charts: what the platform installs, in which version, from where."""

from components.framework.chart import Chart
from components.registry import CHARTS, KINDS

_HEAD = """# Charts

Generated from the add-ons' `chart.py` by `make docs`; do not edit. What each takes is kept beside it;
[upgrade-a-chart.md](upgrade-a-chart.md) says how a version is raised.

"""

_CRDS = {
    "none": "has none",
    "chart": "in its `crds/` folder",
    "templates": "upgraded with it",
    "separate": "a chart of their own",
}


def page() -> str:
    rows = ["| chart | version | of | repository | definitions | set | installed by |", "| --- | --- | --- | --- | --- | --- | --- |"]
    return _HEAD + "\n".join([*rows, *map(_row, CHARTS)]) + "\n"


def _row(chart: Chart) -> str:
    users = ", ".join(f"`{key}`" for key, kind in KINDS.items() if chart in kind.charts) or "-"
    source, definitions = f"`{chart.repository}`", _CRDS[chart.crds]
    cells = (chart.name, chart.version, chart.app_version, source, definitions, chart.set or "-", users)
    return f"| {' | '.join(cells)} |"
