"""Who may talk to the test control plane: a token per program, a signing key for service accounts, kubeconfig files.

Standard library only.
"""

import base64
import json
import secrets
import textwrap
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user that the API server knows by a token."""

    name: str
    user: str
    groups: tuple[str, ...] = ()
    token: str


def accounts() -> dict[str, Account]:
    """The administrator, and one account per program with the name that Kubernetes' own roles are bound to."""
    named = {
        "admin": ("admin", ("system:masters",)),
        "kube-controller-manager": ("system:kube-controller-manager", ()),
        "kube-scheduler": ("system:kube-scheduler", ()),
        "kwok": ("system:nodes-stand-in", ("system:masters",)),
    }
    return {name: Account(name=name, user=user, groups=groups, token=secrets.token_hex(24)) for name, (user, groups) in named.items()}


def token_file(of: dict[str, Account]) -> str:
    """The API server's `--token-auth-file`."""
    return "".join(f'{each.token},{each.user},{each.name},"{",".join(each.groups)}"\n' for each in of.values())


def kubeconfig(account: Account, *, name: str, url: str, ca: bytes) -> str:
    """A kubeconfig file with one context, called `name`. JSON is YAML."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": url, "certificate-authority-data": base64.b64encode(ca).decode()}}],
        "users": [{"name": account.name, "user": {"token": account.token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": account.name}}],
    }
    return json.dumps(document, indent=2) + "\n"


def signing_key() -> str:
    """A new private key on the curve P-256, as a PEM file: what service account tokens are signed with."""
    number = bytearray(secrets.token_bytes(32))
    number[0] &= 0x7F  # a private key is below the curve's order, which is close to 2^256
    key = b"\x02\x01\x01" + b"\x04\x20" + number  # RFC 5915: version 1, the number; the public key is optional
    curve = bytes.fromhex("a00a06082a8648ce3d030107")  # [0], the identifier of P-256
    body = base64.b64encode(b"\x30" + bytes([len(key + curve)]) + key + curve).decode()
    return "-----BEGIN EC PRIVATE KEY-----\n" + "\n".join(textwrap.wrap(body, 64)) + "\n-----END EC PRIVATE KEY-----\n"


def write(file: Path, content: str) -> None:
    """Write a file that only its owner may read."""
    file.touch(mode=0o600)
    file.write_text(content, encoding="utf-8")
