"""Prometheus' promtool: found where there is one, built once from its Go module where there is none. Standard library only.

Looked for in this order: the program that `PROMTOOL` names; the one built here before. One on PATH is not taken: distributions
carry releases that are years old, and rules would be tried with another Prometheus than the one that will read them.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tools import go
from tools.go import Version
from tools.process import SetupError
from tools.progress import Progress

HERE = Path(__file__).resolve().parent
MODULE = "github.com/prometheus/prometheus"
VERSION_SYMBOL = "github.com/prometheus/common/version.Version"
PROMTOOL = go.Module(name="promtool", folder=HERE, programs={"promtool": f"{MODULE}/cmd/promtool"})

ROOM_GIB = 5.0
"""What a build takes while it runs, in GiB, Go and modules among it."""


class PromtoolError(SetupError):
    """There is no promtool to be had: why, and what to do."""


@cache
def required() -> Version:
    """The release that is built. Prometheus 3.x is module version 0.30x: v0.315.0 is v3.15.0."""
    return PROMTOOL.pinned(MODULE)


def release() -> str:
    """What the program says of itself: the module's version as the project counts its releases."""
    pin = required()
    return f"{pin.minor // 100}.{pin.minor % 100}.{pin.patch}"


def cached(env: Mapping[str, str] = os.environ) -> Path:
    """Where it lies once it is built, whether or not it is."""
    return go.cache_folder(env) / "promtool" / str(required()) / "promtool"


def find(env: Mapping[str, str] = os.environ) -> Path | None:
    """The program to use; None when it is still to be built. Builds nothing.

    Raises PromtoolError when PROMTOOL names a program that will not do: who sets it means it.
    """
    if named := env.get("PROMTOOL"):
        program = shutil.which(named, path=env.get("PATH"))
        if program is None or version_of(program) is None:
            raise PromtoolError(f"PROMTOOL={named} is not a promtool that runs. Correct it, or unset it to have one built.")
        return Path(program).absolute()
    built = cached(env)
    return built if os.access(built, os.X_OK) else None


def ensure(progress: Progress, python: Path | str = sys.executable, env: Mapping[str, str] = os.environ) -> Path:
    """The program to use, built now if there is none: some minutes, once a machine and version.

    `python` needs pip: it brings Go where there is none. Raises PromtoolError with what to do.
    """
    found = find(env)
    if found is not None:
        return found
    target = cached(env)
    try:
        with go.alone(target.parent.parent, PROMTOOL.name, progress):
            if not os.access(target, os.X_OK):  # unless another set-up built it while this one waited
                progress.say(f"Building promtool {release()} from its Go module, once, into {target.parent}.")
                _build(target, progress, python, env)
    except SetupError as error:
        raise PromtoolError(f"{error}\nOr name a promtool by PROMTOOL: no build is needed then.") from error
    return target


def _build(target: Path, progress: Progress, python: Path | str, env: Mapping[str, str]) -> None:
    with go.workplace(target.parent.parent, PROMTOOL.name, room_gib=ROOM_GIB, stays_gib=0.1) as work:
        using = go.toolchain(PROMTOOL.required_go, work, progress, python, env)
        go.build(PROMTOOL, work / "bin", using, progress, symbols={VERSION_SYMBOL: release()})
        said = version_of(work / "bin" / "promtool")
        if said != Version.parse(release()):
            raise PromtoolError(f"The promtool that was built says it is {said}, not {release()}.")
        target.parent.mkdir(exist_ok=True)
        (work / "bin" / "promtool").replace(target)


def version_of(program: Path | str) -> Version | None:
    """What the program says its version is; None when it does not run or does not say."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return Version.parse(said.stdout)
