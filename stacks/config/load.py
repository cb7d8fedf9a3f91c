"""Reading a stack: from its file, or from the configuration that Pulumi hands to the program."""

import json
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_origin

import pulumi
from pulumi.runtime import get_root_directory, is_config_secret
from pulumi.runtime.config import CONFIG, get_config_env
from pydantic import ValidationError

from infra import stack_file
from infra.problems import PlanError, Problem
from infra.project import PROJECT
from infra.yaml_nodes import DEEPEST, YamlError
from stacks.config import errors, secrets
from stacks.config.deprecations import current, written
from stacks.config.stack import Stack

PROVIDERS = ("oci", "kubernetes", "random")
"""Namespaces of the providers' own, which an environment of Pulumi's may set."""


PRIVATE = ("PRIVATE KEY-----", "PuTTY-User-Key-File")
"""What a private key has in it."""


_POINTED = re.compile(rb"(?m)[\s\[,][-+]?\d[\d_]*(\.0*|\.?\d*[eE][-+]?\d+)[ \t]*($|[,\]}#\r])")
"""A whole number with a point or an exponent."""


class StackFileError(PlanError):
    """A stack file cannot be used. `str()` gives every problem on a line of its own, with its place in the file."""

    def __init__(self, problems: Iterable[Problem], file: Path | None = None) -> None:
        super().__init__(problems)
        self.file = file

    def __str__(self) -> str:
        if self.file is None:
            return "\n".join(map(str, self.problems))
        return "\n".join(stack_file.located(self.file, self.file.name, PROJECT, self.problems))


def parse(document: Mapping[str, Any], file: Path | None = None, found: Iterable[Problem] = ()) -> Stack:
    """The stack that `document` (root keys without their namespace) describes. An empty section is one left out.

    Raises StackFileError with every problem at once, those that were `found` before among them.
    """
    unsayable = _unsayable(document)
    if unsayable:
        raise StackFileError([*found, *unsayable], file)
    sections = {field.alias or name for name, field in Stack.model_fields.items()}
    now = current({key: value for key, value in document.items() if key not in sections or value not in ({}, None)})
    wrong = [*found, *secrets.misplaced(secrets.concealed(document)), *now.problems]
    reported = {problem.path for problem in wrong}
    try:
        stack = Stack.model_validate_json(json.dumps(now.document, allow_nan=False), strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        mistakes = (written(problem, now.moved) for problem in errors.problems(error, Stack))
        wrong += [mistake for mistake in mistakes if mistake.path not in reported and not _repeats_a_secret(mistake, reported)]
    if wrong:
        raise StackFileError(wrong, file)
    return stack.with_old_keys(now.moved)


def _repeats_a_secret(mistake: Problem, reported: Collection[str]) -> bool:
    """Whether the mistake is of a section, and repeats a value in it that is reported to be a secret: the backend of a cluster."""
    return mistake.message.startswith("backend ") and f"{mistake.path}.backend" in reported


def _unsayable(document: Mapping[str, Any]) -> list[Problem]:
    """What may never stand in a stack file, what JSON cannot say, and what is too deep: not all of it comes from a file that was judged."""
    problems: list[Problem] = []
    left: list[tuple[str, int, Any]] = [("", 0, document)]
    while left:
        path, depth, value = left.pop()
        if depth > DEEPEST:
            problems.append(Problem(path.partition(".")[0], f"is more than {DEEPEST} mappings and lists deep; no setting is"))
            break
        if isinstance(value, Mapping):
            left += [(f"{path}.{key}" if path else str(key), depth + 1, item) for key, item in value.items()]
            problems += [Problem(path, f"the key {key!r} is not text; put it in quotes") for key in value if not isinstance(key, str)]
        elif isinstance(value, list | tuple):
            left += [(f"{path}.{index}", depth + 1, item) for index, item in enumerate(value)]
        elif isinstance(value, float) and not math.isfinite(value):
            problems.append(Problem(path, f"is {value}, but must be a number that there is"))
        elif isinstance(value, str) and any(mark in value for mark in PRIVATE):
            problems.append(Problem(path, "is a private key, which no stack file may hold; take it out, and no longer trust that key"))
        elif not isinstance(value, str | int | float | None):
            problems.append(Problem(path, f"is {value}, which is a date or another thing that a stack file cannot say; put it in quotes"))
    return problems


def load(file: Path) -> Stack:
    """The stack in `file`, secrets concealed.

    Raises StackFileError when the file is missing, is not YAML, or describes no stack.
    """
    given, problems = _own(_read(file))
    return parse(given, file, problems)


def document(file: Path) -> dict[str, Any]:
    """Root keys of the stack file without their namespace, secrets concealed. Raises StackFileError as `load` does."""
    given, problems = _own(_read(file))
    if problems:
        raise StackFileError(problems, file)
    return given


def _read(file: Path) -> dict[str, Any]:
    try:
        root = stack_file.read(file.read_bytes(), PROJECT)
    except FileNotFoundError:
        raise StackFileError([Problem("", f"{file}: no such stack file")]) from None
    except YamlError as error:
        raise StackFileError(error.problems, file) from None
    if stack_file.config(root) is None:
        raise StackFileError([Problem("", stack_file.NO_CONFIG)], file)
    return stack_file.document(root, PROJECT)


def from_pulumi() -> tuple[Stack, tuple[str, ...]]:
    """The stack that the engine was given, and a notice for each key that is deprecated or of no use. Raises StackFileError."""
    config = pulumi.Config(PROJECT)
    keys = {**get_config_env(), **CONFIG.get()}
    given = {name if space == PROJECT else key: key for key in keys for space, name in [stack_file.split(key, PROJECT)]}
    own, problems = _own(given)
    document = {name: _typed(name, config.require(name)) for name in own}
    _as_written(document)
    problems += secrets.misplaced(_encrypted(document))
    return parse(document, found=problems), (*_unread(given), *current(document).notices)


def _own(config: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Entries of this project, and a problem for each that nothing reads: one letter too many in the namespace loses a setting."""
    own = {key: value for key, value in config.items() if ":" not in key}
    spaces = {key: stack_file.split(key, PROJECT) for key in config if key not in own}
    return own, [Problem(key, _lost(*spaces[key])) for key in spaces if spaces[key][0] not in {"pulumi", *PROVIDERS}]


def _lost(space: str, name: str) -> str:
    sections = [field.alias or name for name, field in Stack.model_fields.items()]
    meant = bool(get_close_matches(space, [PROJECT], n=1)) or name in sections
    hint = f"did you mean {PROJECT}:{name}? Else take it out" if meant else f"keys of this project begin with {PROJECT}:; take it out"
    return f"the namespace {space or 'before the colon'} is not this project's, so nothing would read it; {hint}"


def _unread(config: Iterable[str]) -> tuple[str, ...]:
    found = ((key, key.partition(":")[0]) for key in config if ":" in key)
    return tuple(
        f"not read: {key} is for Pulumi's default providers, which this project does not use" for key, space in found if space in PROVIDERS
    )


def _encrypted(document: Mapping[str, Any]) -> Iterator[secrets.Place]:
    """Places of the stack's secrets. The engine tells the root keys that have some; where, only the stack file says."""
    roots = [key for key in document if is_config_secret(f"{PROJECT}:{key}")]
    if not roots:
        return
    written = list(_written_secrets())
    for root in roots:
        below = [place for place in written if place[0] == root]
        yield from below or ([(root,)] if isinstance(document[root], str) else secrets.free_text(document[root], (root,)))


def _as_written(document: dict[str, Any]) -> None:
    """Give whole numbers the point back that the engine took: what a file is refused for is refused here too."""
    for (*above, last), number in _written_points():
        with suppress(KeyError, IndexError, TypeError):  # the engine may have been told otherwise
            here: Any = document
            for part in above:
                here = here[part]
            if here[last] == number:
                here[last] = number


def _written_points() -> Iterator[tuple[secrets.Place, float]]:
    for raw in _own_files():
        if _POINTED.search(raw):
            root = stack_file.read(raw, PROJECT)
            for place, number in stack_file.pointed(stack_file.config(root) or root):
                yield (stack_file.split(str(place[0]), PROJECT)[1], *place[1:]), number


def _written_secrets() -> Iterator[secrets.Place]:
    for raw in _own_files():
        root = stack_file.read(raw, PROJECT)
        yield from (
            (stack_file.split(str(place[0]), PROJECT)[1], *place[1:]) for place in stack_file.secrets(stack_file.config(root) or root)
        )


def _own_files() -> Iterator[bytes]:
    """The stack file, where it lies beside the program. One that was named to the engine may lie anywhere."""
    try:
        folder = Path(get_root_directory() or ".")
    except Exception:  # noqa: BLE001 - an engine that does not say where it runs the program runs it there
        folder = Path()
    for ending in ("yaml", "yml"):
        file = folder / f"Pulumi.{pulumi.get_stack()}.{ending}"
        if file.is_file():
            yield file.read_bytes()


def _typed(key: str, text: str) -> Any:
    """Pulumi hands over text; mappings and lists come as JSON."""
    field = next((field for name, field in Stack.model_fields.items() if key == (field.alias or name)), None)
    if field is None or _is_text(field.annotation):
        return text
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text


def _is_text(annotation: Any) -> bool:
    """Whether a key of the root takes text alone, which may begin as a list or a mapping does."""
    return annotation is str or get_origin(annotation) is Literal
