"""`platformctl queues`: who shares the nodes, who is guaranteed what, who reaches how much, and who may preempt whom."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl.arguments import AsJson, Root, Stack
from platformctl.engine.stackfile import locate
from platformctl.errors import Refused, WrongInput
from platformctl.render import document
from platformctl.reporting import put
from platformctl.root import ROOT

if TYPE_CHECKING:
    from platformctl.queues import Sharing


def command(
    stack: Stack,
    job: Annotated[
        Path | None, typer.Option("--job", help="Say whether the jobs of this file can ever be admitted, and why not.", metavar="FILE")
    ] = None,
    workloads: Annotated[
        Path | None,
        typer.Option(
            "--workloads",
            help="Say what runs and what waits in a cluster, and why: what kubectl prints of its Workloads as JSON, - for standard input.",
            metavar="FILE",
        ),
    ] = None,
    as_json: AsJson = False,
    root: Root = ROOT,
) -> None:
    """Show who shares the nodes of a stack: guarantees, ceilings, what is left to whom, and who preempts whom.

    Example: platformctl queues examples/Pulumi.three-teams.yaml
    """
    from platformctl import queues  # noqa: PLC0415 - pydantic and the models, for the commands that read a stack file

    file = locate(stack, root)
    found = queues.read(file.name, file.path)
    if job is not None and workloads is not None:
        raise WrongInput("--job asks about jobs that are not submitted yet, --workloads about those that are: give one of them.")
    if workloads is not None:
        _show(found, workloads, as_json)
    elif job is not None:
        said = queues.verdicts(found, queues.jobs(job))
        if as_json:
            rows = [{"job": each.job, "admitted": each.admitted, "message": each.message} for each in said]
            put(document.text({"stack": found.stack, "jobs": rows}))
        else:
            put("\n".join(f"{each.job}: {each.message}" for each in said))
        if not all(each.admitted for each in said):
            raise Refused
    elif as_json:
        put(document.text(queues.document(found)))
    else:
        from platformctl.render.quota import sharing  # noqa: PLC0415
        from platformctl.render.terminal import console  # noqa: PLC0415

        console().print(sharing(found))


def _show(found: "Sharing", workloads: Path, as_json: bool) -> None:
    from platformctl import waiting  # noqa: PLC0415

    rows = waiting.rows(found, waiting.read(workloads))
    if as_json:
        put(document.text({"stack": found.stack, "workloads": [asdict(row) for row in rows]}))
        return
    from platformctl.render.quota import waiting as table  # noqa: PLC0415
    from platformctl.render.terminal import console  # noqa: PLC0415

    console().print(table(rows))
