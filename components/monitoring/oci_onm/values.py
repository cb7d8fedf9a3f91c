"""Helm values of Oracle's log collector."""

from collections.abc import Mapping
from typing import Any

from components.framework.plan import Decided, settings
from components.framework.values import Values
from components.monitoring.oci_onm.access import NAME

_LOGAN = "oci-onm-logan"

DECIDED = (
    *settings(
        {
            "target": [
                ("global", "kubernetesClusterID"),
                ("global", "kubernetesClusterName"),
                *((_LOGAN, key) for key in ("ociLANamespace", "ociLALogGroupID", "ociLAClusterEntityID")),
            ]
        }
    ),
    Decided(("global", "namespace"), "the platform makes the namespace; take it out"),
    Decided((_LOGAN, "enabled"), "no log would be collected; turn addons.ociOnm off instead"),
    Decided((_LOGAN, "k8sDiscovery", "infra", "enable_service_log"), "it would run stacks with rights to change the cluster; take it out"),
)


def values(target: Mapping[str, Any]) -> Values:
    """`target` has the fields of a LogTarget, each known or granted."""
    return {
        "global": {
            "namespace": NAME,
            "kubernetesClusterID": target["cluster_id"],
            "kubernetesClusterName": target["cluster_name"],
        },
        "oci-onm-common": {"createNamespace": False, "createServiceAccount": False},
        "oci-onm-logan": {
            "enabled": True,
            "serviceAccount": NAME,
            "ociLANamespace": target["namespace"],
            "ociLALogGroupID": target["log_group_id"],
            "ociLAClusterEntityID": target["entity_id"],
            # The chart's own default is null, which its own schema refuses: Helm 3, unlike 4, would install nothing.
            "fluentd": {"customLogs": {}},
            "enableTCPConnectLogs": False,  # a privileged daemon set on every node
            # Would run Resource Manager stacks, with rights to change the cluster, on behalf of any pod of any node.
            "k8sDiscovery": {"infra": {"enable_service_log": False}},
        },
        "oci-onm-mgmt-agent": {"enabled": False, "deployMetricServer": False},
    }
