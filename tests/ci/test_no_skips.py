"""`--no-skips`: a run in which a test was skipped fails, and says which and why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
FINE = "import pytest\ndef test_runs(): pass\n@pytest.mark.xfail\ndef test_fails_as_expected(): assert False\n"
SKIPPED = {
    "marked": "import pytest\n@pytest.mark.skip(reason='no oven here')\ndef test_bakes(): pass\n",
    "running": "import pytest\ndef test_bakes(): pytest.skip('no oven here')\n",
    "whole": "import pytest\npytest.skip('no oven here', allow_module_level=True)\n",
}
REASONS = [
    "test_marked.py::test_bakes: no oven here",
    "test_running.py::test_bakes: no oven here",
    "test_whole.py: no oven here",
]


def run(folder: Path, files: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """These tests, with what all tests here share and nothing else of this project's."""
    (folder / "conftest.py").write_bytes((ROOT / "tests" / "conftest.py").read_bytes())
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "xdist", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("processes", ["0", "1"], ids=["one process", "xdist"])
def test_whatever_is_skipped_fails_the_run_with_its_reason(tmp_path: Path, processes: str) -> None:
    said = run(tmp_path, {"fine": FINE, **SKIPPED}, "--no-skips", "-n", processes)
    assert said.returncode == 1, said.stdout + said.stderr
    _, title, told = said.stdout.partition("skipped, which --no-skips does not allow")
    assert title
    assert [line for line in told.splitlines() if "no oven here" in line][: len(REASONS)] == REASONS
    assert "test_fails_as_expected" not in told


def test_a_file_that_is_skipped_whole_fails_alone(tmp_path: Path) -> None:
    assert run(tmp_path, {"whole": SKIPPED["whole"]}, "--no-skips").returncode == 1


def test_what_runs_passes(tmp_path: Path) -> None:
    said = run(tmp_path, {"fine": FINE}, "--no-skips")
    assert said.returncode == 0, said.stdout + said.stderr


def test_without_the_option_a_test_may_be_skipped(tmp_path: Path) -> None:
    assert run(tmp_path, {"fine": FINE, **SKIPPED}).returncode == 0
