"""The lowest layer stands on Python alone: it runs before any package is installed, and brings them."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import toolchain

FOLDER = Path(toolchain.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))


def imported(source: str) -> Iterator[str]:
    """The packages that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "toolchain" if node.level else (node.module or "").partition(".")[0]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(FOLDER)))
def test_it_imports_the_standard_library_and_itself(module: Path) -> None:
    assert set(imported(module.read_text(encoding="utf-8"))) - sys.stdlib_module_names <= {"toolchain"}


def test_an_import_within_a_function_is_one() -> None:
    assert set(imported("import os.path\ndef late():\n    from yaml.nodes import Node\n    import infra.facts")) == {"os", "yaml", "infra"}


def test_none_of_its_modules_hides_one_of_the_standard_library() -> None:
    """Run as a script, setup.py has this folder first on the path until it takes it off."""
    assert {module.stem for module in FOLDER.glob("*.py")} & sys.stdlib_module_names == set()
