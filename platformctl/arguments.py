"""What several commands take."""

from pathlib import Path
from typing import Annotated

import typer

from platformctl.root import ROOT


def _known(incomplete: str) -> list[str]:
    """Stacks whose names begin so, for a shell's completion."""
    from platformctl.engine.stackfile import stacks  # noqa: PLC0415 - a shell asks seldom

    return [name for name in stacks(ROOT) if name.startswith(incomplete)]


Stack = Annotated[
    str,
    typer.Argument(
        help="A stack (`dev` for Pulumi.dev.yaml) or the path of a stack file.", metavar="STACK", autocompletion=_known, show_default=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a pull request's comment.")]
NoPolicies = Annotated[bool, typer.Option("--no-policies", help="Do not run the policies.")]
PolicyConfig = Annotated[
    Path | None,
    typer.Option(
        "--policy-config",
        help="Settings of the policies that tighten them.",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        resolve_path=True,
    ),
]
Sarif = Annotated[
    Path | None, typer.Option("--sarif", help="Write what the policies found to this file, for code scanning.", metavar="FILE")
]
Output = Annotated[Path | None, typer.Option("--output", help="Write to this file.", metavar="FILE")]
Root = Annotated[
    Path, typer.Option("--root", help="The project's directory.", envvar="PLATFORMCTL_ROOT", show_default=False, resolve_path=True)
]
