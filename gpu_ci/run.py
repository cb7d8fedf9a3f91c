"""Runs a notebook with papermill, and measures what it takes of the GPU meanwhile."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gpu_ci.result import Result

SAMPLE_SECONDS = 1.0
_QUERY = ("nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits")
_CELL = re.compile(r'Exception encountered at "In \[(\d+)\]"')
_ERROR = re.compile(r"^(\w*(?:Error|Exception|Interrupt|Exit|Warning)\b.*)$", re.MULTILINE)
_TIMED_OUT = "CellTimeoutError"


def run(
    notebook: str,
    source: Path,
    into: Path,
    minutes: int,
    command: Sequence[str] = (sys.executable, "-m", "papermill"),
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] = os.environ,
) -> Result:
    """Run `notebook`, a path below `source`; what it printed and the executed notebook are left in `into`.

    `cwd` is the folder that it runs in; left out, its own.
    """
    into.mkdir(parents=True, exist_ok=True)
    began, timed_out = time.monotonic(), False
    arguments = [*command, str(source / notebook), str(into / "executed.ipynb"), "--cwd", str(cwd or (source / notebook).parent)]
    log = into / "output.txt"
    with Gpu() as gpu, log.open("w") as printed:
        try:
            code = subprocess.run(
                arguments, stdout=printed, stderr=subprocess.STDOUT, timeout=minutes * 60, check=False, env=dict(env)
            ).returncode
        except subprocess.TimeoutExpired:
            code, timed_out = 1, True
    said = log.read_text(encoding="utf-8", errors="replace")
    timed_out = timed_out or _TIMED_OUT in said
    cells, errors = _CELL.findall(said), _ERROR.findall(said)
    result = Result(
        notebook=notebook,
        verdict="timed out" if timed_out else "failed" if code else "passed",
        seconds=round(time.monotonic() - began),
        peak_memory_mib=gpu.peak,
        gpus=gpu.count,
        cell=int(cells[-1]) if code and cells else None,
        error=errors[-1][:500] if code and errors else "",
    )
    result.write(into)
    return result


class Gpu:
    """Samples how much memory of the GPUs is used, for as long as it is entered."""

    def __init__(self, sample: Callable[[], Sequence[int]] | None = None) -> None:
        self.peak: int | None = None
        """In MiB, of all GPUs together."""
        self.count = 0
        self._sample = sample if sample is not None else used
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Gpu":
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self._look()

    def _look(self) -> None:
        found = self._sample()
        if found:
            self.count = len(found)
            self.peak = max(self.peak or 0, sum(found))


def used() -> Sequence[int]:
    """MiB that are used of each GPU; empty where there is none to ask."""
    if shutil.which(_QUERY[0]) is None:
        return ()
    try:
        said = subprocess.run(_QUERY, capture_output=True, text=True, timeout=10, check=True).stdout
        return [int(line) for line in said.split()]
    except (subprocess.SubprocessError, ValueError):
        return ()
