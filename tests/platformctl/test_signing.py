"""The signature of an answer: who asked for it can tell that the command came to its own end."""

import os

import pytest

from platformctl.signing import KEY_FD, is_signed, signer, without_signature

KEY = b"a key of this run"


def signed(exit_code: int, answer: str) -> str:
    read, write = os.pipe()
    os.write(write, KEY)
    os.close(write)
    sign = signer({KEY_FD: str(read)})
    assert sign is not None
    with pytest.raises(OSError):
        os.fstat(read)
    return f"Previewing dev ...\n{sign(exit_code, answer)}\n"


def test_an_answer_and_its_exit_code_are_signed() -> None:
    assert is_signed(KEY, 0, "all kept\n", signed(0, "all kept\n"))
    assert is_signed(KEY, 1, "", signed(1, ""))


@pytest.mark.parametrize(
    ("key", "exit_code", "answer", "printed"),
    [
        (b"another key", 0, "all kept\n", None),
        (KEY, 1, "all kept\n", None),
        (KEY, 0, "all kept, I say\n", None),
        (KEY, 0, "all kept\n", ""),
        (KEY, 0, "all kept\n", f"signed: exit code 0, answer sha256:{'0' * 64}, hmac-sha256:{'0' * 64}\n"),
    ],
    ids=["key", "exit code", "answer", "no line", "another line"],
)
def test_nothing_else_is(key: bytes, exit_code: int, answer: str, printed: str | None) -> None:
    assert not is_signed(key, exit_code, answer, signed(0, "all kept\n") if printed is None else printed)


def test_the_last_line_counts() -> None:
    forged = f"signed: exit code 0, answer sha256:{'0' * 64}, hmac-sha256:{'0' * 64}\n"
    assert is_signed(KEY, 1, "x\n", forged + signed(1, "x\n"))
    assert without_signature(forged + "Previewing\n").strip() == "Previewing"


@pytest.mark.parametrize("environment", [{}, {KEY_FD: ""}, {KEY_FD: "x"}])
def test_nobody_who_did_not_ask_gets_a_line(environment: dict[str, str]) -> None:
    assert signer(environment) is None
