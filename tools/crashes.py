"""`python -m tools.crashes [TYPE ...]`: kill the engine at every kind of step of the dev stack, and see that the stack comes back.

For each type the first resource of it, while an update creates it; for some of them also while it is changed, while it is destroyed, and
before the cloud was ever asked. Writes the table of docs/recover.md; with types, of those alone. The exit status is 1
where a stack does not come back.
"""

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from platformctl.engine import stackfile
from platformctl.engine.failure import reasons
from platformctl.engine.plan import type_of
from platformctl.engine.session import OperationError, Session
from simulator.simulated_state import Operation
from testkit import crashes

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "recover.md"
BEGIN, END = "<!-- begin: python -m tools.crashes -->", "<!-- end -->"
CHANGED = ("oci:ContainerEngine/cluster:Cluster", "oci:ContainerEngine/nodePool:NodePool")
SAMPLE = (*CHANGED, "oci:Core/vcn:Vcn", "oci:Core/subnet:Subnet", "oci:ObjectStorage/bucket:Bucket")
"""Types that more is tried of than their creation: a row takes the better part of a minute."""
BUILT_IN = ("pulumi:", "platform:")
"""Types that no cloud is asked for."""
OLD, NEW = "v1.34.2", "v1.35.2"


@dataclass(frozen=True, kw_only=True)
class Row:
    operation: str
    type: str
    killed: str
    """What the cloud had come to when the engine was killed."""
    by_hand: str
    back: str
    """`yes`, or what was said instead."""


def tried(only: Sequence[str]) -> Iterator[Row]:
    stack = stackfile.locate("dev", ROOT)
    urns = _first_of_each_type(stack)
    chosen = {type_: urn for type_, urn in urns.items() if not only or type_ in only}
    for type_, urn in chosen.items():
        yield _row("up", type_, urn, "create", stack, heard=True)
        if type_ in SAMPLE:
            yield _row("up", type_, urn, "create", stack, heard=False)
    for type_, urn in chosen.items():
        if type_ in CHANGED:
            yield _row("change", type_, urn, "update", stack, heard=True)
    for type_, urn in chosen.items():
        if type_ in SAMPLE:
            yield _row("destroy", type_, urn, "delete", stack, heard=True)


def _first_of_each_type(stack: stackfile.StackFile) -> dict[str, str]:
    with Session(ROOT, stack) as session:
        resources = session.preview().resources
    found: dict[str, str] = {}
    for resource in resources:
        if resource.custom and not resource.type.startswith(BUILT_IN):
            found.setdefault(resource.type, resource.urn)
    return found


def _row(operation: str, type_: str, urn: str, step: Operation, stack: stackfile.StackFile, *, heard: bool) -> Row:
    done = "done" if heard else "never asked"
    with Session(ROOT, stack, extra=crashes.EVERY_STEP) as session, tempfile.TemporaryDirectory() as folder:
        try:
            if operation != "up":
                session.run("up")
            if operation == "change":
                changed = Path(folder) / stack.path.name
                changed.write_text(stack.path.read_text(encoding="utf-8").replace(OLD, NEW), encoding="utf-8")
                session.change(stackfile.locate(str(changed), ROOT))
            again = "destroy" if operation == "destroy" else "up"
            left = crashes.killed(session, again, step, urn, heard=heard)
            if not left.reached:
                return Row(operation=operation, type=type_, killed="-", by_hand="-", back="the step was never reached")
            by_hand = ", ".join(crashes.recovered(session))
            session.run(again, *(("--ignore-protect",) if again == "destroy" else ()))
            back = "yes" if again == "destroy" or not session.preview().changes else "not the same as before"
        except OperationError as failed:
            return Row(operation=operation, type=type_, killed=done, by_hand="-", back="; ".join(reasons(failed)))
    return Row(operation=operation, type=type_, killed=done, by_hand=by_hand, back=back)


def table(rows: Sequence[Row]) -> str:
    """One row for all types that came out alike: what differs is what counts."""
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for row in rows:
        alike.setdefault((row.operation, row.killed, row.by_hand, row.back), []).append(row.type)
    lines = ["| killed in | the cloud had | types | by hand, before the same command | comes back |", "| --- | --- | --- | --- | --- |"]
    for (operation, killed, by_hand, back), types in alike.items():
        steps = " then ".join(f"`{step}`" for step in by_hand.split(", "))
        lines.append(f"| {operation} | {killed} | {len(types)}: {', '.join(sorted(_short(type_) for type_ in types))} | {steps} | {back} |")
    good = sum(row.back == "yes" for row in rows)
    return "\n".join([f"**{good} of {len(rows)} stacks came back.** The last run tried these:", "", *lines])


def _short(type_: str) -> str:
    return type_of(f"::::{type_}::").rpartition(":")[2]


def page(text: str, made: str) -> str:
    """The page with its table written anew."""
    return re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{made}\n{END}", text, flags=re.DOTALL)


def main(only: Sequence[str]) -> int:
    rows = []
    for row in tried(only):
        rows.append(row)
        sys.stdout.write(f"{row.operation:8} {row.type}: {row.killed}: {row.by_hand}: {row.back}\n")
        sys.stdout.flush()
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), table(rows)), encoding="utf-8")
    return 0 if all(row.back == "yes" for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
