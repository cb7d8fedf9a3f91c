"""A stack's lock file of node images, `Pulumi.<stack>.images.lock`: where it is, and reading it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pulumi
import yaml
from pulumi.runtime import get_root_directory
from pydantic import ValidationError

from infra import stack_file, yaml_nodes
from infra.oke.images.lock import ImageLock
from infra.problems import Problem
from infra.yaml_nodes import YamlError
from stacks.config import errors
from stacks.config.load import StackFileError

UPDATE = "platformctl images update"


def update(stack: str) -> str:
    """The command that writes it."""
    return f"{UPDATE} {stack}"


@dataclass(frozen=True, kw_only=True)
class LockFile:
    """A stack's lock, as its file has it."""

    stack: str
    path: Path
    lock: ImageLock

    @property
    def update(self) -> str:
        """The command that writes it."""
        return update(self.stack)

    def located(self, problems: Iterable[Problem]) -> list[Problem]:
        """The problems, which were found in the lock, with the file and their lines."""
        try:
            root = yaml_nodes.compose(self.path.read_bytes())
        except (OSError, YamlError):
            root = None
        return _located(problems, root, self.path.name)


def from_pulumi() -> LockFile | None:
    """The lock of the stack that the engine runs, None where it has none. Raises StackFileError."""
    try:
        folder = Path(get_root_directory() or ".")
    except Exception:  # noqa: BLE001 - an engine that does not say where it runs the program runs it there
        folder = Path()
    return read(stack_file.image_lock(folder / f"Pulumi.{pulumi.get_stack()}.yaml"), pulumi.get_stack())


def read(file: Path, stack: str) -> LockFile | None:
    """The lock in `file`, None where there is none. Raises StackFileError with every problem and its line."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(yaml_nodes.LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StackFileError([Problem("", f"cannot be read ({error.strerror})", 1, file.name)]) from None
    fix = f"take it from git, or delete it and run `{update(stack)}`"
    try:
        root = yaml_nodes.compose(raw)
    except YamlError as error:
        raise StackFileError(Problem(each.path, f"{each.message}; {fix}", each.line, file.name) for each in error.problems) from None
    if not isinstance(root, yaml.MappingNode):
        raise StackFileError([Problem("", f"is not a lock file: it holds no mapping; {fix}", 1, file.name)])
    doubtful = yaml_nodes.doubtful(root)
    if doubtful:
        raise StackFileError(Problem(each.path, f"{each.message}; {fix}", each.line, file.name) for each in doubtful)
    try:
        lock = ImageLock.model_validate_json(json.dumps(yaml_nodes.value(root)), strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        raise StackFileError(_located(errors.problems(error, ImageLock), root, file.name, f"; {fix}")) from None
    return LockFile(stack=stack, path=file, lock=lock)


def _located(problems: Iterable[Problem], root: yaml.Node | None, file: str, more: str = "") -> list[Problem]:
    return [Problem(each.path, f"{each.message}{more}", stack_file.line_within(root, each.path) or 1, file) for each in problems]
