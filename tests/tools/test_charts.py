"""Charts are found where they lie, pulled once, held to the table, and rendered as their release would be."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.charts import Chart
from testkit.charts.contents import images, matches, references, templates, tolerates, unpinned
from testkit.charts.documents import documents
from testkit.charts.render import RenderError, is_hook, render
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
    with pytest.raises(PullError, match=r"engine: what was pulled is 1\.2\.3 \(of v8\), but components/charts\.py pins 1\.2\.3 \(of v9\)"):
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
    assert "not in components/charts.py: kueueue; there are cert-manager, " in capsys.readouterr().err


def test_a_release_is_rendered_with_its_own_values(fake: Fake, tmp_path: Path) -> None:
    helm = helm_that(fake, 'while [ "$1" != --values ]; do shift; done; echo "kind: ConfigMap"; echo "data: {values: \'$(cat $2)\'}"')
    release = {"name": "engine", "namespace": "garage", "values": {"replicas": 2}, "skipCrds": True}
    (document,) = render(helm, tmp_path, release, "v1.34.2", ["example.org/v1"])
    assert json.loads(document["data"]["values"]) == {"replicas": 2}
    assert told(helm).startswith(f"template engine {tmp_path} --namespace garage --values ")
    assert told(helm).endswith(" --kube-version v1.34.2 --skip-crds --api-versions=example.org/v1\n")
    render(helm, tmp_path, {"name": "engine", "namespace": "garage"}, "v1.34.2")
    assert told(helm).endswith(" --kube-version v1.34.2 --include-crds\n")


def test_what_helm_refuses_is_said(fake: Fake, tmp_path: Path) -> None:
    helm = helm_that(fake, "echo 'Error: values do not meet the schema' >&2; exit 1")
    with pytest.raises(RenderError, match="values do not meet the schema"):
        render(helm, tmp_path, {"name": "engine", "namespace": "garage"}, "v1.34.2")


def test_documents_are_read_as_kubernetes_reads_them() -> None:
    text = yaml.safe_dump({"enum": ["!="]}).replace("'!='", "=")
    assert documents(f"---\n# nothing\n---\n{text}") == [{"enum": ["="]}]


def test_hooks_are_told_from_objects() -> None:
    assert is_hook({"metadata": {"annotations": {"helm.sh/hook": "pre-install"}}})
    assert not is_hook({"metadata": {"annotations": None}})
    assert not is_hook({"metadata": {}})


# What is in the documents


def deployment(**spec: object) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "engine"}}, "spec": {"containers": [{"name": "engine", "image": "r.io/e:1"}], **spec}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "engine"}, "spec": {"template": template}}


def test_pods_are_found_in_whatever_makes_them() -> None:
    of_a_job = deployment()["spec"]
    hook = {"kind": "Job", "metadata": {"name": "make", "annotations": {"helm.sh/hook": "pre-install"}}, "spec": of_a_job}
    cron = {"kind": "CronJob", "metadata": {"name": "tick", "namespace": "own"}, "spec": {"jobTemplate": {"spec": of_a_job}}}
    custom = {"kind": "Engine", "metadata": {"name": "v8"}, "spec": {"template": {"color": "red"}}}
    found = list(templates([deployment(), hook, cron, custom, {"kind": "ConfigMap", "metadata": {"name": "c"}}]))
    assert [(each.name, each.stays) for each in found] == [("engine", True), ("make", False), ("tick", False)]
    assert found[0].pod("p", "default")["metadata"] == {"name": "p", "namespace": "default", "labels": {"app": "engine"}}
    assert found[2].pod("p", "default")["metadata"]["namespace"] == "own"


def test_a_pod_runs_under_an_account_that_is_there() -> None:
    (found,) = templates([deployment(serviceAccountName="of-a-hook", hostPID=True)])
    assert found.pod("p", "default")["spec"].keys() == {"containers", "hostPID"}


def test_containers_that_go_on_beside_the_others_count_as_such() -> None:
    (found,) = templates([deployment(initContainers=[{"name": "once"}, {"name": "beside", "restartPolicy": "Always"}])])
    assert [each["name"] for each in found.containers] == ["beside", "engine"]


def test_what_a_pod_does_not_start_without_is_found_in_every_place_that_names_it() -> None:
    env = [
        {"name": "A", "value": "plain"},
        {"name": "B", "valueFrom": {"secretKeyRef": {"name": "login", "key": "password"}}},
        {"name": "C", "valueFrom": {"configMapKeyRef": {"name": "may-lack", "key": "k", "optional": True}}},
    ]
    spec = {
        "serviceAccountName": "engine",
        "volumes": [
            {"name": "a", "configMap": {"name": "settings", "items": [{"key": "a.yaml", "path": "a"}]}},
            {"name": "b", "secret": {"secretName": "certificate"}},
            {"name": "c", "projected": {"sources": [{"secret": {"name": "token"}}, {"serviceAccountToken": {"path": "t"}}]}},
            {"name": "d", "secret": {"secretName": "may-lack", "optional": True}},
        ],
        "initContainers": [{"name": "first", "envFrom": [{"configMapRef": {"name": "environment"}}]}],
        "containers": [{"name": "engine", "env": env}],
    }
    assert set(references(spec)) == {
        ("ServiceAccount", "engine", frozenset()),
        ("ConfigMap", "settings", frozenset({"a.yaml"})),
        ("Secret", "certificate", frozenset()),
        ("Secret", "token", frozenset()),
        ("ConfigMap", "environment", frozenset()),
        ("Secret", "login", frozenset({"password"})),
    }


def test_images_are_found_wherever_a_document_names_them() -> None:
    document = {
        "spec": {
            "containers": [{"image": "r.io/a:1", "args": ["--reloader=r.io/b:2", "--base-image=r.io/c", "--url=r.io/x", "--image=e"]}],
            "driver": {"enabled": False, "image": "r.io/off"},
            "toolkit": {"repository": "r.io/n", "image": "toolkit", "version": "v3"},
        },
        "data": {"agent": '{"image": "k/agent:v1", "deep": {"defaultJobImage": "k/job"}}', "text": "{ not JSON", "image": ""},
    }
    assert dict(images(document)) == {
        "spec.containers.0.image": "r.io/a:1",
        "spec.containers.0.args.0": "r.io/b:2",
        "spec.containers.0.args.1": "r.io/c",
        "spec.toolkit": "r.io/n/toolkit:v3",
        "data.agent.image": "k/agent:v1",
        "data.agent.deep.defaultJobImage": "k/job",
    }
    assert dict(images({"image": "k/explainer", "defaultImageVersion": "v2"})) == {"image": "k/explainer:v2"}
    of_a_schema = {part: {"type": "string"} for part in ("repository", "image", "version")}
    assert dict(images(of_a_schema)) == {}


@pytest.mark.parametrize(("image", "wrong"), [
    ("r.io/a:1", None),
    ("localhost/a:1", None),
    ("r:5000/a:1", None),
    ("r.io/a@sha256:0", None),
    ("r:5000/a", "has no tag"),
    ("r.io/a:latest", "has the tag latest"),
    ("kserve/agent:v1", "names no registry, and CRI-O completes no short names"),
    ("nginx:1", "names no registry, and CRI-O completes no short names"),
])  # fmt: skip
def test_an_image_is_pinned_and_says_where_it_is(image: str, wrong: str | None) -> None:
    assert unpinned(image) == wrong


TAINT = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}


@pytest.mark.parametrize(("toleration", "holds"), [
    ({"operator": "Exists"}, True),
    ({"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}, True),
    ({"key": "nvidia.com/gpu", "value": "present"}, True),
    ({"key": "nvidia.com/gpu", "operator": "Equal", "value": "other"}, False),
    ({"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoExecute"}, False),
    ({"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}, False),
])  # fmt: skip
def test_a_toleration_matches_as_the_scheduler_has_it(toleration: dict[str, str], holds: bool) -> None:
    assert tolerates([{"key": "other"}, toleration], TAINT) is holds


@pytest.mark.parametrize(("selector", "holds"), [
    ({}, True),
    ({"matchLabels": {"app": "engine"}}, True),
    ({"matchLabels": {"app": "engine", "tier": "back"}}, False),
    ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["engine"]}]}, True),
    ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["engine"]}]}, False),
    ({"matchExpressions": [{"key": "app", "operator": "Exists"}, {"key": "tier", "operator": "DoesNotExist"}]}, True),
    ({"matchLabels": {"app": "engine"}, "matchExpressions": [{"key": "tier", "operator": "Exists"}]}, False),
])  # fmt: skip
def test_a_selector_selects_as_kubernetes_has_it(selector: dict[str, Any], holds: bool) -> None:
    assert matches(selector, {"app": "engine"}) is holds
