"""Programs that this project needs: found where they are, built once from their Go modules where they are not.

Looked for in this order: what the program's environment variable names; for some, one on PATH; what was built here before. The
versions wanted are those that the go.mod files pin. Standard library only.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolchain import go
from toolchain.go import Version
from toolchain.process import SetupError
from toolchain.progress import Progress

DATA = "data"
"""In a program's folder of the cache: what is kept of its Go module."""


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """Which program that was not built here is taken, and how it is named."""

    variable: str
    """Environment variable that names it."""
    folder_has: tuple[str, ...] = ()
    """Where the variable names a folder: what must be in it. The rest is taken from there when it is there."""
    on_path: bool = False
    """Whether one on PATH is taken."""
    oldest: Version | None = None
    """The oldest that will do; None: none older than the pinned one."""
    same_major: bool = False
    """Whether one of a later major version will not do."""
    described: str = ""
    """What will do, as a refusal says it: `a promtool that runs`."""
    advice: str
    """What to do where no build succeeds. May have {release} and {names} in it."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program, or several that are of use together only: a row of the table in programs.py."""

    key: str
    """As the command line takes it, and where nothing else is said, the name of its folder in the cache."""
    name: str
    """As messages say it: `the engine`."""
    modules: tuple[go.Module, ...]
    """What it is built from. The first program of the first module gives the whole its version."""
    room_gib: float
    """What a build takes while it runs, in GiB: Go, modules, build cache and link."""
    stays_gib: float = 0.1
    """What stays of it, in GiB."""
    cache: str = ""
    """Folder in the project's cache, where it is not `key`."""
    symbols: Mapping[str, str] = field(default_factory=dict)
    """String variables that are set when it is linked. Values may have {release}, {major} and {minor} in them."""
    asks: tuple[str, ...] = ("--version",)
    """Arguments with which it says its version. Empty where it cannot: then nobody asks what was built."""
    asks_env: Mapping[str, str] = field(default_factory=dict)
    """Environment that it is asked in, beside this process's own."""
    released_as: Callable[[Version], str] = str
    """What it says its version is, where that is not the module's version."""
    begins: str = "Building {name} {release} from its Go module, once"
    """What is said before a build."""
    elsewhere: Elsewhere | None = None
    """None where only what is built here is taken."""

    @property
    def names(self) -> tuple[str, ...]:
        """File names of the programs."""
        return tuple(name for module in self.modules for name in module.programs)

    @property
    def version(self) -> Version:
        """The version that is built: what go.mod pins."""
        return self.versions[self.names[0]]

    @property
    def versions(self) -> dict[str, Version]:
        """The version of each program."""
        return {name: module.version(name) for module in self.modules for name in module.programs}

    @property
    def release(self) -> str:
        """What it says its version is."""
        return self.released_as(self.version)


class ProgramError(SetupError):
    """A program is not to be had: why, and what to do."""


def find(program: Program, env: Mapping[str, str] = os.environ) -> Path | None:
    """The program to use; None when it is still to be built. Of several, the first. Builds nothing.

    Raises ProgramError when the variable names one that will not do: who sets it means it.
    """
    found = find_all(program, env)
    return found[program.names[0]] if found is not None else None


def find_all(program: Program, env: Mapping[str, str] = os.environ) -> dict[str, Path] | None:
    """Every program of the row, by its file name; None when some are still to be built. Raises ProgramError as `find` does."""
    found = {name: _find(program, name, env) for name in program.names}
    present = {name: place for name, place in found.items() if place is not None}
    return present if len(present) == len(found) else None


def ensure(program: Program, progress: Progress, python: Path | str = sys.executable, env: Mapping[str, str] = os.environ) -> Path:
    """The program to use, built now if there is none. Of several, the first. See `ensure_all`."""
    return ensure_all(program, progress, python, env)[program.names[0]]


def ensure_all(
    program: Program, progress: Progress, python: Path | str = sys.executable, env: Mapping[str, str] = os.environ
) -> dict[str, Path]:
    """Every program of the row, built now where they are missing: some minutes, once a machine and version.

    `python` needs pip: it brings Go where there is none. Raises ProgramError with what to do.
    """
    found = find_all(program, env)
    if found is not None:
        return found
    target = cached(program, env)
    try:
        with go.alone(target.parent, program.name, progress):
            missing = {name for name in program.names if _find(program, name, env) is None}
            if missing:  # unless another set-up built them while this one waited
                begins = program.begins.format(name=program.name, release=program.release)
                progress.say(f"{begins}, into {target}.")
                _build(program, missing, target, progress, python=python, env=env)
    except SetupError as error:
        advice = program.elsewhere.advice.format(release=program.release, names=", ".join(program.names)) if program.elsewhere else ""
        raise ProgramError(f"{error}\nOr {advice}: no build is needed then." if advice else str(error)) from error
    built = find_all(program, env)
    if built is None:
        raise ProgramError(f"{target} lacks programs after the build. Remove it and run the command again.")
    return built


def cached(program: Program, env: Mapping[str, str] = os.environ) -> Path:
    """The folder where it lies once it is built, whether or not it is. Another pin is another folder."""
    others = (f"-{name}-{version}" for name, version in program.versions.items() if version != program.version)
    return go.cache_folder(env) / (program.cache or program.key) / f"{program.version}{''.join(others)}"


def data(program: Program, env: Mapping[str, str] = os.environ) -> Path:
    """The folder with the files of the Go module that are kept beside the programs (`Module.data`), under their own paths."""
    return cached(program, env) / DATA


def version_of(program: Program, place: Path | str) -> Version | None:
    """What the program at `place` says its version is; None when it does not run or does not say."""
    env = {**os.environ, **program.asks_env}
    try:
        said = subprocess.run([place, *program.asks], capture_output=True, text=True, timeout=60, env=env, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return Version.parse(said.stdout)


def _find(program: Program, name: str, env: Mapping[str, str]) -> Path | None:
    found = _find_elsewhere(program, program.elsewhere, name, env) if program.elsewhere else None
    if found is not None:
        return found
    built = cached(program, env) / name
    return built if os.access(built, os.X_OK) else None


def _find_elsewhere(program: Program, elsewhere: Elsewhere, name: str, env: Mapping[str, str]) -> Path | None:
    if named := env.get(elsewhere.variable):
        return _in_folder(elsewhere, named, name) if elsewhere.folder_has else _named(program, elsewhere, named, env)
    if elsewhere.on_path and (installed := shutil.which(name, path=env.get("PATH"))) is not None:
        version = version_of(program, installed)
        if version is not None and _will_do(program, elsewhere, version):
            return Path(installed).absolute()
    return None


def _in_folder(elsewhere: Elsewhere, folder: str, name: str) -> Path | None:
    """The program in the folder that the variable names; None where it may be missing there, and is."""
    place = Path(folder) / name
    if os.access(place, os.X_OK):
        return place.absolute()
    if name in elsewhere.folder_has:
        raise ProgramError(
            f"{elsewhere.variable}={folder} has no {name} that runs. It must have {' and '.join(elsewhere.folder_has)}; "
            "correct it, or unset it to have everything built."
        )
    return None


def _named(program: Program, elsewhere: Elsewhere, named: str, env: Mapping[str, str]) -> Path:
    """The program that the variable names."""
    place = shutil.which(named, path=env.get("PATH"))
    version = version_of(program, place) if place is not None else None
    if place is not None and version is not None and _will_do(program, elsewhere, version):
        return Path(place).absolute()
    if version is not None and not elsewhere.same_major:  # else it may be too new as well, and `described` says what will do
        raise ProgramError(
            f"{elsewhere.variable}={named} is {version}; {elsewhere.oldest or program.version} or newer is needed. "
            f"Upgrade it, or unset {elsewhere.variable}."
        )
    built = "let the set-up find or build one" if elsewhere.on_path else "have one built"
    raise ProgramError(f"{elsewhere.variable}={named} is not {elsewhere.described}. Correct it, or unset it to {built}.")


def _will_do(program: Program, elsewhere: Elsewhere, version: Version) -> bool:
    oldest = elsewhere.oldest or program.version
    return version >= oldest and (version.major == oldest.major or not elsewhere.same_major)


def _build(program: Program, missing: Set[str], target: Path, progress: Progress, *, python: Path | str, env: Mapping[str, str]) -> None:
    pin = program.version
    values = {"release": program.release, "major": pin.major, "minor": pin.minor}
    symbols = {variable: value.format_map(values) for variable, value in program.symbols.items()}
    modules = [
        replace(module, programs=wanted)
        for module in program.modules
        if (wanted := {name: package for name, package in module.programs.items() if name in missing})
    ]
    with go.workplace(target.parent, program.name, room_gib=program.room_gib, stays_gib=program.stays_gib) as work:
        using = go.toolchain(max(module.required_go for module in modules), work, progress, python, env)
        (work / "bin").mkdir()
        for module in modules:
            go.build(module, work / "bin", using, progress, symbols=symbols)
            go.copy_data(module, work / DATA, using)
        for name in sorted(missing):
            _check(program, name, work / "bin" / name)
        target.mkdir(exist_ok=True)
        if (work / DATA).is_dir():  # first, so that who finds the programs finds it too
            shutil.rmtree(target / DATA, ignore_errors=True)
            (work / DATA).replace(target / DATA)
        for name in sorted(missing):
            (work / "bin" / name).replace(target / name)


def _check(program: Program, name: str, place: Path) -> None:
    """A registry's proxy may have anything under a version. Raises ProgramError."""
    if not program.asks:
        return
    wanted = program.released_as(program.versions[name])
    said = version_of(program, place)
    if said != Version.parse(wanted):
        called = name if len(program.names) > 1 else program.name.removeprefix("the ")
        raise ProgramError(f"The {called} that was built says it is {said}, not {wanted}.")
