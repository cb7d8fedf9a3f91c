"""Values that a cloud would draw at random, drawn from a resource's URN instead: the same in every run."""

import hashlib

BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


def digest(*parts: object) -> bytes:
    return hashlib.sha256("\x00".join(map(str, parts)).encode()).digest()


def letters(length: int, *parts: object, alphabet: str = BASE32) -> str:
    """`length` characters of `alphabet`, decided by the parts."""
    text = ""
    counter = 0
    while len(text) < length:
        text += "".join(alphabet[byte % len(alphabet)] for byte in digest(counter, *parts))
        counter += 1
    return text[:length]


def hexadecimal(length: int, *parts: object) -> str:
    return letters(length, *parts, alphabet="0123456789abcdef")


def number(below: int, *parts: object) -> int:
    """A whole number from 0 to `below` - 1, decided by the parts."""
    return int.from_bytes(digest(*parts)[:8], "big") % below
