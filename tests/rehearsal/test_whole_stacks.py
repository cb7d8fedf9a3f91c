"""Every stack of the project goes up, stays as it is, and goes down again without a trace; with all the add-ons that it may have too."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stacks.config import load
from stacks.plan import plan
from testkit.every_add_on import STACKS, everything
from testkit.stack_files import ROOT


@pytest.mark.parametrize("file", STACKS, ids=lambda file: file.name)
def test_a_stack_goes_up_stays_and_goes(file: Path) -> None:
    assert_lives(file)


@pytest.mark.parametrize("file", STACKS, ids=lambda file: file.name)
def test_so_does_a_stack_with_every_add_on(file: Path, tmp_path: Path) -> None:
    with_all = everything(file)
    written = with_all.write(tmp_path / file.name)
    assert plan(load(written)).addons.chosen.keys() == with_all.plan.addons.chosen.keys()
    assert_lives(written)


def assert_lives(file: Path) -> None:
    command = [sys.executable, "-m", "platformctl", "rehearse", str(file), "--json"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    phases = {phase["name"]: phase for phase in json.loads(answer.stdout)["phases"]}
    assert list(phases) == ["preview", "up", "second preview", "refresh", "destroy"]
    assert set(phases["second preview"]["counts"]) == {"same"}
    assert set(phases["refresh"]["counts"]) == {"same"}
    assert phases["destroy"]["counts"]["delete"] == phases["up"]["counts"]["create"]
