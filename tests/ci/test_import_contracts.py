"""The import contracts: no package is outside of them, and the product knows nothing of what tests and maintainers use."""

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
PACKAGES = {file.parent.name for file in ROOT.glob("*/__init__.py")}
LAYERS: list[set[str]] = [
    {name.strip() for name in layer.split("|")}
    for contract in SETTINGS["importlinter"]["contracts"]
    if contract["type"] == "layers" and "containers" not in contract
    for layer in contract["layers"]
]
"""Of the packages, from above. A contract that has containers is about what is inside of one, and import-linter holds it complete."""


def place(package: str) -> int:
    """From above: what is at 0 may import everything below it."""
    (found,) = (place for place, layer in enumerate(LAYERS) if package in layer)
    return found


def test_every_package_is_in_the_contracts_and_is_typed() -> None:
    assert set(SETTINGS["importlinter"]["root_packages"]) == PACKAGES
    assert set().union(*LAYERS) == PACKAGES
    assert set(SETTINGS["mypy"]["files"]) >= PACKAGES


def test_nothing_that_an_operator_runs_imports_what_tests_and_maintainers_use() -> None:
    assert {package for package in PACKAGES if place(package) < place("platformctl")} == {"tools", "testkit"}


def test_what_brings_and_builds_programs_lies_below_all() -> None:
    assert LAYERS[-1] == {"toolchain"}
