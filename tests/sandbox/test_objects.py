"""Changes of single objects, planned by the official kubernetes provider and by the simulated one: they agree to the path.

The program is a project of its own that registers manifests; the cluster is real, so that a refusal is the API server's.
"""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.engine import stackfile
from platformctl.engine.plan import Plan, name_of
from platformctl.engine.session import OperationError, Session
from platformctl.engine.stackfile import StackFile
from testkit.control_plane.cluster import ControlPlane

PROGRAM = """
import json

import pulumi
import pulumi_kubernetes as k8s

config = pulumi.Config()
provider = k8s.Provider(
    "cluster",
    kubeconfig=config.require("kubeconfig"),
    cluster_identifier="cluster",
    enable_server_side_apply=True,
    enable_config_map_mutable=config.require_bool("mutable"),
    enable_secret_mutable=config.require_bool("mutable"),
)
for name, document in json.loads(config.require("objects")).items():
    version, kind = document["apiVersion"], document["kind"]
    token = f"kubernetes:{version if '/' in version else 'core/' + version}:{kind}"
    pulumi.CustomResource(token, name, document, pulumi.ResourceOptions(provider=provider))
"""

GONE = object()
"""Stands for a field that is taken out."""

Object = dict[str, Any]
Path_ = tuple[str | int, ...]


def make(kind: str, api_version: str = "v1", *, namespaced: bool = True, **content: Any) -> Object:
    # Objects whose pods or volumes never come are not waited for: what is planned is the subject.
    meta: Object = {"name": "NAME", "annotations": {"pulumi.com/skipAwait": "true"}, **({"namespace": "default"} if namespaced else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, **content}


def cluster_wide(kind: str, api_version: str, **content: Any) -> Object:
    return make(kind, api_version, namespaced=False, **content)


def changed(document: Object, path: Path_, value: Any) -> Object:
    copied = copy.deepcopy(document)
    within: Any = copied
    for step in path[:-1]:
        within = within[step]
    if value is GONE:
        del within[path[-1]]
    else:
        within[path[-1]] = value
    return copied


CONTAINER = ("spec", "template", "spec", "containers")
DEPLOYMENT = make(
    "Deployment", "apps/v1",
    spec={
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": {"app": "NAME"}},
        "template": {
            "metadata": {"labels": {"app": "NAME"}},
            "spec": {"containers": [{"name": "a", "image": "example.org/a:1", "env": [{"name": "A", "value": "1"}]}]},
        },
    },
)  # fmt: skip
JOB = make(
    "Job", "batch/v1",
    spec={"backoffLimit": 1, "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "example.org/a:1"}]}}},
)  # fmt: skip
SERVICE = make("Service", spec={"selector": {"a": "b"}, "ports": [{"name": "http", "port": 80}]})
CLAIM = make(
    "PersistentVolumeClaim",
    spec={"accessModes": ["ReadWriteOnce"], "storageClassName": "a", "resources": {"requests": {"storage": "1Gi"}}},
)
MAP, SECRET = make("ConfigMap", data={"a": "1"}), make("Secret", type="Opaque", data={"a": "MQ=="})
CLASS = cluster_wide("StorageClass", "storage.k8s.io/v1", provisioner="a.example.org", parameters={"a": "1"})
BINDING = make(
    "RoleBinding", "rbac.authorization.k8s.io/v1",
    roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
    subjects=[{"kind": "ServiceAccount", "name": "default", "namespace": "default"}],
)  # fmt: skip
QUOTA = make("ResourceQuota", spec={"hard": {"pods": "30"}})

PLANNED: Mapping[str, tuple[Object, Path_, Any]] = {
    "deployment-replicas": (DEPLOYMENT, ("spec", "replicas"), 2),
    "deployment-replicas-gone": (DEPLOYMENT, ("spec", "replicas"), GONE),
    "deployment-strategy-gone": (DEPLOYMENT, ("spec", "strategy"), GONE),
    "deployment-image": (DEPLOYMENT, (*CONTAINER, 0, "image"), "example.org/a:2"),
    "deployment-variable": (DEPLOYMENT, (*CONTAINER, 0, "env"), [{"name": "B", "value": "2"}]),
    "deployment-variables": (DEPLOYMENT, (*CONTAINER, 0, "env"), [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]),
    "deployment-selector": (DEPLOYMENT, ("spec",), json.loads(json.dumps(DEPLOYMENT["spec"]).replace("NAME", "another"))),
    "map-data": (MAP, ("data", "a"), "2"),
    "map-data-more": (MAP, ("data",), {"a": "1", "b-c": "2", "d.yaml": "3"}),
    "map-data-gone": (MAP, ("data",), GONE),
    "map-immutable": ({**MAP, "immutable": True}, ("data", "a"), "2"),
    "map-becomes-immutable": (MAP, ("immutable",), True),
    "map-name": (MAP, ("metadata", "name"), "another"),
    "map-namespace": (MAP, ("metadata", "namespace"), "kube-public"),
    "map-labels": (MAP, ("metadata", "labels"), {"example.org/a": "b"}),
    "secret-data": (SECRET, ("data", "a"), "Mg=="),
    "secret-text": (make("Secret", stringData={"a": "1"}), ("stringData", "a"), "2"),
    "secret-type": (SECRET, ("type",), "example.org/type"),
    "secret-immutable": ({**SECRET, "immutable": True}, ("data", "a"), "Mg=="),
    "service-target": (SERVICE, ("spec", "ports", 0, "targetPort"), 81),
    "service-selector": (SERVICE, ("spec", "selector"), {"c": "d"}),
    "service-headless": (SERVICE, ("spec", "clusterIP"), "None"),
    "claim-class": (CLAIM, ("spec", "storageClassName"), "b"),
    "class-provisioner": (CLASS, ("provisioner",), "b.example.org"),
    "class-parameter": (CLASS, ("parameters", "a"), "2"),
    "class-expansion": (CLASS, ("allowVolumeExpansion",), True),
    "binding-role": (BINDING, ("roleRef", "name"), "edit"),
    "binding-subjects": (BINDING, ("subjects",), [*BINDING["subjects"], {**BINDING["subjects"][0], "name": "another"}]),
    "quota-limit": (QUOTA, ("spec", "hard", "pods"), "31"),
    "quota-scopes": (QUOTA, ("spec", "scopes"), ["BestEffort"]),
    "namespace-labels": (cluster_wide("Namespace", "v1"), ("metadata", "labels"), {"pod-security.kubernetes.io/enforce": "baseline"}),
    "job-image": (JOB, ("spec", "template", "spec", "containers", 0, "image"), "example.org/a:2"),
    "job-retries": (JOB, ("spec", "backoffLimit"), 2),
    "account-token": (make("ServiceAccount"), ("automountServiceAccountToken",), False),
    "priority-words": (cluster_wide("PriorityClass", "scheduling.k8s.io/v1", value=5), ("description",), "a"),
}
"""By name: an object, and a change that the API server takes."""

REFUSED: Mapping[str, tuple[Object, Path_, Any]] = {
    "class-reclaims": (CLASS, ("reclaimPolicy",), "Retain"),
    "priority-value": (cluster_wide("PriorityClass", "scheduling.k8s.io/v1", value=5), ("value",), 6),
    "runtime-handler": (cluster_wide("RuntimeClass", "node.k8s.io/v1", handler="a"), ("handler",), "b"),
    "ingress-controller": (
        cluster_wide("IngressClass", "networking.k8s.io/v1", spec={"controller": "example.org/a"}), ("spec", "controller"), "example.org/b",
    ),
    "job-policy": (
        JOB, ("spec", "podFailurePolicy"),
        {"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]},
    ),
}  # fmt: skip
"""By name: an object, and a change that it refuses, and that no provider replaces for."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    unchanged: Plan
    """Of the objects, once they are there."""
    changed: Plan
    refused: frozenset[str]
    """Objects that a preview failed on."""


def see(root: Path, kubeconfig: Path, mutable: bool, official: Mapping[str, Path] | None) -> Seen:
    def file(name: str, cases: Mapping[str, tuple[Object, Path_, Any]], after: bool) -> StackFile:
        objects = {name: changed(*case) if after else case[0] for name, case in cases.items()}
        # What the other setting made may be on its way out still: nobody awaits these objects.
        called = {name: f"{name}-{'updated' if mutable else 'replaced'}" for name in objects}
        named = {name: json.loads(json.dumps(document).replace("NAME", called[name])) for name, document in objects.items()}
        config = {"objects": json.dumps(named), "mutable": str(mutable).lower(), "kubeconfig": str(kubeconfig)}
        (root / name).mkdir(exist_ok=True)
        path = root / name / "Pulumi.objects.yaml"
        path.write_text(yaml.safe_dump({"config": {f"objects:{key}": value for key, value in config.items()}}))
        return stackfile.locate(str(path), root)

    (root / "Pulumi.yaml").write_text("name: objects\nruntime: python\n")
    (root / "__main__.py").write_text(PROGRAM)
    everything = {**PLANNED, **REFUSED}
    with Session(root, file("before", everything, after=False), official=official) as session:
        session.run("up")
        unchanged = session.preview()
        session.change(file("refused", REFUSED, after=True))
        with pytest.raises(OperationError) as refusal:
            session.run("preview", of=root)  # in a process of its own: the engine breaks the program off
        session.change(file("after", PLANNED, after=True))
        plan = session.preview()
        session.run("destroy")
    refused = frozenset(name_of(error.urn) for error in refusal.value.outcome.log.errors if error.urn)
    return Seen(unchanged=unchanged, changed=plan, refused=refused)


Pair = tuple[Seen, Seen]


@pytest.fixture(scope="module", params=[False, True], ids=["data-replaces", "data-is-updated"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, control_plane: ControlPlane, official: dict[str, Path]
) -> Pair:
    """What the simulated provider and the official one make of the same objects."""

    def seen(plugins: Mapping[str, Path] | None) -> Seen:
        return see(tmp_path_factory.mktemp("objects"), control_plane.kubeconfig, request.param, plugins)

    return seen(None), seen(official)


def test_an_object_that_is_there_as_it_was_asked_for_is_left_alone(pair: Pair) -> None:
    assert [[each.name for each in seen.unchanged.changes] for seen in pair] == [[], []]


def test_both_plan_the_same_for_the_same_reasons(pair: Pair) -> None:
    ours, theirs = (
        {each.name: (each.op, sorted(each.replace_keys), dict(each.diffs)) for each in seen.changed.resources if each.name in PLANNED}
        for seen in pair
    )
    assert set(ours) == set(PLANNED)
    assert ours == theirs


def test_what_the_api_server_refuses_is_refused_in_the_preview(pair: Pair) -> None:
    ours, theirs = pair
    assert ours.refused <= set(REFUSED)
    assert ours.refused, "the simulated provider"
    assert theirs.refused, "the official one; the engine stops at the first, and others may be under way"
