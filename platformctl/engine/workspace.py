"""A rehearsal's folder: copies of the project's files, a backend of its own, a home of its own."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from infra import stack_file
from platformctl.engine import stackfile
from platformctl.engine.stackfile import StackFile
from platformctl.errors import Refused, WrongInput

# The language host is this tool, not one that the engine would start; the backend is the folder's own.
NOT_COPIED = ("main", "backend", "plugins", "packages")


def temporary(prefix: str) -> tempfile.TemporaryDirectory[str]:
    """A folder that goes with the command. Raises Refused where none can be written to."""
    try:
        return tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
    except FileNotFoundError:
        raise Refused("no temporary folder can be written to: make room on its disk, or name another folder in TMPDIR.") from None


@dataclass(frozen=True, kw_only=True)
class Project:
    """The project of a root directory: its settings file is copied, its program is run where it lies."""

    root: Path
    settings: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.settings["name"])

    @property
    def entry(self) -> Path:
        """The program's file, as the language host would find it."""
        main = self.root / str(self.settings.get("main", "."))
        return main if main.suffix == ".py" else main / "__main__.py"


def project(root: Path) -> Project:
    """The project in `root`. Raises WrongInput when there is none."""
    path = root / "Pulumi.yaml"
    if not path.is_file():
        raise WrongInput(f"{root}: no Pulumi.yaml here, so there is no project to rehearse.")
    settings = stackfile.read(path)
    if not isinstance(settings.get("name"), str):
        raise WrongInput(f"{path}: has no `name`.")
    return Project(root=root, settings=settings)


class Workspace:
    """Use as a context manager: the folder and all it holds is gone at its end."""

    def __init__(self, of: Project) -> None:
        self.project = of
        self._folder = temporary("rehearsal-")
        self.folder = Path(self._folder.name).resolve()
        self.directory = self.folder / "project"
        self.simulated = self.folder / "simulated.json"
        for path in (self.directory, self.folder / "home", self.folder / "state"):
            path.mkdir()
        self._pinned_by = ""
        self.settle(of)

    @property
    def backend(self) -> str:
        """URL of the folder that takes the engine's state."""
        return f"file://{self.folder / 'state'}"

    def settle(self, of: Project) -> None:
        """Copy the settings of a project in, over those that are there."""
        settings = (of.root / "Pulumi.yaml").read_text(encoding="utf-8")
        (self.directory / "Pulumi.yaml").write_text(stackfile.rehearsable(settings, NOT_COPIED), encoding="utf-8")

    def put(self, stack: StackFile, as_stack: str | None = None) -> str:
        """Copy a stack file in, without its secrets; over the one that is there when it is called the same. Returns the stack's name."""
        name = as_stack or stack.name
        text = stackfile.judged(stack, self.project.name)
        copy = self.directory / f"Pulumi.{name}.yaml"
        # The engine wrote its own salt there when it first ran; the state in the backend is encrypted with it.
        salt = {key: value for key, value in stackfile.read(copy).items() if key == "encryptionsalt"} if copy.exists() else {}
        copy.write_text(stackfile.rehearsable(text, **salt), encoding="utf-8")
        self._pin(stack, name)
        return name

    def _pin(self, stack: StackFile, name: str) -> None:
        """Copy the stack's lock of node images in. A stack file of another name that has none of its own goes on with the one there is."""
        lock, copy = stack_file.image_lock(stack.path), stack_file.image_lock(self.directory / f"Pulumi.{name}.yaml")
        if lock.is_file():
            copy.write_bytes(lock.read_bytes())
            self._pinned_by = stack.name
        elif stack.name == self._pinned_by:
            copy.unlink(missing_ok=True)

    def found(self, stack: str) -> None:
        """Found an empty stack in the folder's backend, as `pulumi stack init` would with another 0.3 s."""
        pulumi = self.folder / "state" / ".pulumi"
        state = pulumi / "stacks" / self.project.name / f"{stack}.json"
        state.parent.mkdir(parents=True, exist_ok=True)
        (pulumi / "meta.yaml").write_text("version: 1\n")
        state.write_text(json.dumps({"version": 3, "checkpoint": {"stack": f"organization/{self.project.name}/{stack}"}}))

    def remove(self) -> None:
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.remove()
