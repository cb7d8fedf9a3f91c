"""A machine without room, and a reader who does not listen: an answer is given whole, or the command fails and says so."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

HOUSE = Path(__file__).resolve().parents[3]

NOT_WRITTEN = "the answer could not be written whole to standard output: "

pytestmark = pytest.mark.engine

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def started(project: Path) -> Run:
    def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        flags = ["--no-policies"] if arguments[0] in ("preview", "diff", "rehearse") else []  # the sample project has none
        words: Sequence[str] = [sys.executable, "-m", "platformctl", *arguments, *flags, "--root", str(project)]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        # Python cuts off the bytecode that does not fit, and every later process that reads it ends with an EOFError.
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(words, cwd=HOUSE, text=True, timeout=300, check=False, env=environment, **streams)

    return run


def small_files() -> None:
    """No file may grow beyond this, as on a disk that is full: the engine's event log of the sample is larger."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (15_000, 15_000))


@pytest.mark.parametrize("command", [("preview", "sample"), ("preview", "sample", "--json"), ("cost", "sample"), ("rehearse", "sample")])
def test_a_full_disk_is_never_a_short_plan(started: Run, command: tuple[str, ...]) -> None:
    ran = started(*command, preexec_fn=small_files)
    assert ran.returncode == 1
    assert "the engine's answer is not whole: its last line is torn" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("command", [("preview", "sample"), ("preview", "sample", "--json"), ("diff", "sample", "--base-stack", "sample")])
def test_an_answer_that_does_not_fit_where_it_goes_is_a_failure(started: Run, command: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = started(*command, stdout=full)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1] == f"{NOT_WRITTEN}No space left on device."
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("command", [("preview", "sample"), ("preview", "sample", "--json"), ("graph", "sample")])
def test_a_reader_who_has_gone_is_reported(started: Run, command: tuple[str, ...]) -> None:
    read, write = os.pipe()
    os.close(read)
    ran = started(*command, stdout=write)
    os.close(write)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1] == f"{NOT_WRITTEN}Broken pipe."
    assert "Traceback" not in ran.stderr


def test_a_closed_output_is_reported_before_anything_starts(started: Run) -> None:
    ran = started("preview", "sample", stdout=None, preexec_fn=lambda: os.close(1))
    assert (ran.returncode, ran.stderr) == (1, "standard output is closed: what the command finds would go nowhere.\n")


def test_a_temporary_folder_that_is_full_is_reported(started: Run) -> None:
    ran = started("preview", "sample", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)))
    assert (ran.returncode, ran.stderr) == (
        1,
        "no temporary folder can be written to: make room on its disk, or name another folder in TMPDIR.\n",
    )
