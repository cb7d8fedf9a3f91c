"""Reading a notebook: its form, its cell of parameters, and what that cell sets."""

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.problems import Problem

NAME = "notebook.ipynb"
PARAMETERS = "parameters"
"""Tag of the cell whose values a run may replace. Papermill's word for it."""
LARGEST = 512 * 1024
"""Bytes. It travels to the cluster in a ConfigMap, of which etcd takes 1 MiB with everything around it."""

Value = bool | int | float | str


@dataclass(frozen=True, kw_only=True)
class Notebook:
    text: str
    parameters: Mapping[str, Value]
    """What its cell of parameters sets, by name."""


def read(file: Path) -> tuple[Notebook | None, tuple[Problem, ...]]:
    """The notebook, or None and what is wrong with it."""
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        return None, (_of(file, f"is missing; a blueprint has a {NAME}"),)
    except OSError as error:
        return None, (_of(file, f"cannot be read ({error.strerror})"),)
    if len(raw) > LARGEST:
        fix = "clear its outputs, and keep data elsewhere"
        return None, (_of(file, f"has {len(raw):,} bytes, but a notebook of a blueprint has at most {LARGEST:,}; {fix}"),)
    try:
        text = raw.decode("utf-8")
        content = json.loads(text)
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None, (_of(file, "is no notebook: it is not JSON in UTF-8, which Jupyter saves"),)
    problems = tuple(_form(file, content))
    if problems:
        return None, problems
    found, problems = _parameters(file, content["cells"])
    return (None, problems) if problems else (Notebook(text=text, parameters=found), ())


def _form(file: Path, content: Any) -> Iterator[Problem]:
    cells = content.get("cells") if isinstance(content, Mapping) else None
    if not isinstance(content, Mapping) or not isinstance(cells, list) or not all(map(_is_cell, cells)):
        yield _of(file, "is no notebook: it has no list of `cells`, each with its type and source")
        return
    version = content.get("nbformat")
    if version != 4:
        yield _of(file, f"is a notebook of format {version!r}, but papermill runs format 4; save it with a current Jupyter")
    kernel = _mapping(_mapping(content.get("metadata")).get("kernelspec")).get("name")
    if not isinstance(kernel, str) or not kernel:
        yield _of(file, "names no kernel (metadata.kernelspec.name), so nothing could run it; save it with the kernel python3 chosen")
    tagged = [cell for cell in cells if PARAMETERS in _tags(cell)]
    if len(tagged) != 1:
        found = "has no cell" if not tagged else f"has {len(tagged)} cells"
        yield _of(file, f"{found} with the tag {PARAMETERS}, but needs one: the code cell that sets what a run may change")
    elif tagged[0]["cell_type"] != "code":
        yield _of(file, f"its cell with the tag {PARAMETERS} is {tagged[0]['cell_type']}, but must be code that sets what a run may change")


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, Mapping) or cell.get("cell_type") not in {"code", "markdown", "raw"}:
        return False
    source = cell.get("source")
    return isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _tags(cell: Mapping[str, Any]) -> list[Any]:
    tags = _mapping(cell.get("metadata")).get("tags")
    return tags if isinstance(tags, list) else []


def _parameters(file: Path, cells: list[Mapping[str, Any]]) -> tuple[Mapping[str, Value], tuple[Problem, ...]]:
    source = next(cell["source"] for cell in cells if PARAMETERS in _tags(cell))
    code = source if isinstance(source, str) else "".join(source)
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        return {}, (
            _of(file, f"its cell of parameters is not Python{f' (line {line} of the cell)' if line else ''}; it sets names and no more"),
        )
    found: dict[str, Value] = {}
    problems: list[Problem] = []
    for statement in body:
        name, value = _assignment(statement)
        if name is None or not isinstance(value, bool | int | float | str):
            shown = ast.unparse(statement).splitlines()[0][:60]
            wanted = "a line each like `steps = 100`: a name, and a number, text, True or False"
            problems.append(_of(file, f"its cell of parameters has `{shown}`, but must have {wanted}"))
        else:
            found[name] = value
    return found, tuple(problems)


def _assignment(statement: ast.stmt) -> tuple[str | None, Any]:
    """The name and the literal that a line sets; None where it does something else."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            try:
                return name, ast.literal_eval(value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                return None, None
    return None, None


def _of(file: Path, message: str) -> Problem:
    return Problem("", message, 1, str(file))
