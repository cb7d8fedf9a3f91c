"""Charts are found where they lie, pulled once, and held to the versions that the add-ons pin."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from components.framework.chart import Chart
from toolchain.progress import Progress
from tools import charts
from tools.charts.__main__ import main
from tools.charts.pull import PullError, pull

Fake = Callable[[str, str], Path]
ENGINE = Chart(key="engine", name="engine", repository="https://charts.example.org/all", version="1.2.3", app_version="v9", crds="none")
IN_A_REGISTRY = Chart(key="oil", name="oil", repository="oci://r.example.org/charts/oil", version="v2", app_version="v2", crds="chart")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}


def helm_that(fake: Fake, script: str) -> Path:
    """A program that keeps what it was asked, and does as the script says with `$into`, the folder to unpack into."""
    program = fake("mine/helm", "")
    told = program.parent / "told"
    program.write_text(f'#!/bin/sh\necho "$@" >> {told}\nfor word in "$@"; do into=$word; done\n{script}\n')
    return program


def helm_that_gives(fake: Fake, name: str, version: str, app_version: str) -> Path:
    chart = json.dumps({"name": name, "version": version, "appVersion": app_version})
    return helm_that(fake, f"mkdir -p $into/{name} && echo '{chart}' > $into/{name}/Chart.yaml")


def told(helm: Path) -> str:
    return (helm.parent / "told").read_text()


def lay(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "Chart.yaml").write_text("name: engine\nversion: 1.2.3\nappVersion: v9\n")
    return folder


def test_what_was_pulled_lies_in_the_users_cache_by_name_and_version(env: dict[str, str]) -> None:
    assert charts.find(ENGINE, env) is None
    there = lay(Path(env["XDG_CACHE_HOME"]) / "oke-gpu-platform" / "charts" / "engine-1.2.3")
    assert charts.find(ENGINE, env) == there


@pytest.mark.parametrize("name", ["engine", "engine-1.2.3"])
def test_a_folder_of_ones_own_is_looked_in_instead(env: dict[str, str], tmp_path: Path, name: str) -> None:
    lay(Path(env["XDG_CACHE_HOME"]) / "oke-gpu-platform" / "charts" / "engine-1.2.3")
    assert charts.find(ENGINE, {**env, "CHARTS": str(tmp_path / "own")}) is None
    there = lay(tmp_path / "own" / name)
    assert charts.find(ENGINE, {**env, "CHARTS": str(tmp_path / "own")}) == there


def test_a_chart_is_pulled_once(fake: Fake, env: dict[str, str], progress: Progress, said: io.StringIO) -> None:
    helm = helm_that_gives(fake, "engine", "1.2.3", "v9")
    there = pull(helm, ENGINE, progress, env=env)
    assert "Pulling engine 1.2.3: done" in said.getvalue()
    assert charts.find(ENGINE, env) == there
    assert told(helm).startswith("pull engine --repo https://charts.example.org/all --version 1.2.3 --untar ")
    helm.unlink()
    assert pull(helm, ENGINE, progress, env=env) == there
    assert [path.name for path in there.parent.iterdir() if path.name != ".lock"] == ["engine-1.2.3"]


def test_a_chart_of_a_registry_is_asked_for_by_its_reference(fake: Fake, env: dict[str, str], progress: Progress) -> None:
    helm = helm_that_gives(fake, "oil", "v2", "v2")
    pull(helm, IN_A_REGISTRY, progress, env=env)
    assert told(helm).startswith("pull oci://r.example.org/charts/oil --version v2 --untar ")


def test_a_mirror_is_asked_instead(fake: Fake, env: dict[str, str], progress: Progress) -> None:
    helm = helm_that_gives(fake, "engine", "1.2.3", "v9")
    pull(helm, ENGINE, progress, "oci://mirror.example.org/copies", env)
    assert told(helm).startswith("pull oci://mirror.example.org/copies/engine --version 1.2.3 ")


def test_another_version_than_the_pinned_one_is_not_kept(fake: Fake, env: dict[str, str], progress: Progress) -> None:
    helm = helm_that_gives(fake, "engine", "1.2.3", "v8")
    with pytest.raises(PullError, match=r"engine: what was pulled is 1\.2\.3 \(of v8\), but its chart\.py pins 1\.2\.3 \(of v9\)"):
        pull(helm, ENGINE, progress, env=env)
    assert charts.find(ENGINE, env) is None
    assert [path.name for path in charts.folder(env).iterdir()] == [".lock"]


def test_without_a_network_one_line_says_so(fake: Fake, env: dict[str, str], progress: Progress) -> None:
    helm = helm_that(fake, "echo 'Error: dial tcp: lookup charts.example.org: no such host' >&2; exit 1")
    with pytest.raises(PullError) as refused:
        pull(helm, ENGINE, progress, env=env)
    assert str(refused.value) == (
        "engine 1.2.3: charts.example.org does not answer. Check the connection and HTTPS_PROXY, name a copy of the charts by --mirror, "
        "or a folder that has them by CHARTS."
    )


def test_what_a_repository_says_is_passed_on(fake: Fake, env: dict[str, str], progress: Progress) -> None:
    helm = helm_that(fake, "echo 'Error: chart engine version 1.2.3 not found' >&2; exit 1")
    with pytest.raises(PullError, match=r"charts\.example\.org does not give it \(chart engine version 1\.2\.3 not found\)\. Check"):
        pull(helm, ENGINE, progress, env=env)


def test_a_chart_that_is_not_in_the_table_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["pull", "kueueue"])
    assert "not in the registry: kueueue; there are cert-manager, " in capsys.readouterr().err
