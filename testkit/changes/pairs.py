"""Random pairs of stack files: what `diff` says of the second over the first, held to what happens when it is brought up."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Literal

from platformctl.comparing import SEEN, compared
from platformctl.engine.failure import reasons
from platformctl.engine.session import OperationError, Session
from platformctl.engine.stackfile import StackFile
from testkit.changes.bases import base, merged
from testkit.changes.difference import differences
from testkit.changes.documents import Document, changed
from testkit.changes.generator import stack, step
from testkit.changes.rehearsed import file_of
from testkit.stack_files import ROOT

Verdict = Literal["green", "refused by the cloud", "refused when tried", "refused by policies"]
"""What `diff` says: the cloud's refusals show in its preview, or when it carries the change out. Policies refuse on purpose."""

BASES = ("lustre", "own-network", "imported", "flannel", "dev", "lustre", "prod", "imported", "workstation", "teams")
"""What pairs are drawn from, one after the other."""
FAR, NEAR = 6, 4
"""Changes of the first file from its base, and most changes of a second from the first."""
CHAIN = 10
"""Pairs of one session: what a pair has brought up is what the next one changes."""
STARTS = 5
"""Stack files that are drawn for a chain to begin with, before it is given up: some do not come up."""
TODAY = date(2026, 12, 1)


@dataclass(frozen=True, kw_only=True)
class Judged:
    name: str
    changed: tuple[str, ...]
    """Where the second file differs."""
    verdict: Verdict
    said: tuple[str, ...]
    """Why `diff` refuses it."""
    came_up: bool
    failed: tuple[str, ...]
    """Why it did not come up."""

    @property
    def right(self) -> bool:
        return self.verdict == "refused by policies" or self.came_up is (self.verdict == "green")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def judged(line: Mapping[str, Any]) -> Judged:
    """A pair as `to_json` gives it."""
    return Judged(
        name=line["name"],
        changed=tuple(line["changed"]),
        verdict=line["verdict"],
        said=tuple(line["said"]),
        came_up=line["came_up"],
        failed=tuple(line["failed"]),
    )


def judge(count: int, seed: int, skip: int = 0) -> Iterator[Judged]:
    """Pairs, each with what became of it. The same seed gives the same; `skip` leaves out the first, a multiple of CHAIN."""
    for chain in range(skip, count, CHAIN):
        yield from judge_chain(chain, seed, min(CHAIN, count - chain))


def judge_chain(first: int, seed: int, count: int = CHAIN) -> Iterator[Judged]:
    """The pairs of the chain that begins with the pair `first`, a multiple of CHAIN."""
    random = Random(f"{seed}-{first}")  # noqa: S311 - drawn again, not kept secret
    yield from _chain(random, BASES[first // CHAIN % len(BASES)], f"{seed}-{first}", count)


def _chain(random: Random, name: str, title: str, count: int) -> Iterator[Judged]:
    with TemporaryDirectory(prefix="pairs-") as made:
        folder = Path(made)
        left, starts = count, STARTS
        while left and starts:
            document = stack(random, _start(name), FAR)
            file = file_of(document, folder, name)
            with Session(ROOT, file, policies=True) as session:
                first = _judged(session, file, f"{title}-{count - left} {name}, new", _differing(_start(name), document))
                if not first.right:
                    yield first
                came_up = first.came_up
                while left and came_up:
                    document, keys = _next(random, document)
                    file = file_of(document, folder, name)
                    session.change(file)
                    pair = _judged(session, file, f"{title}-{count - left} {name}", keys)
                    left -= 1
                    yield pair
                    came_up = pair.came_up  # half a change is no stack to go on from
                starts -= not first.came_up


def _start(name: str) -> Document:
    """The stack that a chain is drawn from: one that policies do not refuse for what it costs, or before anything has changed."""
    rich = merged(base(name), {"spend": {"monthlyUsd": 1_000_000}})
    return changed(rich, ("cluster", "storage", "buckets"), {"models": {}}) if name == "lustre" else rich


def _next(random: Random, document: Document) -> tuple[Document, tuple[str, ...]]:
    keys: list[str] = []
    for _ in range(random.randint(1, NEAR)):
        document, key = step(random, document)
        keys.append(key)
    return document, tuple(keys)


def _judged(session: Session, file: StackFile, name: str, keys: tuple[str, ...]) -> Judged:
    verdict: Verdict = "green"
    said: tuple[str, ...] = ()
    try:
        plan = compared(session, file, today=TODAY)
    except OperationError as failed:
        verdict, said = "refused by the cloud", _why(failed)
    else:
        if plan.refusals:
            engine = any(violation.policy in SEEN for violation in plan.refusals)
            verdict = "refused by the cloud" if engine else "refused by policies"
            said = tuple(f"{violation.urn.rpartition('::')[2]}: {violation.policy}: {violation.message}" for violation in plan.refusals)
    failed_for: tuple[str, ...] = ()
    try:
        session.run("up", with_policies=verdict == "green")
    except OperationError as failed:
        failed_for = _why(failed)
        if verdict == "green" and not any(violation.refuses for violation in failed.outcome.log.violations):
            verdict = "refused when tried"  # as `diff` tries it, without policies
    return Judged(name=name, changed=keys, verdict=verdict, said=said, came_up=not failed_for, failed=failed_for)


def _why(failed: OperationError) -> tuple[str, ...]:
    program = failed.program
    return tuple(reasons(failed)) or ((program.message,) if program is not None else ("nothing was said",))


def _differing(before: Document, after: Document) -> tuple[str, ...]:
    return tuple(line.partition(":")[0].lstrip(".") for line in differences(before, after))
