"""`python -m tools.pulumi` brings the official kubernetes provider, and prints where it lies."""

import sys

from tools.process import SetupError
from tools.progress import Progress
from tools.pulumi import plugin


def main() -> int:
    try:
        print(plugin.ensure(Progress()))
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the command again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
