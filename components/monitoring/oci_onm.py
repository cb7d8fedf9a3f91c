"""Oracle's collector: container and node logs, and a list of the cluster's objects, to OCI Log Analytics. Nothing but logs: Prometheus
measures. Nodes with taints have no collector, for the chart tolerates none (oracle-quickstart/oci-kubernetes-monitoring#77)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from components.addon import AddOn
from components.charts import OCI_ONM
from components.manifest import Manifest
from components.monitoring.settings import OciOnmSettings
from components.release import Released, release
from components.values import Values, merged
from infra.facts import ClusterContext, LogTarget
from infra.problems import Problem

NAME = "oci-onm"

# What the collector looks up for a log line, and what it lists of the cluster. The chart's own role reads every Secret there is.
# oracle-quickstart/oci-kubernetes-monitoring 4.3.0, charts/common and charts/logan, 2026-08.
_READS = {
    "": ("endpoints", "events", "namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "pods", "services"),
    "apps": ("daemonsets", "deployments", "replicasets", "statefulsets"),
    "batch": ("cronjobs", "jobs"),
    "autoscaling": ("horizontalpodautoscalers",),
    "discovery.k8s.io": ("endpointslices",),
    "networking.k8s.io": ("ingresses",),
    "storage.k8s.io": ("storageclasses",),
}


@dataclass(frozen=True, kw_only=True)
class OciOnmResources(Released):
    access: tuple[Manifest, ...]


class OciOnm(AddOn[OciOnmSettings]):
    key = "oci-onm"
    namespace = NAME
    pod_security = "privileged"  # it reads the host's log files
    charts = (OCI_ONM,)
    Settings = OciOnmSettings
    resources: OciOnmResources

    @classmethod
    def wanted(cls, cluster: ClusterContext) -> bool:
        return False

    @classmethod
    def problems(cls, cluster: ClusterContext, settings: OciOnmSettings) -> Iterable[Problem]:
        if settings.target is None and not cluster.makes_log_target:
            yield Problem("target", "is missing; say which log group and entity of Log Analytics the logs go to")

    def declare(self) -> OciOnmResources:
        target = self.settings.target or self.facts.log_target
        if target is None:
            raise ValueError("there is no target: check `problems` first")
        namespace = self.make_namespace()
        account = self.manifest("account", access()[0], namespace)
        role, binding = (self.manifest(name, document) for name, document in zip(("role", "binding"), access()[1:], strict=True))
        chart = release(self, OCI_ONM, values(target, self.settings), waits_for=[namespace, account, role, binding])
        return OciOnmResources(namespace=namespace, access=(account, role, binding), release=chart)


def access() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The collector's account, its role and what binds them."""
    rbac = "rbac.authorization.k8s.io"
    rules = [{"apiGroups": [group], "resources": list(kinds), "verbs": ["get", "list", "watch"]} for group, kinds in _READS.items()]
    return (
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": NAME, "namespace": NAME}},
        {"apiVersion": f"{rbac}/v1", "kind": "ClusterRole", "metadata": {"name": NAME}, "rules": rules},
        {
            "apiVersion": f"{rbac}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": NAME},
            "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": NAME},
            "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": NAME}],
        },
    )


def values(target: LogTarget, settings: OciOnmSettings) -> Values:
    decided: Values = {
        "global": {
            "namespace": NAME,
            "kubernetesClusterID": target.cluster_id,
            "kubernetesClusterName": target.cluster_name,
        },
        "oci-onm-common": {"createNamespace": False, "createServiceAccount": False, "serviceAccount": NAME},
        "oci-onm-logan": {
            "enabled": True,
            "ociLANamespace": target.namespace,
            "ociLALogGroupID": target.log_group_id,
            "ociLAClusterEntityID": target.entity_id,
            # The chart's own default is null, which its own schema refuses: Helm 3, unlike 4, would install nothing.
            "fluentd": {"customLogs": {}},
            "enableTCPConnectLogs": False,  # a privileged daemon set on every node
            # Would run Resource Manager stacks, with rights to change the cluster, on behalf of any pod of any node.
            "k8sDiscovery": {"infra": {"enable_service_log": False}},
        },
        "oci-onm-mgmt-agent": {"enabled": False, "deployMetricServer": False},
    }
    return merged(decided, settings.values)
