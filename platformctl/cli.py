"""`python -m platformctl`: every module of `platformctl.commands` is a command, found by its name and imported when it is asked for.

`upgrade_path` is the command `upgrade-path`.

A module has a function `command`, whose docstring is the help, or a Typer `app` for a command with commands of its own.
"""

import importlib
import pkgutil
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from platformctl import commands
from platformctl.commands import plain
from platformctl.errors import Interrupted
from platformctl.version import VERSION


class Commands(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(
            module.name.replace("_", "-")
            for module in pkgutil.iter_modules(commands.__path__)
            if module.name.isidentifier() and module.name[0] != "_"
        )

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # Typer keeps its copy of click to itself
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
        app = getattr(module, "app", None)
        if app is None and not hasattr(module, "command"):
            return None
        if app is None:
            app = plain()
            app.command()(module.command)
        found = typer.main.get_command(app)
        found.name = cmd_name
        return found

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted(
                f"interrupted: {ctx.invoked_subcommand} has no answer. What it had started is ended; give it again."
            ) from None


app = plain(name="platformctl", cls=Commands, no_args_is_help=True, add_completion=True)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"platformctl {VERSION}")
        raise typer.Exit


@app.callback()
def platformctl(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")] = False,
) -> None:
    """See what a stack file would build, cost and change, on a simulated cloud: no account, no credentials, nothing touched."""
