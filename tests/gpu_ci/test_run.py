"""A notebook is run to its end or its deadline, and what it takes of a GPU is measured."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from gpu_ci import run as running
from gpu_ci.run import Gpu, run

PROGRAM = "import sys, time\n"
FAILS = 'print(\'Exception encountered at "In [3]":\')\nprint("  File x, line 1")\nprint("ValueError: no such file")\nsys.exit(1)\n'


def command(tmp_path: Path, body: str) -> Sequence[str]:
    """In papermill's place: it is given the notebook, and where the executed one belongs."""
    (tmp_path / "papermill.py").write_text(PROGRAM + body)
    return (sys.executable, str(tmp_path / "papermill.py"))


def test_a_notebook_that_ends_well_passed(tmp_path: Path) -> None:
    body = "open(sys.argv[2], 'w').write('done')\nprint(sys.argv[3:])\n"
    result = run("b/a.ipynb", tmp_path, tmp_path / "into", 1, command(tmp_path, body))
    assert (result.notebook, result.verdict, result.cell, result.error) == ("b/a.ipynb", "passed", None, "")
    assert (tmp_path / "into" / "executed.ipynb").read_text() == "done"
    assert "--cwd" in (tmp_path / "into" / "output.txt").read_text()


def test_a_notebook_that_raises_says_where_and_what(tmp_path: Path) -> None:
    result = run("a.ipynb", tmp_path, tmp_path / "into", 1, command(tmp_path, FAILS))
    assert (result.verdict, result.cell, result.error) == ("failed", 3, "ValueError: no such file")


def test_a_notebook_that_prints_an_error_and_ends_well_passed(tmp_path: Path) -> None:
    result = run("a.ipynb", tmp_path, tmp_path / "into", 1, command(tmp_path, FAILS.replace("sys.exit(1)", "")))
    assert (result.verdict, result.cell, result.error) == ("passed", None, "")


def test_a_notebook_without_an_end_is_ended(tmp_path: Path) -> None:
    result = run("a.ipynb", tmp_path, tmp_path / "into", 0, command(tmp_path, "time.sleep(60)\n"))
    assert result.verdict == "timed out" and result.seconds < 30


def test_a_cell_that_takes_too_long_timed_out(tmp_path: Path) -> None:
    result = run("a.ipynb", tmp_path, tmp_path / "into", 1, command(tmp_path, "print('CellTimeoutError: x')\nsys.exit(1)\n"))
    assert result.verdict == "timed out"


def test_the_most_that_all_gpus_together_used_is_kept() -> None:
    samples = iter([(100, 50), (900, 800), (10, 10)])
    gpu = Gpu(lambda: next(samples))
    for _ in range(3):
        gpu._look()
    assert (gpu.peak, gpu.count) == (1700, 2)


def test_without_a_gpu_nothing_is_said_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with Gpu() as gpu:
        pass
    assert (gpu.peak, gpu.count) == (None, 0)


@pytest.mark.parametrize(("said", "found"), [("echo 512; echo 24", [512, 24]), ("echo no; exit 9", ()), ("echo N/A", ())])
def test_nvidia_smi_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, found: Sequence[int]) -> None:
    (tmp_path / "nvidia-smi").write_text(f"#!/bin/sh\n{said}\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert running.used() == found
