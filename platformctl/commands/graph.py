"""`platformctl graph`: a stack's components and what each waits for, as Mermaid text or an SVG picture."""

from pathlib import Path

from platformctl.commands.output import write
from platformctl.commands.previewing import previewed
from platformctl.errors import WrongInput
from platformctl.render import document
from platformctl.render.graph import graph


def run(stack: str, *, root: Path, form: str, output: Path | None, as_json: bool) -> None:
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
