"""`platformctl timeline`: what the engine does when, and what it waits for, were the cloud as slow as it really is."""

from math import inf
from typing import Annotated

import typer

from platformctl.arguments import AsJson, Output, Root, Stack
from platformctl.errors import WrongInput
from platformctl.output import write
from platformctl.render import document
from platformctl.root import ROOT
from platformctl.scheduling import scheduled


def command(  # noqa: PLR0917 - the command line's options
    stack: Stack,
    form: Annotated[str, typer.Option("--format", help="`text` or `svg`.")] = "text",
    output: Output = None,
    seconds: Annotated[float, typer.Option(help="How long the longest chain takes here; more is more exact.")] = 12.0,
    as_json: AsJson = False,
    root: Root = ROOT,
) -> None:
    """Draw what the engine does when, and what it waits for.

    The stack is brought up on a cloud that is as slow as the real one, to scale: minutes become seconds, the order stays.

    Example: platformctl timeline prod --format svg --output prod.svg
    """
    if form not in ("text", "svg"):
        raise WrongInput(f"--format {form}: not a format; choose text or svg.")
    if not 0 < seconds < inf:  # nan is neither
        raise WrongInput(f"--seconds {seconds:g}: must be more than 0{'' if seconds <= 0 else ', and a number'}.")
    found = scheduled(stack, root, seconds)
    if as_json:
        write(document.text(found.document()), output)
    elif form == "svg":
        from platformctl.render.timeline_svg import svg  # noqa: PLC0415

        write(svg(found), output)
    else:
        from platformctl.render.terminal import console  # noqa: PLC0415
        from platformctl.render.timeline import drawn  # noqa: PLC0415

        out = console()
        with out.capture() as captured:
            out.print(drawn(found, out))
        write(captured.get(), output)
