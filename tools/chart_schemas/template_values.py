"""What a chart's templates say of its values: keys that its values.yaml leaves out, and those that take more than their default shows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ValuePath = tuple[str, ...]

_READ = re.compile(r"\.Values((?:\.[A-Za-z0-9_]+)+)")
_WHOLE = re.compile(r"range\s+\$\w+,\s*\$\w+\s*:=\s*\.Values((?:\.[A-Za-z0-9_]+)+)\s*[}|)-]")
_TEXT = re.compile(r'kindIs "string" \.Values((?:\.[A-Za-z0-9_]+)+)')


@dataclass(frozen=True, kw_only=True)
class TemplateValues:
    read: tuple[ValuePath, ...] = ()
    """Every value that is read by name, the shorter paths first."""
    whole: frozenset[ValuePath] = frozenset()
    """Mappings that are handed through, whatever their keys."""
    text: frozenset[ValuePath] = frozenset()
    """Values that may be text in place of what their default is."""


def of(folder: Path) -> TemplateValues:
    """Those of the chart in `folder`, without its dependencies."""
    texts = [file.read_text() for file in sorted((folder / "templates").rglob("*")) if file.suffix in (".yaml", ".tpl")]
    found = {path for text in texts for path in _paths(_READ, text)}
    return TemplateValues(
        read=tuple(sorted({path[:length] for path in found for length in range(1, len(path) + 1)}, key=lambda path: (len(path), path))),
        whole=frozenset(path for text in texts for path in _paths(_WHOLE, text)),
        text=frozenset(path for text in texts for path in _paths(_TEXT, text)),
    )


def _paths(pattern: re.Pattern[str], text: str) -> Iterable[ValuePath]:
    return (tuple(found[1].strip(".").split(".")) for found in pattern.finditer(text))
