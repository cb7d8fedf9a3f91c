"""Commands whose output becomes a step's note, and whose failures are said in words. Standard library only."""

import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LAST_LINES = 15

# What the programs print (pip, go, the kernel's errors), and what it means. The first match wins.
CAUSES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("No space left on device", "Disk quota exceeded"), "The disk is full. Free some space and run the command again."),
    (
        ("checksum mismatch", "SECURITY ERROR", "THESE PACKAGES DO NOT MATCH THE HASHES"),
        "What was downloaded is not what is pinned. Do not go on: find out what stands between this machine and the registry.",
    ),
    (
        (
            "Temporary failure in name resolution",
            "Name or service not known",
            "nodename nor servname",
            "no such host",
            "server misbehaving",
            "Network is unreachable",
            "network is unreachable",
            "Connection refused",
            "connection refused",
            "Failed to establish a new connection",
            "NewConnectionError",
            "i/o timeout",
            "Read timed out",
            "ConnectTimeout",
            "TLS handshake timeout",
            "CERTIFICATE_VERIFY_FAILED",
            "certificate signed by unknown authority",
            "ProxyError",
        ),
        "The network does not answer. Check the connection and the proxies (HTTPS_PROXY, GOPROXY, pip's own), then run the command again.",
    ),
    (
        ("signal: killed", "Killed", "out of memory", "cannot allocate memory", "Cannot allocate memory"),
        "The machine ran out of memory. Close what you can, or set GOMAXPROCS=1 so that it compiles one package at a time.",
    ),
    (
        ("ensurepip is not available", "No module named ensurepip", "No module named venv", "No module named pip"),
        "This Python has no venv or pip. On Debian and Ubuntu: apt install python3-venv. Or use another Python: make PYTHON=python3.12 ...",
    ),
    (
        ("(from versions: none)",),
        "The package index shows no version of it at all: it does not answer (check the connection and the proxies), or it has nothing "
        "for this Python and platform (try another: make PYTHON=python3.12 ...).",
    ),
    (
        ("No matching distribution found", "Could not find a version that satisfies"),
        "A pinned package is not to be had for this Python on this platform. Try another Python: make PYTHON=python3.12 ...",
    ),
    (("Permission denied", "permission denied", "Read-only file system"), "A folder is not writable; the lines above name it."),
)


class SetupError(Exception):
    """Set-up cannot go on. The message says what failed, what was seen, and what to do."""


def exit_status(work: Callable[[], None]) -> int:
    """Does the work of a command. What its user can put right is a message and no traceback: 1 for it, 130 for a stop at the keyboard."""
    try:
        work()
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the command again to go on.", file=sys.stderr)
        return 130
    return 0


class CommandFailedError(SetupError):
    """A program ended badly."""

    def __init__(self, what: str, output: Sequence[str], status: int) -> None:
        self.output = tuple(output)
        said = "\n".join(f"    {line}" for line in self.output[-LAST_LINES:]) or "    (it printed nothing)"
        advice = cause_of("\n".join(self.output), status) or "Its last lines are above; they say why."
        super().__init__(f"{what} failed (exit status {status}). Last lines:\n{said}\n{advice}")


def cause_of(output: str, status: int = 1) -> str:
    """What to do about a failure, read from what the program printed; empty when nothing is recognised."""
    if status == -9:  # the kernel ends a program this way when memory runs out
        output = f"{output}\nKilled"
    return next((advice for signs, advice in CAUSES if any(sign in output for sign in signs)), "")


def run(
    what: str,
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] = lambda line: None,
    keep: int | None = 400,
) -> tuple[str, ...]:
    """Run a command, hand on each line it prints, and return the last `keep` of them (None: all).

    Raises CommandFailedError when it ends badly and SetupError when it cannot be started.
    """
    output: deque[str] = deque(maxlen=keep)
    try:
        started = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env=dict(env) if env is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise SetupError(f"{what} failed: {command[0]} cannot be run ({error.strerror}).") from error
    with started:
        try:
            for line in started.stdout or ():
                output.append(line.rstrip())
                on_line(line.strip())
        except BaseException:
            started.terminate()
            raise
    if started.returncode:
        raise CommandFailedError(what, output, started.returncode)
    return tuple(output)
