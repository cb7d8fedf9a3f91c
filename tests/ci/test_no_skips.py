"""`--no-skips`: a run in which a test was skipped fails, and says which and why."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLAIN = "def test_runs(): pass\n"
SKIPPED = "import pytest\n@pytest.mark.skip(reason='no oven here')\ndef test_bakes(): pass\n"
CASES = {
    "a test": (SKIPPED + PLAIN, "test_case.py::test_bakes: no oven here"),
    "a test, as it runs": ("import pytest\ndef test_bakes(): pytest.skip('no oven here')\n", "test_case.py::test_bakes: no oven here"),
    "a file": ("import pytest\npytest.skip('no oven here', allow_module_level=True)\n", "test_case.py: no oven here"),
}
FINE = {
    "plain": PLAIN,
    "expected to fail": "import pytest\n@pytest.mark.xfail\ndef test_fails(): assert False\n",
}


def run(folder: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """The tests of one file, with what all tests here share and nothing else of this project's."""
    (folder / "conftest.py").write_bytes((ROOT / "tests" / "conftest.py").read_bytes())
    (folder / "test_case.py").write_text(text, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("processes", [(), ("-n", "1")], ids=["one process", "xdist"])
@pytest.mark.parametrize("case", CASES)
def test_what_is_skipped_fails_the_run_with_its_reason(tmp_path: Path, case: str, processes: tuple[str, ...]) -> None:
    text, told = CASES[case]
    said = run(tmp_path, text, "--no-skips", *processes)
    assert said.returncode == 1, said.stdout + said.stderr
    assert "skipped, which --no-skips does not allow" in said.stdout
    assert told in said.stdout.splitlines()


@pytest.mark.parametrize("case", FINE)
def test_what_runs_passes(tmp_path: Path, case: str) -> None:
    said = run(tmp_path, FINE[case], "--no-skips")
    assert said.returncode == 0, said.stdout + said.stderr


def test_without_the_option_a_test_may_be_skipped(tmp_path: Path) -> None:
    assert run(tmp_path, SKIPPED + PLAIN).returncode == 0
