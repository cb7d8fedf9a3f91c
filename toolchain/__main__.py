"""`python -m toolchain build PROGRAM` builds one of the programs where there is none; `plugin` brings the official kubernetes provider.

Both print where it lies.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from toolchain import built, plugin
from toolchain.process import exit_status
from toolchain.programs import PROGRAMS
from toolchain.progress import Progress

BY_KEY = {program.key: program for program in PROGRAMS}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m toolchain", description="Brings the programs that this project needs.")
    commands = parser.add_subparsers(dest="command", required=True)
    builder = commands.add_parser("build", help="build a program where there is none, and print where it lies")
    builder.add_argument("program", choices=BY_KEY)
    commands.add_parser("plugin", help="bring the official kubernetes provider, and print where it lies")
    chosen = parser.parse_args(arguments)
    return exit_status(lambda: print(plugin.ensure(Progress()) if chosen.command == "plugin" else _build(chosen.program)))


def _build(key: str) -> Path:
    """The program; of several, their folder."""
    program = BY_KEY[key]
    place = built.ensure(program, Progress())
    return place if len(program.names) == 1 else place.parent


if __name__ == "__main__":
    sys.exit(main())
