"""`platformctl timeline`, on the real engine and a cloud that takes its time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.mark.engine
def test_the_cloud_takes_its_time_to_scale(platformctl: Run) -> None:
    found = platformctl("timeline", "sample", "--seconds", "2", "--json").document
    by_name = {each["name"]: each for each in found["resources"]}
    bucket = by_name["models"]
    assert bucket["expectedSeconds"] == 3
    assert round(bucket["endedSeconds"] - bucket["beganSeconds"], 6) >= 3
    assert found["makespanSeconds"] >= found["criticalPathSeconds"] > 0


@pytest.mark.engine
def test_a_timeline_is_text_or_a_picture(platformctl: Run, tmp_path: Path) -> None:
    picture = tmp_path / "sample.svg"
    ran = platformctl("timeline", "sample", "--seconds", "1", "--format", "svg", "--output", str(picture))
    assert (ran.code, ran.out) == (0, "")
    assert picture.read_text().startswith("<svg ")
    out = platformctl("timeline", "sample", "--seconds", "1").out
    assert "its longest chain takes" in out.splitlines()[0]
    assert "No add-on waits for one that it does not need." in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "png"], "--format png: not a format; choose text or svg."),
        (["--seconds", "0"], "--seconds 0: must be more than 0."),
        (["--seconds", "nan"], "--seconds nan: must be more than 0, and a number."),
        (["--seconds", "inf"], "--seconds inf: must be more than 0, and a number."),
    ],
)
def test_what_cannot_be_drawn_is_wrong_input(platformctl: Run, arguments: list[str], words: str) -> None:
    ran = platformctl("timeline", "sample", *arguments)
    assert ran.code == 2
    assert words in ran.err
