"""The bench: times what succeeds, and does not time a failure."""

import json
import sys

import pytest

from tools import bench

WELL = [sys.executable, "-S", "-c", "pass"]
BADLY = [sys.executable, "-S", "-c", "print('why'); raise SystemExit(3)"]


def test_every_stack_is_previewed_and_rehearsed() -> None:
    names = set(bench.commands())
    assert {"preview dev", "rehearse dev", "preview prod", "rehearse prod"} <= names


def test_times_are_printed_for_people_and_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--runs", "2"], {"nothing": WELL}) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("nothing                ")
    assert bench.main(["--runs", "2", "--json"], {"nothing": WELL}) == 0
    timing = json.loads(capsys.readouterr().out)["nothing"]
    assert 0 < timing["best"] <= timing["median"] < 30


def test_a_failure_is_told_and_not_timed(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main([], {"broken": BADLY, "nothing": WELL}) == 1
    said = capsys.readouterr()
    assert said.err == "broken failed (exit status 3):\nwhy\n"
    assert "broken" not in said.out
    assert "nothing" in said.out


def test_one_command_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--runs", "1", "--only", "noth"], {"broken": BADLY, "nothing": WELL}) == 0
