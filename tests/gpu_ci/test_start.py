"""Who starts a GPU test, and on what: asked of GitHub over HTTP, decided, and said on the pull request."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gpu_ci.__main__ import main
from testkit.github import HEAD, Repository

Commented = Callable[..., dict[str, str]]
Printed = pytest.CaptureFixture[str]
GOOD = f"/gpu-test {HEAD}"
WHOLE = f"name the whole commit that you have read, 40 characters: write `/gpu-test {HEAD}` once you have read that commit"


def said(repository: Repository) -> str:
    """The answer on the pull request."""
    return str(list(repository.comments.values())[-1]["body"])


def test_a_maintainers_comment_starts_one_run_of_the_default_branch(repository: Repository, commented: Commented) -> None:
    assert main(["start"], commented(GOOD)) == 0
    (dispatch,) = repository.dispatches
    assert (dispatch["workflow"], dispatch["ref"]) == ("gpu-tests.yml", "main")
    assert dispatch["inputs"] == {"pull_request": "7", "sha": HEAD, "notebooks": json.dumps(["blueprints/t5/notebook.ipynb"])}
    (status,) = repository.statuses
    assert (status["state"], status["sha"], status["description"]) == ("pending", HEAD, "queued by maintainer, comment 101")
    assert said(repository) == f"Queued 1 notebook of {HEAD[:12]} for a GPU."


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a stranger": ({"author": "stranger"}, "stranger has no right to write to this repository"),
    "a reader": ({"author": "reader"}, "reader has no right to write to this repository"),
    "a bot": ({"author": "helper[bot]", "kind": "Bot"}, "helper[bot] is a bot, and a person decides"),
    "a bot that may write": ({"author": "maintainer", "kind": "Bot"}, "maintainer is a bot, and a person decides"),
    "an edit": ({"action": "edited"}, "the comment was edited, and only a new one starts a run"),
    "a fork of the repository": ({"fork": True}, "this is a fork, whose workflows start no runs"),
    "a run that somebody started again": (
        {"GITHUB_RUN_ATTEMPT": "2"}, "this comment has started its run already: write a new one"
    ),
    "no commit": (
        {"body": "/gpu-test"}, WHOLE
    ),
    "a short commit": (
        {"body": f"/gpu-test {HEAD[:12]}"},
        WHOLE,
    ),
    "a commit and more": (
        {"body": f"/gpu-test {HEAD} --force"},
        WHOLE,
    ),
    "an older commit": (
        {"body": f"/gpu-test {'b' * 40}"},
        f"{'b' * 12} is not what #7 proposes now: write `/gpu-test {HEAD}` once you have read that commit",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_anything_else_starts_nothing_and_says_why(repository: Repository, commented: Commented, case: str) -> None:
    given, reason = REFUSED[case]
    assert main(["start"], commented(**{"body": GOOD, **given})) == 1
    assert repository.dispatches == [] and repository.statuses == []
    assert said(repository) == f"No GPU test was started:\n- {reason}"


def test_a_comment_that_was_edited_since_starts_nothing(repository: Repository, commented: Commented) -> None:
    env = commented(GOOD)
    repository.comments[101]["body"] = "/gpu-test " + "c" * 40
    repository.comments[101]["updated_at"] = "2026-11-28T10:00:05Z"
    assert main(["start"], env) == 1
    assert "the comment was edited" in said(repository) and repository.dispatches == []


def test_a_comment_that_was_edited_and_put_back_starts_nothing(repository: Repository, commented: Commented) -> None:
    env = commented(GOOD)
    repository.comments[101]["updated_at"] = "2026-11-28T10:00:05Z"
    assert main(["start"], env) == 1
    assert repository.dispatches == []


def test_a_comment_that_is_gone_starts_nothing(repository: Repository, commented: Commented) -> None:
    env = commented(GOOD)
    del repository.comments[101]
    assert main(["start"], env) == 1
    assert "the comment is gone" in said(repository) and repository.dispatches == []


def test_the_same_comment_delivered_twice_starts_one_run(repository: Repository, commented: Commented) -> None:
    env = commented(GOOD)
    assert main(["start"], env) == 0
    assert main(["start"], env) == 1
    assert len(repository.dispatches) == 1
    assert "has started its run already" in said(repository)


def test_a_second_comment_starts_a_second_run(repository: Repository, commented: Commented) -> None:
    assert main(["start"], commented(GOOD)) == 0
    assert main(["start"], commented(GOOD)) == 0
    assert len(repository.dispatches) == 2


@pytest.mark.parametrize(
    ("file", "status"),
    [(".github/workflows/gpu-tests.yml", "modified"), (".github/new.yml", "added"), (".github/workflows/gpu-start.yml", "removed")],
)
def test_a_change_of_what_decides_how_it_is_run_is_not_run(repository: Repository, commented: Commented, file: str, status: str) -> None:
    repository.files.append({"filename": file, "status": status})
    assert main(["start"], commented(GOOD)) == 1
    assert f"it changes {file}, which decides how it is run" in said(repository) and repository.dispatches == []


def test_a_workflow_that_is_moved_away_is_changed_too(repository: Repository, commented: Commented) -> None:
    repository.files.append({"filename": "x.yml", "previous_filename": ".github/workflows/gpu-tests.yml", "status": "renamed"})
    assert main(["start"], commented(GOOD)) == 1
    assert repository.dispatches == []


def test_what_stands_on_a_later_page_counts(repository: Repository, commented: Commented) -> None:
    repository.files = [{"filename": f"docs/{number}.md", "status": "added"} for number in range(150)]
    repository.files.append({"filename": ".github/workflows/z.yml", "status": "added"})
    assert main(["start"], commented(GOOD)) == 1
    assert "it changes .github/workflows/z.yml" in said(repository)


def test_more_files_than_can_be_looked_at_are_a_refusal(repository: Repository, commented: Commented, capsys: Printed) -> None:
    repository.files = [{"filename": f"docs/{number}.md", "status": "added"} for number in range(3000)]
    assert main(["start"], commented(GOOD)) == 1
    assert "more than 3000 entries" in capsys.readouterr().err and repository.dispatches == []


def test_nothing_to_run_is_said(repository: Repository, commented: Commented) -> None:
    repository.files = [{"filename": "blueprints/t5/notebook.ipynb", "status": "removed"}, {"filename": "README.md", "status": "added"}]
    assert main(["start"], commented(GOOD)) == 1
    assert said(repository) == "No GPU test was started:\n- it changes no notebook that is watched, so there is nothing to run"


@pytest.mark.parametrize("name", ["a$(id)", "a`id`", "a'", "../x", "a\nb", "a;b", "${{ github }}", "é"])
def test_a_path_that_means_something_to_a_shell_is_refused(repository: Repository, commented: Commented, name: str) -> None:
    repository.files = [{"filename": f"blueprints/{name}.ipynb", "status": "added"}]
    assert main(["start"], commented(GOOD)) == 1
    assert "is no plain path" in said(repository) and repository.dispatches == []


def test_too_many_notebooks_are_refused(repository: Repository, commented: Commented) -> None:
    repository.files = [{"filename": f"blueprints/{number}.ipynb", "status": "added"} for number in range(21)]
    assert main(["start"], commented(GOOD)) == 1
    assert "changes 21 notebooks, and at most 20 are run" in said(repository)


def test_a_closed_pull_request_is_not_run(repository: Repository, commented: Commented) -> None:
    repository.pull_request["state"] = "closed"
    assert main(["start"], commented(GOOD)) == 1
    assert "#7 is closed" in said(repository)


@pytest.mark.parametrize("body", ["", "nice!", "please /gpu-test", f"> {GOOD}", "/gpu-tests x", f"hello\n{GOOD}"])
def test_other_comments_are_left_alone(repository: Repository, commented: Commented, body: str) -> None:
    assert main(["start"], commented(body)) == 0
    assert len(repository.comments) == 1 and repository.dispatches == []


def test_every_reason_is_given_at_once(repository: Repository, commented: Commented) -> None:
    assert main(["start"], commented("/gpu-test", "stranger", fork=True)) == 1
    assert said(repository).count("\n- ") == 3


def test_a_run_that_could_not_be_queued_is_marked(repository: Repository, commented: Commented, capsys: Printed) -> None:
    repository.broken = {"/actions/workflows/gpu-tests.yml/dispatches"}
    assert main(["start"], commented(GOOD)) == 1
    assert [each["state"] for each in repository.statuses] == ["pending", "error"]
    assert "500: Server Error" in capsys.readouterr().err


def test_github_that_does_not_answer_starts_nothing(commented: Commented, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start"], {**commented(GOOD), "GITHUB_API_URL": "http://127.0.0.1:1"}) == 1
    assert "no answer" in capsys.readouterr().err


def test_a_variable_that_the_workflow_forgot_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start"], {}) == 2
    assert capsys.readouterr().err == "GITHUB_EVENT_PATH is not set: the workflow must say it\n"


# When the run begins


def test_the_run_asks_again_what_there_is_to_run(repository: Repository, environment: Commented, tmp_path: Path) -> None:
    repository.files.append({"filename": "blueprints/a/b/second one.ipynb", "status": "added"})
    assert main(["check"], environment(PULL_REQUEST="7", SHA=HEAD)) == 0
    found = json.loads((tmp_path / "output").read_text().removeprefix("notebooks="))
    assert found == ["blueprints/a/b/second one.ipynb", "blueprints/t5/notebook.ipynb"]


def test_a_pull_request_that_has_moved_on_is_not_run(repository: Repository, environment: Commented, capsys: Printed) -> None:
    repository.pull_request["head"]["sha"] = "d" * 40
    assert main(["check"], environment(PULL_REQUEST="7", SHA=HEAD)) == 1
    assert "#7 proposes dddddddddddd now, and not aaaaaaaaaaaa, which was approved" in capsys.readouterr().err
