"""A Pulumi stack file as text: its form, where a setting is written in it, which of it is secret. What it says is not looked at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

import yaml

from infra import yaml_nodes
from infra.problems import Problem
from infra.yaml_nodes import MERGE, YamlError

CONCEALED = "https://concealed.invalid/"
"""Stands for a secret where nobody may decrypt it: in previews of a fork, in rehearsals. A URL, as webhooks are the usual secret."""

NO_CONFIG = "has no `config:` mapping; see docs/config.md for what belongs there"

ROOT_KEYS = ("config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt")
"""Pulumi, "Stack settings file", 2026-11."""


IMAGE_LOCK = "images.lock"
"""No ending of YAML's: whatever looks for stack files takes every `Pulumi.*.yaml` for one."""


def image_lock(file: Path) -> Path:
    """The lock of node images that belongs to the stack file, `Pulumi.dev.images.lock`, whether or not it is there."""
    return file.with_name(f"{file.stem}.{IMAGE_LOCK}")


def read(raw: bytes | str, project: str) -> yaml.MappingNode:
    """The stack file in `raw`. Raises YamlError: not YAML, beyond a limit, or of another form. Its paths are those of the project."""
    try:
        root = yaml_nodes.compose(raw)
    except YamlError as error:
        raise YamlError(_of_project(problem, project) for problem in error.problems) from None
    if root is None:
        return yaml.MappingNode(yaml_nodes.MAPPING, [])
    if not isinstance(root, yaml.MappingNode):
        what = "a list" if isinstance(root, yaml.SequenceNode) else "text"
        raise YamlError([Problem("", f"is {what}, so it {NO_CONFIG}", yaml_nodes.line(root))])
    problems = [*(_of_project(problem, project) for problem in yaml_nodes.doubtful(root)), *_form(root, project)]
    if problems:
        raise YamlError(problems)
    return root


def _form(root: yaml.MappingNode, project: str) -> Iterator[Problem]:
    for key, item in root.value:
        at = yaml_nodes.line(key)
        if key.value not in ROOT_KEYS:
            close = get_close_matches(key.value, ROOT_KEYS, n=1)
            hint = f"did you mean {close[0]}? " if close else "settings belong under `config:`. "
            yield Problem(key.value, f"unknown key of a stack file, which Pulumi would ignore; {hint}allowed: {', '.join(ROOT_KEYS)}", at)
        elif key.value == "config" and isinstance(item, yaml.MappingNode):
            yield from _twice(item, project)
        elif key.value == "config" and yaml_nodes.value(item) is not None:
            yield Problem("", NO_CONFIG, at)


def _twice(config: yaml.MappingNode, project: str) -> Iterator[Problem]:
    """Keys that are given with the project's namespace and without it."""
    given: dict[str, tuple[str, int]] = {}
    for key, _ in config.value:
        space, name = split(key.value, project)
        at = yaml_nodes.line(key)
        if space == project:
            other, first = given.setdefault(name, (key.value, at))
            if other != key.value:
                yield Problem(name, f"is given twice, as {other} on line {first} and as {key.value} on line {at}; keep one", at)


def split(key: str, project: str) -> tuple[str, str]:
    """The namespace and the name of a key of `config:`: a plain one is the project's; `a:config:b` is `a:b` of old."""
    space, colon, name = key.partition(":")
    return (space, name.removeprefix("config:")) if colon else (project, key)


def _of_project(problem: Problem, project: str) -> Problem:
    """The problem at the path that the project's own messages have: `config.project:name` is `name`."""
    path = problem.path.removeprefix("config.").removeprefix(f"{project}:")
    return replace(problem, path=path)


def config(root: yaml.MappingNode) -> yaml.MappingNode | None:
    """The `config:` mapping of a stack file."""
    found = next((item for key, item in root.value if key.value == "config"), None)
    return found if isinstance(found, yaml.MappingNode) else None


def conceal(node: yaml.Node) -> yaml.Node:
    """The node with every encrypted value (`secure: ...`) replaced by CONCEALED."""
    if is_secret(node):
        return yaml.ScalarNode(yaml_nodes.TEXT, CONCEALED, node.start_mark, node.end_mark)
    if isinstance(node, yaml.MappingNode):
        return yaml.MappingNode(node.tag, [(key, conceal(item)) for key, item in node.value], node.start_mark, node.end_mark)
    if isinstance(node, yaml.SequenceNode):
        return yaml.SequenceNode(node.tag, [conceal(item) for item in node.value], node.start_mark, node.end_mark)
    return node


def is_secret(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and [key.value for key, _ in node.value] == ["secure"]


def secrets(node: yaml.Node, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where the encrypted values are."""
    if is_secret(node):
        yield above
    elif isinstance(node, yaml.MappingNode):
        for key, item in node.value:
            yield from secrets(item, above if key.tag == MERGE else (*above, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from secrets(item, (*above, index))


def pointed(node: yaml.Node, above: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], float]]:
    """Where a whole number is written as one that need not be (`2.0`, `1e3`), which the engine hands on as any other whole number."""
    if isinstance(node, yaml.ScalarNode):
        found = yaml_nodes.scalar(node)
        if isinstance(found, float) and found.is_integer():
            yield above, found
    elif isinstance(node, yaml.MappingNode):
        for key, item in node.value:
            yield from pointed(item, above if key.tag == MERGE else (*above, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from pointed(item, (*above, index))


def line_of(root: yaml.Node | None, project: str, path: str) -> int | None:
    """Line of the entry at `path` (`cluster.nodePools.a10`), or of the closest section that encloses it, `config:` at least."""
    if not isinstance(root, yaml.MappingNode) or not path:
        return None
    at = next((yaml_nodes.line(key) for key, _ in root.value if key.value == "config"), None)
    return line_within(config(root), path, (f"{project}:", f"{project}:config:", "")) or at


def line_within(node: yaml.Node | None, path: str, prefixes: Sequence[str] = ("",)) -> int | None:
    """Line of the entry of `node` at `path`, or of the closest that encloses it; None where none does. Its first key may have a prefix."""
    at = None
    while node is not None and path:
        found = _below(node, path, prefixes)
        if found is None:
            break
        at, node, path = found
        prefixes = ("",)
    return at


def _below(node: yaml.Node, path: str, prefixes: Sequence[str]) -> tuple[int, yaml.Node, str] | None:
    """Line and value of what `path` begins with in `node`, and the rest of the path. Keys may have dots: the longest one counts."""
    if isinstance(node, yaml.SequenceNode):
        head, _, rest = path.partition(".")
        item = node.value[int(head)] if head.isdecimal() and int(head) < len(node.value) else None
        return (yaml_nodes.line(item), item, rest) if item is not None else None
    if not isinstance(node, yaml.MappingNode):
        return None
    found = []
    for key, item in node.value:
        if key.tag == MERGE:
            merged = [
                each for part in (item.value if isinstance(item, yaml.SequenceNode) else [item]) if (each := _below(part, path, prefixes))
            ]
            found += [(-1, each) for each in merged[:1]]
        for prefix in prefixes:
            name = key.value.removeprefix(prefix)
            if key.value.startswith(prefix) and (path == name or path.startswith(f"{name}.")):
                found.append((len(name), (yaml_nodes.line(key), item, path[len(name) + 1 :])))
    return max(found, key=lambda each: each[0])[1] if found else None


class Located(str):
    """A problem as a line that an editor can follow, and what the line is made of, for machines."""

    file: str
    line: int
    problem: Problem

    def __new__(cls, text: str, file: str, line: int, problem: Problem) -> Self:
        made = super().__new__(cls, text)
        made.file, made.line, made.problem = file, line, problem
        return made


def located(file: Path, shown: str, project: str, problems: Sequence[Problem], *, names: bool = True) -> list[Located]:
    """The problems as lines that an editor can follow: `Pulumi.dev.yaml:29: cluster.region: ...`. `shown` names the file.

    Without `names`, their messages name the path themselves.
    """
    root: yaml.Node | None = None
    if any(problem.line is None and problem.path and not problem.file for problem in problems):
        try:
            root = yaml_nodes.compose(file.read_bytes())
        except (OSError, YamlError):
            root = None
    found = []
    for problem in problems:
        if problem.file:
            found.append(Located(str(problem), problem.file, problem.line or 1, problem))
        else:
            line = problem.line or line_of(root, project, problem.path) or 1
            found.append(Located(f"{shown}:{line}: {problem if names else problem.message}", shown, line, problem))
    return found


def document(root: yaml.MappingNode, project: str) -> dict[str, Any]:
    """Root keys of the project without their namespace, secrets concealed; keys of other namespaces as they are written."""
    found = config(root)
    given: Mapping[str, Any] = yaml_nodes.value(conceal(found)) if found is not None else {}
    named = {key: split(key, project) for key in given}
    return {name if space == project else key: given[key] for key, (space, name) in named.items()}
