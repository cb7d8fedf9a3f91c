"""Plain `pulumi preview`, as an official install runs it, sees what platformctl shows.

Runs where `pulumi` and its Python language host are on PATH; the providers are the simulated ones, as plugins on PATH.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from platformctl.engine.environment import private
from platformctl.engine.plan import Plan
from simulator import plugins

ROOT = Path(__file__).resolve().parents[2]
OFFICIAL = shutil.which("pulumi") and shutil.which("pulumi-language-python")


@pytest.mark.official
@pytest.mark.skipif(not OFFICIAL, reason="no official pulumi with pulumi-language-python on PATH")
def test_plain_pulumi_plans_the_same_resources(tmp_path: Path, plans: Callable[[str], Plan]) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(".git", ".venv", "tests", "docs", ".*_cache", "__pycache__"))
    (project / ".venv").symlink_to(Path(sys.prefix))
    bin_folder = tmp_path / "bin"
    plugins.install(bin_folder, tmp_path / "simulated.json")
    environment = {
        **private(dict(os.environ), tmp_path / "home", f"file://{tmp_path}"),
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
    }

    def pulumi(*arguments: str) -> str:
        answer = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"], cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0, answer.stderr + answer.stdout
        return answer.stdout

    pulumi("stack", "init", "dev")
    steps = json.loads(pulumi("preview", "--json", "--stack", "dev"))["steps"]
    expected = {resource.urn: resource.inputs for resource in plans("dev").resources if resource.parent}
    assert {step["urn"] for step in steps} - {plans("dev").resources[0].urn} == set(expected)
    for step in steps:
        if step["urn"] in expected:
            assert (step["newState"].get("inputs") or {}) == expected[step["urn"]], step["urn"]
