"""Helm: found where there is one, built once from its Go module where there is none. Standard library only.

Helm 3, because Pulumi's Kubernetes provider installs releases with it: Helm 4 takes values that 3 refuses. Looked for in this order:
the program that `HELM` names; one on PATH that is new enough; the one built here before.
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
MODULE = "helm.sh/helm/v3"
VERSION_SYMBOL = f"{MODULE}/internal/version.version"
HELM = go.Module(name="Helm", folder=HERE, programs={"helm": f"{MODULE}/cmd/helm"})

OLDEST = Version(3, 18, 0)
"""From here on Helm 3 holds values to a chart's schema as the provider does (another validator came with it)."""

ROOM_GIB = 4.0
"""What a build takes while it runs, in GiB, Go and modules among it."""


class HelmError(SetupError):
    """There is no Helm to be had: why, and what to do."""


@cache
def required() -> Version:
    """The release that is built."""
    return HELM.pinned(MODULE)


def cached(env: Mapping[str, str] = os.environ) -> Path:
    """Where it lies once it is built, whether or not it is."""
    return go.cache_folder(env) / "helm" / str(required()) / "helm"


def find(env: Mapping[str, str] = os.environ) -> Path | None:
    """The program to use; None when it is still to be built. Builds nothing.

    Raises HelmError when HELM names a program that will not do: who sets it means it.
    """
    if named := env.get("HELM"):
        program = shutil.which(named, path=env.get("PATH"))
        if program is None or not _will_do(program):
            raise HelmError(f"HELM={named} is not a Helm 3 from {OLDEST} on. Correct it, or unset it to have one built.")
        return Path(program).absolute()
    on_path = shutil.which("helm", path=env.get("PATH"))
    if on_path is not None and _will_do(on_path):
        return Path(on_path).absolute()
    built = cached(env)
    return built if os.access(built, os.X_OK) else None


def ensure(progress: Progress, python: Path | str = sys.executable, env: Mapping[str, str] = os.environ) -> Path:
    """The program to use, built now if there is none: two minutes, once a machine and version.

    `python` needs pip: it brings Go where there is none. Raises HelmError with what to do.
    """
    found = find(env)
    if found is not None:
        return found
    target = cached(env)
    try:
        with go.alone(target.parent.parent, HELM.name, progress):
            if not os.access(target, os.X_OK):  # unless another set-up built it while this one waited
                progress.say(f"Building Helm {required()} from its Go module, once, into {target.parent}.")
                _build(target, progress, python, env)
    except SetupError as error:
        raise HelmError(f"{error}\nOr name a Helm 3 by HELM: no build is needed then.") from error
    return target


def _build(target: Path, progress: Progress, python: Path | str, env: Mapping[str, str]) -> None:
    with go.workplace(target.parent.parent, HELM.name, room_gib=ROOM_GIB, stays_gib=0.1) as work:
        using = go.toolchain(HELM.required_go, work, progress, python, env)
        go.build(HELM, work / "bin", using, progress, symbols={VERSION_SYMBOL: str(required())})
        said = version_of(work / "bin" / "helm")
        if said != required():
            raise HelmError(f"The Helm that was built says it is {said}, not {required()}.")
        target.parent.mkdir(exist_ok=True)
        (work / "bin" / "helm").replace(target)


def _will_do(program: Path | str) -> bool:
    version = version_of(program)
    return version is not None and version.major == OLDEST.major and version >= OLDEST


def version_of(program: Path | str) -> Version | None:
    """What the program says its version is; None when it does not run or does not say."""
    try:
        said = subprocess.run([program, "version", "--short"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return Version.parse(said.stdout)
