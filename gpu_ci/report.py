"""Tells the pull request what came of a run: one status of the commit, and one comment that is written anew each time."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from gpu_ci import comment, result
from gpu_ci.comment import MARKER, Run
from gpu_ci.github import GitHub
from gpu_ci.start import status

BOT = "github-actions[bot]"
MOST = 200
"""Results that are looked at."""


def report(github: GitHub, number: int, run: Run, expected: Sequence[str], folder: Path) -> bool:
    """Whether everything passed. `folder` has the artifacts of the run: `*/result.json`."""
    files = sorted(folder.glob("*/result.json"))[:MOST]
    results = [found for file in files if (found := result.read(file)) is not None]
    good = comment.succeeded(expected, results)
    passed = sum(each.verdict == "passed" and each.notebook in expected for each in results)
    description = f"{passed} of {len(expected)} notebooks passed"
    github.post(f"/statuses/{run.sha}", status("success" if good else "failure", description, run.address))
    _write(github, number, comment.render(run, expected, results))
    return good


def queue_seconds(github: GitHub, run_id: int, job: str) -> int | None:
    """The longest wait for a runner among the jobs whose name begins with `job`; None where none has started."""
    waits = [
        (_time(each["started_at"]) - _time(each["created_at"])).total_seconds()
        for each in github.pages(f"/actions/runs/{run_id}/jobs", key="jobs")
        if str(each["name"]).startswith(job) and each.get("started_at") and each.get("created_at")
    ]
    return round(max(waits)) if waits else None


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _write(github: GitHub, number: int, body: str) -> None:
    """In place of the one before: only a comment of the bot's own, which begins with the marker, is one."""
    path = f"/issues/{number}/comments"
    own: list[Any] = [each for each in github.pages(path) if each["user"]["login"] == BOT and str(each["body"] or "").startswith(MARKER)]
    if own:
        github.patch(f"/issues/comments/{own[-1]['id']}", {"body": body})
    else:
        github.post(path, {"body": body})
