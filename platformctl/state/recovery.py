"""Settling what a killed engine left in the real state of a stack, with the engine's own export and import."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from platformctl.engine.workspace import temporary
from platformctl.errors import Refused, WrongInput
from platformctl.state.pending import CREATING, Pending, settled


def exported(engine: Path, root: Path, stack: str) -> dict[str, Any]:
    """The state of the stack, its secrets encrypted. Raises Refused."""
    state: dict[str, Any] = json.loads(_run(engine, root, stack, "stack", "export"))
    return state


def settle(engine: Path, root: Path, stack: str, state: Mapping[str, Any], made: Mapping[str, str]) -> None:
    """Put the state back with nothing pending and what was `made`, ids by URN, in it. Raises Refused."""
    with temporary("recovery-") as folder:
        file = Path(folder) / "state.json"
        file.write_text(json.dumps(settled(state, made)), encoding="utf-8")
        _run(engine, root, stack, "stack", "import", f"--file={file}")


def assigned(given: Sequence[str], found: Sequence[Pending]) -> dict[str, str]:
    """`NAME=ID` of the command line as ids by URN; the name is that of the program, or the URN. Raises WrongInput with all problems."""
    creating = [each for each in found if each.what == CREATING]
    made: dict[str, str] = {}
    problems = []
    for text in given:
        name, _, ident = text.partition("=")
        meant = [each for each in creating if name in (each.name, each.urn)]
        if not name or not ident:
            problems.append(f"--made {text}: must be NAME=ID, the id being the one that the cloud shows.")
        elif not meant:
            names = ", ".join(each.name for each in creating) or "nothing"
            problems.append(f"--made {text}: nothing of that name was being created; {names} was.")
        elif len(meant) > 1:
            problems.append(f"--made {text}: means {len(meant)} resources; give the URN: {', '.join(each.urn for each in meant)}.")
        elif meant[0].urn in made:
            problems.append(f"--made {text}: {name} is given twice.")
        else:
            made[meant[0].urn] = ident
    if problems:
        raise WrongInput(*problems)
    return made


def _run(engine: Path, root: Path, stack: str, *arguments: str) -> str:
    command = [str(engine), *arguments, f"--stack={stack}", "--non-interactive"]
    ran = subprocess.run(command, cwd=root, env=dict(os.environ), capture_output=True, text=True, check=False)
    if ran.returncode:
        raise Refused(f"`pulumi {' '.join(arguments[:2])}` failed:", ran.stderr.strip() or ran.stdout.strip())
    return ran.stdout
