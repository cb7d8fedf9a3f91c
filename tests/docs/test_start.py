"""The first page's commands are run as they stand, one after the other, in a folder outside the checkout."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(?:<!-- exit (\d+) -->\n)?```console\n(.*?)```", re.DOTALL)
FOLDER = "build/start"


def blocks() -> list[tuple[int, str]]:
    """Exit code and commands of each block, the set-up left out, which the tests have behind them."""
    found = BLOCK.findall((ROOT / "docs/start.md").read_text())
    return [(int(code or 0), commands) for code, commands in found if commands != "make setup\n"]


@pytest.mark.engine
def test_a_stranger_can_walk_it(tmp_path: Path) -> None:
    shown = []
    for code, commands in blocks():
        inside = commands.replace(FOLDER, str(tmp_path / "start"))
        ran = subprocess.run(["bash", "-e", "-c", inside], cwd=ROOT, capture_output=True, text=True, check=False)
        assert ran.returncode == code, f"{commands}\n{ran.stdout}\n{ran.stderr}"
        shown.append(ran.stdout + ran.stderr)
    assert [*map(len, shown)].count(0) == 0
    refused, raised, _, model = shown[2:6]
    assert "gpu-total" in refused
    assert '"2" -> "4"' in raised
    assert "kserve-model-sample-24gib" in model


def test_nothing_of_the_page_is_left_out() -> None:
    assert len(blocks()) == 6
