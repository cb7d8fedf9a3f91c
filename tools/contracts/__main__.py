"""`python -m tools.contracts FOLDER [chart ...]` derives the contracts of pulled charts anew; the change shows in git diff.

FOLDER has a folder per chart, named like the chart, as `helm pull --untar` leaves it. A chart of another version than the table's
is refused: the table is what says which versions are used.
"""

import json
import sys
from pathlib import Path
from typing import Any

from components.charts import CHARTS, Chart
from components.contract import FOLDER
from tools.contracts import definition_structure, shared_nodes, value_structure
from tools.contracts.pulled import Pulled, read

LARGEST = 300_000
"""Bytes of a contract: above, nobody reads the change of one."""


class ContractError(ValueError):
    """A contract cannot be derived."""


def derive(chart: Chart, pulled: Pulled) -> str:
    """The contract's text. Raises ContractError for another version than the table's, or a contract too large."""
    if (pulled.version, pulled.app_version) != (chart.version, chart.app_version):
        found = f"{pulled.folder} has {pulled.version} (of {pulled.app_version})"
        raise ContractError(f"{chart.key}: {found}, but components/charts.py pins {chart.version} (of {chart.app_version})")
    brought = [] if chart.crds == "separate" else pulled.definitions()
    definitions, shared = shared_nodes.share(definition_structure.structure(brought))
    contract: dict[str, Any] = {
        "chart": chart.key,
        "version": pulled.version,
        "appVersion": pulled.app_version,
        "values": value_structure.structure(pulled),
        "definitions": definitions,
        "names": definition_structure.names(brought),
        "shared": shared,
    }
    text = json.dumps(contract, indent=1, sort_keys=True) + "\n"
    if len(text) > LARGEST:
        raise ContractError(f"{chart.key}: the contract has {len(text)} bytes, but may have {LARGEST}")
    return text


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return 2
    folder, wanted = Path(arguments[0]), arguments[1:]
    unknown = sorted({*wanted} - {chart.key for chart in CHARTS})
    if unknown:
        print(f"not in components/charts.py: {', '.join(unknown)}; there are {', '.join(chart.key for chart in CHARTS)}")
        return 1
    failed = False
    for chart in CHARTS:
        if wanted and chart.key not in wanted:
            continue
        try:
            text = derive(chart, read(folder / chart.name))
        except (ContractError, FileNotFoundError) as error:
            print(error)
            failed = True
            continue
        (FOLDER / f"{chart.key}.json").write_text(text)
        print(f"wrote components/contracts/{chart.key}.json, {len(text) // 1000} kB")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
