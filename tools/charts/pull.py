"""Brings charts from where they are published, in the versions that the add-ons pin."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from components.framework.chart import Chart
from toolchain import go
from toolchain.process import CommandFailedError, SetupError, cause_of, run
from toolchain.progress import Progress
from tools import charts
from tools.charts.pulled import read


class PullError(SetupError):
    """A chart is not to be had: why, and what to do. One line."""


def pull(helm: Path, chart: Chart, progress: Progress, mirror: str | None = None, env: Mapping[str, str] = os.environ) -> Path:
    """The chart's folder, with its dependencies; brought now where it is not at hand. `mirror` has all charts, as a stack file says it.

    Raises PullError.
    """
    found = charts.find(chart, env)
    if found is not None:
        return found
    target = charts.folder(env) / f"{chart.name}-{chart.version}"
    with go.alone(target.parent, "the charts", progress), tempfile.TemporaryDirectory(prefix=".pull-", dir=target.parent) as work:
        if not target.is_dir():  # unless another one brought it while this one waited
            with progress.step(f"Pulling {chart.key} {chart.version}"):
                _fetch(helm, chart.copied_to(mirror), Path(work), env)
                _check(chart, Path(work) / chart.name)
            shutil.move(Path(work) / chart.name, target)
    return target


def _fetch(helm: Path, chart: Chart, into: Path, env: Mapping[str, str]) -> None:
    source = ["--repo", chart.repository_url] if chart.repository_url else []
    try:
        run(
            f"Pulling {chart.key}",
            [helm, "pull", chart.reference, *source, "--version", chart.version, "--untar", "--untardir", into],
            env={**env, "HELM_REPOSITORY_CACHE": str(into / "index")},
        )
    except CommandFailedError as error:
        host = urlsplit(chart.repository).netloc
        said = "\n".join(error.output)
        why = "does not answer" if cause_of(said) else f"does not give it ({error.output[-1].removeprefix('Error: ')})"
        fix = "Check the connection and HTTPS_PROXY, name a copy of the charts by --mirror, or a folder that has them by CHARTS."
        raise PullError(f"{chart.key} {chart.version}: {host} {why}. {fix}") from error


def _check(chart: Chart, folder: Path) -> None:
    """A registry may have anything under a version."""
    pulled = read(folder)
    if (pulled.version, pulled.app_version) != (chart.version, chart.app_version):
        found = f"what was pulled is {pulled.version} (of {pulled.app_version})"
        raise PullError(f"{chart.key}: {found}, but its chart.py pins {chart.version} (of {chart.app_version}).")
