"""The workflows themselves run, as act reads them, against GitHub's API on loopback: who starts a run, on what, and what is reported.

Actions of others are replaced: nothing is fetched. What a workflow says in YAML (conditions, rights to a step's environment, names of
inputs) is what these tests are for; each reason for a refusal has its test in test_start.py too.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from testkit.github import HEAD, TOKEN, Repository, comment_of, serving
from testkit.stack_files import ROOT

WORKFLOWS = ROOT / ".github" / "workflows"
NOTEBOOK = "blueprints/t5/notebook.ipynb"
REPLACED = {
    "actions/setup-python": "true",
    # What a workflow checks out beside itself is what the pull request proposes.
    "actions/checkout": 'cp -r "$PROPOSED" "$GITHUB_WORKSPACE/${{ inputs.path }}"',
    "actions/upload-artifact": 'mkdir -p "$ARTIFACTS" && cp -r "${{ inputs.path }}" "$ARTIFACTS/${{ inputs.name }}"',
    "actions/download-artifact": 'cp -r "$ARTIFACTS" "${{ inputs.path }}"',
}
"""Actions of others, and what is done in their place."""
PAPERMILL = """
import pathlib, sys
source, into = sys.argv[1:3]
pathlib.Path(into).write_text(pathlib.Path(source).read_text())
if "fails" in pathlib.Path(source).read_text():
    print('Exception encountered at "In [2]":')
    print("AssertionError: | passed | forged")
    sys.exit(1)
"""

pytestmark = pytest.mark.slow


@dataclass(frozen=True, kw_only=True)
class Act:
    program: str
    folder: Path
    repository: Repository
    address: str

    def run(self, event: str, payload: dict[str, Any], file: str) -> "subprocess.CompletedProcess[str]":
        given = self.folder / "event.json"
        given.write_text(json.dumps(payload))
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder / "modules"),
            "GITHUB_API_URL": self.address,
            "PROPOSED": str(self.folder / "proposed"),
            "ARTIFACTS": str(self.folder / "artifacts"),
            "HEAD": HEAD,
        }
        used = sorted(set(re.findall(r"\buses: (\S+)", (self.folder / "repository/.github/workflows" / file).read_text())))
        command = [
            self.program, event, "--workflows", f".github/workflows/{file}", "--eventpath", str(given), "--secret", f"GITHUB_TOKEN={TOKEN}",
            *(part for label in ("ubuntu-24.04", "gpu-a10") for part in ("--platform", f"{label}=-self-hosted")),
            *(part for name, value in environment.items() for part in ("--env", f"{name}={value}")),
            *(part for each in used for part in ("--local-repository", f"{_repository(each)}={self.folder / _folder(each)}")),
        ]  # fmt: skip
        home = {"HOME": str(self.folder), "XDG_CACHE_HOME": str(self.folder / "cache")}
        return subprocess.run(
            command, cwd=self.folder / "repository", env={**os.environ, **home}, capture_output=True, text=True, timeout=300, check=False
        )

    def comment(
        self, body: str, author: str = "maintainer", kind: str = "User", *, fork: bool = False
    ) -> "subprocess.CompletedProcess[str]":
        """A new comment on the pull request, and the workflow that it starts."""
        ident = max(self.repository.comments, default=100) + 1
        comment = comment_of(ident, body, {"login": author, "type": kind})
        self.repository.comments.setdefault(ident, dict(comment))
        return self.again(comment, fork=fork)

    def again(self, comment: dict[str, Any], *, fork: bool = False, file: str = "gpu-start.yml") -> "subprocess.CompletedProcess[str]":
        of = {"full_name": "acme/models", "name": "models", "owner": {"login": "acme"}, "fork": fork, "default_branch": "main"}
        payload = {"action": "created", "comment": comment, "issue": {"number": 7, "pull_request": {}}, "repository": of}
        return self.run("issue_comment", payload, file)

    def dispatch(self) -> "subprocess.CompletedProcess[str]":
        """The run that was asked for, with the inputs that it was asked for with."""
        (asked,) = self.repository.dispatches
        of = {"full_name": "acme/models", "name": "models", "owner": {"login": "acme"}, "default_branch": "main"}
        return self.run("workflow_dispatch", {"inputs": asked["inputs"], "repository": of}, str(asked["workflow"]))


def _repository(used: str) -> str:
    """`owner/name@commit` of an action, which may be in a folder of it."""
    action, _, commit = used.partition("@")
    return f"{'/'.join(action.split('/')[:2])}@{commit}"


def _folder(used: str) -> str:
    """Where what stands for the repository of an action is."""
    owner, name = used.partition("@")[0].split("/")[:2]
    return name if owner == "acme" else f"{owner}-{name}"


@pytest.fixture
def act(repository: Repository, tmp_path: Path) -> Iterator[Act]:
    program = shutil.which("act", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if program is None:
        pytest.skip("no act: it comes with requirements-dev.lock, run `make setup`")
    for name, does in REPLACED.items():
        inputs = "inputs:\n  path: { required: false }\n  name: { required: false }\n"
        step = f"runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: {json.dumps(does)}\n"
        folder = tmp_path / name.replace("/", "-")
        folder.mkdir()
        (folder / "action.yml").write_text(f"name: replaced\ndescription: replaced\n{inputs}{step}")
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "papermill.py").write_text(PAPERMILL)
    (tmp_path / "proposed" / NOTEBOOK).parent.mkdir(parents=True)
    (tmp_path / "proposed" / NOTEBOOK).write_text("works")
    checkout = tmp_path / "repository"
    shutil.copytree(ROOT / "gpu_ci", checkout / "gpu_ci", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(WORKFLOWS, checkout / ".github" / "workflows")
    author = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    for words in (
        ("init", "--quiet", "--initial-branch", "main"),
        ("add", "--all"),
        (*author, "commit", "--quiet", "--message", "all"),
        ("remote", "add", "origin", "https://github.com/acme/models.git"),
    ):
        subprocess.run(["git", *words], cwd=checkout, check=True)
    with serving(repository) as address:
        yield Act(program=program, folder=tmp_path, repository=repository, address=address)


def test_the_good_path_starts_once_and_reports(act: Act) -> None:
    started = act.comment(f"/gpu-test {HEAD}")
    assert started.returncode == 0, started.stdout[-3000:]
    again = act.again(act.repository.comments[101])
    assert again.returncode != 0
    assert "this comment has started its run already" in again.stdout
    assert len(act.repository.dispatches) == 1
    ran = act.dispatch()
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert [each["state"] for each in act.repository.statuses] == ["pending", "success"]
    (told,) = [each["body"] for each in act.repository.comments.values() if "1 of 1 notebooks passed" in each["body"]]
    assert NOTEBOOK in told


def test_a_notebook_that_fails_is_reported_and_forges_nothing(act: Act) -> None:
    (act.folder / "proposed" / NOTEBOOK).write_text("fails")
    assert act.comment(f"/gpu-test {HEAD}").returncode == 0
    assert act.dispatch().returncode != 0
    assert act.repository.statuses[-1]["state"] == "failure"
    (told,) = [each["body"] for each in act.repository.comments.values() if "0 of 1 notebooks passed" in each["body"]]
    assert "cell 2: <code>AssertionError&#58; &#124; passed &#124; forged</code>" in told


def test_a_head_that_moves_after_the_approval_is_not_run(act: Act) -> None:
    assert act.comment(f"/gpu-test {HEAD}").returncode == 0
    act.repository.pull_request["head"]["sha"] = "b" * 40
    ran = act.dispatch()
    assert ran.returncode != 0
    assert "and not aaaaaaaaaaaa, which was approved" in ran.stdout
    assert not (act.folder / "artifacts").exists(), "nothing of the pull request ran"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a stranger": ({"author": "stranger"}, "stranger has no right to write to this repository"),
    "a bot": ({"author": "helper[bot]", "kind": "Bot"}, "helper[bot] is a bot, and a person decides"),
    "a fork": ({"fork": True}, "this is a fork, whose workflows start no runs"),
    "a stale commit": ({"body": f"/gpu-test {'b' * 40}"}, "bbbbbbbbbbbb is not what #7 proposes now"),
}


@pytest.mark.parametrize(("comment", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_starts_nothing_and_says_why(act: Act, comment: dict[str, Any], words: str) -> None:
    ran = act.comment(**{"body": f"/gpu-test {HEAD}", **comment})
    assert ran.returncode != 0
    assert words in ran.stdout
    assert words in list(act.repository.comments.values())[-1]["body"]
    assert act.repository.dispatches == []


def test_a_comment_that_is_edited_later_starts_nothing(act: Act) -> None:
    comment = comment_of(101, f"/gpu-test {HEAD}", {"login": "maintainer", "type": "User"})
    act.repository.comments[101] = {**comment, "body": "/gpu-test something else"}
    assert "the comment was edited" in act.again(comment).stdout
    assert act.repository.dispatches == []


def test_a_pull_request_that_changes_a_workflow_starts_nothing(act: Act) -> None:
    act.repository.files.append({"filename": ".github/workflows/gpu-tests.yml", "status": "modified"})
    assert "it changes .github/workflows/gpu-tests.yml" in act.comment(f"/gpu-test {HEAD}").stdout
    assert act.repository.dispatches == []


ELSEWHERE = """
name: elsewhere
on: issue_comment
jobs:
  start:
    runs-on: ubuntu-24.04
    outputs:
      notebooks: ${{ steps.check.outputs.notebooks }}
    steps:
      - uses: acme/platform/gpu_ci@cccccccccccccccccccccccccccccccccccccccc
        with:
          command: start
        env:
          GITHUB_TOKEN: ${{ github.token }}
          WORKFLOW: gpu-tests.yml
          NOTEBOOKS_WATCHED: blueprints/**/*.ipynb
      - uses: acme/platform/gpu_ci@cccccccccccccccccccccccccccccccccccccccc
        id: check
        with:
          command: check
        env:
          GITHUB_TOKEN: ${{ github.token }}
          PULL_REQUEST: "7"
          SHA: ${{ env.HEAD }}
          NOTEBOOKS_WATCHED: blueprints/**/*.ipynb
      - run: echo "they are $NOTEBOOKS"
        env:
          NOTEBOOKS: ${{ steps.check.outputs.notebooks }}
"""


def test_another_repository_calls_the_action(act: Act) -> None:
    (act.folder / "repository" / ".github" / "workflows" / "elsewhere.yml").write_text(ELSEWHERE)
    shutil.copytree(ROOT / "gpu_ci", act.folder / "platform" / "gpu_ci")
    shutil.rmtree(act.folder / "repository" / "gpu_ci")
    comment = comment_of(101, f"/gpu-test {HEAD}", {"login": "maintainer", "type": "User"})
    act.repository.comments[101] = dict(comment)
    ran = act.again(comment, file="elsewhere.yml")
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert f'they are ["{NOTEBOOK}"]' in ran.stdout
    assert len(act.repository.dispatches) == 1


def test_what_is_no_command_runs_no_step(act: Act) -> None:
    ran = act.comment("I would write /gpu-test here")
    assert ran.returncode == 0
    assert "Run Main Start" not in ran.stdout
    assert len(act.repository.comments) == 1
