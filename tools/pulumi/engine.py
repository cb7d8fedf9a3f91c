"""The Pulumi engine: found where there is one, built once from its Go module where there is none. Standard library only.

Looked for in this order: the program that `PULUMI` names; a `pulumi` on PATH that is new enough; the one built here before.
The version wanted is the one go.mod pins.
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
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
MODULE = "github.com/pulumi/pulumi/pkg/v3"
VERSION_SYMBOL = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
ENGINE = go.Module(name="the engine", folder=HERE, programs={"pulumi": PACKAGE})

ROOM_GIB = 5.0
"""What a build takes while it runs, in GiB: 1.5 of build cache, 1.5 of link, 1.3 of modules, 0.2 of Go (v3.259.0, Go 1.27.3)."""


class EngineError(SetupError):
    """There is no engine to be had: why, and what to do."""


@cache
def required() -> Version:
    """The oldest engine that will do, and the one that is built: what go.mod pins."""
    return ENGINE.pinned(MODULE)


def cached(env: Mapping[str, str] = os.environ) -> Path:
    """Where the engine lies once it is built, whether or not it is."""
    return go.cache_folder(env) / "pulumi" / str(required()) / "pulumi"


def version_of(program: Path | str) -> Version | None:
    """What the program says its version is; None when it does not run or does not say."""
    env = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        said = subprocess.run([program, "version"], capture_output=True, text=True, timeout=60, env=env, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return Version.parse(said.stdout)


def find(env: Mapping[str, str] = os.environ) -> Path | None:
    """The engine to use; None when there is none yet. Builds nothing.

    Raises EngineError when PULUMI names a program that will not do: who sets it means it.
    """
    if named := env.get("PULUMI"):
        program = shutil.which(named, path=env.get("PATH"))
        version = version_of(program) if program else None
        if program is None or version is None:
            raise EngineError(f"PULUMI={named} is not a Pulumi that runs. Correct it, or unset it to let the set-up find or build one.")
        if version < required():
            raise EngineError(f"PULUMI={named} is {version}; {required()} or newer is needed. Upgrade it, or unset PULUMI.")
        return Path(program).absolute()
    if (installed := shutil.which("pulumi", path=env.get("PATH"))) is not None:
        version = version_of(installed)
        if version is not None and version >= required():
            return Path(installed).absolute()
    built = cached(env)
    return built if os.access(built, os.X_OK) else None


def ensure(progress: Progress, python: Path | str = sys.executable, env: Mapping[str, str] = os.environ) -> Path:
    """The engine to use, built now if there is none: some minutes, once a machine and version.

    `python` needs pip: it brings Go where there is none. Raises SetupError with what to do.
    """
    found = find(env)
    if found is not None:
        return found
    target = cached(env)
    try:
        with go.alone(target.parent.parent, ENGINE.name, progress):
            if not os.access(target, os.X_OK):  # unless another set-up built it while this one waited
                progress.say(f"No Pulumi {required()} or newer was found: building it from its Go module, once, into {target.parent}.")
                _build(target, progress, python, env)
    except SetupError as error:
        raise EngineError(
            f"{error}\nOr install Pulumi {required()} or newer by hand, on PATH or named by PULUMI: no build is needed then."
        ) from error
    return target


def _build(target: Path, progress: Progress, python: Path | str, env: Mapping[str, str]) -> None:
    with go.workplace(target.parent.parent, ENGINE.name, room_gib=ROOM_GIB, stays_gib=0.1) as work:
        using = go.toolchain(ENGINE.required_go, work, progress, python, env)
        go.build(ENGINE, work, using, progress, symbols={VERSION_SYMBOL: str(required())})
        if version_of(work / "pulumi") != required():
            raise EngineError(f"The engine that was built says it is {version_of(work / 'pulumi')}, not {required()}.")
        target.parent.mkdir(exist_ok=True)
        (work / "pulumi").replace(target)
