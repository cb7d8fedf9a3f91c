"""Which stack is meant, and the private copy of its file that a rehearsal runs on."""

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra import stack_file, yaml_nodes
from infra.problems import PlanError
from infra.project import PROJECT
from infra.stack_file import CONCEALED
from infra.yaml_nodes import MAPPING, TEXT, YamlError
from platformctl.errors import WrongInput
from policies.replacements import Acknowledgement, acknowledgements

__all__ = ["CONCEALED", "StackFile", "judged", "locate", "read", "rehearsable", "stacks"]

NAME = re.compile(r"Pulumi\.([A-Za-z0-9_.-]+)\.ya?ml")

KEYS_TO_SECRETS = ("encryptionsalt", "encryptedkey", "secretsprovider")

try:
    from yaml import CSafeDumper as Dumper
except ImportError:  # pragma: no cover - PyYAML built without libyaml
    from yaml import SafeDumper as Dumper  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class StackFile:
    name: str
    """Name of the stack: the middle of the file's name."""
    path: Path
    shown: str
    """What messages call it: the path as its user gave it, or the name of the file."""

    @property
    def directory(self) -> Path:
        return self.path.parent


def locate(stack: str, root: Path) -> StackFile:
    """The stack file that `stack` names: `dev` for Pulumi.dev.yaml in `root`, or a path. Raises WrongInput."""
    if "/" in stack or stack.endswith((".yaml", ".yml")):
        path = Path(stack).expanduser()
        if not path.is_absolute() and not _is_file(path):
            path = root / stack
        if not _is_file(path):
            raise WrongInput(f"{stack}: no such stack file. {_known(root)}")
        found = NAME.fullmatch(path.name)
        if found is None:
            raise WrongInput(f"{stack}: a stack file is called Pulumi.<stack>.yaml, and this one is not; rename it.")
        return StackFile(name=found.group(1), path=path.resolve(), shown=stack)
    for suffix in ("yaml", "yml"):
        path = root / f"Pulumi.{stack}.{suffix}"
        if _is_file(path):
            return StackFile(name=stack, path=path, shown=path.name)
    close = difflib.get_close_matches(stack, stacks(root), n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise WrongInput(f"{stack}: no such stack, for there is no {root / f'Pulumi.{stack}.yaml'}.{hint} {_known(root)}")


def _is_file(path: Path) -> bool:
    """Raises WrongInput where nobody can tell: a name too long for a file, a folder that is closed to us."""
    try:
        return path.is_file()
    except OSError as error:
        raise WrongInput(f"{path}: cannot be read ({error.strerror}).") from None


def stacks(root: Path) -> list[str]:
    """Names of the stacks that have a file in `root`."""
    return sorted(found.group(1) for path in root.glob("Pulumi.*.y*ml") if (found := NAME.fullmatch(path.name)))


def _known(root: Path) -> str:
    return f"Stacks here: {', '.join(stacks(root)) or 'none'}; or give the path of a stack file."


def read(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Raises WrongInput when there is none."""
    try:
        content = yaml_nodes.value(yaml_nodes.compose(_bytes(path)))
    except YamlError as error:
        raise WrongInput(*stack_file.located(path, str(path), "", error.problems)) from None
    if content is None:
        content = {}
    if not isinstance(content, dict):
        raise WrongInput(f"{path}: is {type(content).__name__}, but must be a mapping with a `config:` section.")
    return content


def judged(file: StackFile, project: str) -> str:
    """The text of a stack file of `project` that has the form of one. Raises WrongInput with every problem and its line."""
    raw = _bytes(file.path)
    try:
        root = stack_file.read(raw, project)
        if project == PROJECT and any(stack_file.pointed(root)):
            _typed(file)
    except PlanError as error:
        raise WrongInput(*stack_file.located(file.path, file.shown, project, error.problems)) from None
    return raw.decode("utf-8-sig")


def _typed(file: StackFile) -> None:
    """Read the settings here: the engine writes 2.0 as 2 into the copy, and the program would never see it. Raises StackFileError."""
    from stacks.config import load  # noqa: PLC0415 - pydantic and the models, for files that have such a number

    load(file.path)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(yaml_nodes.LARGEST + 1)
    except OSError as error:
        raise WrongInput(f"{path}: cannot be read ({error.strerror}).") from None


def acknowledged(file: StackFile, project: str) -> tuple[Acknowledgement, ...]:
    """What the stack file of the project called `project` lets go."""
    return acknowledgements(section(file, project, "acknowledge"))


def section(file: StackFile, project: str, name: str) -> Any:
    """A section of the stack file of the project called `project`, as it stands there; None where it has none."""
    config = read(file.path).get("config")
    sections = config if isinstance(config, dict) else {}
    return sections.get(f"{project}:{name}", sections.get(name))


def rehearsable(text: str, without: Collection[str] = KEYS_TO_SECRETS, **root: str) -> str:
    """The YAML mapping `text` without the root keys `without`, every secret in it replaced by CONCEALED, and `root` added.

    Scalars are left as they are written: the engine's YAML and Python's do not agree on `yes`, `1.30` or `0777`.
    """
    node = yaml_nodes.compose(text)
    if not isinstance(node, yaml.MappingNode):
        node = yaml.MappingNode(MAPPING, [])
    kept = [(key, stack_file.conceal(value)) for key, value in node.value if key.value not in without]
    added = [(yaml.ScalarNode(TEXT, key), yaml.ScalarNode(TEXT, value)) for key, value in root.items()]
    return str(yaml.serialize(yaml.MappingNode(MAPPING, [*kept, *added]), Dumper=Dumper))
