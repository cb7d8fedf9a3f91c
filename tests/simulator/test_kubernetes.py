"""The kubernetes provider plans as the official one does, and the cluster behind it keeps the API server's rules."""

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from simulator.errors import CloudError
from simulator.kubernetes import groups
from simulator.paths import render
from simulator.wire import UNKNOWN

if TYPE_CHECKING:
    from tests.simulator.conftest import Cloud

NAMESPACE = "kubernetes:core/v1:Namespace"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
SECRET = "kubernetes:core/v1:Secret"
RELEASE = "kubernetes:helm.sh/v3:Release"
KUEUE = "kubernetes:kueue.x-k8s.io/v1beta2"
QUEUE = "kubernetes:kueue.x-k8s.io/v1beta1:ClusterQueue"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


# What is accepted


def test_an_object_is_checked_to_its_leaves(kubernetes: "Cloud") -> None:
    container = {"name": "a", "image": "b", "ports": [{"containerPort": "80"}], "command": "sh"}
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    assert kubernetes.refusals(DEPLOYMENT, metadata={"name": "d"}, spec=spec) == [
        "spec.template.spec.containers[0].ports[0].containerPort: must be a whole number, not the string '80'",
        "spec.template.spec.containers[0].command: must be a list, not the string 'sh'",
    ]


def test_either_of_two_types_is_accepted_and_no_third(kubernetes: "Cloud") -> None:
    def budget(value: Any) -> list[str]:
        return kubernetes.refusals("kubernetes:policy/v1:PodDisruptionBudget", metadata={"name": "b"}, spec={"maxUnavailable": value})

    assert budget(1) == budget("50%") == []
    assert budget([1]) == ["spec.maxUnavailable: must be a whole number or a string, not a list of 1"]


def test_a_type_and_what_the_object_says_of_itself_agree(kubernetes: "Cloud") -> None:
    assert kubernetes.refusals(NAMESPACE, apiVersion="v1", kind="Namespace", metadata={"name": "a"}) == []
    assert kubernetes.refusals(NAMESPACE, apiVersion="v2", metadata={"name": "a"}) == ["apiVersion: is 'v2', allowed: v1"]
    assert kubernetes.refusals(QUEUE, apiVersion="kueue.x-k8s.io/v1beta2", kind="ClusterQueue", metadata={"name": "a"}) == [
        f"apiVersion: is 'kueue.x-k8s.io/v1beta2', the type {QUEUE} is kueue.x-k8s.io/v1beta1"
    ]


def test_custom_resources_hold_anything_but_a_wrong_head(kubernetes: "Cloud") -> None:
    queue = {"apiVersion": "kueue.x-k8s.io/v1beta1", "kind": "ClusterQueue"}
    assert kubernetes.refusals(QUEUE, **queue, metadata={"name": "a"}, spec={"anything": [1]}, other={}) == []
    assert kubernetes.refusals(QUEUE, metadata={"name": "a"}) == [
        "apiVersion: is required and was not given",
        "kind: is required and was not given",
    ]
    assert (
        "metadata.lables: is not a property here; did you mean labels?" in kubernetes.refusals(QUEUE, **queue, metadata={"lables": {}})[0]
    )


@pytest.mark.parametrize(
    "token", ["kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshot", "kubernetes:gateway.networking.k8s.io/v1:Gateway"]
)
def test_custom_resources_of_a_group_that_looks_built_in_are_custom(kubernetes: "Cloud", token: str) -> None:
    version, kind = token.removeprefix("kubernetes:").split(":")
    assert kubernetes.refusals(token, apiVersion=version, kind=kind, metadata={"name": "a"}) == []


@pytest.mark.parametrize(
    "token", ["kubernetes:core/v1:Node", "kubernetes:certificates.k8s.io/v1:CertificateSigningRequest", "kubernetes:yaml:ConfigFile"]
)
def test_a_built_in_kind_without_facts_is_refused(kubernetes: "Cloud", token: str) -> None:
    assert kubernetes.refusals(token, metadata={"name": "a"})[0].startswith(f"the simulator has no facts of {token}")


def test_wrong_metadata_is_a_refusal_and_not_a_defect(kubernetes: "Cloud") -> None:
    assert kubernetes.refusals(NAMESPACE, metadata="a") == ["metadata: must be an object, not the string 'a'"]
    assert kubernetes.refusals(NAMESPACE, metadata={"annotations": 1}) == ["metadata.annotations: must be a map, not the number 1"]
    assert kubernetes.refusals(NAMESPACE, metadata=UNKNOWN) == []


def test_what_has_no_name_gets_one_and_keeps_it(kubernetes: "Cloud") -> None:
    first = kubernetes.check(CONFIG_MAP, "settings", data={}).inputs
    assert first["metadata"]["name"].startswith("settings-")
    assert first["metadata"]["namespace"] == "default"
    assert kubernetes.check(CONFIG_MAP, "settings", olds=first, data={}).inputs == first


# What is planned


def named(**more: Any) -> dict[str, Any]:
    return {"metadata": {"name": "a", "namespace": "b"}, **more}


@pytest.mark.parametrize(
    ("token", "old", "new", "replaces"),
    [
        (DEPLOYMENT, {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, False),
        (DEPLOYMENT, {"spec": {"selector": {"matchLabels": {"a": "b"}}}}, {"spec": {"selector": {"matchLabels": {"a": "c"}}}}, True),
        (CONFIG_MAP, {"data": {"a": "1"}}, {"data": {"a": "2"}}, True),
        (SECRET, {"stringData": {"a": "1"}}, {"stringData": {"a": "2"}}, True),
        (CONFIG_MAP, {"immutable": False}, {"immutable": True}, False),
        ("kubernetes:storage.k8s.io/v1:StorageClass", {"provisioner": "a"}, {"provisioner": "b"}, True),
        ("kubernetes:storage.k8s.io/v1:StorageClass", {"reclaimPolicy": "a"}, {"reclaimPolicy": "b"}, False),
        ("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", {"roleRef": {"name": "a"}}, {"roleRef": {"name": "b"}}, True),
        ("kubernetes:core/v1:PersistentVolumeClaim", {"spec": {"storageClassName": "a"}}, {"spec": {"storageClassName": "b"}}, True),
        (QUEUE, {"spec": {"a": 1}}, {"spec": {"a": 2}}, False),
    ],
)
def test_a_change_replaces_what_the_provider_replaces(
    kubernetes: "Cloud", token: str, old: dict[str, Any], new: dict[str, Any], replaces: bool
) -> None:
    difference = kubernetes.diff(token, named(**old), named(**new))
    assert difference.changes
    assert (difference.replaces, difference.delete_before_replace) == (replaces, replaces)


@pytest.mark.parametrize("key", ["name", "namespace"])
def test_a_renamed_object_is_another_that_comes_first(kubernetes: "Cloud", key: str) -> None:
    new = named()
    new["metadata"] = {**new["metadata"], key: "z"}
    difference = kubernetes.diff(QUEUE, named(), new)
    assert difference.replaces and not difference.delete_before_replace


def test_an_object_without_a_name_of_its_own_comes_first(kubernetes: "Cloud") -> None:
    old, new = (kubernetes.check(CONFIG_MAP, "settings", data={"a": value}).inputs for value in "12")
    difference = kubernetes.diff(CONFIG_MAP, old, new)
    assert difference.replaces and not difference.delete_before_replace


@pytest.mark.parametrize(("token", "option"), [(CONFIG_MAP, "enableConfigMapMutable"), (SECRET, "enableSecretMutable")])
def test_data_may_change_in_place_where_the_provider_says_so(kubernetes: "Cloud", token: str, option: str) -> None:
    kubernetes.config[option] = "true"
    assert not kubernetes.diff(token, named(data={"a": "1"}), named(data={"a": "2"})).replaces


@pytest.mark.parametrize(("token", "option"), [(CONFIG_MAP, "enableConfigMapMutable"), (SECRET, "enableSecretMutable")])
def test_data_of_what_says_it_never_changes_is_replaced_all_the_same(kubernetes: "Cloud", token: str, option: str) -> None:
    kubernetes.config[option] = "true"
    difference = kubernetes.diff(token, named(data={"a": "1"}, immutable=True), named(data={"a": "2"}, immutable=True))
    assert difference.replaces and difference.delete_before_replace


def test_a_secret_is_the_same_whichever_way_it_is_written(kubernetes: "Cloud") -> None:
    assert kubernetes.diff(SECRET, named(stringData={"a": "1"}), named(data={"a": "MQ=="})).changes == ()
    (change,) = kubernetes.diff(SECRET, named(stringData={"a": "1"}), named(stringData={"a": "2"})).changes
    assert render(change.path) == "data.a"
    (change,) = kubernetes.diff(SECRET, named(stringData={"a": "1"}), named(stringData={"a": UNKNOWN})).changes
    assert change.new == UNKNOWN


def test_what_replaces_is_named_to_its_leaf_and_quoted_as_the_provider_does(kubernetes: "Cloud") -> None:
    difference = kubernetes.diff(CONFIG_MAP, named(data={"a.yaml": "1", "b-c": "1"}), named(data={"a.yaml": "2", "b-c": "2"}))
    assert kubernetes.provider.replace_keys(difference) == ['data["a.yaml"]', "data.b-c"]


def test_a_release_that_must_be_another_comes_first_though_helm_will_refuse_it(kubernetes: "Cloud") -> None:
    facts = kubernetes.provider.facts(RELEASE)
    release = {"chart": "c", "name": "r", "namespace": "a"}
    assert not kubernetes.provider.delete_first(facts, release, release)


def test_a_release_keeps_its_name_and_namespace(kubernetes: "Cloud") -> None:
    old = {"chart": "c", "name": "r", "namespace": "a"}
    assert not kubernetes.diff(RELEASE, old, {**old, "version": "2", "values": {"a": 1}}).replaces
    moved = kubernetes.diff(RELEASE, old, {**old, "namespace": "b"})
    assert moved.replaces and not moved.delete_before_replace


@pytest.mark.parametrize(
    ("olds", "news", "replaced"),
    [
        ({"kubeconfig": "a"}, {"kubeconfig": "b"}, ["kubeconfig"]),
        ({"kubeconfig": "a"}, {"kubeconfig": UNKNOWN}, ["kubeconfig"]),
        ({"kubeconfig": "a", "context": "x"}, {"kubeconfig": "a", "context": "y"}, ["context"]),
        ({"kubeconfig": "a", "clusterIdentifier": "1"}, {"kubeconfig": "b", "clusterIdentifier": "1"}, []),
        ({"kubeconfig": "a", "clusterIdentifier": "1"}, {"kubeconfig": UNKNOWN, "clusterIdentifier": "1"}, []),
        ({"kubeconfig": "a", "clusterIdentifier": "1"}, {"kubeconfig": "a", "clusterIdentifier": "2"}, ["clusterIdentifier"]),
        ({"kubeconfig": "a", "clusterIdentifier": "1"}, {"kubeconfig": "a", "clusterIdentifier": UNKNOWN}, ["clusterIdentifier"]),
        ({"kubeconfig": "a"}, {"kubeconfig": "a", "clusterIdentifier": "1"}, []),
        ({"kubeconfig": "a", "clusterIdentifier": "1"}, {"kubeconfig": "b"}, ["kubeconfig"]),
        ({"namespace": "a"}, {"namespace": "b"}, []),
    ],
)
def test_another_cluster_replaces_what_is_in_this_one(
    kubernetes: "Cloud", olds: dict[str, str], news: dict[str, str], replaced: list[str]
) -> None:
    difference = kubernetes.provider.diff_config(olds, news)
    assert difference.changes
    assert [render(change.path) for change in difference.changes if change.replaces] == replaced


# What the cluster does


def test_an_object_needs_its_namespace(kubernetes: "Cloud") -> None:
    assert kubernetes.refused(CONFIG_MAP, metadata={"name": "a", "namespace": "ml"}) == 'it: namespaces "ml" not found'
    kubernetes.create(NAMESPACE, "ml", metadata={"name": "ml"})
    assert kubernetes.create(CONFIG_MAP, metadata={"name": "a", "namespace": "ml"}).id == "ml/a"


def test_a_release_may_bring_its_namespace(kubernetes: "Cloud") -> None:
    assert 'namespaces "kueue" not found' in kubernetes.refused(RELEASE, chart="kueue", name="kueue", namespace="kueue")
    live = kubernetes.create(RELEASE, chart="kueue", name="kueue", namespace="kueue", createNamespace=True)
    assert live.id == "kueue/kueue"
    assert live.outputs["status"]["revision"] == 1
    assert kubernetes.update(RELEASE, live, **live.inputs)["status"]["revision"] == 2
    assert kubernetes.create(CONFIG_MAP, metadata={"name": "a", "namespace": "kueue"}).id


def test_clusters_have_their_own_namespaces(kubernetes: "Cloud") -> None:
    kubernetes.create(RELEASE, chart="kueue", name="kueue", namespace="kueue", createNamespace=True)
    one = kubernetes.create(NAMESPACE, "ml", metadata={"name": "ml"})
    kubernetes.config = {"clusterIdentifier": "another"}
    assert "not found" in kubernetes.refused(CONFIG_MAP, metadata={"name": "a", "namespace": "kueue"})
    kubernetes.create(NAMESPACE, "ml", metadata={"name": "ml"})
    kept = kubernetes.create(CONFIG_MAP, metadata={"name": "a", "namespace": "ml"})
    kubernetes.config = {"clusterIdentifier": "one"}
    kubernetes.delete(NAMESPACE, one, "ml")
    assert [record.id for record in kubernetes.simulated.of(CONFIG_MAP)] == [kept.id]


def test_a_name_is_taken_once_in_a_cluster(kubernetes: "Cloud") -> None:
    kubernetes.create(NAMESPACE, "one", metadata={"name": "ml"})
    assert kubernetes.refused(NAMESPACE, "two", metadata={"name": "ml"}) == 'resource ml was not created: Namespace "ml" already exists'
    kubernetes.config = {"clusterIdentifier": "another"}
    assert kubernetes.create(NAMESPACE, "two", metadata={"name": "ml"}).id == "ml"


def test_a_release_name_is_taken_once(kubernetes: "Cloud") -> None:
    release = {"chart": "c", "name": "r", "namespace": "default"}
    kubernetes.create(RELEASE, "one", **release)
    assert kubernetes.refused(RELEASE, "two", **release) == "cannot re-use a name that is still in use: default/r"


def test_a_namespace_takes_all_that_is_in_it_along(kubernetes: "Cloud") -> None:
    namespace = kubernetes.create(NAMESPACE, "ml", metadata={"name": "ml"})
    kubernetes.create(CONFIG_MAP, "a", metadata={"name": "a", "namespace": "ml"})
    kubernetes.create(CONFIG_MAP, "b", metadata={"name": "b"})
    kubernetes.delete(NAMESPACE, namespace, "ml")
    assert [record.id for record in kubernetes.simulated.of(CONFIG_MAP)] == ["default/b"]


@pytest.mark.parametrize(
    ("token", "old", "new", "refusal"),
    [
        ("kubernetes:scheduling.k8s.io/v1:PriorityClass", {"value": 1}, {"value": 2}, "value: Invalid value: field is immutable"),
        ("kubernetes:storage.k8s.io/v1:StorageClass", {"provisioner": "p", "reclaimPolicy": "Delete"},
         {"provisioner": "p", "reclaimPolicy": "Retain"}, "reclaimPolicy: Invalid value"),
        ("kubernetes:core/v1:PersistentVolumeClaim", {"spec": {"resources": {"limits": {"storage": "1Gi"}}}},
         {"spec": {"resources": {"limits": {"storage": "2Gi"}}}}, r"spec\.resources\.limits\.storage: Invalid value"),
        ("kubernetes:core/v1:PersistentVolumeClaim", {"spec": {"resources": {"requests": {"storage": "1Gi"}}}},
         {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}, None),
        ("kubernetes:apps/v1:StatefulSet", {"spec": {"replicas": 1, "template": {}, "selector": {}}},
         {"spec": {"replicas": 2, "template": {}, "selector": {}}}, None),
        (f"{KUEUE}:LocalQueue", {"spec": {"clusterQueue": "a"}}, {"spec": {"clusterQueue": "b"}}, r"spec\.clusterQueue: Invalid value"),
        (f"{KUEUE}:LocalQueue", {"spec": {"clusterQueue": "a"}}, {"spec": {"clusterQueue": "a", "stopPolicy": "Hold"}}, None),
        (f"{KUEUE}:Topology", {"spec": {"levels": [{"nodeLabel": "rack"}]}}, {"spec": {"levels": [{"nodeLabel": "room"}]}},
         r"spec\.levels\[0\]\.nodeLabel: Invalid value"),
        (f"{KUEUE}:AdmissionCheck", {"spec": {"controllerName": "a"}}, {"spec": {"controllerName": "b"}}, "controllerName: Invalid value"),
        (f"{KUEUE}:ResourceFlavor", {"spec": {"topologyName": "racks"}}, {"spec": {"topologyName": "rooms"}}, "topologyName: Invalid"),
        (f"{KUEUE}:ResourceFlavor", {"spec": {"topologyName": "racks"}}, {"spec": {}}, "topologyName: Invalid"),
        (f"{KUEUE}:ResourceFlavor", {"spec": {"topologyName": "racks", "nodeLabels": {"a": "1"}}},
         {"spec": {"topologyName": "racks", "nodeLabels": {"a": "2"}}}, r"nodeLabels\.a: Invalid"),
        (f"{KUEUE}:ResourceFlavor", {"spec": {"nodeLabels": {"a": "1"}}},
         {"spec": {"nodeLabels": {"a": "2"}, "topologyName": "racks"}}, None),
        ("kubernetes:nvidia.com/v1alpha1:NVIDIADriver", {"spec": {"usePrecompiled": True}}, {"spec": {"usePrecompiled": False}},
         "usePrecompiled: Invalid"),
        ("kubernetes:serving.kserve.io/v1alpha1:LocalModelCache", {"spec": {"sourceModelUri": "a"}}, {"spec": {"sourceModelUri": "b"}},
         "sourceModelUri: Invalid"),
    ],
)  # fmt: skip
def test_what_the_api_server_never_changes_is_refused(
    kubernetes: "Cloud", token: str, old: dict[str, Any], new: dict[str, Any], refusal: str | None
) -> None:
    own = {"apiVersion": groups.api_version(token), "kind": token.rpartition(":")[2]} if groups.is_custom(token) else {}
    metadata = {"metadata": {"name": "a"}, **own}
    live = kubernetes.create(token, **metadata, **old)
    assert not kubernetes.diff(token, {**metadata, **old}, {**metadata, **new}).replaces
    given = {**live.inputs, **new}
    preview = partial(kubernetes.provider.foresee, kubernetes.config, kubernetes.resource(token, "it", live.id), given, live.inputs)
    if refusal is None:
        preview()
        assert kubernetes.update(token, live, **given)["metadata"]["generation"] == 2
    else:
        with pytest.raises(CloudError, match=refusal):
            preview()
        with pytest.raises(CloudError, match=refusal):
            kubernetes.update(token, live, **given)


def test_drift_is_seen_where_the_program_says_something(kubernetes: "Cloud") -> None:
    live = kubernetes.create(QUEUE, apiVersion="kueue.x-k8s.io/v1beta1", kind="ClusterQueue", metadata={"name": "q"}, spec={"cohort": "a"})
    assert kubernetes.read(QUEUE, live).inputs == live.inputs
    kubernetes.simulated.drift(QUEUE, "it", spec={"cohort": "b", "byController": 1}, status={"pending": 2})
    assert kubernetes.read(QUEUE, live).inputs["spec"] == {"cohort": "b"}


def test_a_preview_says_what_the_object_is(kubernetes: "Cloud") -> None:
    outputs = kubernetes.provider.preview(kubernetes.config, kubernetes.resource(NAMESPACE, "ml"), {"metadata": {"name": "ml"}})
    assert outputs == {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ml"}, "status": UNKNOWN}
