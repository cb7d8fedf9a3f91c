"""`platformctl timeline`: what the engine does when, and what it waits for, were the cloud as slow as it really is."""

from pathlib import Path

from platformctl.commands.output import write
from platformctl.commands.scheduling import scheduled
from platformctl.errors import WrongInput
from platformctl.render import document


def run(stack: str, *, root: Path, form: str, output: Path | None, seconds: float, as_json: bool) -> None:
    if form not in ("text", "svg"):
        raise WrongInput(f"--format {form}: not a format; choose text or svg.")
    if seconds <= 0:
        raise WrongInput(f"--seconds {seconds:g}: must be more than 0.")
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
