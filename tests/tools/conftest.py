"""Fakes that print versions, and a stream that remembers."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.progress import Progress

Fake = Callable[[str, str], Path]


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """An executable that answers whatever it is asked with one text: `fake("bin/pulumi", "v3.300.0")`."""

    def make(name: str, says: str) -> Path:
        program = tmp_path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\necho '{says}'\n")
        program.chmod(0o755)
        return program

    return make


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def progress(said: io.StringIO) -> Progress:
    return Progress(said, live=False)
