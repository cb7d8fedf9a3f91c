"""A control plane that does not come up says why, and leaves nothing behind."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from testkit.control_plane.cluster import ControlPlane
from testkit.control_plane.errors import ControlPlaneError
from toolchain.programs import CONTROL_PLANE

Fake = Callable[[str, str], Path]


@pytest.fixture
def env(fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Programs that wait and do nothing."""
    for name in CONTROL_PLANE.names:
        fake(f"assets/{name}", "").write_text("#!/bin/sh\nexec sleep 600\n")
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    return {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "KUBEBUILDER_ASSETS": str(tmp_path / "assets")}


def test_a_program_that_ends_is_named_with_what_it_logged(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "assets" / "kube-apiserver").write_text("#!/bin/sh\necho 'Error: unknown flag: --bogus' >&2; exit 1\n")
    with pytest.raises(ControlPlaneError, match=r"kube-apiserver ended while the control plane was starting(.|\n)*unknown flag: --bogus"):
        ControlPlane(env).__enter__()
    assert not list((tmp_path / "scratch").iterdir())


def test_another_port_is_tried_when_somebody_took_the_first(env: dict[str, str], tmp_path: Path) -> None:
    tried = tmp_path / "tried"
    taken = "listen tcp 127.0.0.1:1: bind: address already in use"
    (tmp_path / "assets" / "kube-apiserver").write_text(f"#!/bin/sh\necho \"$@\" >> {tried}; echo '{taken}' >&2; exit 1\n")
    with pytest.raises(ControlPlaneError, match="address already in use"):
        ControlPlane(env).__enter__()
    ports = [word for line in tried.read_text().splitlines() for word in line.split() if word.startswith("--secure-port=")]
    assert len(set(ports)) == 3


def test_programs_that_were_not_built_are_asked_for(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "assets" / "kwok").unlink()
    with pytest.raises(ControlPlaneError, match=r"is not built yet\. Run: python -m toolchain build control-plane"):
        ControlPlane(env).__enter__()


def test_a_program_that_cannot_run_is_named(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "assets" / "etcd").write_text("not a program\n")
    with pytest.raises(ControlPlaneError, match=r"etcd cannot be run \(Exec format error\)"):
        ControlPlane(env).__enter__()
