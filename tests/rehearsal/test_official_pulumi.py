"""Plain `pulumi`, as an official install runs it, plans what platformctl shows, and takes a stack through its life.

Runs where `pulumi` and its Python language host are on PATH; the providers are the simulated ones, as plugins on PATH.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.engine.environment import private
from platformctl.engine.plan import Plan
from simulator import plugins
from simulator.simulated_state import SimulatedState
from tests.rehearsal.conftest import FILES

ROOT = Path(__file__).resolve().parents[2]
OFFICIAL = shutil.which("pulumi") and shutil.which("pulumi-language-python")
SECRET = "4dabf18193072939515e22adb298388d"
"""How the engine tells a secret from another mapping."""
SHOWN = "[secret]"
LEFT_OUT = (".git", ".venv", "tests", "docs", "build", ".*_cache", "__pycache__")

pytestmark = [
    pytest.mark.official,
    pytest.mark.slow,
    pytest.mark.skipif(not OFFICIAL, reason="no official pulumi with pulumi-language-python on PATH"),
]


@dataclass(frozen=True, kw_only=True)
class Install:
    """An official pulumi in a checkout of its own, with a backend and a simulated cloud of its own."""

    project: Path
    environment: dict[str, str]
    simulated: Path

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"], cwd=self.project, env=self.environment, capture_output=True, text=True, check=False
        )

    def pulumi(self, *arguments: str) -> str:
        answer = self.attempt(*arguments)
        assert answer.returncode == 0, answer.stderr + answer.stdout
        return answer.stdout

    def found(self, name: str) -> None:
        """Found a stack, with its file where the command line looks for it."""
        shutil.copyfile(FILES[name], self.project / f"Pulumi.{name}.yaml")
        self.pulumi("stack", "init", name)

    def changes(self, name: str) -> dict[str, int]:
        """What a preview would do, by operation; what stays as it is left out."""
        summary = json.loads(self.pulumi("preview", "--json", "--stack", name))["changeSummary"]
        return {operation: count for operation, count in summary.items() if operation != "same" and count}


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    project = tmp_path / "project"
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (project / ".venv").symlink_to(Path(sys.prefix))
    simulated = tmp_path / "simulated.json"
    plugins.install(tmp_path / "bin", simulated)
    environment = {
        **private(dict(os.environ), tmp_path / "home", f"file://{tmp_path}"),
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    yield Install(project=project, environment=environment, simulated=simulated)


def as_printed(value: Any) -> Any:
    """Inputs as `pulumi preview --json` prints them: of a secret nothing but that it is one."""
    if isinstance(value, dict):
        return SHOWN if SECRET in value else {key: as_printed(below) for key, below in value.items()}
    return [as_printed(below) for below in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", FILES)
def test_plain_pulumi_plans_the_same_resources(install: Install, plans: Callable[[str], Plan], name: str) -> None:
    install.found(name)
    steps = json.loads(install.pulumi("preview", "--json", "--stack", name))["steps"]
    plan = plans(name)
    expected = {resource.urn: as_printed(resource.inputs) for resource in plan.resources if resource.parent}
    assert {step["urn"] for step in steps} - {plan.resources[0].urn} == set(expected)
    for step in steps:
        if step["urn"] in expected:
            assert (step["newState"].get("inputs") or {}) == expected[step["urn"]], step["urn"]


@pytest.mark.parametrize("name", ["dev", "rtx4060"])
def test_plain_pulumi_takes_a_stack_through_its_life(install: Install, name: str) -> None:
    install.found(name)
    quiet = ("--yes", "--skip-preview", "--suppress-outputs", "--stack", name)
    install.pulumi("up", *quiet, "--policy-pack", "policies")
    assert install.changes(name) == {}
    change(install.project / f"Pulumi.{name}.yaml")
    assert set(install.changes(name)) <= {"update", "create"}
    assert install.changes(name)
    install.pulumi("up", *quiet)
    assert install.changes(name) == {}
    install.pulumi("refresh", *quiet)
    assert install.changes(name) == {}
    install.pulumi("destroy", *quiet)
    assert json.loads(install.pulumi("stack", "export", "--stack", name))["deployment"].get("resources", []) == []
    cloud = SimulatedState(install.simulated)
    with cloud.locked():
        assert [record.name for record in cloud.state.records.values() if record.urn.startswith(f"urn:pulumi:{name}::")] == []


def test_plain_pulumi_is_refused_by_the_policies(install: Install) -> None:
    install.found("dev")
    file = install.project / "Pulumi.dev.yaml"
    document = yaml.safe_load(file.read_text())
    document["config"]["oke-gpu-platform:spend"] = {"monthlyUsd": 500, "gpus": {"A10": 1}}
    document["config"]["oke-gpu-platform:cluster"]["nodePools"]["a10"]["maxSize"] = 2
    file.write_text(yaml.safe_dump(document))
    refused = install.attempt("preview", "--stack", "dev", "--policy-pack", "policies")
    assert refused.returncode != 0
    assert "gpu-total" in refused.stdout + refused.stderr


def change(file: Path) -> None:
    """A change that nothing is rebuilt for: a pool that grows less far, or another replica of a controller."""
    document = yaml.safe_load(file.read_text())
    config = document["config"]
    cluster = config["oke-gpu-platform:cluster"]
    if cluster["backend"] == "oke":
        cluster["nodePools"]["a10"]["maxSize"] = 1
    else:
        config.setdefault("oke-gpu-platform:addons", {}).setdefault("certManager", {})["replicas"] = 2
    file.write_text(yaml.safe_dump(document))
