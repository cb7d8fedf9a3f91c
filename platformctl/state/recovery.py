"""Settling what a killed engine left in the real state of a stack, with the engine's own export, import and refresh."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from platformctl.engine.workspace import temporary
from platformctl.errors import Refused, WrongInput
from platformctl.state.identities import Found, is_local, made_of, searched
from platformctl.state.listing import fitting, owner
from platformctl.state.pending import CREATING, Pending, known, pending, settled

Engine = Callable[..., str]
"""Runs a command of the engine on the stack, and returns what it printed: `engine("stack", "export")`. Raises Refused."""
SearchIn = Callable[[str, str], Sequence[Found]]
"""What is called by the first in the region of the second."""
List = Callable[[Pending], Sequence[Mapping[str, Any]]]
"""All that belong to the same as the resource does."""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Where a resource that was being created may be."""

    pending: Pending
    ident: str = ""
    """Empty where nobody knows of any."""
    how: str = ""
    """How the id was come by."""

    @property
    def unknown(self) -> bool:
        """Whether somebody has to look."""
        return self.pending.what == CREATING and not self.ident and not is_local(self.pending)


def exported(engine: Engine) -> dict[str, Any]:
    """The state of the stack, its secrets encrypted. Raises Refused."""
    state: dict[str, Any] = json.loads(engine("stack", "export"))
    return state


def traced(state: Mapping[str, Any], given: Mapping[str, str], search: SearchIn, listed: List) -> tuple[Trace, ...]:
    """Everything that was under way, with the ids of what was being created: those `given`, by URN, before all others. Raises Refused."""
    held = known(state)
    return tuple(_trace(each, given, search, listed, held) for each in pending(state))


def _trace(each: Pending, given: Mapping[str, str], search: SearchIn, listed: List, held: frozenset[str]) -> Trace:
    if each.what != CREATING:
        return Trace(pending=each)
    if each.urn in given:
        return Trace(pending=each, ident=given[each.urn], how="given")
    if ident := made_of(each):
        return Trace(pending=each, ident=ident, how="made of its name, if it is there")
    if ident := searched(each, lambda name: search(name, each.region), held):
        return Trace(pending=each, ident=ident, how="found by its name")
    if owner(each) and (ident := fitting(each, listed(each), held)):
        return Trace(pending=each, ident=ident, how="found by what it belongs to")
    return Trace(pending=each)


def settle(engine: Engine, state: Mapping[str, Any], traces: Sequence[Trace], refresh: Callable[[Sequence[str]], object]) -> None:
    """Take the lock away, put the state back with nothing pending and with what has an id, and have that filled in or dropped.

    `refresh` asks the cloud for the resources of these URNs. Raises Refused.
    """
    made = {trace.pending.urn: trace.ident for trace in traces if trace.ident}
    engine("cancel", "--yes")
    if traces:
        with temporary("recovery-") as folder:
            file = Path(folder) / "state.json"
            file.write_text(json.dumps(settled(state, made)), encoding="utf-8")
            engine("stack", "import", f"--file={file}")
    if made:
        refresh(sorted(made))


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


def real(engine: Path, root: Path, stack: str) -> Engine:
    """The engine on the stack of the checkout `root`, with the user's own environment."""
    return partial(_run, engine, root, stack)


def refreshing(engine: Engine) -> Callable[[Sequence[str]], object]:
    """Has the engine ask the cloud for some resources, and for no other. Raises Refused."""

    def refresh(urns: Sequence[str]) -> None:
        targets = [f"--target={urn}" for urn in urns]
        try:
            engine("refresh", "--yes", "--skip-preview", *targets)
        except Refused as failed:
            again = f"pulumi refresh {' '.join(targets)}"
            raise Refused(*failed.lines, f"The state is settled. Before the command that was killed: {again}") from failed

    return refresh


def _run(engine: Path, root: Path, stack: str, *arguments: str) -> str:
    command = [str(engine), *arguments, f"--stack={stack}", "--non-interactive"]
    ran = subprocess.run(command, cwd=root, env=dict(os.environ), capture_output=True, text=True, check=False)
    if ran.returncode:
        words = [word for word in arguments[:2] if not word.startswith("-")]
        raise Refused(f"`pulumi {' '.join(words)}` failed:", ran.stderr.strip() or ran.stdout.strip())
    return ran.stdout
