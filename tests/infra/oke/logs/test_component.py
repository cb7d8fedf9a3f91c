"""The log group and the entity are what Oracle's collector and its dashboards look for."""

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs

from infra.oke.logs.component import LoggingAnalytics, LoggingAnalyticsArgs, rfc3339

ARGS = LoggingAnalyticsArgs(
    prefix="gpu-dev",
    compartment_id="ocid1.compartment",
    namespace="axexample",
    cluster_id="ocid1.cluster",
    cluster_name="gpu-dev",
    cluster_created="2026-05-21 16:20:30 +0000 UTC",
    kubernetes_version="v1.34.2",
)


@pulumi.runtime.test  # type: ignore[untyped-decorator]
def test_the_entity_is_named_after_the_cluster_and_its_birth(made: dict[str, MockResourceArgs]) -> pulumi.Output[None]:
    logs = LoggingAnalytics("logs", ARGS)

    def verify(_: object) -> None:
        group, entity = made["logs-logs"].inputs, made["logs-cluster"].inputs
        assert group["displayName"] == "gpu-dev-logs"
        assert entity["entityTypeName"] == "Kubernetes Cluster"
        assert entity["name"] == "gpu-dev_2026-05-21T16:20:30Z"
        assert entity["namespace"] == group["namespace"] == "axexample"
        items = {item["name"]: item["value"] for item in entity["metadata"]["items"]}
        assert items == {
            "cluster": "gpu-dev_2026-05-21T16:20:30Z",
            "cluster_name": "gpu-dev",
            "cluster_date": "2026-05-21T16:20:30Z",
            "cluster_ocid": "ocid1.cluster",
            "solution_type": "OKE",
            "k8s_version": "v1.34.2",
        }
        assert {item["type"] for item in entity["metadata"]["items"]} == {"k8s_solution"}

    return pulumi.Output.all(logs.resources.log_group.urn, logs.resources.entity.urn).apply(verify)


@pytest.mark.parametrize("time", ["2026-05-21 16:20:30 +0000 UTC", "2026-05-21 16:20:30.123 +0000 UTC"])
def test_oracles_time_becomes_what_the_collector_writes(time: str) -> None:
    assert rfc3339(time) == "2026-05-21T16:20:30Z"


@pytest.mark.parametrize("time", ["2026-05-21T16:20:30Z", "2026-05-21 16:20:30 +0200 CEST", "soon"])
def test_another_form_of_time_is_refused(time: str) -> None:
    with pytest.raises(ValueError, match="is not a time as Oracle writes it"):
        rfc3339(time)
