"""Programs that stand for Go's."""

from collections.abc import Callable
from pathlib import Path

Fake = Callable[[str, str], Path]
"""Of the fixture `fake`."""


def go_that_builds(fake: Fake, says: str) -> None:
    """A Go on PATH; what it builds prints `says`."""
    fake("bin/go", "").write_text(
        "#!/bin/sh\n"
        "export PATH=/usr/bin:/bin\n"
        'case "$1" in\n'
        "version) echo go version go1.99.0 linux/amd64;;\n"
        "list) echo example.org/a;;\n"
        'build) for word in "$@"; do [ "$last" = -o ] && out=$word; last=$word; done\n'
        f'mkdir -p "$(dirname "$out")"; printf "#!/bin/sh\\necho \'{says}\'\\n" > "$out"; chmod +x "$out";;\n'
        "esac\n"
    )
