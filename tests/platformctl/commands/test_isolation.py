"""Whatever the caller's environment holds, a rehearsal neither sees nor touches it."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolchain import built
from toolchain.programs import ENGINE

pytestmark = pytest.mark.engine

Run = Callable[..., Any]

SECRET = "value-that-must-not-travel"

CREDENTIALS = (
    "OCI_CLI_KEY_CONTENT", "OCI_TENANCY_OCID", "TF_VAR_private_key", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE",
    "ARM_CLIENT_SECRET", "GOOGLE_APPLICATION_CREDENTIALS", "PULUMI_ACCESS_TOKEN", "GITHUB_TOKEN", "KUBECONFIG", "SSH_AUTH_SOCK",
)  # fmt: skip


@pytest.fixture
def poisoned(tmp_path: Path) -> dict[str, str]:
    """An environment full of credentials, whose home and backend would both be noticed if they were used."""
    home, state = tmp_path / "home", tmp_path / "real-state"
    for path in (home / ".oci" / "config", home / ".kube" / "config", state / ".pulumi" / "stacks" / "sample" / "sample.json"):
        path.parent.mkdir(parents=True)
        path.write_text(SECRET)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": SECRET,
        "PULUMI_HOME": str(home / ".pulumi"),
        **dict.fromkeys(CREDENTIALS, SECRET),
    }


def spy(folder: Path) -> Path:
    """An engine that notes its environment and arguments and then is the engine."""
    real = built.find(ENGINE)
    assert real is not None
    path = folder / "pulumi"
    path.write_text(f'#!/bin/sh\n[ "$1" = version ] || env >> {folder}/seen\nexec {real} "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """All files but the log that an engine keeps in its owner's home when it is asked for its version."""
    return {
        str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.parent != folder / "home" / ".pulumi" / "logs"
    }


@pytest.mark.parametrize("command", [("preview", "sample", "--json"), ("rehearse", "sample")])
def test_no_credential_reaches_the_engine_and_no_real_state_is_touched(
    platformctl: Run, poisoned: dict[str, str], tmp_path: Path, command: tuple[str, ...]
) -> None:
    before = contents(tmp_path)
    ran = platformctl(*command, environment={**poisoned, "PULUMI": str(spy(tmp_path))})
    assert ran.code == 0, ran.err
    seen = (tmp_path / "seen").read_text()
    assert "PULUMI_BACKEND_URL=file://" in seen
    assert SECRET not in seen
    assert str(tmp_path) not in "\n".join(line for line in seen.splitlines() if not line.startswith("PATH="))
    after = contents(tmp_path)
    assert {path: text for path, text in after.items() if path in before} == before
    assert set(after) - set(before) == {str(tmp_path / "seen"), str(tmp_path / "pulumi")}


def test_the_program_sees_no_more_than_the_engine(
    platformctl: Run, poisoned: dict[str, str], tmp_path: Path, stack: Callable[..., str]
) -> None:
    ran = platformctl("preview", stack(mistake="environment"), environment={**poisoned, "PULUMI": str(spy(tmp_path))})
    assert ran.code == 1
    (said,) = [line for line in ran.err.splitlines() if line.startswith("preview failed: RuntimeError: ")]
    assert SECRET not in ran.err
    assert str(tmp_path) not in said
