"""A throw-away key, as `~/.oci/config` wants one: it signs requests to a simulated cloud, which looks whether there is a signature, and
no further. It opens nothing.
"""

import base64
import hashlib
import secrets

BITS = 2048
_EXPONENT = 65537
_SMALL = tuple(number for number in range(3, 2000, 2) if all(number % factor for factor in range(3, int(number**0.5) + 1, 2)))
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")
"""The algorithm's identifier, rsaEncryption without parameters: RFC 8017, A.1."""


def make(bits: int = BITS) -> tuple[str, str]:
    """A new RSA key as PEM, and the fingerprint that Oracle knows it by."""
    first, second = _prime(bits // 2), _prime(bits // 2)
    while second == first:
        second = _prime(bits // 2)
    modulus, private = first * second, pow(_EXPONENT, -1, (first - 1) * (second - 1))
    numbers = (
        0, modulus, _EXPONENT, private, first, second, private % (first - 1), private % (second - 1), pow(second, -1, first),
    )  # fmt: skip
    text = base64.encodebytes(_sequence(*map(_integer, numbers))).decode()
    lines = "\n".join(text.replace("\n", "")[at : at + 64] for at in range(0, len(text.replace("\n", "")), 64))
    public = _sequence(_RSA, b"\x03" + _length(_sequence(_integer(modulus), _integer(_EXPONENT)), b"\x00"))
    digest = hashlib.md5(public, usedforsecurity=False).hexdigest()
    fingerprint = ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))
    return f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----\n", fingerprint


def _prime(bits: int) -> int:
    while True:
        number = secrets.randbits(bits) | (3 << (bits - 2)) | 1
        if (number - 1) % _EXPONENT and all(number % small for small in _SMALL) and _probably(number):
            return number


def _probably(number: int) -> bool:
    """Miller and Rabin's test, with bases drawn at random."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(24):
        value = pow(secrets.randbelow(number - 3) + 2, odd, number)
        if value in (1, number - 1):
            continue
        for _ in range(twos - 1):
            value = pow(value, 2, number)
            if value == number - 1:
                break
        else:
            return False
    return True


# DER: X.690


def _integer(number: int) -> bytes:
    return b"\x02" + _length(number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _sequence(*parts: bytes) -> bytes:
    return b"\x30" + _length(b"".join(parts))


def _length(content: bytes, before: bytes = b"") -> bytes:
    content = before + content
    if len(content) < 128:
        return bytes([len(content)]) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(size)]) + size + content
