"""promtool: which one is taken, what is refused, and how a build ends."""

import io
from pathlib import Path

import pytest

from tests.toolchain.fakes import Fake, go_that_builds
from toolchain import built
from toolchain.built import ProgramError
from toolchain.programs import PROMTOOL
from toolchain.progress import Progress

SAYS = f"promtool, version {PROMTOOL.release} (branch: , revision: unknown)"


def cached(env: dict[str, str]) -> Path:
    return built.cached(PROMTOOL, env) / "promtool"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}


def test_a_module_version_is_the_release_it_is_published_as() -> None:
    pin = PROMTOOL.version
    assert PROMTOOL.release == f"3.{pin.minor - 300}.{pin.patch}"


def test_it_is_built_once_for_each_version(env: dict[str, str]) -> None:
    assert cached(env) == Path(env["XDG_CACHE_HOME"]) / "oke-gpu-platform" / "promtool" / str(PROMTOOL.version) / "promtool"


def test_what_was_built_before_is_found(env: dict[str, str]) -> None:
    assert built.find(PROMTOOL, env) is None
    cached(env).parent.mkdir(parents=True)
    cached(env).touch(mode=0o755)
    assert built.find(PROMTOOL, env) == cached(env)


def test_a_promtool_on_path_is_of_another_prometheus_and_not_taken(fake: Fake, env: dict[str, str]) -> None:
    fake("bin/promtool", "promtool, version 2.42.0")
    assert built.find(PROMTOOL, env) is None


def test_a_named_promtool_is_used(fake: Fake, env: dict[str, str]) -> None:
    named = fake("mine/promtool", "promtool, version 3.0.0")
    assert built.find(PROMTOOL, {**env, "PROMTOOL": str(named)}) == named


def test_a_named_promtool_that_does_not_run_is_refused(env: dict[str, str]) -> None:
    with pytest.raises(ProgramError, match="PROMTOOL=/nowhere is not a promtool that runs"):
        built.find(PROMTOOL, {**env, "PROMTOOL": "/nowhere"})


def test_a_missing_one_is_built_and_found_from_then_on(fake: Fake, env: dict[str, str], progress: Progress, said: io.StringIO) -> None:
    go_that_builds(fake, SAYS)
    assert built.ensure(PROMTOOL, progress, env=env) == cached(env)
    assert f"Building promtool {PROMTOOL.release}" in said.getvalue()
    (Path(env["PATH"]) / "go").unlink()
    assert built.ensure(PROMTOOL, progress, env=env) == cached(env)


def test_a_build_of_another_version_is_not_kept(fake: Fake, env: dict[str, str], progress: Progress) -> None:
    go_that_builds(fake, "promtool, version 3.0.1")
    with pytest.raises(ProgramError, match=r"says it is v3\.0\.1, not 3\."):
        built.ensure(PROMTOOL, progress, env=env)
    assert built.find(PROMTOOL, env) is None
