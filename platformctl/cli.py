"""`python -m platformctl`: the commands and what they take. Each command's work is imported when it is asked for."""

from pathlib import Path
from typing import Annotated

import typer

from platformctl.root import ROOT

app = typer.Typer(
    name="platformctl",
    help="See what a stack file would build, cost and change, on a simulated cloud: no account, no credentials, nothing touched.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Stack = Annotated[str, typer.Argument(help="A stack (`dev` for Pulumi.dev.yaml) or the path of a stack file.", metavar="STACK")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a pull request's comment.")]
NoPolicies = Annotated[bool, typer.Option("--no-policies", help="Do not run the policies.")]
Sarif = Annotated[
    Path | None, typer.Option("--sarif", help="Write what the policies found to this file, for code scanning.", metavar="FILE")
]
Root = Annotated[Path, typer.Option("--root", help="The project's directory.", envvar="PLATFORMCTL_ROOT", show_default=False)]


@app.command()
def preview(  # noqa: PLR0917 - the command line's options
    stack: Stack,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    sarif: Sarif = None,
    no_policies: NoPolicies = False,
    root: Root = ROOT,
) -> None:
    """Show what a stack would create and cost, and what the policies say of it."""
    from platformctl.commands import preview as command  # noqa: PLC0415

    command.run(stack, root=root.resolve(), as_json=as_json, as_markdown=as_markdown, policies=not no_policies, sarif=sarif)


@app.command()
def rehearse(  # noqa: PLR0917 - the command line's options
    stack: Stack,
    then: Annotated[str | None, typer.Option(help="A changed stack file, to go on with once the first is up.", metavar="STACK")] = None,
    state: Annotated[str, typer.Option(help="Where the engine keeps its state: `file`, or `s3` for a local bucket.")] = "file",
    as_json: AsJson = False,
    no_policies: NoPolicies = False,
    root: Root = ROOT,
) -> None:
    """Take a stack from nothing to nothing.

    Preview, up, a second preview that must be empty, a change if one is given, refresh, destroy: each phase must do what it should.
    """
    from platformctl.commands import rehearse as command  # noqa: PLC0415

    command.run(stack, root=root.resolve(), then=then, state=state, as_json=as_json, policies=not no_policies)


@app.command()
def diff(  # noqa: PLR0917 - the command line's options
    stack: Stack,
    base: Annotated[
        str | None, typer.Option(help="The git revision that is deployed: a branch, a tag, a commit.", metavar="REVISION")
    ] = None,
    base_stack: Annotated[
        str | None, typer.Option(help="The stack file that is deployed, under this working tree's program.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    sarif: Sarif = None,
    no_policies: NoPolicies = False,
    root: Root = ROOT,
) -> None:
    """Show what the working tree changes.

    The base is brought up first: resources, replacements and their reasons, and the cost are compared with it. The policies judge the
    working tree.
    """
    from platformctl.commands import diff as command  # noqa: PLC0415

    command.run(
        stack,
        root=root.resolve(),
        base=base,
        base_stack=base_stack,
        as_json=as_json,
        as_markdown=as_markdown,
        policies=not no_policies,
        sarif=sarif,
    )


@app.command()
def cost(stack: Stack, as_json: AsJson = False, as_markdown: AsMarkdown = False, root: Root = ROOT) -> None:
    """Show what a stack costs, pool by pool."""
    from platformctl.commands import cost as command  # noqa: PLC0415

    command.run(stack, root=root.resolve(), as_json=as_json, as_markdown=as_markdown)


@app.command()
def graph(
    stack: Stack,
    form: Annotated[str, typer.Option("--format", help="`mermaid` or `svg`.")] = "mermaid",
    output: Annotated[Path | None, typer.Option(help="Write to this file.", metavar="FILE")] = None,
    as_json: AsJson = False,
    root: Root = ROOT,
) -> None:
    """Draw a stack's components."""
    from platformctl.commands import graph as command  # noqa: PLC0415

    command.run(stack, root=root.resolve(), form=form, output=output, as_json=as_json)


@app.command()
def timeline(  # noqa: PLR0917 - the command line's options
    stack: Stack,
    form: Annotated[str, typer.Option("--format", help="`text` or `svg`.")] = "text",
    output: Annotated[Path | None, typer.Option(help="Write to this file.", metavar="FILE")] = None,
    seconds: Annotated[float, typer.Option(help="How long the longest chain takes here; more is more exact.")] = 12.0,
    as_json: AsJson = False,
    root: Root = ROOT,
) -> None:
    """Draw what the engine does when, and what it waits for.

    The stack is brought up on a cloud that is as slow as the real one, to scale: minutes become seconds, the order stays.
    """
    from platformctl.commands import timeline as command  # noqa: PLC0415

    command.run(stack, root=root.resolve(), form=form, output=output, seconds=seconds, as_json=as_json)
