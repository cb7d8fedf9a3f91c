"""The README shows every command that there is, and no other."""

import re
from pathlib import Path

from typer.main import get_command

from platformctl.cli import app

ROOT = Path(__file__).resolve().parents[2]


def test_the_readme_has_a_row_for_each_command() -> None:
    table = re.findall(r"^\| `([\w-]+) [^|]*\|", (ROOT / "README.md").read_text().partition("\n## Commands\n")[2], flags=re.MULTILINE)
    assert set(table) == set(get_command(app).list_commands(None))  # type: ignore[attr-defined]
