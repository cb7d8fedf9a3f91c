"""Prometheus, Alertmanager and Grafana: what they are told, what is a secret, what waits for what."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from components.framework.compose import AddOnError, resolve
from components.framework.plan import AddOnPlan, Confidential, Generated, claims
from components.framework.schema import check_custom_resource, unknown_keys
from components.monitoring.crds.addon import PrometheusOperatorCrdsAddOn
from components.monitoring.crds.chart import PROMETHEUS_OPERATOR_CRDS
from components.monitoring.crds.section import PrometheusOperatorCrds
from components.monitoring.stack import alertmanager, grafana
from components.monitoring.stack.addon import MonitoringAddOn
from components.monitoring.stack.chart import KUBE_PROMETHEUS_STACK
from components.monitoring.stack.secrets import contents
from components.monitoring.stack.section import GitHubLogin, Grafana, Monitoring, Receivers, Slack
from components.monitoring.stack.values import home, problems, storage_class, values
from infra.facts import POOL_LABEL, ClusterContext, Pool, Prices, Taint
from infra.section import changed
from tests.components.monitoring.everything import signals


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
FULL = Monitoring(
    grafana=Grafana(url="https://grafana.example.org", github=GITHUB),
    receivers=TOLD,
    retention_days=30,
    storage_gib=200,
    scrape_seconds=15,
)
PRICED = replace(OKE, prices=Prices(node_usd_per_hour={"system": 0.25, "a10": 2.5}, monthly_usd=5000))
CASES = {"oke": (OKE, Monitoring()), "oke-full": (PRICED, FULL), "workstation": (WORKSTATION, Monitoring())}


def refusals(cluster: ClusterContext = OKE, **given: Any) -> list[str]:
    return [str(problem) for problem in problems(cluster, Monitoring(**given))]


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
    told = values(OKE, Monitoring())
    for beside in (told["grafana"]["sidecar"], told["prometheusOperator"]["prometheusConfigReloader"]):
        assert beside["resources"]["requests"].keys() == {"cpu", "memory"}


def test_what_other_add_ons_say_of_themselves_is_seen() -> None:
    told = values(OKE, Monitoring())["prometheus"]["prometheusSpec"]
    unlabelled = {key for key, value in told.items() if key.endswith("SelectorNilUsesHelmValues") and value is False}
    assert unlabelled == {f"{kind}SelectorNilUsesHelmValues" for kind in ("serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig")}


@pytest.mark.parametrize(("gib", "kept"), [(50, "43520MB"), (200, "174080MB")])
def test_data_goes_before_the_volume_is_full(gib: int, kept: str) -> None:
    told = values(OKE, Monitoring(storage_gib=gib))["prometheus"]["prometheusSpec"]
    assert told["retentionSize"] == kept
    assert told["storageSpec"]["volumeClaimTemplate"]["spec"]["resources"]["requests"]["storage"] == f"{gib}Gi"
    assert int(kept.removesuffix("MB")) < gib * 1024


def test_volumes_go_with_the_platform() -> None:
    told = values(OKE, Monitoring())
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
    assert storage_class(ClusterContext(storage_classes=frozenset(classes)), Monitoring(storage_class=asked)) == chosen


def test_without_a_volume_the_node_is_not_filled() -> None:
    told = values(WORKSTATION, Monitoring())
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
    told = values(OKE, Monitoring())
    places = [
        told["prometheusOperator"], told["prometheusOperator"]["admissionWebhooks"]["patch"], told["prometheus"]["prometheusSpec"],
        told["alertmanager"]["alertmanagerSpec"], told["grafana"], told["kube-state-metrics"],
    ]  # fmt: skip
    assert [place.get("nodeSelector") for place in places] == [{POOL_LABEL: "system"}] * len(places)


def test_nodes_are_measured_whatever_taints_they_have() -> None:
    assert values(OKE, Monitoring())["prometheus-node-exporter"]["tolerations"] == [{"operator": "Exists"}]


def test_the_label_that_prices_hang_on_is_exported() -> None:
    (allowed,) = values(OKE, Monitoring())["kube-state-metrics"]["metricLabelsAllowlist"]
    assert POOL_LABEL in allowed


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
    another = changed(FULL, grafana=changed(FULL.grafana, github=changed(GITHUB, client_secret="hush-new")))
    before, after = (values(OKE, settings)["grafana"]["podAnnotations"] for settings in (FULL, another))
    assert before != after


def test_without_github_the_password_is_the_way_in() -> None:
    told = values(OKE, Monitoring())["grafana"]
    assert "auth" not in told["grafana.ini"]
    assert told["admin"]["existingSecret"] == "grafana-admin"
    assert "adminPassword" not in told


# Alertmanager


@pytest.mark.parametrize("receivers", [Receivers(), TOLD, changed(TOLD, slack=None), changed(TOLD, webhook=None, heartbeat=None)])
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
    for receivers, receiver in ((TOLD, "heartbeat"), (changed(TOLD, heartbeat=None), "nobody")):
        watchdog = alertmanager.document("monitoring", receivers)["spec"]["route"]["routes"][0]
        assert watchdog["matchers"] == [{"name": "alertname", "value": "Watchdog", "matchType": "="}]
        assert watchdog["receiver"] == receiver


# Bad input


def test_settings_that_can_be_met_are_not_refused() -> None:
    assert [list(problems(*case)) for case in CASES.values()] == [[], [], []]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"storage_class": "fast"}, "storageClass: is 'fast', which the cluster does not have; it has oci-bv, oci-bv-ultra"),
        ({"storage_gib": 20}, "storageGib: is 20, but Oracle makes and bills 50 GiB at least; ask for 50"),
        (
            {"grafana": Grafana(github=changed(GITHUB, editor_teams=("umbrella/ml",)))},
            "grafana.github.editorTeams: has umbrella/ml, whose members may not log in; "
            "add umbrella to grafana.github.organizations, or take it out",
        ),
    ],
)
def test_what_cannot_be_met_is_refused(given: dict[str, Any], message: str) -> None:
    assert refusals(**given) == [message]


def test_a_price_for_nodes_that_nobody_can_count_is_refused() -> None:
    priced = replace(OKE, prices=Prices(node_usd_per_hour={"a11": 2.5}))
    assert refusals(priced) == [
        "costs: has a price for a11, but no pool has the label oke-gpu-platform/pool: a11, by which nodes are counted"
    ]


def test_monitoring_needs_its_definitions() -> None:
    with pytest.raises(AddOnError, match="monitoring requires prometheus-operator-crds, which is not enabled"):
        resolve({"monitoring": MonitoringAddOn})
    assert (
        resolve({"monitoring": MonitoringAddOn, "prometheus-operator-crds": PrometheusOperatorCrdsAddOn})[0] == "prometheus-operator-crds"
    )


# Plan


def plan(section: Monitoring, cluster: ClusterContext = PRICED) -> AddOnPlan:
    """Beside the signals of the others that there are and that there will be."""
    own = MonitoringAddOn.plan(cluster, section)
    others = {owner: AddOnPlan(signals=each) for owner, each in signals(cluster, monitoring=section).items()}
    return MonitoringAddOn.completed(own, cluster, section, others)


def test_every_object_is_in_the_add_ons_namespace_and_no_two_are_the_same() -> None:
    planned = plan(FULL)
    documents = [*(each.document for each in planned.namespaces), *(each.document for each in planned.objects)]
    spaces = {document["metadata"].get("namespace", "monitoring") for document in documents}
    assert spaces | {secret.namespace for secret in planned.secrets} == {"monitoring"}
    names = list(claims(planned))
    assert len(set(names)) == len(names)
    counts = Counter(document["kind"] for document in documents)
    assert counts == {"Namespace": 1, "AlertmanagerConfig": 1, "PrometheusRule": 9, "ConfigMap": 6}
    assert len(planned.secrets) == 3
    assert planned.release("kube-prometheus-stack").skip_crds


def test_nothing_but_a_secret_has_a_password_or_an_address() -> None:
    planned = plan(FULL)
    plain = [*(each.document for each in planned.objects), *(each.values for each in planned.releases)]
    assert "hush" not in json.dumps(plain)
    assert "hush" not in repr(planned)


def test_what_a_secret_holds_is_one_to_pulumi_too() -> None:
    for name, content in contents(FULL).items():
        for key, value in content.items():
            assert key == "admin-user" or isinstance(value, Generated | Confidential), (name, key)


def test_without_github_and_receivers_there_is_one_secret() -> None:
    planned = plan(Monitoring(), OKE)
    assert [secret.name for secret in planned.secrets] == ["grafana-admin"]
    ids = {each.id for each in planned.objects}
    assert not {"rules-costs", "dashboard-cost"} & ids


def test_rules_come_when_the_operators_webhook_answers() -> None:
    afters = {each.id: each.after for each in plan(FULL).objects}
    assert {after for id_, after in afters.items() if id_.startswith("rules-") or id_ == "receivers"} == {("kube-prometheus-stack",)}


def test_without_gpus_no_rule_is_about_their_nodes() -> None:
    cluster = ClusterContext(pools=(SYSTEM,), storage_classes=OKE.storage_classes, addons=OKE.addons)
    own = MonitoringAddOn.plan(cluster, Monitoring())
    assert {group.name for group in own.signals.groups} == {"utilization"}
    assert {group.name for group in MonitoringAddOn.plan(OKE, Monitoring()).signals.groups} == {"utilization", "nodes"}


def test_definitions_come_alone() -> None:
    (release,) = PrometheusOperatorCrdsAddOn.plan(OKE, PrometheusOperatorCrds()).releases
    assert (release.chart, release.skip_crds) == (PROMETHEUS_OPERATOR_CRDS, False)
    assert PROMETHEUS_OPERATOR_CRDS.app_version == KUBE_PROMETHEUS_STACK.app_version
