"""Finding blueprints, and reading them whole: the manifest, the notebook, and whether the two agree."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.problems import PlanError, Problem, did_you_mean, shown
from platformctl import section_file
from platformctl.blueprints import notebook
from platformctl.blueprints.machines import cheapest
from platformctl.blueprints.manifest import Manifest
from platformctl.blueprints.notebook import Notebook, Value

MANIFEST = "blueprint.yaml"
KEYS = "title, summary, licence, resources, budget and onCpu"
NAME = re.compile(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?")


class BlueprintError(PlanError):
    """Blueprints that cannot be used. Each problem names its file and line."""


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    name: str
    """Name of its folder."""
    folder: Path
    manifest: Manifest
    notebook: Notebook


def folders(places: Iterable[Path]) -> tuple[Path, ...]:
    """Folders of blueprints below the places, in order: whatever has a manifest or a notebook is one. Raises BlueprintError."""
    found: dict[str, Path] = {}
    problems: list[Problem] = []
    for place in places:
        if not place.is_dir():
            problems.append(Problem("", f"{place}: no such folder of blueprints"))
            continue
        inside = sorted(each for each in place.iterdir() if each.is_dir())
        own = [each for each in inside if (each / MANIFEST).exists() or (each / notebook.NAME).exists()]
        if not own and place.name:
            problems.append(Problem("", f"{place}: has no blueprints: folders with a {MANIFEST} and a {notebook.NAME}"))
        for folder in own:
            first = found.setdefault(folder.name, folder)
            if first != folder:
                problems.append(Problem("", f"{folder}: there is a blueprint {folder.name} in {first.parent} already; rename one"))
    if problems:
        raise BlueprintError(problems)
    return tuple(found.values())


def every(places: Iterable[Path]) -> tuple[Blueprint, ...]:
    """Raises BlueprintError with all that is wrong with all of them."""
    found: list[Blueprint] = []
    problems: list[Problem] = []
    for folder in folders(places):
        try:
            found.append(load(folder))
        except BlueprintError as error:
            problems += error.problems
    if problems:
        raise BlueprintError(problems)
    return tuple(found)


def load(folder: Path) -> Blueprint:
    """The blueprint in a folder. Raises BlueprintError with everything that is wrong with it."""
    file = folder / MANIFEST
    problems: list[Problem] = []
    if not NAME.fullmatch(folder.name):
        message = "is not a name of lower-case letters, digits and dashes, a letter first, at most 32 characters; rename the folder"
        problems.append(Problem("", f"{folder.name!r} {message}", 1, str(folder)))
    manifest, root, unread = section_file.read(file, Manifest, f"is missing; a blueprint has a {MANIFEST}", KEYS)
    wrong = section_file.located(file, root, _plain(unread))
    read, of_notebook = notebook.read(folder / notebook.NAME)
    problems += [*wrong, *of_notebook]
    if manifest is not None:
        found = [*_parameters(manifest, read), *_budget(manifest)] if read is not None else _budget(manifest)
        problems += section_file.located(file, root, found)
    if problems or manifest is None or read is None:
        raise BlueprintError(problems)
    return Blueprint(name=folder.name, folder=folder, manifest=manifest, notebook=read)


def _plain(problems: Iterable[Problem]) -> Iterator[Problem]:
    """One problem for a parameter, which may be of four kinds: pydantic has one for each of them."""
    reported: set[str] = set()
    for problem in problems:
        parts = problem.path.split(".")
        if parts[:2] == ["onCpu", "parameters"] and len(parts) == 4 and parts[3] in {"bool", "int", "float", "str"}:
            path = ".".join(parts[:3])
            if path not in reported:
                reported.add(path)
                yield Problem(path, "must be a number, text, true or false")
        else:
            yield problem


def _parameters(manifest: Manifest, read: Notebook) -> Iterator[Problem]:
    for name, value in manifest.on_cpu.parameters.items():
        problem = mismatch(read, name, value)
        if problem is not None:
            yield Problem(f"onCpu.parameters.{name}", problem)


def mismatch(read: Notebook, name: str, value: Value) -> str | None:
    """Why the notebook takes no such parameter; None where it does."""
    if name not in read.parameters:
        return f"the notebook has no such parameter; {did_you_mean(name, read.parameters)}it has {', '.join(read.parameters)}"
    own = read.parameters[name]
    if type(value) is not type(own) and not (type(own) is float and type(value) is int):
        return f"is {shown(value)}, but the notebook has {shown(own)} there; give a value of that kind"
    return None


def _budget(manifest: Manifest) -> list[Problem]:
    """A budget that not even the cheapest machine of the price book keeps to is none."""
    found = cheapest(manifest)
    if found is None:
        gpus = f"{manifest.resources.gpus} GPUs of {manifest.resources.gpu_memory_gib} GiB"
        return [Problem("resources", f"no machine of the price book has {gpus}; ask for less")] if manifest.resources.gpus else []
    if found.within(manifest):
        return []
    what = f"{manifest.budget.minutes} minutes on the cheapest machine that does, {found.machine.name}, cost ${found.usd:.2f}"
    return [Problem("budget.usd", f"is {manifest.budget.usd:g}, but {what}; raise it, or lower budget.minutes")]
