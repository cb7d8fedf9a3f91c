"""Running a blueprint on this machine, and holding what it took to its budget."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpu_ci import run as notebooks
from gpu_ci.result import Result
from platformctl.blueprints.load import Blueprint
from platformctl.blueprints.notebook import NAME, Value

MEBIBYTES = 1024


@dataclass(frozen=True, kw_only=True)
class Run:
    result: Result
    numbers: Mapping[str, Any]
    """What the notebook itself wrote into `out/result.json`; empty where it wrote none."""
    refusals: tuple[str, ...]
    """Why it did not pass, or kept to no budget."""


def execute(blueprint: Blueprint, parameters: Mapping[str, Value], into: Path, python: Path, *, gpu: bool) -> Run:
    """Runs the notebook in `into`, where everything that it leaves stays."""
    into.mkdir(parents=True, exist_ok=True)
    file = into / "parameters.yaml"
    file.write_text(json.dumps(dict(parameters)) + "\n", encoding="utf-8")
    written = into / "out" / "result.json"
    written.unlink(missing_ok=True)
    minutes = blueprint.manifest.budget.minutes if gpu else blueprint.manifest.on_cpu.minutes
    command = (str(python), "-m", "papermill", "-f", str(file), "--execution-timeout", str(minutes * 60))
    # Tiny models gain nothing from threads, and lose much where others want the processors too.
    env = os.environ if gpu else {**os.environ, "OMP_NUM_THREADS": "1"}
    result = notebooks.run(NAME, blueprint.folder, into, minutes, command, cwd=into, env=env)
    numbers = _numbers(written)
    return Run(result=result, numbers=numbers, refusals=tuple(_refusals(blueprint, result, minutes)))


def _refusals(blueprint: Blueprint, result: Result, minutes: int) -> list[str]:
    found = []
    if result.verdict == "timed out":
        found.append(f"{blueprint.name} was ended after {minutes} minutes, which is all that its {_section(result)} gives it")
    elif result.verdict == "failed":
        where = f" in cell {result.cell}" if result.cell is not None else ""
        found.append(f"{blueprint.name} failed{where}: {result.error or 'output.txt says why'}")
    most = blueprint.manifest.resources.gpu_memory_gib * blueprint.manifest.resources.gpus * MEBIBYTES
    if result.peak_memory_mib is not None and most and result.peak_memory_mib > most:
        took = f"took {result.peak_memory_mib / MEBIBYTES:.1f} GiB of GPU memory"
        found.append(f"{blueprint.name} {took}, and its manifest says {most / MEBIBYTES:g}; raise resources.gpuMemoryGib")
    return found


def _section(result: Result) -> str:
    return "budget.minutes" if result.gpus else "onCpu.minutes"


def _numbers(file: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}
