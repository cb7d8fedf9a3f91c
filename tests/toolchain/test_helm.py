"""Helm: which one is taken, what is refused, and how a build ends."""

import io
from pathlib import Path

import pytest

from tests.toolchain.fakes import Fake, go_that_builds
from toolchain import built
from toolchain.built import ProgramError
from toolchain.programs import HELM
from toolchain.progress import Progress


def cached(env: dict[str, str]) -> Path:
    return built.cached(HELM, env) / "helm"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}


def test_it_is_built_once_for_each_version(env: dict[str, str]) -> None:
    assert cached(env) == Path(env["XDG_CACHE_HOME"]) / "oke-gpu-platform" / "helm" / str(HELM.version) / "helm"


def test_it_is_a_helm_3_as_the_provider_embeds() -> None:
    assert HELM.version.major == 3
    assert HELM.elsewhere is not None
    assert HELM.elsewhere.oldest is not None
    assert HELM.version >= HELM.elsewhere.oldest


def test_what_was_built_before_is_found(env: dict[str, str]) -> None:
    assert built.find(HELM, env) is None
    cached(env).parent.mkdir(parents=True)
    cached(env).touch(mode=0o755)
    assert built.find(HELM, env) == cached(env)


def test_one_on_path_is_taken_when_it_is_new_enough(fake: Fake, env: dict[str, str]) -> None:
    assert built.find(HELM, env) is None
    installed = fake("bin/helm", "v3.18.0+gd9d5d9")
    assert built.find(HELM, env) == installed


@pytest.mark.parametrize("version", ["v3.17.4+g595a05d", "v4.3.1", "no version"])
def test_one_on_path_that_reads_values_otherwise_is_not_taken(fake: Fake, env: dict[str, str], version: str) -> None:
    fake("bin/helm", version)
    assert built.find(HELM, env) is None


def test_a_named_one_is_used(fake: Fake, env: dict[str, str]) -> None:
    named = fake("mine/helm", "v3.21.0")
    assert built.find(HELM, {**env, "HELM": str(named)}) == named


@pytest.mark.parametrize("says", ["v4.3.1", "v2.17.0"])
def test_a_named_one_of_another_major_version_is_refused(fake: Fake, env: dict[str, str], says: str) -> None:
    named = fake("mine/helm", says)
    with pytest.raises(ProgramError, match=rf"HELM={named} is not a Helm 3 from v3\.18\.0 on"):
        built.find(HELM, {**env, "HELM": str(named)})


def test_a_missing_one_is_built_and_found_from_then_on(fake: Fake, env: dict[str, str], progress: Progress, said: io.StringIO) -> None:
    go_that_builds(fake, str(HELM.version))
    assert built.ensure(HELM, progress, env=env) == cached(env)
    assert f"Building Helm {HELM.version}" in said.getvalue()
    (Path(env["PATH"]) / "go").unlink()
    assert built.ensure(HELM, progress, env=env) == cached(env)


def test_a_build_of_another_version_is_not_kept(fake: Fake, env: dict[str, str], progress: Progress) -> None:
    go_that_builds(fake, "v3.1.0")
    with pytest.raises(ProgramError, match=r"says it is v3\.1\.0, not v3\."):
        built.ensure(HELM, progress, env=env)
    assert built.find(HELM, env) is None
