"""`platformctl state`: where a stack's state is kept, and making that place, and what to do with it after a crash.

`bootstrap` touches the real cloud, and asks.
"""

import dataclasses
import json
import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.project import PROJECT
from platformctl.arguments import AsJson, Root, Stack
from platformctl.commands import plain
from platformctl.engine.stackfile import locate
from platformctl.errors import WrongInput
from platformctl.root import ROOT
from platformctl.state.location import StateLocation, environment, url
from platformctl.state.report import Outcome, Report, StateError

if TYPE_CHECKING:
    from platformctl.state.recovery import Trace

COLOURS = {Outcome.GOOD: "green", Outcome.CHANGED: "cyan", Outcome.NOT_SHOWN: "yellow", Outcome.REFUSED: "red"}

app = plain(help="Where a stack's state is kept: a versioned bucket in OCI Object Storage.", no_args_is_help=True)

Endpoint = Annotated[str | None, typer.Option(help="Another S3 store than the region's own.", metavar="URL")]


def location(stack: str) -> StateLocation:
    """Where the stack file says that its state is kept. Raises WrongInput when it does not say, and StackFileError."""
    from stacks.config import load  # noqa: PLC0415 - pydantic and the models, for the two commands that read a stack file

    file = locate(stack, ROOT).path
    state = load(file).state
    if state is None:
        raise WrongInput(f"{file.name} has no `state` section. Add one with bucket, namespace and region; see docs/config.md.")
    return StateLocation(bucket=state.bucket, region=state.region, namespace=state.namespace, prefix=state.prefix)


@app.command("url")
def show(stack: Stack, as_json: AsJson = False, endpoint_url: Endpoint = None) -> None:
    """Print the URL of the stack's state and what else the engine needs, for `eval` in a shell. Asks nobody.

    Example: eval "$(platformctl state url prod)"
    """
    place = _place(stack, endpoint_url)
    if as_json:
        typer.echo(json.dumps({"url": url(place), "environment": environment(place)}, indent=2))
        return
    for name, value in environment(place).items():
        # Keys are the user's to set: a line that `eval` passes over says which.
        typer.echo(f"# export {name}={value}" if value.startswith("<") else f"export {name}={shlex.quote(value)}")


@app.command("bootstrap")
def make(
    stack: Stack,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    endpoint_url: Endpoint = None,
) -> None:
    """Make the real bucket for the stack's state: created if missing, versioned, closed to strangers. Deletes nothing.

    Example: platformctl state bootstrap prod
    """
    from platformctl.state.bootstrap import bootstrap  # noqa: PLC0415 - boto3 takes a while, and only this command needs it
    from platformctl.state.store import connect  # noqa: PLC0415

    place = _place(stack, endpoint_url)
    if not yes:
        typer.confirm(
            f"This creates or changes the bucket {place.bucket} at {place.s3_endpoint}, with the keys in the environment. Go on?",
            abort=True,
            err=True,
        )
    try:
        report = bootstrap(place, connect(place))
    except StateError as error:
        raise _stop(error) from error
    if as_json:
        typer.echo(json.dumps(_document(report), indent=2))
    else:
        _print(report)
    if not report.ready:
        raise typer.Exit(1)


@app.command("recover")
def recover(
    stack: Stack,
    *,
    made: Annotated[
        list[str] | None, typer.Option(help="What was created after all, with the id that the cloud shows for it.", metavar="NAME=ID")
    ] = None,
    search: Annotated[bool, typer.Option(help="Look for what was being created with `oci search`, if `oci` is on PATH.")] = True,
    refresh: Annotated[bool, typer.Option(help="Have the engine ask the cloud for what was found.")] = True,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    root: Root = ROOT,
) -> None:
    """After an update that was killed: take its lock away, show what the state has not seen the end of, and settle it.

    Changes the state, and no cloud.

    Example: platformctl state recover prod
    """
    from platformctl.engine.session import found_engine  # noqa: PLC0415
    from platformctl.state import listing, recovery, searching  # noqa: PLC0415
    from platformctl.state.pending import pending  # noqa: PLC0415

    file = locate(stack, root)
    engine = recovery.real(found_engine(dict(os.environ))(), root, file.name)
    state = recovery.exported(engine)
    given = recovery.assigned(made or (), pending(state))
    traces = recovery.traced(
        state,
        given,
        lambda name, region: searching.search(name, os.environ, region) if search else (),
        lambda each: listing.listed(each, os.environ) if search else (),
    )
    rows = [_row(trace) for trace in traces]
    if as_json:
        typer.echo(json.dumps({"stack": file.name, "pending": rows}, indent=2))
    elif rows:
        _print_pending(rows)
    else:
        typer.echo(f"{file.name}: the state has seen the end of everything.")
    if as_json and not yes:
        return
    if any(trace.unknown for trace in traces) and not yes:
        typer.echo("What is left without an id is taken not to be there: look it up in the cloud first, and give it with --made.", err=True)
    if not yes:
        what = f"Settle the state of {file.name} so, and take" if rows else "Take"
        typer.confirm(f"{what} away the lock, if there is one? Nobody else may be updating the stack.", abort=True, err=True)
    recovery.settle(engine, state, traces, recovery.refreshing(engine) if refresh else lambda urns: None)
    then = "" if refresh or not any(trace.ident for trace in traces) else "`pulumi refresh`, then "
    typer.echo(f"Settled. Next: {then}the command that was killed.", err=True)


@app.command("lock")
def lock(
    stack: Stack,
    *,
    take_away: Annotated[bool, typer.Option("--break", help="Take away the locks that are shown.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    endpoint_url: Endpoint = None,
) -> None:
    """Show who is updating the stack, and since when; take a stale lock away. Exit code 1 while there is one.

    Example: platformctl state lock prod
    """
    from platformctl.state import locks  # noqa: PLC0415 - boto3 takes a while
    from platformctl.state.store import connect  # noqa: PLC0415

    place, name = _place(stack, endpoint_url), locate(stack, ROOT).name
    client, now = connect(place), datetime.now(UTC)
    with _refusing():
        found = locks.held(place, client, PROJECT, name)
    rows = [{"owner": each.owner, "since": each.since.isoformat() if each.since else None, "age": each.age(now)} for each in found]
    if as_json:
        typer.echo(json.dumps({"stack": name, "locks": rows}, indent=2))
    elif not found:
        typer.echo(f"{name}: nobody is updating it.")
    for each in () if as_json else found:
        typer.echo(f"{name} is locked by {each.owner} for {each.age(now)}.")
    if not found:
        return
    if not take_away:
        raise typer.Exit(1)
    if not yes:
        typer.confirm("Take it away? Where the owner is still at work, two updates would write over each other.", abort=True, err=True)
    with _refusing():
        locks.broken(place, client, found)
    typer.echo(f"Taken away. Next: platformctl state recover {name}, which settles what the update left.", err=True)


@app.command("versions")
def list_versions(stack: Stack, as_json: AsJson = False, endpoint_url: Endpoint = None) -> None:
    """List the versions of the state that the bucket keeps, the newest first.

    Example: platformctl state versions prod
    """
    from platformctl.state import versions  # noqa: PLC0415 - boto3 takes a while
    from platformctl.state.store import connect  # noqa: PLC0415

    place, name = _place(stack, endpoint_url), locate(stack, ROOT).name
    with _refusing():
        found = versions.versions(place, connect(place), PROJECT, name)
    if as_json:
        rows = [{**dataclasses.asdict(each), "written": each.written.isoformat()} for each in found]
        typer.echo(json.dumps({"stack": name, "versions": rows}, indent=2))
        return
    for each in found:
        mark = "  the state as it is" if each.current else ""
        typer.echo(f"{each.written:%Y-%m-%d %H:%M:%S}  {each.size:>9,} bytes  {each.ident}{mark}")


@app.command("snapshot")
def snapshot(
    stack: Stack,
    to: Annotated[Path, typer.Option("--to", help="Write it to this file, which must not be there.", metavar="FILE")],
    version: Annotated[str | None, typer.Option(help="As it was: an id of `state versions`.", metavar="ID")] = None,
    endpoint_url: Endpoint = None,
) -> None:
    """Copy the state to a file, for `state restore`. Secrets in it stay encrypted.

    Example: platformctl state snapshot prod --to prod-state.json
    """
    from platformctl.state import versions  # noqa: PLC0415 - boto3 takes a while
    from platformctl.state.store import connect  # noqa: PLC0415

    place, name = _place(stack, endpoint_url), locate(stack, ROOT).name
    with _refusing():
        state = versions.content(place, connect(place), PROJECT, name, version)
    wrong = versions.problem(state, PROJECT, name)
    if wrong:
        typer.echo(f"warning: the state {wrong}; it is copied as it is.", err=True)
    try:
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(state)
    except FileExistsError:
        raise WrongInput(f"--to {to}: is there already, and nothing is overwritten; name another file.") from None
    except OSError as error:
        raise WrongInput(f"--to {to}: cannot be written ({error.strerror}).") from None
    typer.echo(f"wrote {to}: {len(state):,} bytes", err=True)


@app.command("restore")
def restore(
    stack: Stack,
    *,
    version: Annotated[str | None, typer.Option(help="An id of `state versions`.", metavar="ID")] = None,
    source: Annotated[Path | None, typer.Option("--from", help="A file that `state snapshot` wrote.", metavar="FILE")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    endpoint_url: Endpoint = None,
) -> None:
    """Put an earlier state in the place of the one that is there, which stays a version. Changes no cloud.

    Example: platformctl state restore prod --from prod-state.json
    """
    from platformctl.state import versions  # noqa: PLC0415 - boto3 takes a while
    from platformctl.state.store import connect  # noqa: PLC0415

    if (version is None) == (source is None):
        raise WrongInput("restore needs what to restore: --version ID, or --from FILE.")
    place, name = _place(stack, endpoint_url), locate(stack, ROOT).name
    client = connect(place)
    if source is not None:
        try:
            state = source.read_bytes()
        except OSError as error:
            raise WrongInput(f"--from {source}: cannot be read ({error.strerror}).") from None
    else:
        with _refusing():
            state = versions.content(place, client, PROJECT, name, version)
    wrong = versions.problem(state, PROJECT, name)
    if wrong:
        raise WrongInput(f"{f'--from {source}' if source else f'--version {version}'}: {wrong}.")
    if not yes:
        typer.confirm(
            f"Put it in the place of the state of {name} in {place.bucket}? Nobody may be updating the stack.", abort=True, err=True
        )
    with _refusing():
        versions.restored(place, client, PROJECT, name, state)
    typer.echo("Restored. Next: `pulumi refresh`, which has the engine ask the cloud what is there by now.", err=True)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except StateError as error:
        raise _stop(error) from error


def _row(trace: "Trace") -> dict[str, str | None]:
    each = trace.pending
    found = {"id": trace.ident or None, "how": trace.how or None}
    return {"what": each.what, "type": each.type, "name": each.name, "called": each.called, **found, "urn": each.urn}


def _print_pending(rows: Sequence[Mapping[str, str | None]]) -> None:
    title = "Under way when the engine ended"
    table = Table("was", "type", "name", "called in the cloud", "id", "which is", title=title, title_justify="left")
    for row in rows:
        table.add_row(*(escape(row[key] or "-") for key in ("what", "type", "name", "called", "id", "how")))
    Console().print(table)


def _place(stack: str, endpoint_url: str | None) -> StateLocation:
    try:
        place = location(stack)
    except ValueError as error:
        raise WrongInput(str(error)) from error
    return dataclasses.replace(place, endpoint=endpoint_url.rstrip("/")) if endpoint_url else place


def _stop(error: Exception) -> typer.Exit:
    typer.secho(str(error), fg="red", err=True)
    return typer.Exit(1)


def _document(report: Report) -> dict[str, object]:
    return {"url": url(report.location), "ready": report.ready, "findings": [dataclasses.asdict(finding) for finding in report.findings]}


def _print(report: Report) -> None:
    console = Console()
    table = Table("what", "", "found", title=f"State of {report.location.bucket}", title_justify="left")
    for finding in report.findings:
        colour = COLOURS[finding.outcome]
        table.add_row(finding.subject, f"[{colour}]{finding.outcome}[/]", escape(finding.detail))
    console.print(table)
    for finding in report.findings:
        if finding.fix:
            console.print(f"[bold]{finding.subject}[/]: {escape(finding.fix)}", soft_wrap=True)
    if report.ready:
        console.print(f"Ready. export PULUMI_BACKEND_URL='{escape(url(report.location))}'", soft_wrap=True)
    else:
        console.print("[red]Refused:[/] no state should be kept here before this is put right.")
