"""Times the commands people wait for, each in a process of its own, as people run them: `make bench`."""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 3


@dataclass(frozen=True, kw_only=True)
class Timing:
    name: str
    best: float
    median: float
    """Seconds of wall time."""


def commands() -> dict[str, list[str]]:
    """What is timed: the imports, then a preview and a rehearsal of every stack."""
    python = sys.executable
    stacks = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
    return {
        "import of the stacks": [python, "-c", "import stacks.config"],
        "platformctl --help": [python, "-m", "platformctl", "--help"],
        **{f"preview {stack}": [python, "-m", "platformctl", "preview", stack] for stack in stacks},
        **{f"rehearse {stack}": [python, "-m", "platformctl", "rehearse", stack] for stack in stacks},
    }


def measure(name: str, command: Sequence[str], runs: int) -> Timing:
    """Raises RuntimeError with the command's last lines when it fails: a failure's time means nothing."""
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        seconds.append(time.perf_counter() - began)
        if done.returncode:
            last = "\n".join((done.stdout + done.stderr).splitlines()[-10:])
            raise RuntimeError(f"{name} failed (exit status {done.returncode}):\n{last}")
    return Timing(name=name, best=min(seconds), median=statistics.median(seconds))


def main(arguments: Sequence[str] | None = None, what: Mapping[str, Sequence[str]] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help=f"runs of each command (default: {RUNS})")
    parser.add_argument("--only", default="", help="only commands with this in their name")
    parser.add_argument("--json", action="store_true", help="print JSON, in seconds")
    chosen = parser.parse_args(arguments)
    timings, failed = [], False
    if not chosen.json:
        print(f"{'':28} {'best':>8} {'median':>8}")
    for name, command in (what or commands()).items():
        if chosen.only not in name:
            continue
        try:
            timing = measure(name, command, chosen.runs)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            failed = True
            continue
        timings.append(timing)
        if not chosen.json:
            print(f"{timing.name:28} {timing.best:6.2f} s {timing.median:6.2f} s", flush=True)
    if chosen.json:
        print(json.dumps({timing.name: {"best": timing.best, "median": timing.median} for timing in timings}, indent=2))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
