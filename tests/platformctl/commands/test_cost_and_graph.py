"""`platformctl cost` and `platformctl graph`, on the real engine."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.engine

Run = Callable[..., Any]


def test_cost_is_a_table_markdown_or_json(platformctl: Run) -> None:
    assert "Not in it: models, $0.0255 a GB-month (Object Storage); say how much with --usage." in platformctl("cost", "sample").out
    assert platformctl("cost", "sample", "--markdown").out.startswith("### `sample` costs $0 to $0 a month\n")
    document = platformctl("cost", "sample", "--json").document
    assert (document["stack"], document["minimumMonthly"]) == ("sample", "0.0000")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--hours", "25"], "--hours 25: must be 0 to 24."),
        (["--days", "-1"], "--days -1: must be 0 to 7."),
        (["--hours", "nan"], "--hours nan: must be 0 to 24."),
        (["--usage", "/no/such/file"], "/no/such/file:1: is missing"),
    ],
)
def test_use_that_cannot_be_is_wrong_input(platformctl: Run, arguments: list[str], words: str) -> None:
    ran = platformctl("cost", "sample", *arguments)
    assert ran.code == 2
    assert words in ran.err


def test_graph_is_mermaid_unless_asked_otherwise(platformctl: Run, tmp_path: Path) -> None:
    assert platformctl("graph", "sample").out.splitlines()[0] == "flowchart LR"
    picture = tmp_path / "sample.svg"
    ran = platformctl("graph", "sample", "--format", "svg", "--output", str(picture))
    assert (ran.code, ran.out) == (0, "")
    assert picture.read_text().startswith("<svg ")
    components = json.loads(platformctl("graph", "sample", "--json").out)["components"]
    assert [(part["name"], part["type"]) for part in components] == [("models", "ObjectStorage.Bucket"), ("net", "Network")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--format", "png"], "--format png: not a format; choose mermaid or svg."), (["--output", "/no/such/folder/x"], "cannot be written")],
)
def test_a_picture_that_cannot_be_made_is_wrong_input(platformctl: Run, arguments: list[str], words: str) -> None:
    ran = platformctl("graph", "sample", *arguments)
    assert ran.code == 2
    assert words in ran.err
