"""`platformctl graph`: a stack's components and what each waits for, as Mermaid text or an SVG picture."""

from pathlib import Path

from platformctl.commands.previewing import previewed
from platformctl.errors import WrongInput
from platformctl.render import document
from platformctl.render.graph import graph
from platformctl.telling import put, say


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
    if output is None:
        put(text)
        return
    try:
        output.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise WrongInput(f"--output {output}: cannot be written ({error.strerror}).") from None
    say(f"wrote {output}")
