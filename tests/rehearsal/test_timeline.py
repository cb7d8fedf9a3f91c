"""The engine's own schedule of whole stacks with every add-on: next to nothing is lost to the order, and no add-on waits in vain."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tools.every_add_on import ROOT, everything

STACKS = ("Pulumi.dev.yaml", "Pulumi.prod.yaml", "examples/Pulumi.rtx4060.yaml")
SECONDS = "24"
"""The engine's own work is not to scale: beside this it is small even where other tests run."""


@pytest.fixture(scope="module")
def timelines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """All at once: they mostly sleep."""
    folder = tmp_path_factory.mktemp("stacks")
    written = {stack: everything(ROOT / stack).write(folder / (ROOT / stack).name) for stack in STACKS}
    command = [sys.executable, "-m", "platformctl", "timeline", "--json", "--seconds", SECONDS]
    running = {stack: subprocess.Popen([*command, str(written[stack])], cwd=ROOT, stdout=subprocess.PIPE, text=True) for stack in STACKS}
    said = {stack: process.communicate(timeout=200)[0] for stack, process in running.items()}
    return {stack: json.loads(text) for stack, text in said.items()}


@pytest.mark.parametrize("stack", STACKS)
def test_the_engine_comes_within_a_tenth_of_the_critical_path(stack: str, timelines: dict[str, dict[str, Any]]) -> None:
    assert 1 <= timelines[stack]["ratio"] <= 1.1, timelines[stack]["criticalPath"]


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
