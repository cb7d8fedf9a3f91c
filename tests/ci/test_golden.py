"""`make golden` writes every file that a test holds an output to."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECIPE = re.search(r"^golden:.*\n\t\$\(BIN\)/python (.*) --update-golden$", (ROOT / "Makefile").read_text(), re.MULTILINE)


def using(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return {function.name for function in functions if "golden" in {arg.arg for arg in function.args.args}}


@pytest.mark.slow
def test_make_golden_runs_every_test_that_holds_an_output_to_a_file() -> None:
    assert RECIPE
    held = {file: names for file in (ROOT / "tests").rglob("test_*.py") if "golden" in file.read_text() and (names := using(file))}
    assert len(held) > 2
    collected = subprocess.run(
        [sys.executable, *RECIPE.group(1).split(), "--collect-only", *map(str, held)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert {name for names in held.values() for name in names} == set(re.findall(r"::(test_\w+)", collected))
