"""Which notebooks a pull request changes, and so which are run."""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

MOST = 20
"""Notebooks of one run. More are a change of another kind, and somebody chooses among them."""

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./ -]*\.ipynb")
"""A path that means nothing to a shell, a template or Markdown."""


class NotebookError(Exception):
    """The notebooks cannot be run, and why."""


def changed(files: Iterable[Mapping[str, Any]], patterns: Iterable[str]) -> tuple[str, ...]:
    """Paths of the notebooks among the files of a pull request (GitHub's `filename`, `status`), in order.

    Those that it removes are not there to be run. Raises NotebookError.
    """
    wanted = tuple(patterns)
    found = sorted(str(file["filename"]) for file in files if file["status"] != "removed" and watched(str(file["filename"]), wanted))
    odd = [path for path in found if not _SAFE.fullmatch(path) or ".." in path.split("/")]
    if odd:
        raise NotebookError(f"{odd[0]!r} is no plain path: rename it to letters, digits, dots, dashes, spaces and underscores")
    if len(found) > MOST:
        raise NotebookError(f"the pull request changes {len(found)} notebooks, and at most {MOST} are run: split it")
    return tuple(found)


def watched(path: str, patterns: Iterable[str]) -> bool:
    """`examples/**/*.ipynb`: `**` stands for any folders, none among them; `*` for anything within one."""
    return any(_matches(path.split("/"), pattern.split("/")) for pattern in patterns)


def _matches(parts: list[str], pattern: list[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(parts[start:], pattern[1:]) for start in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])
