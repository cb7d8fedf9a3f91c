"""`platformctl spend`: the table of the example, for people and for scripts. It needs no engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from testkit.stack_files import ROOT

EXAMPLE = ROOT / "examples" / "Pulumi.teams.yaml"
Run = Callable[..., Any]

pytestmark = pytest.mark.slow


def test_the_page_shows_what_the_command_prints(platformctl: Run) -> None:
    ran = platformctl("spend", str(EXAMPLE))
    assert ran.code == 0, ran.err
    page = (ROOT / "docs" / "spend.md").read_text(encoding="utf-8")
    block = page.partition("```text\n")[2].partition("```")[0].splitlines()
    assert [line.rstrip() for line in ran.out.splitlines()][: len(block)] == block


def test_scripts_get_every_place(platformctl: Run) -> None:
    found = platformctl("spend", str(EXAMPLE), "--json").document
    assert found["models"] == [{"model": "A10", "cap": 3, "pools": 3, "policies": 3, "quotas": 3, "queues": 3}]
    assert found["namespaces"][0] == {"namespace": "vision", "team": "vision", "most": 3, "resourceQuota": 3, "perJob": 3, "perPod": 1}
    assert found["monthlyUsd"] == {"cap": 5500, "hourly": None, "policies": 5500, "budget": 5500}
    assert found["looser"] == []


def test_a_place_that_is_not_there_is_null(platformctl: Run) -> None:
    found = platformctl("spend", str(ROOT / "examples" / "Pulumi.three-teams.yaml"), "--json").document
    assert found["models"] == [{"model": "H100", "cap": None, "pools": 128, "policies": None, "quotas": None, "queues": 128}]


def test_a_mistake_is_wrong_input(platformctl: Run, tmp_path: Path) -> None:
    document = yaml.safe_load(EXAMPLE.read_text())
    document["config"]["oke-gpu-platform:teams"]["vision"]["monthlyUsd"] = 6000
    file = tmp_path / "Pulumi.changed.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    ran = platformctl("spend", str(file))
    assert ran.code == 2
    assert "teams.vision.monthlyUsd: is 6000, more than all may cost together (spend.monthlyUsd is 5500)" in ran.err
