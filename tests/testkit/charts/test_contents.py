"""What is in the documents of a chart: pods and what they need, images, tolerations, selectors."""

from typing import Any

import pytest

from testkit.charts.contents import images, matches, references, templates, tolerates, unpinned


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
