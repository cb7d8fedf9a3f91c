"""How a command ended, signed for whoever started it.

An exit code alone says little: a process that a program brought to its end has one as well, and 0 at that. Whoever names in
PLATFORMCTL_KEY_FD a file descriptor to read a key from gets a last line on standard error that holds for this answer and this exit code.
The descriptor is read and closed before anything of a stack's program is started.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Callable, Mapping

KEY_FD = "PLATFORMCTL_KEY_FD"
_MOST_BYTES = 4096
_LINE = re.compile(r"^signed: exit code (\d+), answer sha256:([0-9a-f]{64}), hmac-sha256:([0-9a-f]{64})$", re.MULTILINE)

Sign = Callable[[int, str], str]
"""Gives the last line for an exit code and an answer."""


def signer(environment: Mapping[str, str]) -> Sign | None:
    """What signs for whoever started this process; None where nobody asked."""
    number = environment.get(KEY_FD, "")
    if not number.isdigit():
        return None
    with os.fdopen(int(number), "rb") as keys:
        key = keys.read(_MOST_BYTES)

    def sign(exit_code: int, answer: str) -> str:
        digest = hashlib.sha256(answer.encode()).hexdigest()
        return f"signed: exit code {exit_code}, answer sha256:{digest}, hmac-sha256:{_mac(key, exit_code, digest)}"

    return sign


def is_signed(key: bytes, exit_code: int, answer: str, printed: str) -> bool:
    """Whether `printed`, a command's standard error, ends with the signature of this answer and exit code."""
    found = _LINE.findall(printed)
    digest = hashlib.sha256(answer.encode()).hexdigest()
    return bool(found) and found[-1][:2] == (str(exit_code), digest) and hmac.compare_digest(found[-1][2], _mac(key, exit_code, digest))


def without_signature(printed: str) -> str:
    return _LINE.sub("", printed)


def _mac(key: bytes, exit_code: int, digest: str) -> str:
    return hmac.new(key, f"{exit_code} {digest}".encode(), hashlib.sha256).hexdigest()
