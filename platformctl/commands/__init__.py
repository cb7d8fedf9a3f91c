"""A module a command. Each is imported when its command is given, not before."""

from typing import Any

import typer


def plain(**options: Any) -> typer.Typer:
    """A group of commands, or one, whose help is plain text at any width, and has `-h`."""
    given = {"add_completion": False, "context_settings": {"help_option_names": ["-h", "--help"]}, **options}
    return typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, **given)
