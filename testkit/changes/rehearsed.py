"""Rows rehearsed: each base brought up once on the simulated cloud, and every change of it previewed from there."""

import contextlib
import shutil
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from platformctl.comparing import FAILS, compared, tried
from platformctl.engine import stackfile
from platformctl.engine.causes import GONE
from platformctl.engine.failure import reasons
from platformctl.engine.session import OperationError, Session
from platformctl.engine.stackfile import StackFile
from testkit.changes.documents import Document
from testkit.changes.effects import Effect, named, of_plan, refused
from testkit.changes.rows import Row, why
from testkit.stack_files import ROOT, write

SETTLED = ("refused", "no effect")
"""What needs not be carried out to be known."""


def rehearse(rows: Iterable[Row]) -> Iterator[tuple[Row, Effect]]:
    """Each row with what it does, those of one base together."""
    for group in _groups(rows):
        yield from _rehearsed(group)


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows that start from one stack."""
    shared: dict[str, list[Row]] = {}
    alone: list[list[Row]] = []
    for row in rows:
        if row.own_base:
            alone.append([row])
        else:
            shared.setdefault(row.base, []).append(row)
    yield from shared.values()
    yield from alone


def _rehearsed(rows: list[Row]) -> Iterator[tuple[Row, Effect]]:
    for row in rows:
        if row.refused:
            yield row, refused(f"the stack file's checks: {why(row.after).splitlines()[0]}")
    left = [row for row in rows if not row.refused]
    if not left:
        return
    with TemporaryDirectory(prefix="changes-") as name:
        folder = Path(name)
        with Session(ROOT, file_of(left[0].before, folder, left[0].base)) as session:
            session.run("up")
            for row in left:
                file = file_of(row.after, folder, row.base)
                session.change(file)
                yield row, _effect(session, file)


def _effect(session: Session, file: StackFile) -> Effect:
    try:
        plan = compared(session, file, policies=False, today=date.min)
    except OperationError as failed:
        return refused(reasons(failed)[0])
    effect = of_plan(plan)
    if effect.word in SETTLED or not any(resource.op in ("create", *GONE) for resource in plan.changes if resource.custom):
        return effect  # what is changed in place alone gets in nobody's way
    with _kept(session):
        stopped = [violation for violation in tried(session, plan).refusals if violation.policy == FAILS]
    if stopped:
        return refused(f"{named(plan.by_urn[stopped[0].urn]) if stopped[0].urn in plan.by_urn else 'the stack'}: {stopped[0].message}")
    return effect


@contextlib.contextmanager
def _kept(session: Session) -> Iterator[None]:
    """Whatever is done meanwhile, the stack and its cloud are afterwards as they were."""
    state = Path(urlsplit(session.environment["PULUMI_BACKEND_URL"]).path)
    with TemporaryDirectory(prefix="kept-") as name:
        shutil.copytree(state, Path(name) / "state")
        shutil.copy2(session.simulated, Path(name) / "cloud")
        yield
        shutil.rmtree(state)
        shutil.copytree(Path(name) / "state", state)
        shutil.copyfile(Path(name) / "cloud", session.simulated)


def file_of(document: Document, folder: Path, name: str) -> StackFile:
    """The stack file of a document, written into `folder`."""
    return stackfile.locate(str(write(document, folder / f"Pulumi.{name}.yaml")), ROOT)
