"""The operator's command line: `python -m platformctl --help`."""

import gc
import os
import signal
import sys
import warnings
from types import FrameType

# A command's process lives for seconds: collecting the SDK's modules over and over costs more than it frees.
gc.disable()


def main(arguments: list[str]) -> int:
    """Run a command. Returns its exit code: 0 fine, 1 refused by a check, 2 given the wrong thing."""
    from typer.main import get_command  # noqa: PLC0415

    from platformctl.cli import app  # noqa: PLC0415
    from platformctl.errors import Stop  # noqa: PLC0415

    try:
        get_command(app).main(arguments, prog_name="platformctl")
    except SystemExit as ended:  # how Typer ends, well or with a usage error
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except Stop as stop:
        for line in stop.lines:
            sys.stderr.write(f"{line}\n")
        return stop.exit_code
    return 0


def _end(number: int, frame: FrameType | None) -> None:
    """Told to end, by a CI job that was cancelled say: clean up on the way."""
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    warnings.simplefilter("ignore", DeprecationWarning)
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # A program that hangs must not keep its process alive, and taking a thousand modules down again takes its time.
    os._exit(code)
