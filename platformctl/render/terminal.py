"""Where text goes: as wide as the terminal, and wide enough for anything where there is none."""

import sys

from rich.console import Console

PIPE_COLUMNS = 200


def console() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_COLUMNS)
