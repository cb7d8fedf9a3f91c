"""The control plane's programs: found where they are, built once from their Go modules where they are not. Standard library only.

Looked for in this order: the folder that `KUBEBUILDER_ASSETS` names; the ones built here before.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tools import go
from tools.process import SetupError
from tools.progress import Progress

HERE = Path(__file__).resolve().parent

ROOM_GIB = 7.0
"""What a build takes while it runs, in GiB: Go, modules, build cache, programs. Measured at 5.4 GiB (v1.34.2, Go 1.27.3)."""

ASSETS = ("kube-apiserver", "etcd")
"""What `KUBEBUILDER_ASSETS` must have, where it is set. The rest is taken from there when it is there."""

KUBERNETES = go.Module(
    name="the control plane",
    folder=HERE,
    programs={
        "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
        "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
        "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
        "etcd": "go.etcd.io/etcd/server/v3",
    },
)
KWOK = go.Module(name="kwok", folder=HERE / "kwok", programs={"kwok": "sigs.k8s.io/kwok/cmd/kwok"})
NAMES = (*KUBERNETES.programs, *KWOK.programs)


class ControlPlaneError(SetupError):
    """There is no control plane to be had: why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Programs:
    """Where each program lies."""

    etcd: Path
    kube_apiserver: Path
    kube_controller_manager: Path
    kube_scheduler: Path
    kwok: Path


def versions() -> dict[str, go.Version]:
    """Version of each program that is built here: what the go.mod files pin."""
    kubernetes = KUBERNETES.pinned("k8s.io/kubernetes")
    return {
        **dict.fromkeys(KUBERNETES.programs, kubernetes),
        "etcd": KUBERNETES.pinned("go.etcd.io/etcd/server/v3"),
        "kwok": KWOK.pinned("sigs.k8s.io/kwok"),
    }


def cached(env: Mapping[str, str] = os.environ) -> Path:
    """The folder where the programs lie once they are built. Another pin is another folder."""
    pins = versions()
    name = f"{pins['kube-apiserver']}-etcd-{pins['etcd']}-kwok-{pins['kwok']}"
    return go.cache_folder(env) / "control-plane" / name


def find(env: Mapping[str, str] = os.environ) -> Programs | None:
    """The programs to use; None when some are still to be built. Builds nothing.

    Raises ControlPlaneError when KUBEBUILDER_ASSETS names a folder that will not do: who sets it means it.
    """
    found = {name: _find(name, env) for name in NAMES}
    present = {name.replace("-", "_"): program for name, program in found.items() if program is not None}
    return Programs(**present) if len(present) == len(NAMES) else None


def _find(name: str, env: Mapping[str, str]) -> Path | None:
    if assets := env.get("KUBEBUILDER_ASSETS"):
        program = Path(assets) / name
        if os.access(program, os.X_OK):
            return program.absolute()
        if name in ASSETS:
            raise ControlPlaneError(
                f"KUBEBUILDER_ASSETS={assets} has no {name} that runs. It must have {' and '.join(ASSETS)}; "
                "correct it, or unset it to have everything built."
            )
    program = cached(env) / name
    return program if os.access(program, os.X_OK) else None


def ensure(progress: Progress, python: Path | str = sys.executable, env: Mapping[str, str] = os.environ) -> Programs:
    """The programs to use, built now where they are missing: some minutes, once a machine and version.

    `python` needs pip: it brings Go where there is none. Raises ControlPlaneError with what to do.
    """
    found = find(env)
    if found is not None:
        return found
    target = cached(env)
    try:
        with go.alone(target.parent, KUBERNETES.name, progress):
            missing = {name for name in NAMES if _find(name, env) is None}
            if missing:  # unless another set-up built them while this one waited
                progress.say(f"Building a Kubernetes {versions()['kube-apiserver']} control plane, once, into {target}.")
                _build(missing, target, progress, python, env)
    except SetupError as error:
        raise ControlPlaneError(
            f"{error}\nOr point KUBEBUILDER_ASSETS at a folder with {', '.join(NAMES)}: no build is needed then."
        ) from error
    built = find(env)
    if built is None:
        raise ControlPlaneError(f"{target} lacks programs after the build. Remove it and run the command again.")
    return built


def _build(missing: set[str], target: Path, progress: Progress, python: Path | str, env: Mapping[str, str]) -> None:
    pins = versions()
    kubernetes = pins["kube-apiserver"]
    told = {"gitVersion": str(kubernetes), "gitMajor": kubernetes.major, "gitMinor": kubernetes.minor, "gitTreeState": "clean"}
    symbols = {f"k8s.io/component-base/version.{name}": str(value) for name, value in told.items()}
    modules = [
        replace(module, programs=wanted)
        for module in (KUBERNETES, KWOK)
        if (wanted := {name: package for name, package in module.programs.items() if name in missing})
    ]
    with go.workplace(target.parent, KUBERNETES.name, room_gib=ROOM_GIB, stays_gib=0.4) as work:
        oldest = max(module.required_go for module in modules)
        using = go.toolchain(oldest, work, progress, python, env)
        for module in modules:
            go.build(module, work / "bin", using, progress, symbols=symbols)
        for name in sorted(missing):
            said = version_of(work / "bin" / name)
            if said != pins[name]:
                raise ControlPlaneError(f"The {name} that was built says it is {said}, not {pins[name]}.")
        target.mkdir(exist_ok=True)
        for name in sorted(missing):
            (work / "bin" / name).replace(target / name)


def version_of(program: Path) -> go.Version | None:
    """What the program says its version is; None when it does not run or does not say."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return go.Version.parse(said.stdout)
