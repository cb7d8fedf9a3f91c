"""A YAML file beside the stack file that is one section: read whole, every problem with its line."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from infra import stack_file, yaml_nodes
from infra.problems import Problem
from infra.section import Section
from infra.yaml_nodes import YamlError
from stacks.config import errors

S = TypeVar("S", bound=Section)


def read(file: Path, model: type[S], missing: str, keys: str) -> tuple[S | None, yaml.Node | None, list[Problem]]:
    """The section, or None and what is wrong with it, and the nodes that it was read from.

    `missing` is said of a file that is not there, `keys` of one that is no mapping: which keys it has.
    """
    try:
        root = _root(file, missing, keys)
        content = yaml_nodes.value(root)
    except YamlError as error:
        return None, None, [replace(problem, file=str(file)) for problem in error.problems]
    try:
        return model.model_validate_json(json.dumps(content), strict=True, by_alias=True, by_name=False), root, []
    except ValidationError as error:
        return None, root, list(errors.problems(error, model))


def located(file: Path, root: yaml.Node | None, problems: Iterable[Problem]) -> list[Problem]:
    """The problems with their lines in the file; those that name a file already are left as they are."""
    return [
        problem if problem.file else replace(problem, line=stack_file.line_within(root, problem.path) or 1, file=str(file))
        for problem in problems
    ]


def _root(file: Path, missing: str, keys: str) -> yaml.Node:
    """Raises YamlError: no file, not YAML, no mapping, or what a reader would misread."""
    try:
        root = yaml_nodes.compose(file.read_bytes())
    except FileNotFoundError:
        raise YamlError([Problem("", missing, 1)]) from None
    except OSError as error:
        raise YamlError([Problem("", f"cannot be read ({error.strerror})", 1)]) from None
    if not isinstance(root, yaml.MappingNode):
        raise YamlError([Problem("", f"must be a mapping with {keys}", 1)])
    doubtful = yaml_nodes.doubtful(root)
    if doubtful:
        raise YamlError(doubtful)
    return root
