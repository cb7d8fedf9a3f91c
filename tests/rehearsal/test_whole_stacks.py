"""Every stack of the project goes up, stays as it is, and goes down again without a trace."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STACKS = sorted([*ROOT.glob("Pulumi.*.yaml"), *(ROOT / "examples").glob("Pulumi.*.yaml")])


@pytest.mark.parametrize("file", STACKS, ids=lambda file: file.name)
def test_a_stack_goes_up_stays_and_goes(file: Path) -> None:
    command = [sys.executable, "-m", "platformctl", "rehearse", str(file), "--json"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    phases = {phase["name"]: phase for phase in json.loads(answer.stdout)["phases"]}
    assert list(phases) == ["preview", "up", "second preview", "refresh", "destroy"]
    assert set(phases["second preview"]["counts"]) == {"same"}
    assert set(phases["refresh"]["counts"]) == {"same"}
    assert phases["destroy"]["counts"]["delete"] == phases["up"]["counts"]["create"]
