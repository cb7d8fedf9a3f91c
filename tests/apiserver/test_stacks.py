"""What every stack puts into its cluster, judged by a real API server: applied, applied again, broken, deleted.

Helm releases are held to the chart table here, and their namespace must be there. What their charts make is test_charts.py's.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

from components.framework.schema import ChartSchema, Schema, check_custom_resource, load
from components.registry import CHARTS
from testkit.control_plane.client import ApiError, Client, Object
from testkit.control_plane.definitions import definitions
from testkit.in_cluster import InCluster

ROOT = Path(__file__).resolve().parents[2]
STACKS = {"dev": ROOT / "Pulumi.dev.yaml", "prod": ROOT / "Pulumi.prod.yaml", "rtx4060": ROOT / "examples/Pulumi.rtx4060.yaml"}
PLATFORM_KINDS = {name for chart in CHARTS for name in load(chart.key).names}

pytestmark = pytest.mark.engine

Stack = tuple[InCluster, ...]


@pytest.fixture(scope="module")
def installed(client: Client) -> None:
    """The definitions that the charts bring."""
    client.apply_all(definitions())


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest, contents: Callable[[Path], Stack]) -> Stack:
    return contents(STACKS[request.param])


@pytest.fixture(scope="module")
def there(client: Client, stack: Stack, installed: None) -> Iterator[list[Object]]:
    """The stack's objects, applied in the graph's order. Afterwards they are gone."""
    yield client.apply_all(manifests(stack))
    delete(client, stack)


def delete(client: Client, stack: Stack) -> None:
    """In the graph's reverse order, side by side where the graph allows it, as the engine does. Raises TimeoutError."""
    by_urn = {each.urn: each for each in stack}
    after = TopologicalSorter({each.urn: [other.urn for other in stack if each.urn in other.waits_for] for each in stack})
    after.prepare()
    while after.is_active():
        wave = after.get_ready()
        going = [by_urn[urn].inputs for urn in wave if not by_urn[urn].is_release]
        for manifest in going:
            *kind, namespace = place(manifest)
            client.delete(*kind, namespace=namespace)
        for manifest in going:
            *kind, namespace = place(manifest)
            client.wait_gone(*kind, namespace=namespace)
        after.done(*wave)


def place(manifest: Mapping[str, Any]) -> tuple[str, str, str, str | None]:
    meta = manifest["metadata"]
    return manifest["apiVersion"], manifest["kind"], meta["name"], meta.get("namespace")


def manifests(stack: Stack) -> list[dict[str, Any]]:
    """All but the releases, in the graph's order."""
    return [dict(each.inputs) for each in stack if not each.is_release]


def custom_resources(stack: Stack) -> list[dict[str, Any]]:
    """Of kinds that the platform's charts define."""
    return [each for each in manifests(stack) if f"{each['apiVersion'].partition('/')[0]}/{each['kind']}" in PLATFORM_KINDS]


def test_the_graph_has_namespaces_and_charts(stack: Stack) -> None:
    assert any(each.type == "kubernetes:core/v1:Namespace" for each in stack)
    assert any(each.is_release for each in stack)


def test_every_object_is_accepted_and_a_second_time_changes_nothing(client: Client, stack: Stack, there: list[Object]) -> None:
    assert len(there) == len(manifests(stack))
    for manifest in manifests(stack):
        *kind, namespace = place(manifest)
        settled = client.get(*kind, namespace=namespace)
        again = client.apply(manifest)
        assert again["metadata"]["resourceVersion"] == settled["metadata"]["resourceVersion"], kind
        assert again["metadata"].get("generation") == settled["metadata"].get("generation"), kind


@pytest.mark.usefixtures("there")
def test_the_server_warns_of_nothing(client: Client, stack: Stack) -> None:
    """Deprecated versions, fields that will be ignored, Pod Security levels that only warn."""
    for manifest in manifests(stack):
        client.apply(manifest)
        assert client.warnings == (), place(manifest)


@pytest.mark.usefixtures("there")
def test_a_release_has_a_namespace_and_the_chart_of_the_table(client: Client, stack: Stack) -> None:
    pinned = {chart.key: (chart.reference, chart.repository_url, chart.version) for chart in CHARTS}
    releases = {each.name: each.inputs for each in stack if each.is_release}
    for name, inputs in releases.items():
        found = (inputs["chart"], (inputs.get("repositoryOpts") or {}).get("repo"), inputs["version"])
        assert found == pinned[name]
        assert client.get("v1", "Namespace", inputs["namespace"])["status"]["phase"] == "Active"


def test_a_namespace_comes_before_all_that_is_in_it(stack: Stack) -> None:
    seen: set[str] = {"default", "kube-system", "kube-public"}
    for each in stack:
        meta = each.inputs.get("metadata") or {}
        if each.inputs.get("kind") == "Namespace":
            seen.add(meta["name"])
        namespace = each.inputs.get("namespace") if each.is_release else meta.get("namespace")
        assert namespace is None or namespace in seen, f"{each.name} comes before its namespace {namespace}"


def test_the_chart_schemas_take_the_custom_resources(stack: Stack) -> None:
    for manifest in custom_resources(stack):
        assert check_custom_resource(manifest) == (), place(manifest)


@pytest.mark.usefixtures("there")
def test_custom_resources_break_as_the_chart_schemas_say(client: Client, stack: Stack) -> None:
    kinds = {(manifest["apiVersion"], manifest["kind"]): manifest for manifest in custom_resources(stack)}
    for manifest in kinds.values():
        assert "unknown" in assert_breaks(client, manifest)


def test_deleted_in_the_reverse_order_nothing_is_stuck(client: Client, stack: Stack, there: list[Object]) -> None:
    delete(client, stack)
    for manifest in manifests(stack):
        *kind, namespace = place(manifest)
        assert client.find(*kind, namespace=namespace) is None


# Kinds that the platform may use, whichever stack does today.

SAMPLES: tuple[dict[str, Any], ...] = (
    {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": "sample"},
        "spec": {"secretName": "sample", "dnsNames": ["a.example.org"], "issuerRef": {"name": "own", "kind": "Issuer"}},
    },
    {
        "apiVersion": "cert-manager.io/v1",
        "kind": "ClusterIssuer",
        "metadata": {"name": "sample"},
        "spec": {"acme": {"server": "https://acme.example.org", "privateKeySecretRef": {"name": "key"}}},
    },
    {
        "apiVersion": "nfd.k8s-sigs.io/v1alpha1",
        "kind": "NodeFeatureRule",
        "metadata": {"name": "sample"},
        "spec": {"rules": [{"name": "gpu", "labels": {"gpu": "true"}}]},
    },
    {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "sample"},
        "spec": {"groups": [{"name": "gpu", "rules": [{"record": "gpu:use:avg", "expr": "avg(gpu)"}]}]},
    },
    {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": {"name": "sample"},
        "spec": {"selector": {"matchLabels": {"app": "dcgm"}}, "endpoints": [{"port": "metrics", "honorLabels": True}]},
    },
    {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ClusterServingRuntime",
        "metadata": {"name": "sample"},
        "spec": {"containers": [{"name": "kserve-container", "image": "example.org/vllm:1"}], "multiModel": False},
    },
    {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "sample"},
        "spec": {"predictor": {"minReplicas": 0, "model": {"modelFormat": {"name": "vllm"}, "storageUri": "oci://models/qwen"}}},
    },
)


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample["kind"] for sample in SAMPLES])
def test_a_custom_resource_of_each_kind_is_taken_whole_and_refused_broken(
    client: Client, namespace: str, installed: None, sample: dict[str, Any]
) -> None:
    kind = client.kind(sample["apiVersion"], sample["kind"])
    manifest = {**sample, "metadata": {**sample["metadata"], **({"namespace": namespace} if kind.namespaced else {})}}
    client.apply(manifest, dry_run=True)
    ways = assert_breaks(client, manifest)
    assert {"unknown", "type"} <= ways
    if sample["kind"] != "InferenceService":
        assert "missing" in ways


def assert_breaks(client: Client, manifest: Mapping[str, Any]) -> set[str]:
    """Break the manifest in each way that its chart schema knows: it and the server both refuse, and name the same place."""
    ways: set[str] = set()
    for way, path, broken in breakages(manifest):
        place = ".".join(str(part) for part in path)
        assert place in {problem.path for problem in check_custom_resource(broken)}, f"the schema takes {manifest['kind']} with {place}"
        with pytest.raises(ApiError) as refusal:
            client.apply(broken, dry_run=True)
        said = refusal.value.message
        assert str(next(part for part in reversed(path) if isinstance(part, str))) in said, (way, place, said)
        ways.add(way)
    return ways


Path_ = tuple[str | int, ...]
SERVED = ("apiVersion", "kind", "metadata")
"""Fields that a server reads before it knows which kind to check."""


def breakages(manifest: Mapping[str, Any]) -> Iterator[tuple[str, Path_, dict[str, Any]]]:
    """One unknown field as deep as they are refused, one value of another type, one required field less."""
    group, kind = manifest["apiVersion"], manifest["kind"]
    chart_schema = next(load(chart.key) for chart in CHARTS if f"{group}/{kind}" in load(chart.key).definitions)
    found: dict[str, Path_] = {}
    for path, schema in schemas(chart_schema.definitions[f"{group}/{kind}"], manifest, (), chart_schema):
        if schema.get("additionalProperties") is False:
            found["unknown"] = (*path, "notAField")
            if "required" in schema:
                found["missing"] = (*path, schema["required"][0])
        elif "enum" in schema or schema.get("type") in ("string", "integer", "number", "boolean"):
            found["type"] = path
    for way, path in found.items():
        broken = copy.deepcopy(dict(manifest))
        within: Any = broken
        for part in path[:-1]:
            within = within[part]
        if way == "missing":
            del within[path[-1]]
        else:
            within[path[-1]] = {"of": "another type"}
        yield way, path, broken


def schemas(schema: Schema, value: Any, path: Path_, chart_schema: ChartSchema) -> Iterator[tuple[Path_, Schema]]:
    """Each schema in the chart schema that the value has something at, the outermost first."""
    schema = chart_schema.resolved(schema)
    if path:
        yield path, schema
    if schema.get("type") == "array":
        for index, item in enumerate(value):
            yield from schemas(schema.get("items", {}), item, (*path, index), chart_schema)
    elif schema.get("type") == "object":
        others = schema.get("additionalProperties")
        for key, item in value.items():
            below = schema.get("properties", {}).get(key, others)
            if isinstance(below, dict) and item is not None and (path or key not in SERVED):
                yield from schemas(below, item, (*path, key), chart_schema)
