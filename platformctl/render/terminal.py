"""Where text goes: as wide as the terminal, and wide enough for anything where there is none."""

import sys
from typing import Any, NoReturn

from rich.console import Console

from platformctl.reporting import whole

PIPE_COLUMNS = 200


class _Console(Console):
    """Says so when not all of it was written; the library's own goes silent where a pipe is closed."""

    def print(self, *objects: Any, **options: Any) -> None:
        with whole():
            super().print(*objects, **options)

    def on_broken_pipe(self) -> NoReturn:
        raise  # noqa: PLE0704 - called where the error is handled


def console() -> Console:
    return _Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_COLUMNS)
