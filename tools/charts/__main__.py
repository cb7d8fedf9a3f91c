"""`python -m tools.charts pull [--mirror ADDRESS] [chart ...]` brings the platform's charts, and prints where they lie."""

import argparse
import sys
from collections.abc import Sequence

from components.framework.chart import Chart
from components.registry import CHARTS
from toolchain import built
from toolchain.process import SetupError
from toolchain.programs import HELM
from toolchain.progress import Progress
from tools.charts.pull import PullError, pull


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.charts", description="Brings the charts of the registry.")
    commands = parser.add_subparsers(required=True)
    puller = commands.add_parser("pull", help="bring what is not at hand yet, and print where it lies")
    puller.add_argument("--mirror", help="where all charts are copied: oci://host/path, or the address of a classic repository")
    puller.add_argument("chart", nargs="*", help=f"one of {', '.join(chart.key for chart in CHARTS)}; all of them if none is named")
    chosen = parser.parse_args(arguments)
    unknown = sorted({*chosen.chart} - {chart.key for chart in CHARTS})
    if unknown:
        parser.error(f"not in the registry: {', '.join(unknown)}; there are {', '.join(chart.key for chart in CHARTS)}")
    try:
        return _pull([chart for chart in CHARTS if not chosen.chart or chart.key in chosen.chart], chosen.mirror)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped. Run the command again to go on.", file=sys.stderr)
        return 130
    return 1


def _pull(wanted: Sequence[Chart], mirror: str | None) -> int:
    """Every chart that can be had, whatever becomes of the others."""
    progress = Progress()
    helm = built.ensure(HELM, progress)
    failed = False
    for chart in wanted:
        try:
            print(pull(helm, chart, progress, mirror))
        except PullError as error:
            failed = True
            print(error, file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
