"""Reading blueprints: the project's own are right, and each mistake is one message with its file, line, value and fix."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platformctl.blueprints.load import BlueprintError, every, load
from testkit.stack_files import ROOT
from tests.platformctl.blueprints.conftest import GOOD, PARAMETERS, cell, notebook

Write = Callable[..., Path]
OWN = ROOT / "blueprints"


def problems(folder: Path) -> list[str]:
    with pytest.raises(BlueprintError) as caught:
        load(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_the_projects_own_are_right() -> None:
    found = every([OWN])
    assert [each.name for each in found] == ["ddp", "image-lora", "lora", "serve", "smoke", "t5"]
    assert all(each.manifest.on_cpu.parameters["device"] == "cpu" for each in found)


@pytest.mark.parametrize("file", sorted(OWN.glob("*/notebook.ipynb")), ids=lambda file: file.parent.name)
def test_own_notebooks_carry_no_outputs(file: Path) -> None:
    """What somebody's run printed is no part of the code, and can hold what nobody should see."""
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    assert all(each["outputs"] == [] and each["execution_count"] is None for each in cells if each["cell_type"] == "code")


def test_what_a_good_one_says_is_read(write: Write) -> None:
    found = load(write(uses=[{"name": "a/b", "kind": "model", "licence": "MIT", "source": "https://example.org/b"}]))
    assert found.notebook.parameters == {"device": "cuda", "steps": 100, "rate": 0.001, "quick": False}
    assert (found.manifest.resources.gpus, found.manifest.budget.usd, found.manifest.uses[0].licence) == (1, 3, "MIT")


DIGEST = "sha256:" + "0" * 64
OF_MANIFEST: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown key": ({"buget": {}}, "blueprint.yaml:13: buget: unknown key; did you mean budget? allowed: "),
    "an unknown key further in": (
        {"resources": {"gpus": 1, "gpuMemoryGb": 16}},
        "blueprint.yaml:6: resources.gpuMemoryGb: unknown key; did you mean gpuMemoryGib? allowed: ",
    ),
    "no budget": ({"budget": None}, "blueprint.yaml:1: budget: is required and missing"),
    "GPUs as text": ({"resources": {"gpus": "1"}}, "blueprint.yaml:5: resources.gpus: is '1', but must be a whole number"),
    "half a GPU": ({"resources": {"gpus": 0.5}}, "blueprint.yaml:5: resources.gpus: is 0.5, but must be a whole number"),
    "no time at all": ({"budget": {"minutes": 0, "usd": 3}}, "blueprint.yaml:8: budget.minutes: is 0, but must be at least 1"),
    "no money at all": ({"budget": {"minutes": 5, "usd": 0}}, "blueprint.yaml:9: budget.usd: is 0, but must be more than 0.0"),
    "money without end": (
        {"budget": {"minutes": 5, "usd": float("inf")}},
        "blueprint.yaml:9: budget.usd: is .inf, but must be a number; .nan and .inf are none",
    ),
    "a budget below its estimate": (
        {"budget": {"minutes": 30, "usd": 1}},
        "blueprint.yaml:9: budget.usd: is 1, but 30 minutes on the cheapest machine that does, VM.GPU.A10.1, cost $1.84; "
        "raise it, or lower budget.minutes",
    ),
    "more than any machine has": (
        {"resources": {"gpus": 9}}, "blueprint.yaml:4: resources: no machine of the price book has 9 GPUs of 0 GiB; ask for less",
    ),
    "an image by its tag": (
        {"image": "ghcr.io/acme/runner:latest"},
        "image: 'ghcr.io/acme/runner:latest' is not an image with its host and digest: host/path@sha256: and 64 hexadecimal digits",
    ),
    "an image without a host": ({"image": f"runner@{DIGEST}"}, f"image: 'runner@{DIGEST[:40]}"),
    "no licence": ({"licence": "ask me"}, "blueprint.yaml:3: licence: 'ask me' is not a licence's short name"),
    "a source that is no address": (
        {"uses": [{"name": "a", "kind": "model", "licence": "MIT", "source": "hub"}]}, "uses.0.source: 'hub' is not an address that begins"
    ),
    "a parameter that the notebook has not": (
        {"onCpu": {"parameters": {"step": 5}}},
        "onCpu.parameters.step: the notebook has no such parameter; did you mean steps? it has device, steps, rate, quick",
    ),
    "a parameter of another kind": (
        {"onCpu": {"parameters": {"steps": "5"}}},
        "blueprint.yaml:12: onCpu.parameters.steps: is '5', but the notebook has 100 there; give a value of that kind",
    ),
    "a truth for a number": ({"onCpu": {"parameters": {"steps": True}}}, "is true, but the notebook has 100 there"),
    "a list for a parameter": ({"onCpu": {"parameters": {"steps": [1]}}}, "onCpu.parameters.steps: must be a number, text, true or false"),
    "a parameter that is no name": ({"onCpu": {"parameters": {"a-b": 1}}}, "'a-b' is not the name of a parameter of the notebook"),
}  # fmt: skip


@pytest.mark.parametrize(("manifest", "words"), OF_MANIFEST.values(), ids=OF_MANIFEST)
def test_a_mistake_in_the_manifest_is_one_message(write: Write, manifest: dict[str, Any], words: str) -> None:
    (found,) = problems(write(**manifest))
    assert words in found


def test_a_whole_number_does_where_the_notebook_has_a_fraction(write: Write) -> None:
    assert load(write(onCpu={"parameters": {"rate": 1}})).manifest.on_cpu.parameters == {"rate": 1}


ONE = "but needs one: the code cell that sets what a run may change"
OF_NOTEBOOK: dict[str, tuple[Any, str]] = {
    "none": (None, "notebook.ipynb:1: is missing; a blueprint has a notebook.ipynb"),
    "text": ("# a notebook", "notebook.ipynb:1: is no notebook: it is not JSON in UTF-8, which Jupyter saves"),
    "another JSON": ([1], "notebook.ipynb:1: is no notebook: it has no list of `cells`, each with its type and source"),
    "cells that are none": (notebook({"source": 5}), "is no notebook: it has no list of `cells`"),
    "an old format": ({**GOOD, "nbformat": 3}, "is a notebook of format 3, but papermill runs format 4"),
    "no kernel": ({**GOOD, "metadata": {}}, "names no kernel (metadata.kernelspec.name), so nothing could run it"),
    "no cell of parameters": (notebook(cell("a = 1")), f"has no cell with the tag parameters, {ONE}"),
    "two of them": (notebook(*[cell(PARAMETERS, "code", "parameters")] * 2), f"has 2 cells with the tag parameters, {ONE}"),
    "text that is tagged": (notebook(cell("a", "markdown", "parameters")), "its cell with the tag parameters is markdown"),
    "parameters that are no Python": (
        notebook(cell("device = \n", "code", "parameters")), "its cell of parameters is not Python (line 1 of the cell)",
    ),
    "parameters that do something": (
        notebook(cell(f"{PARAMETERS}import os", "code", "parameters")), "its cell of parameters has `import os`, but must have a line each",
    ),
    "a parameter that is worked out": (
        notebook(cell(f"{PARAMETERS}more = steps * 2", "code", "parameters")), "its cell of parameters has `more = steps * 2`",
    ),
    "too large": (notebook(*GOOD["cells"], cell("#" * 600_000)), "but a notebook of a blueprint has at most 524,288; clear its outputs"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "words"), OF_NOTEBOOK.values(), ids=OF_NOTEBOOK)
def test_a_mistake_in_the_notebook_is_one_message(write: Write, content: Any, words: str) -> None:
    (found,) = problems(write(content=content))
    assert words in found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "blueprint.yaml:1: must be a mapping with title, summary, licence, resources, budget and onCpu"),
        ("- a", "blueprint.yaml:1: must be a mapping"),
        ("title: [", "is not YAML"),
        ("title: a\ntitle: b", "title"),
    ],
)
def test_a_manifest_that_is_no_mapping_is_one_message(write: Write, text: str, words: str) -> None:
    (found,) = problems(write(text=text))
    assert words in found


def test_all_mistakes_are_told_at_once(write: Write) -> None:
    found = problems(write("Own Folder", content="{", resources={"gpus": -1}, budget={"minutes": 1}))
    assert len(found) == 4


def test_folders_that_are_none_are_refused(write: Write, tmp_path: Path) -> None:
    place = write().parent
    (tmp_path / "empty").mkdir()
    (tmp_path / "other" / "own").mkdir(parents=True)
    (tmp_path / "other" / "own" / "blueprint.yaml").write_text("")
    with pytest.raises(BlueprintError) as caught:
        every([place, tmp_path / "missing", tmp_path / "empty", tmp_path / "other"])
    assert [problem.message.replace(str(tmp_path), "") for problem in caught.value.problems] == [
        "/missing: no such folder of blueprints",
        "/empty: has no blueprints: folders with a blueprint.yaml and a notebook.ipynb",
        "/other/own: there is a blueprint own in /blueprints already; rename one",
    ]
