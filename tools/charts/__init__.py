"""The charts of the registry on this machine: where they lie, and which of them are at hand."""

import os
from collections.abc import Mapping
from pathlib import Path

from components.framework.chart import Chart
from toolchain import go


def folder(env: Mapping[str, str] = os.environ) -> Path:
    """Where charts are looked for, whether or not it is there: what `CHARTS` names, and the user's cache else."""
    named = env.get("CHARTS")
    return Path(named).expanduser().absolute() if named else go.cache_folder(env) / "charts"


def find(chart: Chart, env: Mapping[str, str] = os.environ) -> Path | None:
    """The unpacked chart; None where it is not at hand. Its version is not looked at where the folder's name has none."""
    within = folder(env)
    places = (within / f"{chart.name}-{chart.version}", within / chart.name)
    return next((place for place in places if (place / "Chart.yaml").is_file()), None)
