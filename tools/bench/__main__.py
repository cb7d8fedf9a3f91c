"""`python -m tools.bench`: time the commands people wait for. `--write` keeps the result in docs/performance.md."""

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from tools.bench import measure, policies
from tools.bench.measure import ROOT, Measured

PAGE = ROOT / "docs" / "performance.md"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--stack", default="prod", help="stack to preview (default: prod)")
    parser.add_argument("--runs", type=int, default=5, help="pairs to measure (default: 5)")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    chosen = parser.parse_args(arguments)
    results = []
    for measurement in (measure.preview, measure.extra, policies.added, policies.growth):
        results.append(measurement(chosen.stack, chosen.runs))
        print(line(results[-1]), flush=True)
    if chosen.write:
        PAGE.write_text(page(results))
        print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0 if all(result.passed for result in results) else 1


def line(result: Measured) -> str:
    first, second = result.medians
    verdict = "ok  " if result.passed else "FAIL"
    taken = f"{first:.2f} s; {result.against}: {second:.2f} s"
    return f"{verdict}  {result.what}: {result.value:.2f} {result.unit} (at most {result.limit:g}).  It took {taken}"


def page(results: Sequence[Measured]) -> str:
    """The results as a page: what was measured, against what, how often, and where."""
    rows = [
        f"| {result.what} | {result.against} | {result.medians[0]:.2f} s | {result.medians[1]:.2f} s "
        f"| {result.value:.2f} {result.unit} | {result.limit:g} |"
        for result in results
    ]
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    return "\n".join(
        [
            "# Performance",
            "",
            "Written by `make bench` (`python -m tools.bench --write`). Seconds differ from machine to machine; the last two columns",
            "less: each is the median over pairs of processes that ran one after the other.",
            "",
            "| what | against | takes | that takes | result | at most |",
            "| --- | --- | ---: | ---: | ---: | ---: |",
            *rows,
            "",
            f"{len(results[0].pairs)} pairs each, {datetime.now(UTC):%Y-%m-%d}, on {machine}.",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
