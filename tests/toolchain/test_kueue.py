"""A controller brings files of its Go module along: the test bed applies them."""

import os
from pathlib import Path

import pytest

from tests.toolchain.fakes import Fake
from toolchain import built
from toolchain.built import ProgramError
from toolchain.programs import KUEUE
from toolchain.progress import Progress


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}


@pytest.fixture
def module(tmp_path: Path, fake: Fake) -> Path:
    """Kueue's Go module as `go list -m` finds it, and a Go whose programs are empty."""
    folder = tmp_path / "kueue@v0.17.0"
    for path in ("crd/bases/queues.yaml", "rbac/role.yaml", "webhook/manifests.yaml", "manager/unwanted.yaml"):
        (folder / "config/components" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "config/components" / path).write_text(path)
        (folder / "config/components" / path).chmod(0o444)
    fake("bin/go", "").write_text(
        f"#!/bin/sh\nexport PATH={os.defpath}\n"
        'case "$1 $3" in\n'
        '"version "*) echo go version go1.99.0 linux/amd64;;\n'
        f'"list -m") echo {folder};;\n'
        '"list "*) echo example.org/a;;\n'
        '"build "*) for word in "$@"; do [ "$last" = -o ] && out=$word; last=$word; done; echo > "$out"; chmod +x "$out";;\n'
        "esac\n"
    )
    return folder


@pytest.mark.usefixtures("module")
def test_the_files_lie_beside_the_programs(env: dict[str, str], progress: Progress) -> None:
    place = built.ensure(KUEUE, progress, env=env)
    data = built.data(KUEUE, env)
    assert data.parent == place.parent
    kept = sorted(str(file.relative_to(data / "config/components")) for file in data.rglob("*.yaml"))
    assert kept == ["crd/bases/queues.yaml", "rbac/role.yaml", "webhook/manifests.yaml"]
    assert (data / "config/components/rbac/role.yaml").stat().st_mode & 0o200, "what lies in the cache can be removed"


def test_a_module_that_lacks_one_is_refused(module: Path, env: dict[str, str], progress: Progress) -> None:
    (module / "config/components/webhook/manifests.yaml").unlink()
    with pytest.raises(ProgramError, match=r"sigs\.k8s\.io/kueue v0\.17\.0 has no config/components/webhook/manifests\.yaml"):
        built.ensure(KUEUE, progress, env=env)
    assert built.find(KUEUE, env) is None
