"""Credentials: a key that others can read, files that others cannot."""

import json
import secrets
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from testkit.control_plane import credentials


def test_the_signing_key_is_a_key_on_p_256() -> None:
    key = load_pem_private_key(credentials.signing_key().encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"


def test_a_number_with_the_highest_bit_set_would_still_be_below_the_curves_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "token_bytes", lambda length: b"\xff" * length)
    key = load_pem_private_key(credentials.signing_key().encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.private_numbers().private_value == int.from_bytes(b"\x7f" + b"\xff" * 31)


def test_every_account_has_a_token_of_its_own_and_one_is_the_administrator() -> None:
    accounts = credentials.accounts()
    assert len({account.token for account in accounts.values()}) == len(accounts)
    assert accounts["admin"].groups == ("system:masters",)
    lines = credentials.token_file(accounts).splitlines()
    assert lines[0] == f'{accounts["admin"].token},admin,admin,"system:masters"'
    assert lines[1].endswith(',system:kube-controller-manager,kube-controller-manager,""')


def test_a_kubeconfig_has_one_context_and_the_certificate_in_it() -> None:
    account = credentials.Account(name="admin", user="admin", token="secret")
    document = json.loads(credentials.kubeconfig(account, name="here", url="https://127.0.0.1:1", ca=b"certificate"))
    assert document["current-context"] == "here"
    assert document["contexts"] == [{"name": "here", "context": {"cluster": "here", "user": "admin"}}]
    assert document["clusters"][0]["cluster"] == {"server": "https://127.0.0.1:1", "certificate-authority-data": "Y2VydGlmaWNhdGU="}
    assert document["users"] == [{"name": "admin", "user": {"token": "secret"}}]


def test_what_is_written_is_its_owners_alone(tmp_path: Path) -> None:
    credentials.write(tmp_path / "key", "secret")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
