"""`python -m tools.control_plane {build,up,down}`: builds the test control plane's programs, or keeps one running as a sandbox."""

import argparse
import sys
from collections.abc import Sequence

from tools.control_plane import programs, sandbox
from tools.process import SetupError
from tools.progress import Progress


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.control_plane", description=__doc__)
    parser.add_argument("what", choices=["build", "up", "down"], help="build the programs, start the sandbox, end it")
    chosen = parser.parse_args(arguments)
    progress = Progress()
    try:
        if chosen.what == "build":
            print(programs.ensure(progress).kube_apiserver.parent)
            return 0
        if chosen.what == "up":
            pools = sandbox.pools_of()
            programs.ensure(progress)
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
