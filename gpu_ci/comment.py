"""The one comment on a pull request: a table of what came of each notebook. Nothing that a notebook said can pass for a verdict."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gpu_ci.result import Result

MARKER = "<!-- gpu-tests -->"
"""By which the comment is found again."""
LONGEST = 60_000
"""GitHub takes 65,536 characters."""
LONGEST_ERROR = 200

_MARKS = {"passed": "passed", "failed": "**failed**", "timed out": "**timed out**", "no result": "**no result**"}
_MEANT = re.compile(r"[^A-Za-z0-9 .,/_-]")


@dataclass(frozen=True, kw_only=True)
class Run:
    sha: str
    address: str
    """Of the workflow's run."""
    queue_seconds: int | None = None
    """How long its jobs waited for a runner, at most; None where nobody could say."""
    usd_per_hour: float | None = None
    """Of one runner; None where nobody has said."""


def render(run: Run, expected: Sequence[str], results: Sequence[Result]) -> str:
    """A row for each notebook that was asked for, whether or not a result came of it; results of others are left out."""
    found = {result.notebook: result for result in results}
    rows = [_row(run, notebook, found.get(notebook)) for notebook in expected]
    passed = sum(result.verdict == "passed" for notebook in expected if (result := found.get(notebook)) is not None)
    head = [
        MARKER,
        f"### GPU tests: {passed} of {len(expected)} notebooks passed",
        "",
        f"Commit {run.sha[:12]}, [run]({run.address}). Waited for a runner: {_duration(run.queue_seconds)}.",
        "",
        "| notebook | verdict | duration | peak GPU memory | cost | failed at |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    text = "\n".join(head)
    for place, row in enumerate(rows):
        if len(text) + len(row) > LONGEST:
            return f"{text}\n\n{len(rows) - place} more are in the run."
        text += f"\n{row}"
    return text


def succeeded(expected: Sequence[str], results: Sequence[Result]) -> bool:
    """Whether every notebook that was asked for passed. One without a result did not."""
    passed = {result.notebook for result in results if result.verdict == "passed"}
    return bool(expected) and {*expected} <= passed


def _row(run: Run, notebook: str, result: Result | None) -> str:
    if result is None:
        return f"| {plain(notebook)} | {_MARKS['no result']} | - | - | - | - |"
    memory = "-" if result.peak_memory_mib is None else f"{result.peak_memory_mib / 1024:.1f} GiB"
    cost = "-" if run.usd_per_hour is None else f"${result.seconds / 3600 * run.usd_per_hour:.2f}"
    where = "" if result.cell is None else f"cell {result.cell}"
    said = plain(result.error[:LONGEST_ERROR])
    failed = ": ".join(part for part in (where, said) if part) or "-"
    return f"| {plain(notebook)} | {_MARKS[result.verdict]} | {_duration(result.seconds)} | {memory} | {cost} | {failed} |"


def plain(text: str) -> str:
    """Text of others, shown as it stands: one line, no Markdown, no HTML. In code GitHub calls nobody by name, and links nothing."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return f"<code>{_MEANT.sub(lambda found: f'&#{ord(found[0])};', line)}</code>" if line else ""


def _duration(seconds: int | None) -> str:
    if seconds is None:
        return "not known"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
