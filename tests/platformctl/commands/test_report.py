"""`platformctl report`, on the real engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
HOUSE = Path(__file__).resolve().parents[3]


@pytest.mark.engine
def test_a_report_has_what_the_commands_say(platformctl: Run, tmp_path: Path) -> None:
    file = tmp_path / "teams.html"
    ran = platformctl("report", "examples/Pulumi.teams.yaml", "--html", str(file), "--seconds", "2", root=HOUSE)
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert ran.err.splitlines()[-1] == f"wrote {file}"
    shown = file.read_text()
    for title in ("Node pools", "What it is made of", "Map", "Cost", "Queues", "Access", "Timeline"):
        assert f"<h2>{title}</h2>" in shown
    assert "members of vision" in shown
    assert "54 policies, all kept" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--html", "/no/such/folder/x.html"], "cannot be written"),
        ([], "Missing option '--html'"),
        (["--html", "/"], "--html /: is a folder, but must be a file; give /report.html."),
        (["--html", "x.html", "--seconds", "0"], "--seconds 0: must be more than 0."),
        (["--html", "x.html", "--seconds", "nan"], "--seconds nan: must be more than 0, and a number."),
        (["--html", "x.html", "--seconds", "inf"], "--seconds inf: must be more than 0, and a number."),
    ],
)
@pytest.mark.engine
def test_a_report_that_cannot_be_is_wrong_input(platformctl: Run, arguments: list[str], words: str) -> None:
    ran = platformctl("report", "sample", *arguments)
    assert ran.code == 2
    assert words in ran.err
    assert "Traceback" not in ran.err
