"""Decisions are numbered, each once."""

from pathlib import Path

FILES = sorted((Path(__file__).resolve().parents[2] / "docs" / "decisions").glob("[0-9]*.md"))


def test_decisions_are_numbered_in_their_order() -> None:
    numbers = [int(file.name[:4]) for file in FILES]
    assert numbers == list(range(1, len(FILES) + 1))
    assert [file.read_text().splitlines()[0].split()[1] for file in FILES] == [f"{number}." for number in numbers]
