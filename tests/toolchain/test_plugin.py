"""The official kubernetes provider: which one is taken, and what is said where there is none."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from toolchain import plugin
from toolchain.plugin import PluginError
from toolchain.programs import ENGINE
from toolchain.progress import Progress

Fake = Callable[[str, str], Path]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "cache")}


def installed(version: str) -> str:
    return f"home/.pulumi/plugins/resource-kubernetes-{version}/pulumi-resource-kubernetes"


def test_the_version_is_the_sdks() -> None:
    assert re.fullmatch(r"v4\.\d+\.\d+", plugin.required())


def test_the_one_that_the_environment_names_comes_first(fake: Fake, env: dict[str, str]) -> None:
    fake("bin/pulumi-resource-kubernetes", "")
    mine = fake("mine/pulumi-resource-kubernetes", "")
    assert plugin.find({**env, plugin.NAMED: str(mine)}) == mine


@pytest.mark.parametrize("name", ["mine/pulumi-resource-kubernetes", "mine/another"])
def test_a_named_one_that_will_not_do_is_refused(fake: Fake, env: dict[str, str], tmp_path: Path, name: str) -> None:
    fake("mine/another", "")
    with pytest.raises(PluginError, match=r"PULUMI_RESOURCE_KUBERNETES=\S+ is not a pulumi-resource-kubernetes that runs"):
        plugin.find({**env, plugin.NAMED: str(tmp_path / name)})


def test_then_comes_one_on_the_path_then_an_installed_one_of_the_version(fake: Fake, env: dict[str, str], tmp_path: Path) -> None:
    fake(installed("v4.0.0"), "")
    assert plugin.find(env) is None
    kept = fake(installed(plugin.required()), "")
    assert plugin.find(env) == kept
    assert plugin.find({**env, "PULUMI_HOME": str(tmp_path / "elsewhere")}) is None
    on_path = fake("bin/pulumi-resource-kubernetes", "")
    assert plugin.find(env) == on_path


def engine_that(fake: Fake, does: str) -> None:
    fake("bin/pulumi", "").write_text(f"#!/bin/sh\nif [ $1 = version ]; then echo {ENGINE.version}; exit; fi\n{does}\n")


def test_the_engine_installs_it_where_pulumi_keeps_plugins(fake: Fake, env: dict[str, str], tmp_path: Path, progress: Progress) -> None:
    target = tmp_path / installed(plugin.required())
    engine_that(fake, f'echo "$@" > {tmp_path}/asked; /bin/mkdir -p {target.parent}; /bin/cp $0 {target}')
    assert plugin.ensure(progress, env=env) == target
    assert (tmp_path / "asked").read_text() == f"plugin install resource kubernetes {plugin.required()}\n"


def test_without_a_connection_it_says_what_to_do(fake: Fake, env: dict[str, str], progress: Progress) -> None:
    engine_that(fake, "echo error: dial tcp: no such host >&2; exit 255")
    with pytest.raises(PluginError) as refusal:
        plugin.ensure(progress, env=env)
    assert "no such host" in str(refusal.value)
    assert f"Run `pulumi plugin install resource kubernetes {plugin.required()}` where there is a connection" in str(refusal.value)
