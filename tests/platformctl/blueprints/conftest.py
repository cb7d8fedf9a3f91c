"""A blueprint that is right, to be broken in one place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Write = Callable[..., Path]

MANIFEST: dict[str, Any] = {
    "title": "A test",
    "summary": "Shows that a blueprint is read.",
    "licence": "Apache-2.0",
    "resources": {"gpus": 1, "gpuMemoryGib": 16},
    "budget": {"minutes": 30, "usd": 3},
    "onCpu": {"parameters": {"device": "cpu"}},
}
PARAMETERS = 'device = "cuda"  # or cpu\nsteps = 100\nrate = 1e-3\nquick = False\n'


def cell(source: str, kind: str = "code", *tags: str) -> dict[str, Any]:
    code: dict[str, Any] = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "id": f"cell-{len(source)}", "metadata": {"tags": list(tags)}, "source": source, **code}


def notebook(*cells: dict[str, Any], **fields: Any) -> dict[str, Any]:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": list(cells), **fields}


GOOD = notebook(cell("# Test", "markdown"), cell(PARAMETERS, "code", "parameters"), cell("print(steps)"))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a blueprint. `manifest` replaces sections of the good one; None takes one out. Text stands as it is."""

    def make(name: str = "own", *, content: Any = GOOD, text: str | None = None, **manifest: Any) -> Path:
        folder = tmp_path / "blueprints" / name
        folder.mkdir(parents=True)
        given = {key: value for key, value in {**MANIFEST, **manifest}.items() if value is not None}
        (folder / "blueprint.yaml").write_text(text if text is not None else yaml.safe_dump(given, sort_keys=False))
        if content is not None:
            (folder / "notebook.ipynb").write_text(content if isinstance(content, str) else json.dumps(content))
        return folder

    return make
