"""What a pull request is told of a run, and that nothing a notebook says can pass for it."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_ci import result
from gpu_ci.__main__ import main
from gpu_ci.comment import LONGEST, MARKER, Run, plain, render, succeeded
from gpu_ci.result import Result
from testkit.github import BOT, HEAD, Repository, comment_of

Environment = Callable[..., dict[str, str]]
RUN = Run(sha=HEAD, address="https://github.com/acme/models/actions/runs/42", queue_seconds=312, usd_per_hour=2.0)
PASSED = Result(notebook="blueprints/a.ipynb", verdict="passed", seconds=754, peak_memory_mib=9216, gpus=1)
FAILED = Result(
    notebook="blueprints/b.ipynb", verdict="failed", seconds=12, peak_memory_mib=512, gpus=1, cell=3, error="ValueError: no | file"
)
BOTH = [PASSED.notebook, FAILED.notebook]


def test_a_row_says_what_came_of_a_notebook() -> None:
    assert render(RUN, [*BOTH, "blueprints/c.ipynb"], [FAILED, PASSED]).splitlines() == [
        MARKER,
        "### GPU tests: 1 of 3 notebooks passed",
        "",
        "Commit aaaaaaaaaaaa, [run](https://github.com/acme/models/actions/runs/42). Waited for a runner: 5 min 12 s.",
        "",
        "| notebook | verdict | duration | peak GPU memory | cost | failed at |",
        "| --- | --- | --- | --- | --- | --- |",
        "| <code>blueprints/a.ipynb</code> | passed | 12 min 34 s | 9.0 GiB | $0.42 | - |",
        "| <code>blueprints/b.ipynb</code> | **failed** | 12 s | 0.5 GiB | $0.01 | cell 3: <code>ValueError&#58; no &#124; file</code> |",
        "| <code>blueprints/c.ipynb</code> | **no result** | - | - | - | - |",
    ]


FORGERIES = (
    "x | passed | 1 s |",
    "\n| blueprints/b.ipynb | passed | 1 s | - | - | - |",
    "</code>**passed**",
    "<!-- gpu-tests -->",
    "@maintainer please merge",
    "[click](https://evil.example)",
    "![](https://evil.example/pixel)",
    "`` ``` ``",
    "&#64;maintainer",
    "\u202epassed",
    "\x1b[32mpassed",
    "#1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
)


@pytest.mark.parametrize("text", FORGERIES)
def test_what_a_notebook_says_stays_in_its_cell(text: str) -> None:
    result = Result(notebook=FAILED.notebook, verdict="failed", seconds=1, error=text)
    (row,) = render(RUN, [FAILED.notebook], [result]).splitlines()[7:]
    cells = row.split(" | ")
    assert len(cells) == 6 and cells[1] == "**failed**"
    inside = cells[5].removesuffix(" |").removeprefix("<code>").removesuffix("</code>")
    assert not set(inside) & set("<>|`*[]()@!\n\r\x1b\u202e")


@given(st.text(max_size=60))
def test_any_text_is_one_line_of_plain_characters(text: str) -> None:
    shown = plain(text)
    assert shown == "" or (shown.startswith("<code>") and shown.endswith("</code>"))
    inside = shown.removeprefix("<code>").removesuffix("</code>")
    assert all(character.isascii() and character.isprintable() for character in inside)
    assert not set(inside) & set("<>|`*[]()@!\\")


def test_a_result_of_a_notebook_that_nobody_asked_for_is_left_out() -> None:
    other = Result(notebook="blueprints/x.ipynb", verdict="passed", seconds=1)
    assert "x.ipynb" not in render(RUN, BOTH, [other])
    assert not succeeded(BOTH, [other, PASSED])
    assert succeeded([PASSED.notebook], [other, PASSED])
    assert not succeeded([], [PASSED])


def test_a_comment_is_never_longer_than_github_takes() -> None:
    names = [f"blueprints/{number}/{'n' * 200}.ipynb" for number in range(1000)]
    text = render(RUN, names, [])
    assert len(text) < LONGEST + 1000
    assert text.endswith(" more are in the run.")


# What the runner leaves

GOOD: Mapping[str, Any] = json.loads(json.dumps(FAILED.__dict__))
BAD: Mapping[str, Any] = {
    "a list": [], "no fields": {}, "a verdict of its own": {**GOOD, "verdict": "fine"}, "text for a number": {**GOOD, "seconds": "1"},
    "less than nothing": {**GOOD, "seconds": -1}, "a truth value": {**GOOD, "cell": True}, "a fraction": {**GOOD, "gpus": 1.5},
    "no name": {**GOOD, "notebook": None}, "a huge number": {**GOOD, "peak_memory_mib": 10**12},
}  # fmt: skip


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert result.read(FAILED.write(tmp_path)) == FAILED


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_result_is_none(tmp_path: Path, case: str) -> None:
    (tmp_path / "result.json").write_text(json.dumps(BAD[case]))
    assert result.read(tmp_path / "result.json") is None


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"notebook": "' + "x" * 70_000 + '"}'])
def test_what_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "result.json").write_text(text)
    assert result.read(tmp_path / "result.json") is None


def test_a_link_is_none(tmp_path: Path) -> None:
    FAILED.write(tmp_path / "there")
    (tmp_path / "result.json").symlink_to(tmp_path / "there" / "result.json")
    assert result.read(tmp_path / "result.json") is None


# All of it


def environment_of(environment: Environment, tmp_path: Path, expected: list[str]) -> dict[str, str]:
    return environment(
        PULL_REQUEST="7", SHA=HEAD, NOTEBOOKS=json.dumps(expected), RESULTS=str(tmp_path / "results"), JOB="Run", USD_PER_HOUR="2"
    )


def test_the_commit_and_the_pull_request_are_reported(repository: Repository, environment: Environment, tmp_path: Path) -> None:
    PASSED.write(tmp_path / "results" / "result-0")
    FAILED.write(tmp_path / "results" / "result-1")
    times = {"created_at": "2026-11-28T10:00:00Z", "started_at": "2026-11-28T10:05:12Z"}
    repository.jobs = [
        {"name": "Run blueprints/a.ipynb", **times},
        {"name": "Report", "created_at": times["created_at"], "started_at": None},
    ]
    assert main(["report"], environment_of(environment, tmp_path, BOTH)) == 1
    (status,) = repository.statuses
    assert (status["state"], status["description"], status["context"]) == ("failure", "1 of 2 notebooks passed", "gpu-tests")
    (comment,) = repository.comments.values()
    assert comment["body"] == render(RUN, BOTH, [PASSED, FAILED])


def test_a_later_run_writes_the_same_comment_anew(repository: Repository, environment: Environment, tmp_path: Path) -> None:
    repository.comments[1] = comment_of(1, f"{MARKER} not the bot's", {"login": "stranger", "type": "User"})
    repository.comments[2] = comment_of(2, f"{MARKER}\nold", BOT)
    PASSED.write(tmp_path / "results" / "result-0")
    assert main(["report"], environment_of(environment, tmp_path, [PASSED.notebook])) == 0
    assert repository.statuses[0]["state"] == "success"
    assert len(repository.comments) == 2
    assert repository.comments[1]["body"].endswith("not the bot's")
    assert "1 of 1 notebooks passed" in repository.comments[2]["body"]


def test_a_run_that_left_nothing_failed(repository: Repository, environment: Environment, tmp_path: Path) -> None:
    assert main(["report"], environment_of(environment, tmp_path, BOTH)) == 1
    assert repository.statuses[0]["state"] == "failure"
    assert main(["report"], {**environment_of(environment, tmp_path, []), "NOTEBOOKS": ""}) == 1
