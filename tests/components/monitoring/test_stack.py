"""Prometheus, Alertmanager and Grafana: what they are told, what is a secret, what waits for what."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi.runtime import MockResourceArgs

from components.addon import AddOnError, resolve
from components.charts import KUBE_PROMETHEUS_STACK, PROMETHEUS_OPERATOR_CRDS
from components.contract import check_custom_resource, unknown_keys
from components.monitoring import alertmanager, grafana, pod_monitors
from components.monitoring.crds import PrometheusOperatorCrds
from components.monitoring.settings import Costs, GitHubLogin, Grafana, MonitoringSettings, Receivers, Slack
from components.monitoring.stack import Monitoring, secrets
from components.monitoring.values import home, problems, storage_class, values
from infra.facts import POOL_LABEL, ClusterContext, ClusterFacts, Pool, Taint
from testkit.registrations import Computed


def pool(name: str, **given: Any) -> Pool:
    return Pool(**{"name": name, "min_nodes": 1, "max_nodes": 3, "labels": {POOL_LABEL: name}, **given})


SYSTEM = pool("system")
GPUS = pool("a10", min_nodes=0, gpus_per_node=1, gpu_model="A10", taints=(Taint(key="nvidia.com/gpu"),))
OKE = ClusterContext(
    pools=(GPUS, SYSTEM),
    storage_classes=frozenset({"oci-bv", "oci-bv-ultra"}),
    addons=frozenset({"prometheus-operator-crds", "kserve"}),
)
WORKSTATION = ClusterContext(pools=(pool("box", gpus_per_node=1, labels={}),))
GITHUB = GitHubLogin(
    client_id="Iv1.0123",
    client_secret="hush-github",
    organizations=("acme", "acme-labs"),
    admin_teams=("acme/sre",),
    editor_teams=("acme-labs/ml",),
)
TOLD = Receivers(slack=Slack(url="https://hush-slack", channel="#gpu"), webhook="https://hush-hook", heartbeat="https://hush-beat")
FULL = MonitoringSettings(
    grafana=Grafana(url="https://grafana.example.org", github=GITHUB),
    receivers=TOLD,
    retention_days=30,
    storage_gib=200,
    scrape_seconds=15,
    costs=Costs(node_usd_per_hour={"system": 0.25, "a10": 2.5}, monthly_usd=5000),
)
CASES = {"oke": (OKE, MonitoringSettings()), "oke-full": (OKE, FULL), "workstation": (WORKSTATION, MonitoringSettings())}


def refusals(cluster: ClusterContext = OKE, **given: Any) -> list[str]:
    return [str(problem) for problem in problems(cluster, MonitoringSettings(**given))]


# Values


@pytest.mark.parametrize("case", CASES)
def test_values_are_as_they_were_reviewed(case: str, golden: Callable[[str, str], None]) -> None:
    golden(f"values/monitoring-{case}.json", json.dumps(values(*CASES[case]), indent=1) + "\n")


@pytest.mark.parametrize("case", CASES)
def test_the_chart_knows_every_value(case: str) -> None:
    assert unknown_keys(KUBE_PROMETHEUS_STACK, values(*CASES[case])) == ()


@pytest.mark.parametrize("case", CASES)
def test_no_secret_is_in_the_values(case: str) -> None:
    assert "hush" not in json.dumps(values(*CASES[case]))


def test_containers_beside_the_main_ones_say_what_they_need_too() -> None:
    """The chart has Grafana's sidecars and the reloaders of configuration ask for nothing."""
    told = values(OKE, MonitoringSettings())
    for beside in (told["grafana"]["sidecar"], told["prometheusOperator"]["prometheusConfigReloader"]):
        assert beside["resources"]["requests"].keys() == {"cpu", "memory"}


def test_what_other_add_ons_say_of_themselves_is_seen() -> None:
    told = values(OKE, MonitoringSettings())["prometheus"]["prometheusSpec"]
    unlabelled = {key for key, value in told.items() if key.endswith("SelectorNilUsesHelmValues") and value is False}
    assert unlabelled == {f"{kind}SelectorNilUsesHelmValues" for kind in ("serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig")}


@pytest.mark.parametrize(("gib", "kept"), [(50, "43520MB"), (200, "174080MB")])
def test_data_goes_before_the_volume_is_full(gib: int, kept: str) -> None:
    told = values(OKE, MonitoringSettings(storage_gib=gib))["prometheus"]["prometheusSpec"]
    assert told["retentionSize"] == kept
    assert told["storageSpec"]["volumeClaimTemplate"]["spec"]["resources"]["requests"]["storage"] == f"{gib}Gi"
    assert int(kept.removesuffix("MB")) < gib * 1024


def test_volumes_go_with_the_platform() -> None:
    told = values(OKE, MonitoringSettings())
    for spec in (told["prometheus"]["prometheusSpec"], told["alertmanager"]["alertmanagerSpec"]):
        assert spec["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Delete"


@pytest.mark.parametrize(
    ("classes", "asked", "chosen"),
    [
        ({"oci-bv", "oci-bv-ultra"}, None, "oci-bv"),
        ({"oci-bv", "oci-bv-ultra"}, "oci-bv-ultra", "oci-bv-ultra"),
        ({"local-path"}, None, "local-path"),
        ({"fast", "slow"}, None, None),
        (set(), None, None),
    ],
)
def test_measurements_are_kept_where_there_is_something_to_keep_them_on(classes: set[str], asked: str | None, chosen: str | None) -> None:
    assert storage_class(ClusterContext(storage_classes=frozenset(classes)), MonitoringSettings(storage_class=asked)) == chosen


def test_without_a_volume_the_node_is_not_filled() -> None:
    told = values(WORKSTATION, MonitoringSettings())
    assert told["prometheus"]["prometheusSpec"]["storageSpec"] == {"emptyDir": {"sizeLimit": "50Gi"}}
    assert "storage" not in told["alertmanager"]["alertmanagerSpec"]


@pytest.mark.parametrize(
    "other",
    [
        pool("gpus", gpus_per_node=1),
        pool("comes-and-goes", min_nodes=0),
        pool("tainted", taints=(Taint(key="dedicated"),)),
        pool("unlabelled", labels={}),
    ],
    ids=lambda other: other.name,
)
def test_monitoring_lives_on_nodes_that_stay(other: Pool) -> None:
    assert home(ClusterContext(pools=(other, SYSTEM))) == SYSTEM
    assert home(ClusterContext(pools=(other,))) is None


def test_a_preference_repels_nobody() -> None:
    preferred = pool("preferred", taints=(Taint(key="dedicated", effect="PreferNoSchedule"),))
    assert home(ClusterContext(pools=(preferred,))) == preferred


def test_every_pod_that_is_not_of_a_daemon_set_lives_there() -> None:
    told = values(OKE, MonitoringSettings())
    places = [
        told["prometheusOperator"], told["prometheusOperator"]["admissionWebhooks"]["patch"], told["prometheus"]["prometheusSpec"],
        told["alertmanager"]["alertmanagerSpec"], told["grafana"], told["kube-state-metrics"],
    ]  # fmt: skip
    assert [place.get("nodeSelector") for place in places] == [{POOL_LABEL: "system"}] * len(places)


def test_nodes_are_measured_whatever_taints_they_have() -> None:
    assert values(OKE, MonitoringSettings())["prometheus-node-exporter"]["tolerations"] == [{"operator": "Exists"}]


def test_the_label_that_prices_hang_on_is_exported() -> None:
    (allowed,) = values(OKE, MonitoringSettings())["kube-state-metrics"]["metricLabelsAllowlist"]
    assert POOL_LABEL in allowed


def test_the_stack_file_has_the_last_word() -> None:
    told = values(OKE, MonitoringSettings(values={"prometheus": {"prometheusSpec": {"replicas": 2}}}))["prometheus"]["prometheusSpec"]
    assert (told["replicas"], told["retention"]) == (2, "15d")


# Grafana


def test_people_log_in_through_github_and_nobody_else_does() -> None:
    ini = values(OKE, FULL)["grafana"]["grafana.ini"]
    assert ini["auth"] == {"disable_login_form": True}
    assert ini["auth.github"]["allowed_organizations"] == "acme acme-labs"
    assert ini["auth.github"]["role_attribute_strict"] is True
    assert ini["auth.anonymous"] == {"enabled": False}
    assert ini["security"]["cookie_secure"] is True


def test_the_highest_role_of_a_persons_teams_counts() -> None:
    assert grafana.role_path(GITHUB) == (
        "contains(groups[*], '@acme/sre') && 'Admin' || contains(groups[*], '@acme-labs/ml') && 'Editor' || 'Viewer'"
    )


def test_a_new_secret_starts_grafana_anew() -> None:
    changed = replace(FULL, grafana=replace(FULL.grafana, github=replace(GITHUB, client_secret="hush-new")))
    before, after = (values(OKE, settings)["grafana"]["podAnnotations"] for settings in (FULL, changed))
    assert before != after


def test_without_github_the_password_is_the_way_in() -> None:
    told = values(OKE, MonitoringSettings())["grafana"]
    assert "auth" not in told["grafana.ini"]
    assert told["admin"]["existingSecret"] == "grafana-admin"
    assert "adminPassword" not in told


# Alertmanager


@pytest.mark.parametrize("receivers", [Receivers(), TOLD, replace(TOLD, slack=None), replace(TOLD, webhook=None, heartbeat=None)])
def test_kubernetes_takes_the_receivers(receivers: Receivers) -> None:
    document = alertmanager.document("monitoring", receivers)
    assert check_custom_resource(document) == ()
    assert "hush" not in json.dumps(document)
    spec = document["spec"]
    routes = [spec["route"], *spec["route"]["routes"]]
    assert {route["receiver"] for route in routes} == {receiver["name"] for receiver in spec["receivers"]} | {alertmanager.NOBODY}


def test_every_address_that_is_named_is_in_the_secret() -> None:
    named = _keys(alertmanager.document("monitoring", TOLD))
    assert named == set(alertmanager.addresses(TOLD)) == {"slack", "webhook", "heartbeat"}
    assert alertmanager.addresses(Receivers()) == {}


def _keys(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["key"]} if node.get("name") == alertmanager.SECRET else set()
        return own.union(*map(_keys, node.values()))
    return set[str]().union(*map(_keys, node)) if isinstance(node, list) else set()


def test_the_alert_that_always_fires_reaches_the_heartbeat_and_nobody_who_sleeps() -> None:
    for receivers, receiver in ((TOLD, "heartbeat"), (replace(TOLD, heartbeat=None), "nobody")):
        watchdog = alertmanager.document("monitoring", receivers)["spec"]["route"]["routes"][0]
        assert watchdog["matchers"] == [{"name": "alertname", "value": "Watchdog", "matchType": "="}]
        assert watchdog["receiver"] == receiver


# What is scraped


def test_kubernetes_takes_the_pod_monitors() -> None:
    for document in pod_monitors.documents("monitoring"):
        assert check_custom_resource(document) == ()


def test_a_listener_says_which_scale_set_it_is_of() -> None:
    listeners = pod_monitors.documents("monitoring")[0]["spec"]
    (endpoint,) = listeners["podMetricsEndpoints"]
    assert [each["targetLabel"] for each in endpoint["relabelings"]] == ["scale_set", "scale_set_namespace"]
    assert listeners["namespaceSelector"] == {"any": True}


# Bad input


def test_settings_that_can_be_met_are_not_refused() -> None:
    assert [list(problems(*case)) for case in CASES.values()] == [[], [], []]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"storage_class": "fast"}, "storageClass: is 'fast', which the cluster does not have; it has oci-bv, oci-bv-ultra"),
        ({"storage_gib": 20}, "storageGib: is 20, but Oracle makes and bills 50 GiB at least; ask for 50"),
        (
            {"queue_seconds": 500},
            "queueSeconds: is 500, but must be a bound that waits are counted by: "
            "5, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200",
        ),
        (
            {"grafana": Grafana(github=replace(GITHUB, organizations=(), admin_teams=(), editor_teams=()))},
            "grafana.github.organizations: is empty, so that anybody with a GitHub account could log in; name one",
        ),
        (
            {"grafana": Grafana(github=replace(GITHUB, editor_teams=("umbrella/ml",)))},
            "grafana.github.editorTeams: has umbrella/ml, whose members may not log in; "
            "add umbrella to grafana.github.organizations, or take it out",
        ),
        (
            {"costs": Costs(node_usd_per_hour={"a11": 2.5})},
            "costs: has a price for a11, but no pool has the label oke-gpu-platform/pool: a11, by which nodes are counted",
        ),
    ],
)
def test_what_cannot_be_met_is_refused(given: dict[str, Any], message: str) -> None:
    assert refusals(**given) == [message]


def test_monitoring_needs_its_definitions() -> None:
    with pytest.raises(AddOnError, match="monitoring requires prometheus-operator-crds, which is not enabled"):
        resolve({"monitoring": Monitoring})
    assert resolve({"monitoring": Monitoring, "prometheus-operator-crds": PrometheusOperatorCrds})[0] == "prometheus-operator-crds"


# Resources


@pytest.fixture
def computed() -> Computed:
    return {"random:index/randomPassword:RandomPassword": {"result": "hush-password"}}


def facts() -> ClusterFacts:
    return ClusterFacts(
        provider=k8s.Provider("cluster", kubeconfig="{}"),
        cluster=None,
        cluster_identifier="c",
        pools=OKE.pools,
        host_has_gpu_driver=True,
        storage_classes=OKE.storage_classes,
    )


def all_of(addon: Monitoring) -> list[pulumi.Resource]:
    found = addon.resources
    return [found.namespace, found.release, found.receivers, *found.secrets, *found.rules, *found.monitors, *found.dashboards]


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_every_object_is_in_the_add_ons_namespace_and_no_two_are_the_same(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    addon = Monitoring(facts(), FULL, (), OKE.addons)

    def verify(_: object) -> None:
        objects = [args.inputs for args in made.values() if "metadata" in args.inputs]
        assert {document["metadata"].get("namespace", "monitoring") for document in objects} == {"monitoring"}
        names = [(document["kind"], document["metadata"]["name"]) for document in objects]
        assert len(set(names)) == len(names)
        kinds = [kind for kind, _ in names]
        counts = {kind: kinds.count(kind) for kind in kinds}
        assert counts == {
            "Namespace": 1, "Secret": 3, "AlertmanagerConfig": 1, "PrometheusRule": 6, "PodMonitor": 2, "ConfigMap": 6,
        }  # fmt: skip
        assert made["kube-prometheus-stack"].inputs["skipCrds"] is True

    return pulumi.Output.all(*(resource.urn for resource in all_of(addon))).apply(verify)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_nothing_but_a_secret_has_a_password_or_an_address(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    addon = Monitoring(facts(), FULL, (), OKE.addons)

    def verify(_: object) -> None:
        holders = {args.name for args in made.values() if "hush" in json.dumps(args.inputs)}
        assert holders == {"monitoring-grafana-admin", "monitoring-grafana-github", "monitoring-alertmanager-receivers"}

    return pulumi.Output.all(*(resource.urn for resource in all_of(addon))).apply(verify)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
async def test_what_a_secret_holds_is_one_to_pulumi_too() -> None:
    for name, content in secrets(FULL, "hush-password").items():
        for key, value in content.items():
            assert key == "admin-user" or (isinstance(value, pulumi.Output) and await value.is_secret()), (name, key)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_without_github_and_receivers_there_is_one_secret(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    addon = Monitoring(facts(), MonitoringSettings(), (), OKE.addons)

    def verify(_: object) -> None:
        assert [name for name, args in made.items() if args.inputs.get("kind") == "Secret"] == ["monitoring-grafana-admin"]
        assert "monitoring-rules-costs" not in made
        assert "monitoring-dashboard-cost" not in made

    return pulumi.Output.all(*(resource.urn for resource in all_of(addon))).apply(verify)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_definitions_come_alone(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    addon = PrometheusOperatorCrds(facts(), PrometheusOperatorCrds.Settings(), ())

    def verify(_: object) -> None:
        inputs = made["prometheus-operator-crds"].inputs
        assert (inputs["version"], inputs["skipCrds"]) == (PROMETHEUS_OPERATOR_CRDS.version, False)
        assert PROMETHEUS_OPERATOR_CRDS.app_version == KUBE_PROMETHEUS_STACK.app_version

    return addon.resources.release.urn.apply(verify)
