"""What a checkout needs before its first command: a virtual environment with the pinned packages, and an engine.

Does nothing twice: the packages are installed again only when the lock files, or the Python, have changed.
Standard library only, so that a bare Python runs it.
"""

import argparse
import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from toolchain import built
from toolchain.process import SetupError, exit_status, run
from toolchain.programs import ENGINE
from toolchain.progress import Progress, Step

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    "runtime": ("requirements.lock",),
    "dev": ("requirements.lock", "requirements-dev.lock"),
    "blueprints": ("blueprints/requirements.lock",),
}
"""Which files a level installs. The last one is handed to pip; it holds what the others do. `make lock` writes them."""
ENVIRONMENTS = {"blueprints": ".venv-blueprints"}
"""Virtual environment of a level, where it is not .venv: PyTorch is large, and nothing of the platform needs it."""
OPTIONS = {"blueprints": ("--no-cache-dir", "--no-compile")}
"""What pip is told beside. 3 GB more in its cache would push out everything else, at a desk and in CI; and of what is installed, a run
imports little."""
STAMP = "requirements.json"
"""In the virtual environment: what is installed there, as {level: fingerprint}."""


def fingerprint(root: Path, level: str) -> str:
    """Changes when a lock file of the level changes, or the Python that installs it."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for name in FILES[level]:
        digest.update(b"\0" + (root / name).read_bytes())
    return digest.hexdigest()


def installed(root: Path, level: str) -> bool:
    """Whether the virtual environment has just what the level's files ask for."""
    return python_of(root, level).exists() and _stamps(root, level).get(level) == fingerprint(root, level)


def python_of(root: Path, level: str = "runtime") -> Path:
    return environment_of(root, level) / "bin" / "python"


def environment_of(root: Path, level: str) -> Path:
    return root / ENVIRONMENTS.get(level, ".venv")


def install(root: Path, level: str, progress: Progress) -> None:
    """Bring the virtual environment to the level. Raises SetupError with what to do."""
    with _alone(root, progress):
        if installed(root, level):
            return
        environment = environment_of(root, level)
        if not _usable(root, level):
            with progress.step(f"Making the virtual environment {environment.name}"):
                run("Making the virtual environment", [sys.executable, "-m", "venv", "--clear", environment])
        stamp = environment / STAMP
        stamp.unlink(missing_ok=True)  # a half done install must not look done
        with progress.step(f"Installing the Python packages of {FILES[level][-1]}") as step:
            run(
                "Installing the Python packages",
                [python_of(root, level), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
                 *OPTIONS.get(level, ()), "--require-hashes", "-r", root / FILES[level][-1]],
                cwd=root, on_line=_Collected(step),
            )  # fmt: skip
        levels = ("runtime", "dev") if level == "dev" else (level,)
        stamp.write_text(json.dumps({each: fingerprint(root, each) for each in levels}, indent=2) + "\n", encoding="utf-8")


class _Collected:
    """Shows how far pip is: packages collected, then the one long install."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._collected = 0

    def __call__(self, line: str) -> None:
        if line.startswith("Collecting "):
            self._collected += 1
            self._step.note = f"{self._collected} found, {line.removeprefix('Collecting ').split(' (from')[0]}"
        elif line.startswith("Installing collected packages"):
            self._step.note = f"unpacking {line.count(',') + 1} packages"


def _usable(root: Path, level: str) -> bool:
    """Whether the virtual environment is there, runs, and is of this Python: an upgrade of the system's breaks it."""
    version = "import sys; print(*sys.version_info[:2])"
    try:
        said = subprocess.run([python_of(root, level), "-c", version], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return said.stdout.split() == [str(part) for part in sys.version_info[:2]]


def _stamps(root: Path, level: str) -> dict[str, str]:
    try:
        stamps = json.loads((environment_of(root, level) / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


@contextmanager
def _alone(root: Path, progress: Progress) -> Iterator[None]:
    """One set-up of a checkout at a time: two that install into one .venv break it."""
    handle = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with progress.step("Waiting for another set-up of this checkout"):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="toolchain/setup.py", description="Set this checkout up, once.")
    parser.add_argument(
        "what", choices=["runtime", "dev", "blueprints", "engine"], help="packages to run, to develop, for notebooks, or the engine"
    )
    parser.add_argument("--no-engine", action="store_true", help="leave the Pulumi engine out")
    parser.add_argument("--print", action="store_true", help="print the engine's path; build nothing")
    chosen = parser.parse_args(arguments)
    return exit_status(_print_engine if chosen.print else lambda: _set_up(chosen.what, engine=not chosen.no_engine))


def _print_engine() -> None:
    found = built.find(ENGINE)
    if found is None:
        raise SetupError(f"There is no Pulumi {ENGINE.version} or newer on this machine yet. Run `make setup`.")
    print(found)


def _set_up(what: str, *, engine: bool) -> None:
    progress = Progress()
    if what != "engine":
        install(ROOT, what, progress)
    if engine and what != "blueprints":
        python = python_of(ROOT) if python_of(ROOT).exists() else Path(sys.executable)
        built.ensure(ENGINE, progress, python=python)
