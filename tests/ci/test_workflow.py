"""CI: what may run, with what rights, and that it runs what the README tells a developer to run."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
CI = ROOT / ".github" / "workflows" / "ci.yml"
NIGHTLY = ROOT / ".github" / "workflows" / "nightly.yml"
GPU_START = ROOT / ".github" / "workflows" / "gpu-start.yml"
GPU_TESTS = ROOT / ".github" / "workflows" / "gpu-tests.yml"
PUBLISH_IMAGES = ROOT / ".github" / "workflows" / "publish-images.yml"
RIGHTS: dict[Path, dict[str, dict[str, str]]] = {
    CI: {"comment": {"pull-requests": "write"}},
    GPU_START: {"start": {"contents": "read", "actions": "write", "pull-requests": "write", "statuses": "write"}},
    GPU_TESTS: {
        "check": {"contents": "read", "pull-requests": "read"},
        "run": {"contents": "read"},
        "report": {"contents": "read", "actions": "read", "pull-requests": "write", "statuses": "write"},
    },
    PUBLISH_IMAGES: {"publish": {"contents": "read", "packages": "write", "id-token": "write", "attestations": "write"}},
}
"""Jobs with rights of their own. None of them runs what a pull request brings, but `run`, which may read."""
COMMANDS = ("make preview", "make test")
"""The README's two commands."""


class Loader(yaml.SafeLoader):
    """YAML 1.2's idea of a truth value: `on` is a word."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def workflow(path: Path) -> dict[str, Any]:
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506 - a SafeLoader
    assert isinstance(document, dict)
    return document


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in workflow(path)["jobs"].values():
        yield from job["steps"]


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.name)
def path(request: pytest.FixtureRequest) -> Path:
    found = request.param
    assert isinstance(found, Path)
    return found


def test_every_action_is_pinned_to_a_commit_and_says_its_version(path: Path) -> None:
    used = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if re.match(r" *(- )?uses:", line)]
    assert len(used) == sum("uses" in step for step in steps(path))
    loose = [line for line in used if not re.fullmatch(r"(- )?uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)]
    assert loose == []


def test_a_workflow_may_read_and_its_jobs_have_the_rights_that_were_reviewed(path: Path) -> None:
    document = workflow(path)
    assert document["permissions"] == {"contents": "read"}
    more = {name: job["permissions"] for name, job in document["jobs"].items() if "permissions" in job}
    assert more == RIGHTS.get(path, {})


def test_no_secret_is_within_reach_of_a_pull_request(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for word in ("secrets.", "secrets[", "pull_request_target", "workflow_run"):
        assert word not in text
    assert path == PUBLISH_IMAGES or "id-token" not in text
    tokens = [name for name, job in workflow(path)["jobs"].items() if "github.token" in str(job)]
    assert tokens == [name for name in RIGHTS.get(path, {}) if name != "run"]
    checkouts = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] == "false" for step in checkouts)


def test_what_signs_is_started_by_the_default_branch_alone() -> None:
    document = workflow(PUBLISH_IMAGES)
    assert set(document["on"]) == {"push", "schedule", "workflow_dispatch"}
    assert document["on"]["push"]["branches"] == ["main"]
    (job,) = document["jobs"].values()
    assert job["if"] == "github.ref == 'refs/heads/main'"
    names = [step.get("name") for step in job["steps"]]
    assert names.index("Build and push") < names.index("Scan what was pushed") < names.index("Sign")


def test_nothing_a_stranger_writes_reaches_a_shell(path: Path) -> None:
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


def test_a_run_ends_and_gives_way_to_the_next(path: Path) -> None:
    document = workflow(path)
    assert "group" in document["concurrency"]
    assert all(int(job["timeout-minutes"]) <= 60 for job in document["jobs"].values())


def test_ci_runs_the_readmes_commands_on_every_pull_request() -> None:
    assert set(workflow(CI)["on"]) == {"pull_request", "push"}
    job = workflow(CI)["jobs"]["check"]
    assert "if" not in job
    assert [step["run"] for step in job["steps"] if "run" in step] == list(COMMANDS)
    assert not [step for step in job["steps"] if "continue-on-error" in step or "if" in step]


def test_the_oldest_and_the_newest_python_are_tried() -> None:
    job = workflow(CI)["jobs"]["check"]
    tried = job["strategy"]["matrix"]["python"]
    oldest = re.search(r'^requires-python = ">=(\S+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert oldest is not None
    assert tried == [oldest.group(1), max(looked_for(), key=lambda version: int(version.removeprefix("3.")))]
    assert job["strategy"]["fail-fast"] == "false", "one that fails says nothing of the other"
    python = next(step for step in job["steps"] if step.get("uses", "").startswith("actions/setup-python@"))
    assert python["with"]["python-version"] == "${{ matrix.python }}"


def looked_for() -> list[str]:
    """The Pythons that the Makefile knows by name."""
    return re.findall(r"\bpython(3\.\d+)", (ROOT / "Makefile").read_text(encoding="utf-8"))


def test_every_night_all_runs_that_a_pull_request_leaves_out() -> None:
    document = workflow(NIGHTLY)
    assert set(document["on"]) == {"schedule", "workflow_dispatch"}
    targets = ["everything", "changes-all", "pairs", "mutation", "crashes", "audit", "workflows"]
    assert [step["run"] for step in steps(NIGHTLY) if "run" in step] == [f"make {target}" for target in targets]
    assert not [step for step in steps(NIGHTLY) if "continue-on-error" in step]
    conditions = [step["if"] for step in steps(NIGHTLY) if "if" in step]
    assert conditions == ["always()"], "a step may run more often, never less"
    at_a_desk = re.search(r"^nightly: (.+?) ##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert at_a_desk is not None
    assert at_a_desk.group(1).split() == targets


def test_the_official_pulumi_is_of_the_sdks_version() -> None:
    official = next(step for step in steps(NIGHTLY) if step.get("uses", "").startswith("pulumi/actions@"))
    assert official["with"].keys() == {"pulumi-version"}, "it installs, and runs nothing"
    assert f"\npulumi=={official['with']['pulumi-version']}\n" in (ROOT / "requirements.txt").read_text(encoding="utf-8")


def test_every_night_nothing_is_skipped() -> None:
    ran = dry_run("everything")
    assert ran[-1] == ".venv/bin/python -m pytest -n 2 --dist loadgroup --no-skips"
    for each in dry_run("test")[:-1]:
        assert each in ran
    assert {".venv/bin/python -m tools.charts pull", ".venv/bin/python -m toolchain plugin"} <= set(ran)


def test_every_pull_request_is_reviewed_against_its_base() -> None:
    job = workflow(CI)["jobs"]["review"]
    assert job["if"] == "github.event_name == 'pull_request'", "a fork's as well"
    runs = [step["run"] for step in job["steps"] if "run" in step]
    assert runs == [
        "make review BASE=HEAD^1",
        'test "$(tail -n 1 build/review/verdict.txt)" = "$(git rev-parse HEAD): accepted"\n',
        'cat build/review/comment.md >> "$GITHUB_STEP_SUMMARY"',
    ]
    checkout = next(step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@"))
    assert checkout["with"]["fetch-depth"] == 2


def test_whoever_may_comment_runs_nothing_of_the_pull_request() -> None:
    job = workflow(CI)["jobs"]["comment"]
    assert job["if"].endswith("&& github.event.pull_request.head.repo.full_name == github.repository")
    assert [step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step] == ["actions/download-artifact"]
    assert [step["run"] for step in job["steps"] if "run" in step] == [
        'gh pr comment "$NUMBER" --edit-last --create-if-none --body-file review/comment.md'
    ]


def test_the_base_of_a_review_can_be_chosen() -> None:
    assert dry_run("review", "BASE=HEAD^1") == ["python3 toolchain/setup.py runtime", ".venv/bin/python -m tools.review HEAD^1"]


def test_the_readme_has_these_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = {line.removeprefix("$ ").split("#")[0].strip() for line in readme.splitlines()}
    assert set(COMMANDS) <= shown


def test_the_local_check_is_the_readmes_test_command_and_nothing_softer() -> None:
    script = ROOT / ".ci" / "run"
    lines = [line for line in script.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "${BASH_SOURCE[0]}")/.."', "make test"]
    assert script.stat().st_mode & 0o111


@pytest.mark.parametrize("path", [CI, NIGHTLY], ids=lambda path: path.name)
def test_what_is_built_is_kept_for_the_modules_it_was_built_from(path: Path) -> None:
    kept = next(step["with"] for step in steps(path) if step.get("uses", "").startswith("actions/cache@"))
    assert kept["path"] == "~/.cache/oke-gpu-platform"
    assert "hashFiles('toolchain/**/go.sum')" in kept["key"]
    assert "restore-keys" not in kept, "another version's engine is of no use"


# The Makefile


def make(*arguments: str) -> str:
    """What make prints, run from outside of any other make: within one it would tell the folders it enters."""
    env = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "STACK", "WORKERS"}}
    return subprocess.run(["make", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout


def dry_run(target: str, *variables: str) -> list[str]:
    return make("-n", "PYTHON=python3", *variables, target).splitlines()


def test_a_preview_sets_up_what_it_needs_and_takes_a_stack() -> None:
    assert dry_run("preview", "STACK=prod") == ["python3 toolchain/setup.py runtime", ".venv/bin/python -m platformctl preview prod"]


def test_the_test_command_checks_everything() -> None:
    assert dry_run("test") == [
        "python3 toolchain/setup.py dev",
        ".venv/bin/ruff format --no-cache --check .",
        ".venv/bin/ruff check --no-cache .",
        ".venv/bin/mypy",
        ".venv/bin/lint-imports",
        ".venv/bin/zizmor --offline --quiet --persona pedantic .github",
        ".venv/bin/python -m toolchain build control-plane > /dev/null",
        ".venv/bin/python -m toolchain build promtool > /dev/null",
        ".venv/bin/python -m toolchain build kueue > /dev/null",
        ".venv/bin/python -m pytest -n 2 --dist loadgroup",
    ]


def test_the_unit_tests_need_nothing_that_is_built() -> None:
    ran = dry_run("unit")
    assert ran[0] == "python3 toolchain/setup.py dev"
    assert len(ran) == 2
    for marker in ("slow", "engine", "apiserver", "kueue", "promtool", "official"):
        assert f"not {marker}" in ran[1]


def test_a_file_is_written_the_way_that_is_checked() -> None:
    assert dry_run("format")[1:] == [".venv/bin/ruff check --fix-only .", ".venv/bin/ruff format ."]


def test_a_sandbox_needs_no_more_than_the_program_does() -> None:
    assert dry_run("sandbox") == ["python3 toolchain/setup.py runtime", ".venv/bin/python -m testkit.control_plane up"]
    assert dry_run("sandbox-down") == ["python3 toolchain/setup.py runtime", ".venv/bin/python -m testkit.control_plane down"]


def test_every_target_says_what_it_is_for() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE).group(1).split())  # type: ignore[union-attr]
    listed = set(re.findall(r"^  make (\S+) ", make(), re.MULTILINE))
    assert listed == phony - {"runtime", "dev", "maintainer", "control-plane", "promtool", "kueue"}
    assert set(re.findall(r"^([a-z-]+):", text, re.MULTILINE)) == phony


# The wrapper


def test_the_wrapper_says_to_set_up_first(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    wrapper = tmp_path / "bin" / "platformctl"
    wrapper.write_bytes((ROOT / "bin" / "platformctl").read_bytes())
    wrapper.chmod(0o755)
    said = subprocess.run([wrapper, "preview"], capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert said.stderr == f"platformctl: this checkout is not set up yet. Run: make -C '{tmp_path}' setup\n"


def test_the_wrapper_runs_the_command_from_anywhere(tmp_path: Path) -> None:
    checkout = tmp_path / "a checkout"
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\npwd\nprintf "%s|" "$@"\n')
    python.chmod(0o755)
    (checkout / "bin").mkdir()
    wrapper = checkout / "bin" / "platformctl"
    wrapper.write_bytes((ROOT / "bin" / "platformctl").read_bytes())
    wrapper.chmod(0o755)
    said = subprocess.run([wrapper, "preview", "a b"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout == f"{checkout}\n-m|platformctl|preview|a b|"


# GPU tests


def test_what_a_pull_request_brings_runs_in_one_job_which_may_read_and_is_let_through_by_reviewers() -> None:
    jobs = workflow(GPU_TESTS)["jobs"]
    brought = [name for name, job in jobs.items() for step in job["steps"] if "inputs.sha" in str(step.get("with", {}).get("ref", ""))]
    assert brought == ["run"]
    assert jobs["run"]["environment"] == "gpu-ci" and jobs["run"]["needs"] == "check"
    assert workflow(GPU_TESTS)["on"].keys() == {"workflow_dispatch"}
    own = [step for step in jobs["run"]["steps"] if "run" in step]
    assert [step["working-directory"] for step in own] == ["ours"], "the tool is the default branch's, not the pull request's"


def test_a_comment_runs_the_default_branch_alone() -> None:
    document = workflow(GPU_START)
    assert document["on"] == {"issue_comment": {"types": ["created"]}}
    (checkout,) = (step for step in document["jobs"]["start"]["steps"] if step.get("uses", "").startswith("actions/checkout@"))
    assert set(checkout["with"]) == {"persist-credentials"}
    assert document["concurrency"]["cancel-in-progress"] == "false", "the second of two comments finds what the first one started"


def test_a_report_is_made_whatever_becomes_of_the_run() -> None:
    job = workflow(GPU_TESTS)["jobs"]["report"]
    assert (job["if"], job["needs"]) == ("always()", ["check", "run"])


@pytest.mark.parametrize("file", [GPU_START, GPU_TESTS], ids=lambda file: file.name)
def test_every_variable_that_the_tool_reads_is_said(file: Path) -> None:
    """GitHub sets those that begin with GITHUB_, but for the token."""
    commands = {
        "start": {"WORKFLOW", "NOTEBOOKS_WATCHED", "GITHUB_TOKEN"},
        "check": {"PULL_REQUEST", "SHA", "NOTEBOOKS_WATCHED", "GITHUB_TOKEN"},
        "run": {"NOTEBOOK", "SOURCE", "INTO", "MINUTES"},
        "report": {"PULL_REQUEST", "SHA", "NOTEBOOKS", "RESULTS", "JOB", "USD_PER_HOUR", "GITHUB_TOKEN"},
    }
    called = [(step["run"].split()[-1], set(step["env"])) for step in steps(file) if "-m gpu_ci" in step.get("run", "")]
    assert called and all(said == commands[command] for command, said in called)
