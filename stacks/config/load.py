"""Reading a stack: from its file, or from the configuration that Pulumi hands to the program."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime.config import CONFIG, get_config_env
from pydantic import ValidationError

from infra.problems import PlanError, Problem
from infra.project import PROJECT
from stacks.config import errors
from stacks.config.deprecations import current
from stacks.config.lines import line_of
from stacks.config.stack import Stack

CONCEALED = "https://concealed.invalid/"
"""Stands for a secret of the stack file where nobody may decrypt it: in previews of a fork, in rehearsals."""


class StackFileError(PlanError):
    """A stack file cannot be used. `str()` gives every problem on a line of its own, with its place in the file."""

    def __init__(self, problems: Iterable[Problem], file: Path | None = None) -> None:
        super().__init__(problems)
        self.file = file

    def __str__(self) -> str:
        if self.file is None:
            return "\n".join(map(str, self.problems))
        return "\n".join(f"{self.file.name}:{line_of(self.file, PROJECT, problem.path)}: {problem}" for problem in self.problems)


def parse(document: Mapping[str, Any], file: Path | None = None) -> Stack:
    """The stack that `document` (root keys without their namespace) describes. An empty section is one left out.

    Raises StackFileError with every problem at once.
    """
    now = current({key: value for key, value in document.items() if value not in ({}, None)})
    wrong = list(now.problems)
    try:
        stack = Stack.model_validate_json(json.dumps(now.document, default=str), strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        wrong += [now.written(problem) for problem in errors.problems(error, Stack)]
    if wrong:
        raise StackFileError(wrong, file)
    return stack


def load(file: Path) -> Stack:
    """The stack in `file`, secrets concealed.

    Raises StackFileError when the file is missing, is not YAML, or describes no stack.
    """
    return parse(document(file), file)


def document(file: Path) -> dict[str, Any]:
    """Root keys of the stack file without their namespace. Raises StackFileError as `load` does."""
    try:
        content = yaml.safe_load(file.read_text())
    except FileNotFoundError:
        raise StackFileError([Problem("", f"{file}: no such stack file")]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StackFileError([Problem("", f"{file} is not YAML: {' '.join(str(error).split())}")]) from None
    config = content.get("config") if isinstance(content, dict) else None
    if not isinstance(config, dict):
        raise StackFileError([Problem("", f"{file} has no `config:` mapping; see docs/config.md for what belongs there")])
    return _own({str(key): conceal(value) for key, value in config.items()})


def conceal(value: Any) -> Any:
    """`value` with every encrypted entry (`secure: ...`) replaced by CONCEALED."""
    if isinstance(value, Mapping):
        if set(value) == {"secure"}:
            return CONCEALED
        return {key: conceal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [conceal(item) for item in value]
    return value


def from_pulumi() -> tuple[Stack, tuple[str, ...]]:
    """The stack that the engine was given, and a notice for each deprecated key. Raises StackFileError."""
    given = _own({**get_config_env(), **CONFIG.get()})
    config = pulumi.Config(PROJECT)
    document = {key: _typed(key, config.require(key)) for key in given}
    return parse(document), current(document).notices


def _own(config: Mapping[str, Any]) -> dict[str, Any]:
    """Entries of this project's namespace: `oke-gpu-platform:cluster`, or plain `cluster`."""
    namespaced = {key: key.partition(":") for key in config}
    return {name or space: config[key] for key, (space, _, name) in namespaced.items() if not name or space == PROJECT}


def _typed(key: str, text: str) -> Any:
    """Pulumi hands over text; mappings and lists come as JSON."""
    field = next((field for name, field in Stack.model_fields.items() if key in (name, field.alias)), None)
    if field is None or not text.startswith(("{", "[")):
        return text
    return json.loads(text)
