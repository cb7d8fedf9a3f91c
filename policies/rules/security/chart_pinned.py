"""A chart is of one version, so that what was reviewed is what is installed."""

import re
from collections.abc import Iterator

from policies import charts
from policies.accessor import TEXT
from policies.rule import Config, Rule, Violation
from policies.standards import NONE
from policies.subject import Resource

VERSION = TEXT.called("an exact version, such as 1.2.3")
_EXACT = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")


def check(chart: Resource, _: Config) -> Iterator[Violation]:
    name = chart.read.require(TEXT, "chart")
    if name.startswith((".", "/")):
        return
    version = chart.read.require(VERSION, "version")
    if not _EXACT.fullmatch(version):
        yield Violation(f"version {version!r} of chart {name} is no exact version: write one such as 1.2.3")


RULE = Rule(
    name="chart-pinned",
    title="Charts are pinned to one version",
    topic="security",
    severity="high",
    applies=charts.TYPES,
    why="A range takes whatever was published last, by whoever owns the repository by then. Charts in the checkout are what they are.",
    fix="Name the exact version in the add-on's `chart.py`.",
    standards=NONE,
    check=check,
)
