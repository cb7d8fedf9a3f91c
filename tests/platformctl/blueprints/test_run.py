"""Every blueprint runs to its end on processors: the real notebook, on the real packages, with tiny models and data made on the spot."""

from pathlib import Path

import pytest

from platformctl.blueprints.execute import execute
from platformctl.blueprints.load import load
from testkit.stack_files import ROOT
from toolchain import bootstrap

NAMES = sorted(each.parent.name for each in ROOT.glob("blueprints/*/blueprint.yaml"))
LEVEL = "blueprints"

pytestmark = [pytest.mark.blueprints, pytest.mark.slow]


@pytest.fixture(scope="module")
def python() -> Path:
    if not bootstrap.installed(ROOT, LEVEL):
        pytest.skip("no PyTorch: run `make blueprints-setup`")
    return bootstrap.python_of(ROOT, LEVEL)


@pytest.fixture(autouse=True)
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked of a hub: what a run on processors needs, it makes."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_to_its_end_and_the_loss_falls(name: str, python: Path, tmp_path: Path) -> None:
    blueprint = load(ROOT / "blueprints" / name)
    ran = execute(blueprint, blueprint.manifest.on_cpu.parameters, tmp_path, python, gpu=False)
    said = (tmp_path / "output.txt").read_text(encoding="utf-8")[-3000:]
    assert ran.refusals == (), said
    assert ran.result.verdict == "passed"
    assert ran.numbers["last_loss"] < ran.numbers["first_loss"]


def test_a_loss_that_does_not_fall_fails_the_run(python: Path, tmp_path: Path) -> None:
    blueprint = load(ROOT / "blueprints" / "serve")
    ran = execute(blueprint, {**blueprint.manifest.on_cpu.parameters, "learning_rate": 0.0}, tmp_path, python, gpu=False)
    assert ran.result.verdict == "failed"
    assert "AssertionError: the loss did not fall" in ran.refusals[0]


def test_a_run_for_a_gpu_says_that_there_is_none(python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    ran = execute(load(ROOT / "blueprints" / "smoke"), {}, tmp_path, python, gpu=False)
    assert "this run asks for 1 GPUs, and sees 0" in ran.refusals[0]
