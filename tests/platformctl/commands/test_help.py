"""Help that works: every command has an example that its own parser takes, completion, a version, and a clean end at Ctrl-C."""

import os
import re
import shlex
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from platformctl.cli import app
from platformctl.version import VERSION

HOUSE = Path(__file__).resolve().parents[3]
Run = Callable[..., Any]


def leaves(command: Any, *names: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not hasattr(command, "list_commands"):
        yield names, command
        return
    for name in command.list_commands(None):
        yield from leaves(command.get_command(None, name), *names, name)


HEARS = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
"""Tests that a shell runs in the background hand on that Ctrl-C is ignored."""
COMMANDS = dict(leaves(get_command(app)))


@pytest.mark.parametrize("names", COMMANDS, ids=" ".join)
def test_the_help_has_an_example_that_the_parser_takes(names: tuple[str, ...]) -> None:
    said = re.search(r'Example: (?:eval "\$\()?platformctl ([^")\n]+)', COMMANDS[names].help or "")
    assert said is not None, "end the docstring with a line `Example: platformctl ...`"
    words = shlex.split(said[1])
    assert tuple(words[: len(names)]) == names
    with COMMANDS[names].make_context(" ".join(names), words[len(names) :]):
        pass


def test_a_wrong_example_would_be_seen() -> None:
    with pytest.raises(Exception, match=r"--nothing"):
        COMMANDS["preview",].make_context("preview", ["dev", "--nothing"])


@pytest.mark.parametrize("names", [("preview",), ("state",), ("state", "url"), ()], ids=" ".join)
def test_help_has_a_short_name(names: tuple[str, ...]) -> None:
    answers = [_ran(*names, option).stdout for option in ("-h", "--help")]
    assert answers[0] == answers[1]
    assert answers[0].startswith("Usage: platformctl")


def test_the_version_is_the_packages() -> None:
    assert _ran("--version").stdout == f"platformctl {VERSION}\n"
    assert tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["version"] == VERSION


@pytest.mark.parametrize(("typed", "offered"), [("pre", "preview"), ("preview d", "dev"), ("cost prod --ho", "--hours")])
def test_a_shell_completes_commands_stacks_and_options(typed: str, offered: str) -> None:
    words = f"platformctl {typed}"
    asked = {"_PLATFORMCTL_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    assert offered in _ran(environment=asked).stdout.split()


@pytest.mark.engine
def test_ctrl_c_ends_cleanly_and_says_so(project: Path) -> None:
    command = [sys.executable, "-m", "platformctl", "timeline", "sample", "--seconds", "60", "--root", str(project)]
    running = subprocess.Popen(
        [sys.executable, "-c", HEARS, *command],
        cwd=HOUSE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stderr is not None
    for line in running.stderr:
        if line.startswith("Bringing"):
            break
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=120)
    assert running.returncode == 130
    assert said.splitlines()[-1] == "interrupted: timeline has no answer. What it had started is ended; give it again."
    assert "Traceback" not in said
    assert _members(running.pid) == []


def _members(group: int) -> list[int]:
    """Processes of the session that are still there."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            session = os.getsid(int(entry.name))
        except ProcessLookupError:
            continue
        if session == group:
            found.append(int(entry.name))
    return found


def _ran(*arguments: str, environment: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "platformctl", *arguments]
    return subprocess.run(command, cwd=HOUSE, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False)
