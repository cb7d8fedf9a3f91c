"""The throw-away key is a key that others read, with the fingerprint that Oracle would give it."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from platformctl.cloud import key


def test_a_key_is_read_and_has_its_fingerprint() -> None:
    text, fingerprint = key.make(1024)
    read = load_pem_private_key(text.encode(), password=None)
    assert isinstance(read, RSAPrivateKey)
    assert read.key_size == 1024
    public = read.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert fingerprint.replace(":", "") == hashlib.md5(public, usedforsecurity=False).hexdigest()


def test_no_two_keys_are_the_same() -> None:
    assert key.make(1024)[0] != key.make(1024)[0]
