"""The second gate, run as the runner runs it: by bash, with what GitHub says of the job in the environment."""

import itertools
import os
import subprocess
from pathlib import Path
from typing import get_args

import pytest

from components.ci.runners.gate import document
from components.ci.runners.runner_pod import HOOK
from components.ci.runners.section import Event, Gate

GATE = Gate(
    repositories=("acme/models", "acme/other"),
    workflows=(".github/workflows/gpu.yml",),
    branches=("main", "release/1"),
    events=("workflow_dispatch", "schedule"),
)
REPOSITORIES = ("acme/models", "acme/other", "evil/models", "acme/models2", "ACME/models", "acme/.*", "")
EVENTS = (*get_args(Event), "pull_request", "pull_request_target", "issue_comment", "workflow_run", "")
WORKFLOWS = (".github/workflows/gpu.yml", ".github/workflows/gpuXyml", ".github/workflows/other.yml")
REFS = ("refs/heads/main", "refs/heads/release/1", "refs/heads/mine", "refs/pull/7/merge", "refs/tags/main")


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ConfigMap as a pod sees it."""
    folder = tmp_path_factory.mktemp("gate")
    for name, text in document("gpu", "arc-runners", GATE)["data"].items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o555)
    return folder


def run(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run([str(folder / HOOK)], env=environment, capture_output=True, text=True, timeout=20, check=False)


def job(repository: str, event: str, workflow: str) -> dict[str, str]:
    return {"GITHUB_REPOSITORY": repository, "GITHUB_EVENT_NAME": event, "GITHUB_WORKFLOW_REF": workflow}


CASES = [
    (repository, event, f"{repository}/{workflow}@{ref}")
    for repository, event, workflow, ref in itertools.product(REPOSITORIES, EVENTS, WORKFLOWS, REFS)
]


@pytest.mark.slow
def test_only_a_job_that_is_on_all_three_lists_begins(mounted: Path) -> None:
    allowed = {
        (repository, event, f"{repository}/.github/workflows/gpu.yml@refs/heads/{branch}")
        for repository in GATE.repositories
        for event in GATE.events
        for branch in GATE.branches
    }
    assert len(allowed) == 8 and allowed <= {*CASES}
    assert {case for case in CASES if run(mounted, **job(*case)).returncode == 0} == allowed


def test_a_workflow_of_one_repository_opens_no_other(mounted: Path) -> None:
    done = run(mounted, **job("acme/models", "schedule", "evil/models/.github/workflows/gpu.yml@refs/heads/main"))
    assert done.returncode == 1


def test_a_refusal_says_what_the_job_is_and_what_may_run(mounted: Path) -> None:
    done = run(mounted, **job("acme/models", "pull_request", "acme/models/.github/workflows/gpu.yml@refs/pull/7/merge"))
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "This runner refuses the job: its event is pull_request, but only these may run here:",
        "  workflow_dispatch",
        "  schedule",
        "Whoever runs the platform allows more in the stack file: addons.arc.scaleSets.<name>.gate.events",
    ]


@pytest.mark.parametrize("value", ["acme/models\nevil/x", "evil/x\nacme/models", "acme/models\n", " acme/models", "*", "acme/models x"])
def test_a_value_is_compared_whole(mounted: Path, value: str) -> None:
    done = run(mounted, **job(value, "schedule", "acme/models/.github/workflows/gpu.yml@refs/heads/main"))
    assert done.returncode == 1


@pytest.mark.parametrize("missing", ["GITHUB_REPOSITORY", "GITHUB_EVENT_NAME", "GITHUB_WORKFLOW_REF"])
def test_what_is_not_known_is_refused(mounted: Path, missing: str) -> None:
    given = job("acme/models", "schedule", "acme/models/.github/workflows/gpu.yml@refs/heads/main")
    done = run(mounted, **{key: value for key, value in given.items() if key != missing})
    assert done.returncode == 1 and "is not known" in done.stdout


@pytest.mark.parametrize("missing", ["repositories", "events", "workflows"])
def test_a_list_that_is_gone_lets_nothing_through(mounted: Path, tmp_path: Path, missing: str) -> None:
    for file in mounted.iterdir():
        if file.name != missing:
            (tmp_path / file.name).write_bytes(file.read_bytes())
            (tmp_path / file.name).chmod(0o555)
    given = job("acme/models", "schedule", "acme/models/.github/workflows/gpu.yml@refs/heads/main")
    assert run(tmp_path, **given).returncode != 0
