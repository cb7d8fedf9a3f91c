"""The operator's command line: `python -m platformctl --help`."""

import contextlib
import errno
import gc
import json
import os
import signal
import sys
import warnings
from types import FrameType

# A command's process lives for seconds: collecting the SDK's modules over and over costs more than it frees.
gc.disable()

JSON = "--json"

EXHAUSTED = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
"""What no command can help: a full disk, or too many open files. It says so, and shows no traceback."""


def main(arguments: list[str]) -> int:
    """Run a command. Returns its exit code: 0 fine, 1 refused by a check, 2 given the wrong thing."""
    from typer.main import get_command  # noqa: PLC0415

    from platformctl.cli import app  # noqa: PLC0415
    from platformctl.errors import Stop  # noqa: PLC0415
    from platformctl.reporting import Answer  # noqa: PLC0415

    Answer.given = False
    try:
        get_command(app).main(arguments, prog_name="platformctl")
    except SystemExit as ended:  # how Typer ends, well or with a usage error
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except Stop as stop:
        for line in stop.lines:
            sys.stderr.write(f"{line}\n")
        if JSON in arguments and not Answer.given:
            _tell(stop.to_json())
        return stop.exit_code
    except OSError as error:
        if error.errno not in EXHAUSTED:
            raise
        sys.stderr.write(f"this machine has no room for the command: {error.strerror}{f' ({error.filename})' if error.filename else ''}\n")
        return 1
    return 0


def _tell(error: dict[str, object]) -> None:
    """Who asked for JSON gets it, whatever comes of the command. Standard output that takes nothing has been reported already."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{json.dumps(error, indent=2)}\n")
        sys.stdout.flush()


def _end(number: int, frame: FrameType | None) -> None:
    """Told to end, by a CI job that was cancelled say: clean up on the way."""
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    warnings.simplefilter("ignore", DeprecationWarning)
    if sys.stdout is None or sys.stderr is None:  # closed by whoever started this
        if sys.stderr is not None:
            sys.stderr.write("standard output is closed: what the command finds would go nowhere.\n")
            sys.stderr.flush()
        os._exit(1)
    from platformctl.signing import signer

    sign = signer(os.environ)
    code = main(sys.argv[1:])
    if sign is not None:
        from platformctl.reporting import Answer

        sys.stderr.write(f"{sign(code, Answer.text)}\n")
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # what was lost has been reported where it was written
            stream.flush()
    # A program that hangs must not keep its process alive, and taking a thousand modules down again takes its time.
    os._exit(code)
