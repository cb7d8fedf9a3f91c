"""Oracle's collector gets logs and no more: no Secret, no privileged daemon set, no right to change anything."""

import json
from collections.abc import Callable

from components.framework.plan import Granted
from components.framework.schema import unknown_keys
from components.monitoring.oci_onm.access import access
from components.monitoring.oci_onm.addon import OciOnmAddOn
from components.monitoring.oci_onm.chart import OCI_ONM
from components.monitoring.oci_onm.section import LogTarget, OciOnm
from components.monitoring.oci_onm.values import values
from infra.facts import ClusterContext
from infra.needs import LogAnalytics

TARGET = {
    "namespace": "axexample",
    "log_group_id": "ocid1.g",
    "entity_id": "ocid1.e",
    "cluster_id": "ocid1.c",
    "cluster_name": "gpu_2026-05-21T16:20:30Z",
}
OWN = LogTarget(
    namespace="axexample",
    log_group_id="ocid1.loganalyticsloggroup.oc1..g",
    entity_id="ocid1.loganalyticsentity.oc1..e",
    cluster_id="ocid1.cluster.oc1..c",
    cluster_name="gpu_2026-05-21T16:20:30Z",
)


def test_values_are_as_they_were_reviewed(golden: Callable[[str, str], None]) -> None:
    golden("values/oci-onm.json", json.dumps(values(TARGET), indent=1) + "\n")


def test_the_chart_knows_every_value() -> None:
    assert unknown_keys(OCI_ONM, values(TARGET)) == ()


def test_it_reads_no_secret_and_changes_nothing() -> None:
    _, role, _ = access()
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"get", "list", "watch"}
    kinds = {kind for rule in role["rules"] for kind in rule["resources"]}
    assert not kinds & {"*", "secrets", "configmaps", "serviceaccounts"}
    assert not any("*" in rule["apiGroups"] for rule in role["rules"])


def test_the_role_is_the_accounts_and_the_chart_uses_the_account() -> None:
    account, role, binding = access()
    (subject,) = binding["subjects"]
    assert (subject["name"], subject["namespace"]) == (account["metadata"]["name"], account["metadata"]["namespace"])
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    told = values(TARGET)
    assert told["oci-onm-common"]["createServiceAccount"] is False
    assert told["oci-onm-logan"]["serviceAccount"] == account["metadata"]["name"]


def test_what_would_change_the_cloud_or_measure_twice_is_off() -> None:
    told = values(TARGET)
    assert told["oci-onm-logan"]["k8sDiscovery"]["infra"]["enable_service_log"] is False
    assert told["oci-onm-logan"]["enableTCPConnectLogs"] is False
    assert told["oci-onm-mgmt-agent"] == {"enabled": False, "deployMetricServer": False}


def test_what_the_chart_leaves_null_against_its_own_schema_is_given() -> None:
    """oci-onm 4.3.0: Helm 3, which the provider embeds, refuses the chart's own defaults."""
    assert values(TARGET)["oci-onm-logan"]["fluentd"]["customLogs"] == {}


def test_it_is_installed_only_where_somebody_asks() -> None:
    assert not OciOnmAddOn.wanted(ClusterContext())


def test_logs_need_somewhere_to_go() -> None:
    assert OciOnmAddOn.needs(ClusterContext(), OciOnm()) == (LogAnalytics(path="target"),)
    assert OciOnmAddOn.needs(ClusterContext(), OciOnm(target=OWN)) == ()


def test_logs_go_where_the_stack_file_says_or_where_it_is_granted() -> None:
    own = OciOnmAddOn.plan(ClusterContext(), OciOnm(target=OWN)).release("oci-onm").values
    granted = OciOnmAddOn.plan(ClusterContext(), OciOnm()).release("oci-onm").values
    assert own == values(OWN.model_dump(by_alias=False))
    assert granted == values({field: Granted(need=LogAnalytics, field=field) for field in TARGET})
