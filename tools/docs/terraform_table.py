"""The table that holds this project against two Terraform modules of the field: what answers each of their variables here."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "terraform"

_HEAD = """# From Terraform

What answers each variable of two modules that people come from, generated from `tools/docs/terraform/` by `make docs`; do not edit. A
`*` stands for the name of a pool or another entry. What is not needed says why; what is missing is missing, and says what to do where
there is something to do.
"""

MODULES = {
    "terraform-oci-oke": "https://github.com/oracle-terraform-modules/terraform-oci-oke",
    "oci-hpc-oke": "https://github.com/oracle-quickstart/oci-hpc-oke",
}
KINDS = ("key", "unneeded", "missing")


@dataclass(frozen=True, kw_only=True)
class Row:
    variable: str
    kind: str
    """One of KINDS."""
    answer: str
    """A key of the stack file, or a reason."""


def document(module: str) -> Any:
    return yaml.safe_load((FOLDER / f"{module}.yaml").read_text(encoding="utf-8"))


def names(module: str) -> list[str]:
    """Every variable that the module has, as its repository lists them."""
    return (FOLDER / f"{module}.txt").read_text(encoding="utf-8").split()


def rows(module: str) -> Iterator[Row]:
    for entry in document(module)["rows"]:
        (kind,) = (kind for kind in KINDS if kind in entry)
        for variable in entry["variables"].split():
            yield Row(variable=variable, kind=kind, answer=str(entry[kind]))


def page() -> str:
    return _HEAD + "".join(_section(module, address) for module, address in MODULES.items())


def _section(module: str, address: str) -> str:
    found = sorted(rows(module), key=lambda row: row.variable)
    counts = {kind: sum(row.kind == kind for row in found) for kind in KINDS}
    read = document(module)
    said = f"{len(found)} variables: {counts['key']} have a key, {counts['unneeded']} are not needed, {counts['missing']} are missing."
    lines = ["", f"## {module}", "", f"[{module}]({address}) at {read['revision'][:7]}, {read['date']}. {said}", ""]
    lines += ["| variable | here |", "| --- | --- |", *(f"| `{row.variable}` | {_answer(row)} |" for row in found), ""]
    return "\n".join(lines)


def _answer(row: Row) -> str:
    match row.kind:
        case "key":
            return f"`{row.answer}`"
        case "unneeded":
            return f"not needed: {row.answer}"
        case _:
            return f"**missing**: {row.answer}"
