"""The charts themselves, rendered with the values of every stack's releases, and taken by a real API server.

Each needs its chart at hand: `make charts`. Definitions of charts that are not come from their schemas.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.framework.chart import Chart
from components.framework.operations import Workload
from components.framework.schema import load as load_schema
from components.gpu.operator.chart import GPU_OPERATOR
from components.monitoring.stack.chart import KUBE_PROMETHEUS_STACK
from components.monitoring.stack.signals import CADVISOR, NODE_EXPORTER, STATE
from components.registry import CHARTS
from infra.catalogue.kubernetes import SUPPORTED
from infra.facts import Pool
from stacks.config import load
from stacks.plan import plan
from testkit.charts.contents import Template, images, matches, references, templates, tolerates, unpinned
from testkit.charts.render import RenderError, is_hook, render
from testkit.charts.variations import idle
from testkit.control_plane.client import Client, Object
from testkit.control_plane.cluster import ControlPlane
from testkit.control_plane.definitions import definition
from testkit.in_cluster import InCluster
from tests.components.monitoring.everything import METRICS, groups
from toolchain import built
from toolchain.programs import CONTROL_PLANE, HELM
from toolchain.progress import Progress
from tools import charts
from tools.charts.pulled import read

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
STACKS = {
    "dev": ROOT / "Pulumi.dev.yaml",
    "prod": ROOT / "Pulumi.prod.yaml",
    "rtx4060": ROOT / "examples/Pulumi.rtx4060.yaml",
    "everything": HERE / "stacks/Pulumi.everything.yaml",
    "operator-on-oke": HERE / "stacks/Pulumi.operator-on-oke.yaml",
}
PLANS = {name: plan(load(file)) for name, file in STACKS.items()}

ON_GPU_NODES = {
    "gpu-a10": "runs jobs on a GPU",
    "node-feature-discovery-worker": "finds the GPUs",
    "kube-prometheus-stack-prometheus-node-exporter": "measures every node",
}
"""Daemon sets of charts that must reach every node. The GPU Operator makes its own, as its ClusterPolicy says."""
WITHOUT_REQUESTS: dict[str, str] = {}
"""Containers that stay and ask for nothing, and why that is so."""

MADE_LATER = {
    "arc-github-app": "by hand, so that the key of the GitHub App is in no state",
    "kserve-webhook-server-cert": "by cert-manager, from the chart's Certificate",
    "kube-prometheus-stack-admission": "by the chart's hook, before the operator starts",
}
"""Secrets that pods wait for."""

ADMISSION = frozenset({"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"})
"""Taken by a dry run alone: nobody answers for them here, and what they guard would be refused."""

pytestmark = pytest.mark.engine


def at_hand(chart: Chart) -> Path:
    folder = charts.find(chart)
    if folder is None:
        pytest.skip(f"{chart.key} {chart.version} is not at hand: run `make charts`")
    return folder


IDLE: dict[str, str] = {
    "kube-prometheus-stack: crds.enabled": "the release skips definitions anyway; whoever renders the values without that needs it",
    "oci-onm: oci-onm-mgmt-agent.deployMetricServer": "the agent is off; for whoever turns it on in `values`: Oracle's add-on is there",
    "kube-prometheus-stack: grafana.initChownData.enabled": "its container runs as root; for whoever asks for a volume in `values`",
}
"""Values of the platform's own, as `release: key`, that change nothing of what the chart makes, and why they stay."""


@dataclass(frozen=True)
class ChartRelease:
    name: str
    chart: Chart


def releases(stack: str) -> Iterator[ChartRelease]:
    for planned in PLANS[stack].addons.plans.values():
        yield from (ChartRelease(release.name, release.chart) for release in planned.releases)


def cases() -> Iterator[Any]:
    """Every release of every stack."""
    for stack in PLANS:
        for release in releases(stack):
            yield pytest.param(stack, release, id=f"{stack}: {release.name}")


CASES = list(cases())
every_release = pytest.mark.parametrize(("of_stack", "release"), CASES, indirect=["of_stack"], scope="module")
with_every_option = pytest.mark.parametrize(
    ("of_stack", "release"), [case for case in CASES if case.values[0] == "everything"], indirect=["of_stack"], scope="module"
)
every_stack = pytest.mark.parametrize("of_stack", STACKS, indirect=True, scope="module")


@dataclass(frozen=True, kw_only=True)
class Stack:
    name: str
    contents: tuple[InCluster, ...]
    """All that it has in its cluster, in the graph's order."""
    client: Client
    """Of a control plane of its own, with the stack's namespaces and accounts, and every definition."""
    render: Callable[[ChartRelease], list[Object]]
    """The documents of one of its releases. Skips where the chart is not at hand, raises RenderError where Helm refuses."""
    render_on: Callable[[ChartRelease, str], list[Object]]
    """The same for a cluster of another Kubernetes version."""
    render_with: Callable[[ChartRelease, Mapping[str, Any]], list[Object]]
    """The same with other values."""

    def release(self, release: ChartRelease) -> InCluster:
        (found,) = (each for each in self.contents if each.is_release and each.name == release.name)
        return found

    @property
    def releases(self) -> tuple[ChartRelease, ...]:
        return tuple(releases(self.name))

    def of_chart(self, chart: Chart) -> ChartRelease:
        """The only release of a chart."""
        (found,) = (release for release in self.releases if release.chart == chart)
        return found

    @property
    def own(self) -> list[dict[str, Any]]:
        """What no chart makes."""
        return [dict(each.inputs) for each in self.contents if not each.is_release]

    @property
    def pools(self) -> tuple[Pool, ...]:
        return PLANS[self.name].context.pools


@pytest.fixture(scope="session")
def helm(pytestconfig: pytest.Config) -> Path:
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        return built.ensure(HELM, Progress())


@pytest.fixture(scope="module")
def of_stack(request: pytest.FixtureRequest, contents: Callable[[Path], tuple[InCluster, ...]]) -> Iterator[Stack]:
    name: str = request.param
    if not any(charts.find(chart) for chart in CHARTS):
        pytest.skip("no chart is at hand: run `make charts`")
    inside = contents(STACKS[name])
    helm: Path = request.getfixturevalue("helm")
    with ControlPlane() as control_plane:
        client = control_plane.client
        served = [*api_versions(client), *sorted(defined())]

        @cache
        def rendered(release: ChartRelease, version: str = str(CONTROL_PLANE.version)) -> list[Object]:
            (inputs,) = (each.inputs for each in inside if each.is_release and each.name == release.name)
            return render(helm, at_hand(release.chart), inputs, version, served)

        def varied(release: ChartRelease, values: Mapping[str, Any]) -> list[Object]:
            (inputs,) = (each.inputs for each in inside if each.is_release and each.name == release.name)
            return render(helm, at_hand(release.chart), {**inputs, "values": values}, str(CONTROL_PLANE.version), served)

        @cache
        def placed(release: ChartRelease) -> list[Object]:
            """With the namespace that Helm puts objects into that name none. Kinds are known by now."""
            (inputs,) = (each.inputs for each in inside if each.is_release and each.name == release.name)
            for document in rendered(release):
                if namespaced(client, document):
                    document["metadata"].setdefault("namespace", inputs["namespace"])
            return rendered(release)

        client.apply_all(definitions(inside, tuple(releases(name)), rendered))
        first = ("Namespace", "ServiceAccount")
        client.apply_all(each.inputs for kind in first for each in inside if each.inputs.get("kind") == kind)
        yield Stack(name=name, contents=inside, client=client, render=placed, render_on=rendered, render_with=varied)


def definitions(
    inside: tuple[InCluster, ...], installed: tuple[ChartRelease, ...], rendered: Callable[[ChartRelease], list[Object]]
) -> list[Object]:
    """Of every kind that the stack uses: the charts' own, and stand-ins from the schemas of charts that are not at hand."""
    own: dict[str, Object] = {}
    used = {kind_of(each.inputs) for each in inside if not each.is_release}
    for release in installed:
        if charts.find(release.chart):
            try:
                documents = rendered(release)
            except RenderError:
                continue  # a test of its own says so
            own |= {document["metadata"]["name"]: document for document in documents if document["kind"] == "CustomResourceDefinition"}
            used |= {kind_of(document) for document in documents}
    made = [definition(load_schema(chart.key), name) for chart in CHARTS for name in load_schema(chart.key).names if name in used]
    return list({**{each["metadata"]["name"]: each for each in made}, **own}.values())


def kind_of(document: Mapping[str, Any]) -> str:
    """`group/Kind`, as schemas name it."""
    return f"{document['apiVersion'].partition('/')[0]}/{document['kind']}"


def defined() -> set[str]:
    """Kinds that the platform's charts bring, as Helm says what an API serves."""
    kinds = {name for chart in CHARTS for name in load_schema(chart.key).definitions}
    return kinds | {name.rpartition("/")[0] for name in kinds}


def api_versions(client: Client) -> Iterator[str]:
    """What the server has of its own."""
    groups = client.request("GET", "/apis")["groups"]
    versions = ["v1", *(version["groupVersion"] for group in groups for version in group["versions"])]
    for version in versions:
        yield version
        path = "/api/v1" if version == "v1" else f"/apis/{version}"
        kinds = {each["kind"] for each in client.request("GET", path)["resources"] if "/" not in each["name"]}
        yield from (f"{version}/{kind}" for kind in sorted(kinds))


def namespaced(client: Client, document: Object) -> bool:
    """Kinds that nobody serves are left for the server to refuse."""
    try:
        return client.kind(document["apiVersion"], document["kind"]).namespaced
    except LookupError:
        return False


def settled(found: Object) -> Any:
    """What changes when an object is changed, and not when its controller reports."""
    meta = found["metadata"]
    return meta.get("generation", meta["resourceVersion"])


def name_of(document: Object) -> str:
    return f"{document['kind']} {document['metadata']['name']}"


# The chart itself


@pytest.mark.parametrize("chart", CHARTS, ids=[chart.key for chart in CHARTS])
def test_the_chart_at_hand_is_the_one_that_is_pinned(chart: Chart) -> None:
    found = read(at_hand(chart))
    assert (found.name, found.version, found.app_version) == (chart.name, chart.version, chart.app_version)


# Its release in each stack


@every_release
def test_the_chart_takes_the_stacks_values(of_stack: Stack, release: ChartRelease) -> None:
    assert of_stack.render(release)


@pytest.mark.slow
@every_release
def test_every_value_of_ours_makes_a_difference(of_stack: Stack, release: ChartRelease) -> None:
    values = of_stack.release(release).inputs.get("values") or {}
    found = {f"{release.name}: {key}" for key in idle(values, lambda other: of_stack.render_with(release, other), RenderError)}
    assert found == {each for each in IDLE if each.startswith(f"{release.name}: ")}, "take them out, or say in IDLE why they stay"


@with_every_option
@pytest.mark.parametrize("version", SUPPORTED)
def test_the_chart_takes_every_kubernetes_version_that_a_stack_may_have(of_stack: Stack, release: ChartRelease, version: str) -> None:
    assert len(of_stack.render_on(release, version)) == len(of_stack.render(release))


@every_release
def test_every_object_is_accepted_and_a_second_time_changes_nothing(of_stack: Stack, release: ChartRelease) -> None:
    """Strictly: a field that a kind does not have is an error. Hooks, which come and go, by a dry run. No version is deprecated."""
    client, warned = of_stack.client, {}
    for document in of_stack.render(release):
        if is_hook(document) or document["kind"] in ADMISSION:
            client.apply(document, dry_run=True)
        else:
            first = client.apply(document)
            if client.warnings:
                warned[name_of(document)] = client.warnings
            assert settled(client.apply(document)) == settled(first), name_of(document)
        if client.warnings:
            warned[name_of(document)] = client.warnings
    assert warned == {}


@every_release
def test_its_namespace_admits_its_pods(of_stack: Stack, release: ChartRelease) -> None:
    """As the namespace's Pod Security level has it, without a warning."""
    namespace, warned = of_stack.release(release).inputs["namespace"], {}
    for template in templates(of_stack.render(release)):
        of_stack.client.create(template.pod(f"{template.name[:50]}-pod", namespace), dry_run=True)
        if of_stack.client.warnings:
            warned[template.name] = of_stack.client.warnings
    assert warned == {}


@every_release
def test_every_image_has_a_registry_and_a_version(of_stack: Stack, release: ChartRelease) -> None:
    found = {image for document in of_stack.render(release) for _, image in images(document)}
    assert {image: wrong for image in sorted(found) if (wrong := unpinned(image))} == {}


@every_release
def test_no_pod_strays_onto_gpu_nodes_and_none_is_missing_there(of_stack: Stack, release: ChartRelease) -> None:
    documents = of_stack.render(release)
    places: list[tuple[str, Any, bool]] = [
        (template.name, template.spec.get("tolerations") or (), template.name in ON_GPU_NODES) for template in templates(documents)
    ]
    for document in documents:
        spec = document.get("spec") or {}
        if document["kind"] in ("Prometheus", "Alertmanager"):
            places.append((name_of(document), spec.get("tolerations") or (), False))
        if document["kind"] == "ClusterPolicy":
            places.append((name_of(document), spec["daemonsets"].get("tolerations") or (), True))
    assert [name for name, tolerations, wanted in places for pool in of_stack.pools if _strays(pool, tolerations, wanted)] == []


def _strays(pool: Pool, tolerations: list[dict[str, str]], wanted: bool) -> bool:
    """Wanted everywhere and kept out, or not wanted there and let in."""
    taints = [{"key": taint.key, "value": taint.value, "effect": taint.effect} for taint in pool.taints]
    let_in = all(tolerates(tolerations, taint) for taint in taints)
    return not let_in if wanted else bool(taints and pool.gpus_per_node and let_in)


@every_release
def test_what_stays_says_what_it_needs(of_stack: Stack, release: ChartRelease) -> None:
    """The autoscaler and the scheduler count requests, and nothing else."""
    silent = [
        f"{template.name}/{container['name']}"
        for template in templates(of_stack.render(release))
        if template.stays
        for container in template.containers
        if not {"cpu", "memory"} <= ((container.get("resources") or {}).get("requests") or {}).keys()
    ]
    assert [name for name in silent if name not in WITHOUT_REQUESTS] == []


@every_stack
def test_what_must_be_healthy_is_what_the_charts_make(of_stack: Stack) -> None:
    """All but the StatefulSets, which the Prometheus Operator makes of its own kinds."""
    for key, planned in PLANS[of_stack.name].addons.plans.items():
        made = {
            name_of(document) for release in planned.releases for document in of_stack.render(ChartRelease(release.name, release.chart))
        }
        workloads = [each for each in planned.operations.healthy if isinstance(each, Workload) and each.kind != "StatefulSet"]
        assert {f"{each.kind} {each.name}" for each in workloads} <= made, key


@every_release
def test_no_secret_of_the_stack_is_in_it(of_stack: Stack, release: ChartRelease) -> None:
    secrets = {
        value
        for manifest in of_stack.own
        if manifest["kind"] == "Secret"
        for value in {**manifest.get("stringData", {}), **manifest.get("data", {})}.values()
    } - {"admin"}
    text = json.dumps(of_stack.render(release))
    assert [len(value) for value in secrets if value in text] == []


# All of a stack together


def everything(of_stack: Stack) -> list[Object]:
    """The documents of every release whose chart is at hand, and the stack's own."""
    there = [release for release in of_stack.releases if charts.find(release.chart)]
    return [*(document for release in there for document in of_stack.render(release)), *of_stack.own]


@every_stack
def test_no_object_is_made_twice(of_stack: Stack) -> None:
    """Helm refuses a release whose objects are somebody else's."""
    seen: dict[tuple[str, ...], int] = {}
    for document in everything(of_stack):
        meta, group = document["metadata"], document["apiVersion"].rpartition("/")[0]
        key = (group, document["kind"], meta.get("namespace", ""), meta["name"])
        seen[key] = seen.get(key, 0) + 1
    assert [key for key, times in seen.items() if times > 1] == []


@every_stack
def test_the_stacks_own_objects_fit_the_charts_definitions(of_stack: Stack) -> None:
    """Which have patterns, bounds and rules that no chart schema has."""
    for manifest in of_stack.own:
        of_stack.client.apply(manifest, dry_run=True)
        assert of_stack.client.warnings == (), name_of(manifest)


@every_stack
def test_pods_find_the_configuration_and_the_accounts_that_they_name(of_stack: Stack) -> None:
    """A ConfigMap, Secret or account of another name leaves a pod waiting for ever, and the release with it."""
    documents, missing = everything(of_stack), []
    there = {
        (each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]): {*each.get("data", ()), *each.get("stringData", ())}
        for each in documents
    }
    for template in templates(documents):
        for kind, name, keys in references(template.spec):
            found = there.get((kind, template.namespace, name))
            if name not in MADE_LATER and (found is None or not keys <= found):
                missing.append(f"{template.name}: {kind} {name} {sorted(keys)}")
    assert missing == []


@every_stack
def test_the_gpu_operator_finds_the_configuration_that_its_policy_names(of_stack: Stack) -> None:
    documents = of_stack.render(of_stack.of_chart(GPU_OPERATOR))
    maps = {document["metadata"]["name"]: document["data"] for document in documents if document["kind"] == "ConfigMap"}
    (policy,) = (document["spec"] for document in documents if document["kind"] == "ClusterPolicy")
    assert "dcgm-metrics.csv" in maps[policy["dcgmExporter"]["config"]["name"]]
    if policy["devicePlugin"]["enabled"]:
        assert policy["devicePlugin"]["config"]["default"] in maps[policy["devicePlugin"]["config"]["name"]]
    if policy["migManager"]["enabled"]:
        plans = yaml.safe_load(maps[policy["migManager"]["config"]["name"]]["config.yaml"])["mig-configs"]
        assert policy["migManager"]["config"]["default"] in plans


MONITORS = {"ServiceMonitor": "serviceMonitor", "PodMonitor": "podMonitor", "PrometheusRule": "rule"}


@every_stack
def test_prometheus_selects_every_monitor_and_rule(of_stack: Stack) -> None:
    at_hand(KUBE_PROMETHEUS_STACK)
    documents = everything(of_stack)
    (prometheus,) = (document for document in documents if document["kind"] == "Prometheus")
    labels = {document["metadata"]["name"]: document["metadata"]["labels"] for document in documents if document["kind"] == "Namespace"}
    found = [document for document in documents if document["kind"] in MONITORS]
    assert found
    for document in found:
        kind = MONITORS[document["kind"]]
        own, within = prometheus["spec"].get(f"{kind}Selector"), prometheus["spec"].get(f"{kind}NamespaceSelector")
        assert own is not None and matches(own, document["metadata"].get("labels") or {}), name_of(document)
        assert within is not None and matches(within, labels.get(document["metadata"]["namespace"], {})), name_of(document)


@every_stack
def test_every_service_monitor_finds_a_port_that_is_served(of_stack: Stack) -> None:
    documents = everything(of_stack)
    services = [document for document in documents if document["kind"] == "Service"]
    for monitor in (document for document in documents if document["kind"] == "ServiceMonitor"):
        if monitor["metadata"]["name"].removeprefix("kube-prometheus-stack-") in ("apiserver", "kubelet"):
            continue  # their services are Kubernetes' and the operator's
        chosen = [service for service in services if _sees(monitor, service)]
        assert chosen, name_of(monitor)
        for endpoint in monitor["spec"]["endpoints"]:
            ports = [(service, port) for service in chosen for port in service["spec"]["ports"] if _is(port, endpoint)]
            assert ports, f"{name_of(monitor)}: no service has the port of {endpoint}"
            for service, port in ports:
                assert _served(service, port, documents), f"{name_of(monitor)}: nothing listens on {port}"


def _is(port: dict[str, Any], endpoint: dict[str, Any]) -> bool:
    """A monitor names a service's port, or the pod's behind it."""
    said, wanted = ("name", "port") if "port" in endpoint else ("targetPort", "targetPort")
    return bool(port.get(said) == endpoint[wanted])


def _sees(monitor: Object, service: Object) -> bool:
    where = monitor["spec"].get("namespaceSelector") or {}
    namespaces = where.get("matchNames") or [monitor["metadata"]["namespace"]]
    within = bool(where.get("any")) or service["metadata"]["namespace"] in namespaces
    return within and matches(monitor["spec"]["selector"], service["metadata"].get("labels") or {})


def _served(service: Object, port: dict[str, Any], documents: list[Object]) -> bool:
    """By a pod of the documents; those that an operator makes, and the cluster's own, are not among them."""
    selector, target = service["spec"]["selector"], port.get("targetPort", port["port"])
    pods = [template for template in templates(documents) if matches({"matchLabels": selector}, template.labels)]
    made_elsewhere = {"k8s-app"} & selector.keys() or selector.get("app.kubernetes.io/name") in ("prometheus", "alertmanager")
    return bool(made_elsewhere) if not pods else any(target in _ports(pod) for pod in pods)


def _ports(template: Template) -> set[Any]:
    ports = [port for container in template.containers for port in container.get("ports") or ()]
    return {value for port in ports for value in (port.get("name"), port["containerPort"])}


SCRAPED_BY = {NODE_EXPORTER: "prometheus-node-exporter", CADVISOR: "kubelet", STATE: "kube-state-metrics"}


@every_stack
def test_no_metric_that_rules_and_dashboards_read_is_dropped(of_stack: Stack) -> None:
    documents = {name_of(document): document for document in of_stack.render(of_stack.of_chart(KUBE_PROMETHEUS_STACK))}
    for metric in METRICS.values():
        if metric.source not in SCRAPED_BY:
            continue
        monitor = documents[f"ServiceMonitor kube-prometheus-stack-{SCRAPED_BY[metric.source]}"]
        reaching = [
            endpoint for endpoint in monitor["spec"]["endpoints"]
            if metric.source is not CADVISOR or endpoint.get("path") == "/metrics/cadvisor"
        ]  # fmt: skip
        assert reaching, metric.name
        assert not any(_drops(rule, metric.name) for endpoint in reaching for rule in endpoint.get("metricRelabelings") or ()), metric.name


def _drops(rule: dict[str, Any], name: str) -> bool:
    """Whatever else the series has: rules that look at further labels take some of its series, not the metric."""
    if rule.get("sourceLabels") != ["__name__"]:
        return False
    fits = re.fullmatch(rule.get("regex", ".*"), name) is not None
    return fits if rule["action"] == "drop" else rule["action"] == "keep" and not fits


@every_stack
def test_every_job_that_a_rule_names_is_scraped_under_that_name(of_stack: Stack) -> None:
    documents = of_stack.render(of_stack.of_chart(KUBE_PROMETHEUS_STACK))
    services = {name_of(document): document for document in documents if document["kind"] == "Service"}
    exporter = services["Service kube-prometheus-stack-prometheus-node-exporter"]["metadata"]["labels"]
    named = {job for text in map(str, groups()) for job in re.findall(r'\bjob="([^"]+)"', text)}
    monitor = next(each for each in documents if name_of(each).endswith("ServiceMonitor kube-prometheus-stack-prometheus-node-exporter"))
    assert named <= {exporter[monitor["spec"]["jobLabel"]], "kubelet", "kube-state-metrics"}
