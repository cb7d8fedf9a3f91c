"""`python -m platformctl`: every module of `platformctl.commands` is a command, found by its name and imported when it is asked for.

A module has a function `command`, whose docstring is the help, or a Typer `app` for a command with commands of its own.
"""

import importlib
import pkgutil
from typing import Any

import typer
from typer.core import TyperGroup

from platformctl import commands


class Commands(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(
            module.name for module in pkgutil.iter_modules(commands.__path__) if module.name.isidentifier() and module.name[0] != "_"
        )

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # Typer keeps its copy of click to itself
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name}")
        app = getattr(module, "app", None)
        if app is None and not hasattr(module, "command"):
            return None
        if app is None:
            app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
            app.command()(module.command)
        found = typer.main.get_command(app)
        found.name = cmd_name
        return found


app = typer.Typer(
    name="platformctl",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def platformctl() -> None:
    """See what a stack file would build, cost and change, on a simulated cloud: no account, no credentials, nothing touched."""
