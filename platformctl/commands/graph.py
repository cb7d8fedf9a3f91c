"""`platformctl graph`: a stack's components and what each waits for, as Mermaid text or an SVG picture."""

from typing import Annotated

import typer

from platformctl.arguments import AsJson, Output, Root, Stack
from platformctl.errors import WrongInput
from platformctl.output import write
from platformctl.previewing import previewed
from platformctl.render import document
from platformctl.render.graph import graph
from platformctl.root import ROOT


def command(
    stack: Stack,
    form: Annotated[str, typer.Option("--format", help="`mermaid` or `svg`.")] = "mermaid",
    output: Output = None,
    as_json: AsJson = False,
    root: Root = ROOT,
) -> None:
    """Draw a stack's components.

    Example: platformctl graph dev --format svg --output dev.svg
    """
    if form not in ("mermaid", "svg"):
        raise WrongInput(f"--format {form}: not a format; choose mermaid or svg.")
    drawn = graph(previewed(stack, root))
    if as_json:
        text = document.text(drawn.document())
    elif form == "svg":
        from platformctl.render.svg import svg  # noqa: PLC0415

        text = svg(drawn)
    else:
        from platformctl.render.mermaid import mermaid  # noqa: PLC0415

        text = mermaid(drawn)
    write(text, output)
