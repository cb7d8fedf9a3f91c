"""Go programs built from pinned modules, once a version, with a Go that is fetched where none is installed. Standard library only."""

import fcntl
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from toolchain.process import SetupError, run
from toolchain.progress import Progress, Step

REQUIREMENTS = Path(__file__).resolve().parent / "requirements-go.txt"
"""The Go that compiles where no Go is installed, as a Python package."""


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
def _read(file: Path) -> str:
    """Once a process: versions are asked for by every look for a program."""
    return file.read_text(encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Module:
    """A folder with a go.mod and a go.sum that pin the programs to build."""

    name: str
    """As messages say it: `the engine`."""
    folder: Path
    programs: Mapping[str, str]
    """Package of each program, by the file name that the program gets."""
    data: tuple[str, ...] = ()
    """Files and folders of the first program's Go module that are kept beside the programs: a controller's definitions, say."""

    def version(self, program: str) -> Version:
        """The version of a program: the one that go.mod pins of its module. Raises SetupError."""
        return self.pinned(self.owner(program))

    def owner(self, program: str) -> str:
        """The Go module that a program's package is of: the longest path among the required ones that it begins with, as Go has it."""
        package = self.programs[program]
        required = re.findall(r"^\s*(?:require\s+)?(\S+) v\d\S*", self._text, re.MULTILINE)
        return max((module for module in required if f"{package}/".startswith(f"{module}/")), key=len, default=package)

    def pinned(self, module: str) -> Version:
        """The version of `module` that go.mod pins. Raises SetupError when it pins none."""
        return self._stated(rf"^\s*(?:require\s+)?{re.escape(module)} (v\S+)")

    @property
    def required_go(self) -> Version:
        """The oldest Go that compiles the module: the `go` line of go.mod."""
        return self._stated(r"^go (\S+)")

    def _stated(self, pattern: str) -> Version:
        found = re.search(pattern, self._text, re.MULTILINE)
        version = Version.parse(found.group(1)) if found else None
        if version is None:
            raise SetupError(f"{self.folder / 'go.mod'} does not say the version that is looked for ({pattern}).")
        return version

    @property
    def _text(self) -> str:
        return _read(self.folder / "go.mod")


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """A Go, and the environment it runs in."""

    go: Path
    env: Mapping[str, str]


def cache_folder(env: Mapping[str, str]) -> Path:
    """This project's folder in the user's cache, whether or not it is there."""
    base = env.get("XDG_CACHE_HOME") or ""
    root = Path(base) if base.startswith("/") else Path(env.get("HOME") or Path.home()) / ".cache"
    return root / "oke-gpu-platform"


@contextmanager
def alone(folder: Path, name: str, progress: Progress) -> Iterator[None]:
    """Hold the lock on `folder`, made if need be; a second build of `name` waits here. The system drops it when its holder dies.

    Raises SetupError when the folder is not writable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / ".lock").open("w")
    except OSError as error:
        raise SetupError(
            f"{_capital(name)}'s cache {folder} is not writable ({error.strerror}). Set XDG_CACHE_HOME to a folder that is."
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with progress.step(f"Waiting for another set-up that is building {name}"):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def workplace(folder: Path, name: str, *, room_gib: float, stays_gib: float) -> Iterator[Path]:
    """A folder under `folder` to build `name` in, gone afterwards. To be entered with the lock held.

    Raises SetupError when less than `room_gib` GiB are free.
    """
    for left in folder.glob(".build-*"):  # of a build that was killed: the lock is held, so nobody is in there
        _drop(left)
    free = shutil.disk_usage(folder).free / 2**30
    if free < room_gib:
        raise SetupError(
            f"{folder} has {free:.1f} GiB free; building {name} takes {room_gib:.0f} GiB while it runs ({stays_gib:.1f} GiB stays)."
        )
    work = Path(tempfile.mkdtemp(prefix=".build-", dir=folder))
    try:
        yield work
    finally:
        _drop(work)


def find_go(oldest: Version, env: Mapping[str, str]) -> Path | None:
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
    return Path(go) if version is not None and version >= oldest else None


def toolchain(oldest: Version, work: Path, progress: Progress, python: Path | str, env: Mapping[str, str]) -> Toolchain:
    """A Go of at least `oldest`, installed into `work` with pip where there is none. Raises SetupError.

    Its caches go with `work`; it needs no C compiler, fetches no other Go and builds for this machine.
    """
    installed = find_go(oldest, env)
    (work / "tmp").mkdir()
    kept = {name: value for name, value in env.items() if name not in {"GOOS", "GOARCH", "GOFLAGS", "GOEXPERIMENT"}}
    settings = {
        **kept,
        "CGO_ENABLED": "0",
        "GOCACHE": str(work / "cache"),
        "GOFLAGS": "-modcacherw",
        "GOTMPDIR": str(work / "tmp"),
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }
    if installed is not None:  # who has Go keeps the modules for the next build
        return Toolchain(go=installed, env=settings)
    # Who has none gets nothing left behind, and keeps the proxy they set.
    config = Path(env.get("XDG_CONFIG_HOME") or Path(env.get("HOME") or Path.home()) / ".config")
    settings.setdefault("GOENV", str(config / "go" / "env"))
    settings["XDG_CONFIG_HOME"] = str(work / "config")  # where Go counts its own use
    settings["GOMODCACHE"] = str(work / "modules")
    settings.pop("GOROOT", None)
    with progress.step("Installing a Go compiler from the Python package index, for this build only"):
        run(
            "Installing a Go compiler",
            [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
             "--no-cache-dir", "--no-compile", "--target", work / "go", "-r", REQUIREMENTS],
        )  # fmt: skip
    return Toolchain(go=work / "go" / "go" / "bin" / "go", env=settings)


def build(module: Module, into: Path, using: Toolchain, progress: Progress, *, symbols: Mapping[str, str] | None = None) -> None:
    """Fetch the module's packages and compile its programs into the folder `into`. Raises SetupError.

    `symbols` are string variables that are set when the programs are linked: their versions, mostly.
    """
    packages = tuple(module.programs.values())
    with progress.step(f"Fetching {module.name}'s modules") as step:
        listed = run(
            f"Fetching {module.name}'s modules",
            [using.go, "list", "-deps", "-mod=readonly", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", *packages],
            cwd=module.folder, env=using.env, on_line=_Fetched(step), keep=None,
        )  # fmt: skip
    needed = frozenset(line for line in listed if line and not line.startswith("go: "))
    linked = " ".join(["-s -w", *(f"-X {name}={value}" for name, value in (symbols or {}).items())])
    with progress.step(f"Compiling {module.name} ({len(needed)} packages)") as step:
        compiled = _Compiled(step, needed)
        for program, package in module.programs.items():
            run(
                f"Compiling {module.name}",
                [using.go, "build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-v", "-ldflags", linked,
                 "-o", into / program, package],
                cwd=module.folder, env=using.env, on_line=compiled,
            )  # fmt: skip


def copy_data(module: Module, into: Path, using: Toolchain) -> None:
    """Copy what the module's `data` names into the folder `into`, under the same paths. To be called once its packages are fetched.

    Raises SetupError when the Go module lacks one of them.
    """
    if not module.data:
        return
    owner = module.owner(next(iter(module.programs)))
    listed = run(
        f"Finding {module.name}'s files", [using.go, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", owner],
        cwd=module.folder, env=using.env, keep=None,
    )  # fmt: skip
    source = Path(listed[-1])
    for name in module.data:
        if not (source / name).exists():
            raise SetupError(f"{owner} {module.pinned(owner)} has no {name}.")
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_dir():
            shutil.copytree(source / name, into / name, copy_function=shutil.copyfile)
        else:
            shutil.copyfile(source / name, into / name)


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


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _drop(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
