"""`python -m tools.chart_schemas [chart ...]` derives the schemas of charts that are at hand anew; the change shows in git diff.

`make charts` brings them. A chart of another version than its `chart.py` says is refused: that is where versions are said.
"""

import sys
from pathlib import Path
from typing import Any

from components.framework.chart import Chart
from components.framework.schema import ENDING, VALUES
from components.registry import ALL, CHARTS
from tools import charts
from tools.chart_schemas import definition_structure, schemas, shared_nodes, value_structure
from tools.chart_schemas.schemas import DRAFT, in_order
from tools.charts.pulled import Pulled, read

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 300_000
"""Bytes of a chart schema: above, nobody reads the change of one."""


class ChartSchemaError(ValueError):
    """A chart schema cannot be derived."""


def derive(chart: Chart, pulled: Pulled) -> str:
    """The schema's text. Raises ChartSchemaError for another version than its `chart.py` says, or a chart schema too large."""
    if (pulled.version, pulled.app_version) != (chart.version, chart.app_version):
        found = f"{pulled.folder} has {pulled.version} (of {pulled.app_version})"
        raise ChartSchemaError(f"{chart.key}: {found}, but its chart.py pins {chart.version} (of {chart.app_version})")
    brought = [] if chart.crds == "separate" else pulled.definitions()
    kinds = {name: in_order(schema) for name, schema in definition_structure.structure(brought).items()}
    definitions, shared = shared_nodes.share(kinds, taken={VALUES})
    chart_schema: dict[str, Any] = {
        "$schema": DRAFT,
        "chart": chart.key,
        "version": pulled.version,
        "appVersion": pulled.app_version,
        "$ref": f"#/$defs/{VALUES}",
        "names": definition_structure.names(brought),
        "$defs": {VALUES: in_order(value_structure.structure(pulled)), **definitions, **dict(sorted(shared.items()))},
    }
    text = schemas.text(chart_schema)
    if len(text) > LARGEST:
        raise ChartSchemaError(f"{chart.key}: the schema has {len(text)} bytes, but may have {LARGEST}")
    return text


def place(chart: Chart) -> Path:
    """Where the schema lies: in the folder of the add-on that installs the chart."""
    owner = next(kind for kind in ALL if chart in kind.charts)
    return ROOT.joinpath(*owner.__module__.split(".")[:-1]) / f"{chart.key}{ENDING}"


def main(wanted: list[str]) -> int:
    unknown = sorted({*wanted} - {chart.key for chart in CHARTS})
    if unknown:
        print(f"not in the registry: {', '.join(unknown)}; there are {', '.join(chart.key for chart in CHARTS)}")
        return 1
    failed = False
    for chart in CHARTS:
        if wanted and chart.key not in wanted:
            continue
        folder = charts.find(chart)
        if folder is None:
            print(f"{chart.key} {chart.version} is not in {charts.folder()}; run `make charts`")
            failed = True
            continue
        try:
            text = derive(chart, read(folder))
        except ChartSchemaError as error:
            print(error)
            failed = True
            continue
        file = place(chart)
        file.write_text(text)
        print(f"wrote {file.relative_to(ROOT)}, {len(text) // 1000} kB")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
