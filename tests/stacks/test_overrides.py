"""Helm values of the stack file obey what settings obey: none changes what a setting decides, or asks for what cannot be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from components.framework import overrides, schema
from components.framework.addon import AddOnType, section_key
from components.framework.section import AddOnSection
from components.registry import ALL, KINDS
from stacks.config import StackFileError, parse
from stacks.config.load import document
from stacks.plan import plan
from testkit.every_add_on import STACKS, everything

ROOT = Path(__file__).resolve().parents[2]
DEV, BOX = document(ROOT / "Pulumi.dev.yaml"), document(ROOT / "examples/Pulumi.rtx4060.yaml")
KSERVE = "kserve-resources"


def refusals(name: str, values: Any, stack: dict[str, Any] = DEV, **more: Any) -> list[str]:
    with pytest.raises(StackFileError) as refusal:
        plan(parse({**stack, "addons": {name: {"enabled": True, "values": values, **more}}}))
    return [str(problem).removeprefix(f"addons.{name}.values.") for problem in refusal.value.problems]


def spec(**values: Any) -> dict[str, Any]:
    return {"prometheus": {"prometheusSpec": values}}


def claim(size: str, **more: str) -> dict[str, Any]:
    return {"volumeClaimTemplate": {"spec": {"resources": {"requests": {"storage": size}}, **more}}}


INSTEAD = "decides it; set that instead"
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("monitoring", {"alertmanager": {"config": {"route": {}}}}, "alertmanager.config: is {route: {}}, but the setting receivers"),
    ("monitoring", {"alertmanager": {"alertmanagerSpec": {"configSecret": "x"}}}, "alertmanager.alertmanagerSpec.configSecret: is 'x'"),
    ("monitoring", {"alertmanager": {"alertmanagerSpec": {"alertmanagerConfiguration": None}}}, "alertmanager.alertmanagerSpec.alertm"),
    ("monitoring", {"alertmanager": {"enabled": False}}, "alertmanager.enabled: is false, but no alert would reach anybody"),
    ("monitoring", {"crds": {"enabled": True}}, "crds: is {enabled: true}, but the definitions are prometheus-operator-crds' to bring"),
    ("monitoring", {"crds": None}, "crds: is null, but the definitions are prometheus-operator-crds' to bring"),
    ("monitoring", {"grafana": {"adminPassword": "hush"}}, "grafana.adminPassword: is ..., but the platform makes the administrator's"),
    ("monitoring", {"grafana": {"adminUser": "root"}}, "grafana.adminUser: is ..., but the platform makes the administrator's password"),
    ("monitoring", spec(storageSpec=claim("10Gi")), "prometheus.prometheusSpec.storageSpec.volumeClaimTemplate.spec.resources.requests."),
    ("monitoring", spec(storageSpec=None), f"prometheus.prometheusSpec.storageSpec: is null, but the setting storageGib {INSTEAD}"),
    ("monitoring", spec(storageSpec={"emptyDir": {}}), "prometheus.prometheusSpec.storageSpec: is {emptyDir: {}}, but the setting"),
    ("monitoring", spec(retention="1d"), f"prometheus.prometheusSpec.retention: is '1d', but the setting retentionDays {INSTEAD}"),
    ("monitoring", spec(scrapeInterval="1s"), "prometheus.prometheusSpec.scrapeInterval: is '1s', but the setting scrapeSeconds"),
    ("monitoring", {"grafana": {"grafana.ini": {"server": {"root_url": "x"}}}}, "grafana.grafana.ini.server.root_url: is 'x', but the"),
    ("monitoring", {"grafana": {"persistence": {"enabled": True, "size": "10Gi"}}}, "grafana.persistence.size: is 10Gi, but Oracle makes"),
    ("monitoring", {"grafana": {"persistence": {"enabled": True, "size": "1Ti", "storageClassName": "fast"}}}, "grafana.persistence.stora"),
    ("monitoring", {"alertmanager": {"alertmanagerSpec": {"storage": claim("1Gi")}}}, "alertmanager.alertmanagerSpec.storage.volumeClai"),
    ("keda", {"crds": {"install": False}}, "crds.install: is false, but without its definitions no workload could be scaled"),
    ("keda", {"operator": {"replicaCount": 2}}, f"operator.replicaCount: is 2, but the setting replicas {INSTEAD}"),
    ("kueue", {"controllerManager": {"replicas": 1}}, f"controllerManager.replicas: is 1, but the setting replicas {INSTEAD}"),
    ("kueue", {"managerConfig": {"controllerManagerConfigYaml": "x"}}, "managerConfig: is {controllerManagerConfigYaml: 'x'}, but"),
    ("kserve", {KSERVE: {"kserve": {"controller": None}}}, f"{KSERVE}.kserve.controller: is null, but models are written"),
    ("kserve", {KSERVE: {"kserve": {"controller": {"deploymentMode": "Knative"}}}}, f"{KSERVE}.kserve.controller.deploymentMode: is"),
    ("kserve", {KSERVE: {"kserve": {"storage": {"s3": {"region": "x"}}}}}, f"{KSERVE}.kserve.storage.s3: is {{region: 'x'}}, but the"),
    ("gpuOperator", {"mig": {"strategy": "single"}}, f"mig.strategy: is 'single', but the setting migStrategy {INSTEAD}"),
    ("gpuOperator", {"driver": {"version": "580.1"}}, f"driver.version: is '580.1', but the setting driverVersion {INSTEAD}"),
    ("ociOnm", {"oci-onm-logan": {"ociLANamespace": "x"}}, f"oci-onm-logan.ociLANamespace: is 'x', but the setting target {INSTEAD}"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "message"), REFUSED)
def test_a_value_that_a_setting_decides_is_refused_with_the_setting(name: str, values: dict[str, Any], message: str) -> None:
    (told,) = refusals(name, values)
    assert told.startswith(message)


def test_text_that_may_be_secret_is_not_shown() -> None:
    (told,) = refusals("monitoring", {"alertmanager": {"config": {"global": {"slack_api_url": "https://hooks.example.org"}}}})
    assert told.startswith("alertmanager.config: is {global: {slack_api_url: ...}}, but the setting receivers")
    (told,) = refusals("monitoring", {"grafana": {"grafana.ini": {"auth.github": {"scopes": ["x"], "enabled": True, "allow": None}}}})
    assert told.startswith(
        "grafana.grafana.ini.auth.github: is {scopes: [...], enabled: true, allow: null}, but the setting grafana.github"
    )


def test_the_older_key_of_a_setting_of_cert_managers_is_refused() -> None:
    (told,) = refusals("certManager", {"config": {"enableGatewayAPI": False}}, BOX, gatewayApi=True)
    assert told == f"config.enableGatewayAPI: is false, but the setting gatewayApi {INSTEAD}"


def test_cert_managers_replicas_are_a_setting() -> None:
    (told,) = refusals("certManager", {"webhook": {"replicaCount": 5}}, BOX)
    assert told == f"webhook.replicaCount: is 5, but the setting replicas {INSTEAD}"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("monitoring", {"crds": {"enabled": False}, "grafana": {"persistence": {"enabled": True, "size": "50Gi"}}}),
        ("monitoring", {"grafana": {"grafana.ini": {"server": {"enable_gzip": True}}}, **spec(retention="15d", walCompression=False)}),
        ("monitoring", {"grafana": {"persistence": {"enabled": False, "size": "1Gi"}}}),
        ("monitoring", {"grafana": {"persistence": {"enabled": True, "size": "0.1Ti", "storageClassName": "oci-bv"}}}),
        ("keda", {"operator": {"replicaCount": 1}, "webhooks": {"timeoutSeconds": 5}}),
        ("kserve", {KSERVE: {"kserve": {"controller": {"resources": {"limits": {"cpu": "2"}}}}}}),
    ],
)
def test_a_value_that_no_setting_decides_or_that_says_the_same_is_taken(name: str, values: dict[str, Any]) -> None:
    assert plan(parse({**DEV, "addons": {name: {"enabled": True, "values": values}}})).addons.plans


def test_a_small_volume_is_nobodys_mistake_where_oracle_does_not_make_it() -> None:
    values = {"grafana": {"persistence": {"enabled": True, "size": "1Gi"}}}
    assert plan(parse({**BOX, "addons": {"monitoring": {"values": values}}})).addons.plans


def test_settings_that_decide_values_are_settings() -> None:
    """Each that a message sends its reader to."""
    files = (ROOT / "Pulumi.dev.yaml", ROOT / "examples/Pulumi.rtx4060.yaml")
    plans = {key: made for file in files for key, made in everything(file).plan.addons.plans.items()}
    found = 0
    for key, decided in plans.items():
        section = KINDS[key].Section.model_json_schema(by_alias=True)
        for each in (each for release in decided.releases for each in release.decided if each.by.startswith("the setting ")):
            name = each.by.removeprefix("the setting ").partition(" ")[0].partition(".")[0]
            assert name in section["properties"], f"addons.{section_key(key)} has no {name}"
            found += 1
    assert found


SILENT = "rules, alerts and dashboards read what it measures, and would stay silent; take it out"
PARTS: list[tuple[dict[str, Any], str, dict[str, Any], str]] = [
    (DEV, "keda", {"watchNamespace": "research"}, "watchNamespace: is 'research', but nothing would be scaled in any other namespace; t"),
    (DEV, "keda", {"watchNamespace": None}, "watchNamespace: is null, but nothing would be scaled in any other namespace; take it out"),
    (DEV, "keda", {"metricsServer": {"enabled": False}}, "metricsServer.enabled: is false, but Kubernetes asks it what to scale by"),
    (DEV, "keda", {"prometheus": {"operator": {"enabled": False}}}, "prometheus.operator.enabled: is false, but the platform measures K"),
    (DEV, "monitoring", {"grafana": {"enabled": False}}, "grafana.enabled: is false, but the dashboards of every add-on would be nowhere"),
    (DEV, "monitoring", {"nodeExporter": None}, f"nodeExporter: is null, but {SILENT}"),
    (DEV, "monitoring", {"kubeStateMetrics": {"enabled": False}}, f"kubeStateMetrics.enabled: is false, but {SILENT}"),
    (DEV, "monitoring", {"kube-state-metrics": {"namespaces": "a"}}, f"kube-state-metrics.namespaces: is 'a', but {SILENT}"),
    (DEV, "monitoring", {"grafana": {"sidecar": {"datasources": {"enabled": False}}}}, "grafana.sidecar.datasources.enabled: is false,"),
    (DEV, "monitoring", spec(ruleSelector={"matchLabels": {"a": "b"}}), "prometheus.prometheusSpec.ruleSelector: is {matchLabels: {a: '"),
    (DEV, "monitoring", spec(disableAlerting=True), "prometheus.prometheusSpec.disableAlerting: is true, but no alert would reach anybody"),
    (DEV, "monitoring", {"prometheusOperator": {"denyNamespaces": ["a"]}}, "prometheusOperator.denyNamespaces: is ['a'], but the operator"),
    (DEV, "monitoring", spec(replicas=0), "prometheus.prometheusSpec.replicas: is 0, so nothing of this part of kube-prometheus-stack w"),
    (DEV, "monitoring", spec(shards=0), "prometheus.prometheusSpec.shards: is 0, so nothing of this part of kube-prometheus-stack would"),
    (DEV, "monitoring", {"grafana": {"replicas": 0}}, "grafana.replicas: is 0, so nothing of this part of kube-prometheus-stack would r"),
    (DEV, "monitoring", {"grafana": {"sidecar": {"dashboards": {"label": "a"}}}}, "grafana.sidecar.dashboards.label: is 'a', but add-ons"),
    (DEV, "monitoring", {"grafana": {"sidecar": {"datasources": {"uid": "a"}}}}, "grafana.sidecar.datasources.uid: is 'a', but add-ons"),
    (DEV, "monitoring", {"kube-state-metrics": {"metricLabelsAllowlist": []}}, "kube-state-metrics.metricLabelsAllowlist: is [], but"),
    (DEV, "monitoring", {"prometheus": {"serviceMonitor": {"selfMonitor": False}}}, "prometheus.serviceMonitor.selfMonitor: is false, but"),
    (DEV, "monitoring", {"kube-state-metrics": {"prometheus": {"monitor": {"enabled": False}}}}, "kube-state-metrics.prometheus.monitor.e"),
    (DEV, "kserve", {KSERVE: {"kserve": {"createSharedResources": False}}}, f"{KSERVE}.kserve.createSharedResources: is false, but KServe"),
    (DEV, "monitoring", {"kube-state-metrics": {"collectors": ["pods"]}}, f"kube-state-metrics.collectors: is ['pods'], but {SILENT}"),
    (DEV, "monitoring", spec(enableFeatures=["a"]), "prometheus.prometheusSpec.enableFeatures: is ['a'], but alerts on the first of"),
    (DEV, "monitoring", {"cleanPrometheusOperatorObjectNames": False}, "cleanPrometheusOperatorObjectNames: is false, but health checks"),
    (DEV, "nodeFeatureDiscovery", {"worker": {"config": {"sources": {"pci": {"deviceClassWhitelist": ["ff"]}}}}}, "worker.config"),
    (BOX, "gpuOperator", {"dcgmExporter": {"config": {"data": "a"}}}, "dcgmExporter.config: is {data: 'a'}, but rules and dashboards read"),
    (BOX, "gpuOperator", {"dcgmExporter": {"serviceMonitor": {"relabelings": []}}}, "dcgmExporter.serviceMonitor.relabelings: is [], but"),
    (DEV, "gpuOperator", {"daemonsets": {"tolerations": []}}, "daemonsets.tolerations: is [], but nothing would run on GPU nodes without"),
    (DEV, "kueue", {"enablePrometheus": False}, "enablePrometheus: is false, but the platform measures Kueue wherever monitors are taken"),
    (DEV, "ociOnm", {"oci-onm-logan": {"enabled": False}}, "oci-onm-logan.enabled: is false, but no log would be collected; turn"),
    (DEV, "prometheusOperatorCrds", {"crds": {"prometheusrules": {"enabled": False}}}, "crds.prometheusrules.enabled: is false, but add"),
    (DEV, "nodeFeatureDiscovery", {"master": {"replicaCount": 0}}, "master.replicaCount: is 0, so nothing of this part of node-feature-"),
    (BOX, "nodeFeatureDiscovery", {"worker": {"enable": False}}, "worker.enable: is false, but the GPU Operator would find no node with a"),
    (BOX, "gpuOperator", {"gfd": {"enabled": False}}, "gfd.enabled: is false, but pods ask for GPUs by the labels that it puts on nodes"),
    (BOX, "gpuOperator", {"dcgmExporter": {"enabled": False}}, "dcgmExporter.enabled: is false, but nothing would be measured of GPUs"),
    (BOX, "gpuOperator", {"driver": {"enabled": False}}, "driver.enabled: is false, but without a driver no GPU would be found"),
    (BOX, "gpuOperator", {"devicePlugin": {"enabled": False}}, f"devicePlugin.enabled: is false, but the setting devicePlugin {INSTEAD}"),
    (BOX, "certManager", {"cainjector": {"enabled": False}}, "cainjector.enabled: is false, but it writes authorities into webhooks"),
    (BOX, "certManager", {"startupapicheck": {"enabled": False}}, "startupapicheck.enabled: is false, but it is how the platform knows"),
    (BOX, "certManager", {"enabled": False}, "enabled: is false, but the chart reads it only as a part of another chart; set addons."),
]  # fmt: skip


@pytest.mark.parametrize(("stack", "name", "values", "message"), PARTS)
def test_no_override_turns_off_what_the_platform_rests_on(stack: dict[str, Any], name: str, values: dict[str, Any], message: str) -> None:
    """None of them would be reported by anything: what is not there sends no alert."""
    told = [each for each in refusals(name, values, stack) if not each.startswith("addons.nodeFeatureDiscovery: ")]
    assert [each[: len(message)] for each in told] == [message]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("keda", {"watchNamespace": "", "operator": {"replicaCount": 1}}),
        ("monitoring", {"grafana": {"enabled": True, "replicas": 1}, "kubelet": {"enabled": True}, **spec(ruleSelector={}, shards=2)}),
        ("monitoring", {"kube-state-metrics": {"metricAllowlist": []}, **spec(enableFeatures=["a", "created-timestamp-zero-ingestion"])}),
        ("monitoring", {"prometheus": {"enabled": True}, "alertmanager": {"enabled": True}}),
        ("monitoring", {"kubeDns": {"enabled": False}, "defaultRules": {"create": False}}),
        ("prometheusOperatorCrds", {"crds": {"thanosrulers": {"enabled": False}}}),
    ],
)
def test_what_the_chart_says_anyway_and_what_nobody_rests_on_is_taken(name: str, values: dict[str, Any]) -> None:
    assert plan(parse({**DEV, "addons": {name: {"enabled": True, "values": values}}})).addons.plans


def test_the_controller_of_runners_sees_every_namespace() -> None:
    arc = everything(ROOT / "Pulumi.dev.yaml").document["addons"]["arc"]
    values = {"arc": {"flags": {"watchSingleNamespace": "a"}, "replicaCount": 0}}
    told = refusals("arc", values, **{key: value for key, value in arc.items() if key not in ("enabled", "values")})
    assert [each.partition(":")[0] for each in told] == ["arc.flags.watchSingleNamespace", "arc.replicaCount"]


NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: "


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("certManager", {"extraObjects": [f"{NAMESPACE}sneaky"]}, "extraObjects.0: makes the namespace sneaky, without network policies,"),
        ("certManager", {"extraObjects": [f"{NAMESPACE}{{{{ .Release.Name }}}}"]}, "extraObjects.0: makes a namespace, without network"),
        ("certManager", {"extraObjects": [f"apiVersion: v1\nkind: List\nitems:\n- {NAMESPACE.replace(chr(10), chr(10) + '  ')}a"]},
         "extraObjects.0.items.0: makes the namespace a, without"),
        ("monitoring", {"extraManifests": {"a": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "monitoring"}}}},
         "extraManifests.a: makes the namespace monitoring, without network policies, quotas and an owner; give it to a team, or make"),
    ],
)  # fmt: skip
def test_no_override_makes_a_namespace(name: str, values: dict[str, Any], message: str) -> None:
    (told,) = refusals(name, values, BOX)
    assert told.startswith(message)


def test_an_object_in_overrides_that_another_add_on_has_is_refused_with_both_names() -> None:
    taken = "apiVersion: monitoring.coreos.com/v1alpha1\nkind: AlertmanagerConfig\nmetadata: {name: alertmanager, namespace: monitoring}"
    (told,) = refusals("certManager", {"extraObjects": [taken]}, BOX)
    claimed = "AlertmanagerConfig.monitoring.coreos.com monitoring/alertmanager"
    assert told == f"addons.monitoring: monitoring and cert-manager both claim {claimed}; turn one of them off, or rename one"


def test_other_objects_in_overrides_are_taken() -> None:
    issuer = "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: own}\nspec: {selfSigned: {}}"
    assert plan(parse({**BOX, "addons": {"certManager": {"values": {"extraObjects": [issuer]}}}})).addons.plans


NAMES = {"fullnameOverride", "nameOverride", "namespaceOverride"}


def renaming(values: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Paths of a chart's values, at the top and one below, that rename or move what it installs."""
    for key, below in values.get("properties", {}).items():
        yield from ((key,) for _ in (NAMES | {"namespace"}) & {key})
        yield from ((key, name) for name in below.get("properties", {}) if name in NAMES or (key, name) == ("global", "namespace"))


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind.charts], ids=lambda kind: kind.key)
def test_no_override_renames_or_moves_what_a_release_installs(kind: AddOnType) -> None:
    made = next(each.plan for each in map(everything, STACKS) if kind.key in each.plan.addons.chosen)
    context, section = replace(made.context, addons=frozenset(made.addons.chosen)), made.addons.sections[kind.key]
    planned = kind.plan(context, section)
    for release in planned.releases:
        for path in renaming(schema.load(release.chart.key).values):
            given: Any = "elsewhere"
            for key in reversed(path):
                given = {key: given}
            values = given if len(planned.releases) == 1 else {release.name: given}
            (found,) = overrides.problems(kind.key, planned, values, context)
            assert f"{'.'.join(path)}: is 'elsewhere', but" in str(found)


@pytest.mark.parametrize("values", [{"namespace": "cert-manager"}, {"fullnameOverride": ""}, {"nameOverride": None}])
def test_the_name_that_it_has_anyway_is_taken(values: dict[str, Any]) -> None:
    assert plan(parse({**BOX, "addons": {"certManager": {"values": values}}})).addons.plans


def otherwise(found: Any) -> Iterator[Any]:
    """Other values of a setting, some of which its bounds may not allow."""
    match found:
        case bool():
            yield not found
        case int():
            yield from (found + 1, found - 1)
        case BaseModel():
            yield from (
                found.model_copy(update={name: value}) for name in type(found).model_fields for value in otherwise(getattr(found, name))
            )


def leaves(values: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(values, Mapping) and values:
        for key, item in values.items():
            yield from leaves(item, (*path, key))
    elif path:
        yield path


def test_the_values_of_the_platform_that_overrides_may_change_are_reviewed(golden: Callable[[str, str], None]) -> None:
    """A value that is new is decided, or comes into this list: whoever reviews it sees that nothing rests on it in silence."""
    free: dict[str, None] = {}
    for made in (everything(file).plan.addons for file in STACKS):
        for release in (release for planned in made.plans.values() for release in planned.releases):
            decided = [each.path for each in release.decided]
            for path in leaves(release.values):
                if not any(path[: len(each)] == each or each[: len(path)] == path for each in decided):
                    free[f"{release.chart.key}: {'.'.join(path)}"] = None
    golden("overrides.txt", "".join(f"{line}\n" for line in sorted(free)))


def at(values: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        values = values.get(key) if isinstance(values, dict) else None
    return values


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.key)
def test_a_value_that_a_setting_decides_is_decided(kind: AddOnType) -> None:
    """No override goes around a setting: of the values that change with one, some are refused to overrides."""
    made = next(each.plan for each in map(everything, STACKS) if kind.key in each.plan.addons.chosen)
    context, section = replace(made.context, addons=frozenset(made.addons.chosen)), made.addons.sections[kind.key]
    before = kind.plan(context, section)
    for name in kind.Section.model_fields.keys() - AddOnSection.model_fields.keys():
        for value in otherwise(getattr(section, name)):
            changed = section.model_copy(update={name: value})
            if list(kind.problems(context, changed)):
                continue
            after = {release.name: release for release in kind.plan(context, changed).releases}
            for release in before.releases:
                paths = [each.path for each in release.decided]
                assert after[release.name].values == release.values or any(
                    at(after[release.name].values, path) != at(release.values, path) for path in paths
                ), f"{name} changes values of {release.name}: name one in its `decided`"
