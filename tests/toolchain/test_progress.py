"""Progress: a line that lives on a terminal, lines that last in a log."""

import io
import time

import pytest

from toolchain.process import CommandFailedError, SetupError, cause_of, run
from toolchain.progress import Progress, elapsed


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59.9, "59 s"), (60, "1 min 00 s"), (188, "3 min 08 s")])
def test_time_is_told_as_people_tell_it(seconds: float, text: str) -> None:
    assert elapsed(seconds) == text


def test_a_log_gets_whole_lines_now_and_then() -> None:
    stream = io.StringIO()
    with Progress(stream, live=False, log_every=0.01).step("Compiling") as step:
        step.note = "12 of 90"
        time.sleep(0.2)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "Compiling ..."
    assert "  0 s  12 of 90" in lines
    assert lines[-1] == "Compiling: done in 0 s"
    assert "\r" not in stream.getvalue()


def test_a_terminal_gets_one_line_that_lives() -> None:
    stream = io.StringIO()
    with Progress(stream, live=True).step("Compiling") as step:
        step.note = "x" * 500
        time.sleep(0.3)
    assert "\r\x1b[2K⠋       0 s  Compiling  xxx" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[2KCompiling: done in 0 s\n")
    assert stream.getvalue().count("\n") == 1
    assert max(map(len, stream.getvalue().split("\r"))) < 250


def test_a_step_that_fails_says_so() -> None:
    stream = io.StringIO()
    with pytest.raises(ValueError, match="no"), Progress(stream, live=False).step("Compiling"):
        raise ValueError("no")
    assert stream.getvalue().endswith("Compiling: failed after 0 s\n")


def test_lines_are_handed_on_as_they_come() -> None:
    seen: list[str] = []
    assert run("Talking", ["sh", "-c", "echo one; echo two >&2"], on_line=seen.append) == ("one", "two")
    assert seen == ["one", "two"]


def test_a_failure_shows_the_last_lines() -> None:
    with pytest.raises(CommandFailedError, match=r"Counting failed \(exit status 3\)\. Last lines:\n    26\n") as failed:
        run("Counting", ["sh", "-c", "seq 40; exit 3"])
    assert failed.value.output[-1] == "40"


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(SetupError, match=r"Compiling failed: /no/such cannot be run \(No such file or directory\)"):
        run("Compiling", ["/no/such"])


@pytest.mark.parametrize(("output", "status", "advice"), [
    ("OSError: [Errno 28] No space left on device", 1, "The disk is full"),
    ("Failed to establish a new connection: [Errno -3] Temporary failure in name resolution", 1, "The network does not answer"),
    ("", -9, "ran out of memory"),
    ("The virtual environment was not created: ensurepip is not available", 1, "apt install python3-venv"),
    ("ERROR: Could not find a version that satisfies the requirement x (from versions: none)", 1, "it does not answer"),
    ("ERROR: Could not find a version that satisfies the requirement x (from versions: 1, 2)", 1, "A pinned package is not to be had"),
    ("something else", 1, ""),
])  # fmt: skip
def test_what_to_do_is_read_from_what_was_printed(output: str, status: int, advice: str) -> None:
    found = cause_of(output, status)
    assert advice in found
    assert bool(found) == bool(advice)
