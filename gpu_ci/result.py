"""What came of a notebook. It is written on the runner, by what the pull request brings: data to be doubted, never text to be trusted."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

Verdict = Literal["passed", "failed", "timed out"]
LARGEST = 64 * 1024
"""Bytes of a result; a larger one is none."""


@dataclass(frozen=True, kw_only=True)
class Result:
    notebook: str
    verdict: Verdict
    seconds: int
    peak_memory_mib: int | None = None
    """Of all GPUs together, sampled while the notebook ran; None where nobody could say."""
    gpus: int = 0
    cell: int | None = None
    """Number of the code cell that failed, from 1."""
    error: str = ""
    """First line of what it raised."""

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "result.json"
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
        return file


def read(file: Path) -> Result | None:
    """None for a file that is no result: another form, other types, too large."""
    try:
        if file.is_symlink() or file.stat().st_size > LARGEST:
            return None
        given = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return _result(given) if isinstance(given, Mapping) else None


def _result(given: Mapping[str, Any]) -> Result | None:
    text = all(isinstance(given.get(key), str) for key in ("notebook", "verdict", "error"))
    numbers = all(_natural(given.get(key)) for key in ("seconds", "gpus"))
    optional = all(given.get(key) is None or _natural(given[key]) for key in ("peak_memory_mib", "cell"))
    if not (text and numbers and optional and given["verdict"] in get_args(Verdict)):
        return None
    return Result(**{key: given.get(key) for key in Result.__dataclass_fields__})  # type: ignore[arg-type]


def _natural(value: Any) -> bool:
    return type(value) is int and 0 <= value < 10**9
