"""`platformctl blueprint` as a person calls it. No heavy package is needed but for the runs themselves."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from testkit.stack_files import ROOT

Run = Callable[..., Any]
TEAMS = str(ROOT / "examples" / "Pulumi.teams.yaml")
IMAGE = f"ghcr.io/acme/runner@sha256:{'a' * 64}"

pytestmark = pytest.mark.slow


def test_the_page_shows_what_list_prints(platformctl: Run) -> None:
    ran = platformctl("blueprint", "list", root=ROOT)
    assert (ran.code, ran.err) == (0, "")
    page = (ROOT / "docs" / "blueprints.md").read_text(encoding="utf-8")
    block = page.partition("```text\n")[2].partition("```")[0].splitlines()
    assert [line.rstrip() for line in ran.out.splitlines()] == block


def test_cost_asks_a_stacks_own_pools(platformctl: Run) -> None:
    found = platformctl("blueprint", "cost", "lora", TEAMS, "--json", root=ROOT).document
    assert found["offers"] == [{"machine": "a10", "usd": "1.85", "withinBudget": True}]


def test_cost_is_refused_where_nothing_fits(platformctl: Run) -> None:
    ran = platformctl("blueprint", "cost", "ddp", TEAMS, root=ROOT)
    assert (ran.code, ran.err.strip()) == (1, "ddp: it fits no machine, and its budget is $5.")


def test_render_writes_manifests_that_the_queue_takes(platformctl: Run) -> None:
    ran = platformctl("blueprint", "render", "lora", TEAMS, "--namespace", "vision", "--image", IMAGE, root=ROOT)
    assert ran.code == 0, ran.err
    assert [each["kind"] for each in yaml.safe_load_all(ran.out)] == ["ConfigMap", "Job"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["cost", "loro"], "loro: no such blueprint; did you mean lora?"),
        (["cost", "lora", "nowhere"], "nowhere: no such stack"),
        (["cost", "./nowhere"], "./nowhere: no such folder."),
        (["render", "lora", TEAMS, "--namespace", "vision"], "lora names no image: give one with its digest"),
        (
            ["render", "lora", TEAMS, "--namespace", "vision", "--image", "acme/runner:latest"],
            "--image acme/runner:latest: is not an image with its host and digest",
        ),
        (["run", "lora", "--set", "steps"], "--set steps: must be NAME=VALUE."),
        (["run", "lora", "--set", "step=5"], "--set step=5: step: the notebook has no such parameter; did you mean steps?"),
        (["run", "lora", "--set", "steps=many"], "--set steps=many: steps: is 'many', but the notebook has 300 there"),
        (["run", "lora", "--python", "/nowhere/python"], "/nowhere/python: there is no such Python with the packages of blueprints"),
    ],
)
def test_wrong_input_is_one_line(platformctl: Run, arguments: list[str], words: str) -> None:
    ran = platformctl("blueprint", *arguments, root=ROOT)
    assert ran.code == 2
    (line,) = ran.err.splitlines()
    assert words in line


def test_a_stack_file_brings_its_own(platformctl: Run, tmp_path: Path) -> None:
    own = tmp_path / "ours" / "tiny"
    own.mkdir(parents=True)
    for name in ("blueprint.yaml", "notebook.ipynb"):
        (own / name).write_text((ROOT / "blueprints" / "smoke" / name).read_text())
    file = tmp_path / "Pulumi.own.yaml"
    file.write_text(f"{Path(TEAMS).read_text()}  oke-gpu-platform:blueprints: [ours]\n")
    found = platformctl("blueprint", "list", str(file), "--json", root=ROOT).document
    assert [each["name"] for each in found["blueprints"]][-1] == "tiny"
    file.write_text(f"{Path(TEAMS).read_text()}  oke-gpu-platform:blueprints: [theirs]\n")
    ran = platformctl("blueprint", "list", str(file), root=ROOT)
    assert (ran.code, ran.err.strip()) == (2, f"{tmp_path / 'theirs'}: no such folder of blueprints")


PAPERMILL = """#!{python}
import json, pathlib, sys, time
given = sys.argv[sys.argv.index("-f") + 1]
cwd = pathlib.Path(sys.argv[sys.argv.index("--cwd") + 1])
parameters = json.loads(pathlib.Path(given).read_text())
(cwd / "out").mkdir(exist_ok=True)
(cwd / "out" / "result.json").write_text(json.dumps({{"first_loss": 2.0, "last_loss": 0.5}}))
if parameters["steps"] == 1:
    print('Exception encountered at "In [4]":')
    print("AssertionError: the loss did not fall")
    sys.exit(1)
"""


@pytest.fixture
def papermill(tmp_path: Path) -> str:
    """A Python that stands for one with papermill: it does what it is told, and needs no packages."""
    file = tmp_path / "python"
    file.write_text(PAPERMILL.format(python=sys.executable))
    file.chmod(0o755)
    return str(file)


def test_a_run_takes_the_parameters_for_processors(platformctl: Run, papermill: str, tmp_path: Path) -> None:
    ran = platformctl("blueprint", "run", "lora", "--python", papermill, "--into", str(tmp_path / "run"), "--set", "steps=7", root=ROOT)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("lora: passed after")
    assert "first_loss 2, last_loss 0.5" in ran.out
    given = json.loads((tmp_path / "run" / "parameters.yaml").read_text())
    assert (given["device"], given["model"], given["steps"]) == ("cpu", "", 7)


def test_a_run_that_fails_says_where(platformctl: Run, papermill: str, tmp_path: Path) -> None:
    ran = platformctl("blueprint", "run", "lora", "--python", papermill, "--into", str(tmp_path / "run"), "--set", "steps=1", root=ROOT)
    assert (ran.code, ran.err.strip()) == (1, "lora failed in cell 4: AssertionError: the loss did not fall")
