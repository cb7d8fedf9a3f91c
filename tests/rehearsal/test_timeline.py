"""The engine's own schedule of whole stacks with every add-on: next to nothing is lost to the order, and no add-on waits in vain."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from testkit.every_add_on import everything
from testkit.stack_files import ROOT

STACKS = ("Pulumi.dev.yaml", "Pulumi.prod.yaml", "examples/Pulumi.rtx4060.yaml")
SECONDS, MORE = 24, 96
"""The engine's own work is not to scale: beside the first it is small, beside the second even where the machine has much else to do."""
WITHIN = 1.1


@pytest.fixture(scope="module")
def timelines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """All at once, for they mostly sleep. One that was held up is drawn again, slower: an order that loses time loses it at any scale."""
    folder = tmp_path_factory.mktemp("stacks")
    written = {stack: everything(ROOT / stack).write(folder / (ROOT / stack).name) for stack in STACKS}
    running = {stack: timeline(file, SECONDS) for stack, file in written.items()}
    found = {stack: said(process) for stack, process in running.items()}
    slow = {stack: timeline(written[stack], MORE) for stack, drawn in found.items() if drawn["ratio"] > WITHIN}
    return {**found, **{stack: said(process) for stack, process in slow.items()}}


def timeline(file: Path, seconds: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "platformctl", "timeline", "--json", "--seconds", str(seconds), str(file)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(process.communicate(timeout=300)[0])
    return answer


@pytest.mark.parametrize("stack", STACKS)
def test_the_engine_comes_within_a_tenth_of_the_critical_path(stack: str, timelines: dict[str, dict[str, Any]]) -> None:
    assert 1 <= timelines[stack]["ratio"] <= WITHIN, timelines[stack]["criticalPath"]


@pytest.mark.parametrize("stack", STACKS)
def test_no_add_on_waits_for_one_that_it_does_not_need(stack: str, timelines: dict[str, dict[str, Any]]) -> None:
    addons = timelines[stack]["addons"]
    assert addons
    assert {each["name"]: each["unneeded"] for each in addons if each["unneeded"]} == {}
    late = 0.05 * timelines[stack]["makespanSeconds"]
    assert {each["name"]: each["lateSeconds"] for each in addons if each["lateSeconds"] > late} == {}


def test_add_ons_that_do_not_need_each_other_are_installed_side_by_side(timelines: dict[str, dict[str, Any]]) -> None:
    found = {each["name"]: each for each in timelines["examples/Pulumi.rtx4060.yaml"]["addons"]}
    assert found["cert-manager"]["beganSeconds"] < found["node-feature-discovery"]["endedSeconds"]
    assert found["node-feature-discovery"]["beganSeconds"] < found["cert-manager"]["endedSeconds"]
