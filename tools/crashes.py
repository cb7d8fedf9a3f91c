"""`python -m tools.crashes [--results FILE] [TYPE ...]`: kill the engine at every kind of step of the dev stack; the stack must come back.

For each type a resource of it while an update creates it, while a change updates it and while it is destroyed; each once when the cloud has
done what it was asked for, and once before it was ever asked. After each kill the state is recovered and the same command is given again,
which is where the next kill comes. Writes the table of docs/recover.md; with types, it tries those alone and writes nothing. With
--results, kills that the file has are taken from it, and those that it lacks are added to it, so that a run that was stopped goes on. The
exit status is 1 where a stack does not come back.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from infra.project import PROJECT
from platformctl.engine import stackfile
from platformctl.engine.failure import reasons
from platformctl.engine.plan import Plan, type_of
from platformctl.engine.session import OperationError, Session
from simulator.simulated_state import Operation
from testkit import crashes
from tools.marked import rewrite

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "recover.md"
COMMAND = "python -m tools.crashes"
STEPS: dict[str, Operation] = {"up": "create", "change": "update", "destroy": "delete"}
BUILT_IN = ("pulumi:", "platform:")
"""Types that no cloud is asked for."""
OLD, NEW = "v1.34.2", "v1.35.2"


@dataclass(frozen=True, kw_only=True)
class Kill:
    """A step at which the engine is to be killed, of any resource of a type."""

    type: str
    heard: bool
    """Whether the cloud had done it by then; or it was never asked."""


@dataclass(frozen=True, kw_only=True)
class Row:
    operation: str
    kill: Kill
    looked: bool
    """Whether somebody had to look for the id of what was made."""
    back: str
    """`yes`, or what was said instead."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def row(line: dict[str, Any]) -> Row:
    """A row as `to_json` gives it."""
    return Row(**{**line, "kill": Kill(**line["kill"])})


def tried(operation: str, only: Sequence[str], held: Sequence[Row] = ()) -> Iterator[Row]:
    """Every kill of an operation that is not `held`: as many in one session as it has steps for, and the rest in another."""
    stack = stackfile.locate("dev", ROOT)
    with tempfile.TemporaryDirectory() as folder:
        changed = _changed(stack, Path(folder))
        urns = _of_each_type(stack, changed, operation)
        known = {each.kill for each in held if each.operation == operation}
        kills = [Kill(type=type_, heard=heard) for type_ in urns for heard in (True, False) if not only or type_ in only]
        left = [kill for kill in kills if kill not in known]
        while left:
            rows = _session(operation, left, urns, stack, changed)
            yield from rows
            done = {each.kill for each in rows}
            left = [kill for kill in left if kill not in done]


def _changed(stack: stackfile.StackFile, folder: Path) -> stackfile.StackFile:
    """The stack with another version and another tag on everything that has tags."""
    document = yaml.safe_load(stack.path.read_text(encoding="utf-8").replace(OLD, NEW))
    config = document["config"]
    config[f"{PROJECT}:tags"]["team"] = "other"
    for pool in config[f"{PROJECT}:cluster"]["nodePools"].values():
        pool["cycling"] = "off"  # boot volumes carry no tags
    file = folder / stack.path.name
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return stackfile.locate(str(file), ROOT)


def _of_each_type(stack: stackfile.StackFile, changed: stackfile.StackFile, operation: str) -> dict[str, list[str]]:
    """The resources that the operation has a step for, by type, in the order in which they are made; for a destruction the other way."""
    with Session(ROOT, stack) as session:
        plan = session.preview()
        if operation == "change":
            session.run("up")
            session.change(changed)
            plan = session.preview()
    found: dict[str, list[str]] = {}
    for urn in _steps(plan, operation):
        found.setdefault(type_of(urn), []).append(urn)
    return dict(reversed(found.items())) if operation == "destroy" else found


def _steps(plan: Plan, operation: str) -> list[str]:
    """What the operation asks the cloud for: what goes with another is not asked for when everything is destroyed."""
    op = "update" if operation == "change" else "create"
    asked = [each for each in plan.resources if each.custom and not each.type.startswith(BUILT_IN) and each.op == op]
    return [each.urn for each in asked if operation != "destroy" or not each.options.deleted_with]


def _session(
    operation: str, kills: Sequence[Kill], urns: dict[str, list[str]], stack: stackfile.StackFile, changed: stackfile.StackFile
) -> list[Row]:
    """Kills that one session has steps for, each recovered from; then the operation to its end. At least one, reached or not."""
    again = "destroy" if operation == "destroy" else "up"
    flags = ("--ignore-protect",) if again == "destroy" else ()
    rows: list[Row] = []
    with Session(ROOT, stack, extra=crashes.EVERY_STEP) as session:
        if operation != "up":
            session.run("up")
        if operation == "change":
            session.change(changed)
        untouched = crashes.records(session)
        for kill in kills:
            urn = next((urn for urn in urns[kill.type] if _is_ahead(operation, urn, untouched, crashes.records(session))), None)
            if urn is None:
                continue
            left = crashes.killed(session, again, STEPS[operation], urn, heard=kill.heard)
            if not left.reached:  # done meanwhile, with nothing to kill; or it failed, of which the kill before is the cause
                if left.said and rows:
                    rows[-1] = replace(rows[-1], back="; ".join(left.said))
                return rows or [Row(operation=operation, kill=kill, looked=False, back="the step was never reached")]
            rows.append(Row(operation=operation, kill=kill, looked=urn in crashes.recovered(session), back="yes"))
        try:
            session.run(again, *flags)
            back = "yes" if again == "destroy" or not session.preview().changes else "not the same as before"
        except OperationError as failed:
            back = "; ".join(reasons(failed))
        if again == "destroy" and (forgotten := crashes.forgotten(session)):
            back = f"left behind: {', '.join(forgotten)}"
    if not rows:
        return [Row(operation=operation, kill=kill, looked=False, back="there is no such step") for kill in kills]
    return rows if back == "yes" else [*rows[:-1], replace(rows[-1], back=back)]


def _is_ahead(operation: str, urn: str, before: dict[str, object], now: dict[str, object]) -> bool:
    """Whether the step of a resource is still to come."""
    return urn not in now if operation == "up" else now.get(urn) == before.get(urn) is not None


def table(rows: Sequence[Row]) -> str:
    """One row for all types that came out alike: what differs is what counts."""
    alike: dict[tuple[str, bool, bool, str], list[str]] = {}
    for each in rows:
        alike.setdefault((each.operation, each.kill.heard, each.looked, each.back), []).append(each.kill.type)
    lines = ["| killed in | the cloud had | types | the id of what was made | comes back |", "| --- | --- | --- | --- | --- |"]
    for (operation, heard, looked, back), types in alike.items():
        ident = "was looked up, and given with `--made`" if looked else "was found, or there was none"
        names = ", ".join(sorted(_short(type_) for type_ in types))
        lines.append(f"| {operation} | {'done it' if heard else 'never been asked'} | {len(types)}: {names} | {ident} | {back} |")
    good = sum(each.back == "yes" for each in rows)
    return "\n".join([f"**After {good} of {len(rows)} kills the same command went through.** The last run tried these:", "", *lines])


def _short(type_: str) -> str:
    return type_.rpartition(":")[2]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog=COMMAND, description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("only", nargs="*", metavar="TYPE", help="types to try, alone")
    parser.add_argument("--results", type=Path, help="where the kills of each session are kept, a line each")
    chosen = parser.parse_args(arguments)
    rows = (
        [row(json.loads(line)) for line in chosen.results.read_text().splitlines()] if chosen.results and chosen.results.is_file() else []
    )
    for operation in STEPS:
        for each in tried(operation, chosen.only, rows):
            rows.append(each)
            what = "done" if each.kill.heard else "never asked"
            print(f"{operation:8} {each.kill.type}: {what}: {'given' if each.looked else 'by itself'}: {each.back}", flush=True)
            if chosen.results:
                with chosen.results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(each.to_json()) + "\n")
    if not chosen.only:
        rewrite(PAGE, COMMAND, table(rows))
    return 0 if all(each.back == "yes" for each in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
