"""`platformctl queues`: who shares the nodes, who is guaranteed what, who reaches how much, and who may preempt whom."""

from pathlib import Path
from typing import Annotated

import typer

from platformctl.arguments import AsJson, Root, Stack
from platformctl.engine.stackfile import locate
from platformctl.errors import Refused
from platformctl.render import document
from platformctl.reporting import put
from platformctl.root import ROOT


def command(
    stack: Stack,
    job: Annotated[
        Path | None, typer.Option("--job", help="Say whether the jobs of this file can ever be admitted, and why not.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
    root: Root = ROOT,
) -> None:
    """Show who shares the nodes of a stack: guarantees, ceilings, what is left to whom, and who preempts whom."""
    from platformctl import queues  # noqa: PLC0415 - pydantic and the models, for the commands that read a stack file

    file = locate(stack, root)
    found = queues.read(file.name, file.path)
    if job is not None:
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
