"""promtool: which one is taken, what is refused, and how a build ends."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.progress import Progress
from tools.promtool import program
from tools.promtool.program import PromtoolError

Fake = Callable[[str, str], Path]
SAYS = f"promtool, version {program.release()} (branch: , revision: unknown)"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}


def go_that_builds(fake: Fake, env: dict[str, str], says: str) -> None:
    fake("bin/go", "").write_text(
        "#!/bin/sh\n"
        "export PATH=/usr/bin:/bin\n"
        'case "$1" in\n'
        "version) echo go version go1.99.0 linux/amd64;;\n"
        "list) echo example.org/a;;\n"
        'build) for word in "$@"; do [ "$last" = -o ] && out=$word; last=$word; done\n'
        f'mkdir -p "$(dirname "$out")"; printf "#!/bin/sh\\necho \'{says}\'\\n" > "$out"; chmod +x "$out";;\n'
        "esac\n"
    )


def test_a_module_version_is_the_release_it_is_published_as() -> None:
    pin = program.required()
    assert program.release() == f"3.{pin.minor - 300}.{pin.patch}"


def test_it_is_built_once_for_each_version(env: dict[str, str]) -> None:
    assert program.cached(env) == Path(env["XDG_CACHE_HOME"]) / "oke-gpu-platform" / "promtool" / str(program.required()) / "promtool"


def test_what_was_built_before_is_found(env: dict[str, str]) -> None:
    assert program.find(env) is None
    program.cached(env).parent.mkdir(parents=True)
    program.cached(env).touch(mode=0o755)
    assert program.find(env) == program.cached(env)


def test_a_promtool_on_path_is_of_another_prometheus_and_not_taken(fake: Fake, env: dict[str, str]) -> None:
    fake("bin/promtool", "promtool, version 2.42.0")
    assert program.find(env) is None


def test_a_named_promtool_is_used(fake: Fake, env: dict[str, str]) -> None:
    named = fake("mine/promtool", "promtool, version 3.0.0")
    assert program.find({**env, "PROMTOOL": str(named)}) == named


def test_a_named_promtool_that_does_not_run_is_refused(env: dict[str, str]) -> None:
    with pytest.raises(PromtoolError, match="PROMTOOL=/nowhere is not a promtool that runs"):
        program.find({**env, "PROMTOOL": "/nowhere"})


def test_a_missing_one_is_built_and_found_from_then_on(fake: Fake, env: dict[str, str], progress: Progress, said: io.StringIO) -> None:
    go_that_builds(fake, env, SAYS)
    assert program.ensure(progress, env=env) == program.cached(env)
    assert f"Building promtool {program.release()}" in said.getvalue()
    (Path(env["PATH"]) / "go").unlink()
    assert program.ensure(progress, env=env) == program.cached(env)


def test_a_build_of_another_version_is_not_kept(fake: Fake, env: dict[str, str], progress: Progress) -> None:
    go_that_builds(fake, env, "promtool, version 3.0.1")
    with pytest.raises(PromtoolError, match=r"says it is v3\.0\.1, not 3\."):
        program.ensure(progress, env=env)
    assert program.find(env) is None
