"""`python -m testkit.control_plane {up,down}`: keeps a control plane running as a sandbox, and ends it."""

import argparse
import sys
from collections.abc import Sequence

from testkit.control_plane import sandbox
from toolchain import built
from toolchain.process import SetupError
from toolchain.programs import CONTROL_PLANE
from toolchain.progress import Progress


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m testkit.control_plane", description=__doc__)
    parser.add_argument("what", choices=["up", "down"], help="start the sandbox, end it")
    chosen = parser.parse_args(arguments)
    progress = Progress()
    try:
        if chosen.what == "up":
            pools = sandbox.pools_of()
            built.ensure_all(CONTROL_PLANE, progress)
            print(sandbox.up(progress, pools))
        else:
            print(sandbox.down())
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the command again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
