"""`python -m testkit.control_plane {up,down}`: keeps a control plane running as a sandbox, and ends it."""

import argparse
import sys
from collections.abc import Sequence

from testkit.control_plane import sandbox
from toolchain import built
from toolchain.process import exit_status
from toolchain.programs import CONTROL_PLANE, KUEUE
from toolchain.progress import Progress


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m testkit.control_plane", description=__doc__)
    parser.add_argument("what", choices=["up", "down"], help="start the sandbox, end it")
    chosen = parser.parse_args(arguments)
    return exit_status(_up if chosen.what == "up" else _down)


def _up() -> None:
    progress, pools = Progress(), sandbox.pools_of()
    for program in (CONTROL_PLANE, KUEUE):
        built.ensure_all(program, progress)
    print(sandbox.up(progress, pools))


def _down() -> None:
    print(sandbox.down())


if __name__ == "__main__":
    sys.exit(main())
