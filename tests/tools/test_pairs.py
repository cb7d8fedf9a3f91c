"""The counts of random pairs, and a run that goes on where it was stopped. The pairs themselves: tests/rehearsal/test_random_pairs.py."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from testkit.changes.pairs import CHAIN, Judged, judged
from tools import pairs


def pair(name: str, **fields: Any) -> Judged:
    known = {"changed": ("name",), "verdict": "green", "said": (), "came_up": True, "failed": ()}
    return Judged(**{"name": name, **known, **fields})


WRONG = pair("1-0-1", came_up=False, failed=("it did not",))
REFUSED = pair("1-0-2", verdict="refused by policies", said=("too dear",))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The chains that were drawn, each of green pairs."""
    chains: list[int] = []

    def chain(first: int, seed: int, count: int = CHAIN) -> Iterator[Judged]:
        chains.append(first)
        yield from (pair(f"{seed}-{first}-{each}") for each in range(count))

    monkeypatch.setattr(pairs, "judge_chain", chain)
    return chains


def test_the_table_counts_what_was_said_and_what_came_of_it() -> None:
    lines = pairs.table([pair("1-0-0"), WRONG, REFUSED]).splitlines()
    assert lines[0].startswith("**Of 3 pairs `diff` was right of 2.**")
    assert lines[-2:] == ["| green | 2 | 1 | 1 |", "| refused by policies | 1 | 1 | 0 |"]


def test_a_pair_is_read_as_it_was_written() -> None:
    assert [judged(json.loads(json.dumps(each.to_json()))) for each in (WRONG, REFUSED)] == [WRONG, REFUSED]


def test_chains_that_were_kept_are_not_drawn_again(drawn: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = tmp_path / "pairs.jsonl"
    assert pairs.main(["--count", "20", f"--results={results}"]) == 0
    assert pairs.main(["--count", "30", f"--results={results}"]) == 0
    assert drawn == [0, 10, 20]
    assert capsys.readouterr().out.splitlines() == ["20 pairs: 20 green; 0 judged wrong", "30 pairs: 30 green; 0 judged wrong"]


def test_a_pair_that_is_judged_wrong_is_told_and_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(pairs, "judge_chain", lambda first, seed, count: iter([WRONG]))
    assert pairs.main(["--count", "10"]) == 1
    assert capsys.readouterr().out.splitlines()[:3] == ["WRONG 1-0-1: green; up failed", "  changed name", "  up: it did not"]


def test_a_whole_run_writes_the_page_and_a_part_does_not(drawn: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "rehearsal.md"
    page.write_text(f"before\n<!-- begin: {pairs.COMMAND} -->\nold\n<!-- end -->\nafter\n")
    monkeypatch.setattr(pairs, "PAGE", page)
    pairs.main(["--count", "10"])
    assert "old" in page.read_text()
    pairs.main([])
    assert "old" not in page.read_text()
    assert "Of 200 pairs `diff` was right of 200" in page.read_text()
    assert page.read_text().startswith("before\n") and page.read_text().endswith("\nafter\n")
