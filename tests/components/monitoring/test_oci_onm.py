"""Oracle's collector gets logs and no more: no Secret, no privileged daemon set, no right to change anything."""

import json
from collections.abc import Callable

import pytest
from components.charts import OCI_ONM
from components.contract import unknown_keys
from components.monitoring.settings import OciOnmSettings

from components.monitoring.oci_onm import OciOnm, access, values
from infra.facts import ClusterContext, LogTarget

TARGET = LogTarget(
    namespace="axexample", log_group_id="ocid1.g", entity_id="ocid1.e", cluster_id="ocid1.c", cluster_name="gpu_2026-05-21T16:20:30Z"
)


def test_values_are_as_they_were_reviewed(golden: Callable[[str, str], None]) -> None:
    golden("values/oci-onm.json", json.dumps(values(TARGET, OciOnmSettings(target=TARGET)), indent=1) + "\n")


def test_the_chart_knows_every_value() -> None:
    assert unknown_keys(OCI_ONM, values(TARGET, OciOnmSettings(target=TARGET))) == ()


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
    common = values(TARGET, OciOnmSettings(target=TARGET))["oci-onm-common"]
    assert (common["createServiceAccount"], common["serviceAccount"]) == (False, account["metadata"]["name"])


def test_what_would_change_the_cloud_or_measure_twice_is_off() -> None:
    told = values(TARGET, OciOnmSettings(target=TARGET))
    assert told["oci-onm-logan"]["k8sDiscovery"]["infra"]["enable_service_log"] is False
    assert told["oci-onm-logan"]["enableTCPConnectLogs"] is False
    assert told["oci-onm-mgmt-agent"] == {"enabled": False, "deployMetricServer": False}


def test_what_the_chart_leaves_null_against_its_own_schema_is_given() -> None:
    """oci-onm 4.3.0: Helm 3, which the provider embeds, refuses the chart's own defaults."""
    assert values(TARGET, OciOnmSettings(target=TARGET))["oci-onm-logan"]["fluentd"]["customLogs"] == {}


def test_it_is_installed_only_where_somebody_asks() -> None:
    assert not OciOnm.wanted(ClusterContext())


MISSING = "target: is missing; say which log group and entity of Log Analytics the logs go to"


@pytest.mark.parametrize(("target", "made", "found"), [(TARGET, False, []), (None, True, []), (None, False, [MISSING])])
def test_logs_need_somewhere_to_go(target: LogTarget | None, made: bool, found: list[str]) -> None:
    cluster = ClusterContext(makes_log_target=made)
    assert [str(problem) for problem in OciOnm.problems(cluster, OciOnmSettings(target=target))] == found
