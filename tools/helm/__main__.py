"""`python -m tools.helm` builds Helm where there is none, and prints its path."""

import sys

from tools.helm import program
from tools.process import SetupError
from tools.progress import Progress


def main() -> int:
    try:
        print(program.ensure(Progress()))
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the command again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
