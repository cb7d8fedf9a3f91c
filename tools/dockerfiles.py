"""Checks the images' Dockerfiles without a daemon: `python -m tools.dockerfiles`. What is not known to be harmless is refused.

Pinned by digest, packages locked with hashes, nothing fetched beside them, no secret in a layer, and not root at the end.
"""

import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.problems import Problem
from platformctl.root import ROOT

PINNED = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]+)?(/[a-z0-9._-]+)+:(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]*)@sha256:[0-9a-f]{64}")
SECRET = re.compile(r"(?i)(secret|token|password|passwd|credential|api_?key|private_?key)")
INSTRUCTIONS = ("FROM", "RUN", "COPY", "ENV", "USER", "WORKDIR", "LABEL", "ENTRYPOINT", "CMD")
PROGRAMS = ("apt-get", "rm", "python3", "pip")
"""What a RUN may call. None of them fetches what is not locked, with the words that `_command` asks of them."""
OPERATORS = {"&&"}


@dataclass(frozen=True)
class Instruction:
    line: int
    """Where it begins, from 1."""
    name: str
    rest: str


def instructions(text: str) -> Iterator[Instruction]:
    """Instructions with their lines joined, comments left out."""
    begun, parts = 0, list[str]()
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        begun = begun or number
        parts.append(line.removesuffix("\\").strip())
        if not line.endswith("\\"):
            yield _instruction(begun, " ".join(parts))
            begun, parts = 0, []
    if parts:
        yield _instruction(begun, " ".join(parts))


def _instruction(line: int, text: str) -> Instruction:
    name, _, rest = text.partition(" ")
    return Instruction(line=line, name=name.upper(), rest=rest.strip())


def problems(text: str, file: str) -> tuple[Problem, ...]:
    """Everything that is wrong with a Dockerfile."""
    found = list(instructions(text))
    messages = [*_directives(text), *((each.line, message) for each in found for message in _wrong(each)), *_whole(found)]
    return tuple(Problem("", message, line, file) for line, message in sorted(messages))


def _directives(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"#\s*(syntax|escape|check)\s*=", line, re.IGNORECASE):
            yield number, "a directive changes how the file is read, and brings a program that is not pinned; take it out"


def _wrong(each: Instruction) -> Iterator[str]:
    if each.name not in INSTRUCTIONS:
        yield f"{each.name} is not allowed; allowed: {', '.join(INSTRUCTIONS)}"
    elif each.name == "FROM":
        yield from _base(each.rest)
    elif each.name == "RUN":
        yield from _commands(each.rest)
    elif each.name == "COPY" and each.rest.startswith("--"):
        yield "COPY takes no options here: it copies what the repository has, by name"
    elif each.name in {"ENV", "LABEL"} and SECRET.search(each.rest.partition("=")[0]):
        yield f"{each.rest.partition('=')[0]} looks like a secret, which everybody who has the image could read; give it to the container"


def _base(rest: str) -> Iterator[str]:
    image = rest.split(" ", maxsplit=1)[0]
    found = PINNED.fullmatch(image)
    if found is None:
        yield f"{image} is not pinned; name host, path, version and digest: host/path:1.2.3@sha256: and 64 hexadecimal digits"
    elif found["tag"] == "latest":
        yield f"{image.split('@', 1)[0]}: latest says nothing of what it is; name the version"


def _commands(rest: str) -> Iterator[str]:
    lexer = shlex.shlex(rest, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:
        yield "RUN cannot be read: a quote is not closed"
        return
    command: list[str] = []
    for word in [*words, "&&"]:
        if word in OPERATORS:
            yield from _command(command)
            command = []
        elif set(word) & set("|;&<>()$`"):
            yield f"RUN has {word}; commands are joined by && alone, and nothing is worked out by the shell"
        else:
            command.append(word)


def _command(words: list[str]) -> Iterator[str]:
    program = words[0].rpartition("/")[2] if words else ""
    if program not in PROGRAMS:
        yield f"RUN calls {program or 'nothing'}; allowed: {', '.join(PROGRAMS)}"
    elif program == "apt-get" and words[1:2] == ["install"] and "--no-install-recommends" not in words:
        yield "apt-get install needs --no-install-recommends, or it brings what nobody asked for"
    elif program == "pip" and (words[1:2] != ["install"] or not {"--require-hashes", "-r"} <= set(words)):
        yield "pip may only install a lock: pip install --require-hashes -r FILE"
    elif program == "python3" and words[1:3] != ["-m", "venv"]:
        yield "python3 may only make an environment: python3 -m venv FOLDER"


def _whole(found: list[Instruction]) -> Iterator[tuple[int, str]]:
    if not found or found[0].name != "FROM":
        yield 1, "does not begin with FROM"
    if sum(each.name == "FROM" for each in found) > 1:
        yield found[-1].line, "has several stages, which are not looked at here; use one"
    users = [each for each in found if each.name == "USER"]
    last = users[-1] if users else None
    if last is None or not re.fullmatch(r"[1-9][0-9]*(:[1-9][0-9]*)?", last.rest):
        line, said = (last.line, last.rest) if last else (1, "nobody")
        yield line, f"ends as {said}; the last USER must be a number that is not 0, so that a cluster sees that it is not root"


def main(files: Iterable[Path]) -> int:
    wrong = [problem for file in files for problem in problems(file.read_text(encoding="utf-8"), str(file.relative_to(ROOT)))]
    for problem in wrong:
        print(problem)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sorted((ROOT / "images").glob("*/Dockerfile"))))
