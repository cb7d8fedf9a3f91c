"""Runbooks where people read them: each lies in the folder of the add-on whose alert it is of, and is brought together in docs/."""

from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "docs/runbooks"


def sources(root: Path = ROOT) -> dict[str, Path]:
    """Where each page is written, by the name of its alert."""
    return {file.stem: file for file in sorted((root / "components").rglob("runbooks/*.md"))}


def pages() -> Mapping[str, Callable[[], str]]:
    return {f"{FOLDER}/{name}.md": _page(file) for name, file in sources().items()}


def _page(file: Path) -> Callable[[], str]:
    where = file.relative_to(ROOT).as_posix()
    return lambda: f"{file.read_text(encoding='utf-8')}\n<!-- Written from {where} by `make docs`. -->\n"
