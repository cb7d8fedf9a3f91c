"""Oracle's collector: container and node logs, and a list of the cluster's objects, to OCI Log Analytics. Nothing but logs: Prometheus
measures. Nodes with taints have no collector, for the chart tolerates none (oracle-quickstart/oci-kubernetes-monitoring#77)."""

from typing import Any

from components.framework.addon import AddOn
from components.framework.operations import Operations, Workload
from components.framework.plan import AddOnPlan, Granted, Namespace, Object, Release
from components.monitoring.oci_onm.access import NAME, access
from components.monitoring.oci_onm.chart import OCI_ONM
from components.monitoring.oci_onm.section import LogTarget, OciOnm
from components.monitoring.oci_onm.values import DECIDED, values
from infra.facts import ClusterContext
from infra.needs import LogAnalytics

OPERATIONS = Operations(healthy=(Workload(kind="DaemonSet", namespace=NAME, name="oci-onm-logan"),))


class OciOnmAddOn(AddOn[OciOnm]):
    key = NAME
    about = "Logs to OCI Log Analytics."
    Section = OciOnm
    charts = (OCI_ONM,)
    namespaces = frozenset({NAME})

    @classmethod
    def unwanted(cls, cluster: ClusterContext) -> str:
        return super().unwanted(cluster) or "Log Analytics costs money, so it is installed only where it is asked for"

    @classmethod
    def needs(cls, cluster: ClusterContext, section: OciOnm) -> tuple[LogAnalytics, ...]:
        return (LogAnalytics(path="target"),) if section.target is None else ()

    @classmethod
    def plan(cls, cluster: ClusterContext, section: OciOnm) -> AddOnPlan:
        account, role, binding = access()
        return AddOnPlan(
            namespaces=(Namespace(name=NAME, pod_security="privileged"),),  # it reads the host's log files
            releases=(
                Release(
                    name=NAME,
                    chart=OCI_ONM,
                    namespace=NAME,
                    values=values(_target(section.target)),
                    after=("namespace", "account", "role", "binding"),
                    decided=DECIDED,
                ),
            ),
            objects=(
                Object(id="account", document=account, after=("namespace",)),
                Object(id="role", document=role),
                Object(id="binding", document=binding),
            ),
            operations=OPERATIONS,
        )


def _target(given: LogTarget | None) -> dict[str, Any]:
    """Where logs go: as the stack file says, or as it is granted."""
    fields = LogTarget.model_fields
    return {field: Granted(need=LogAnalytics, field=field) if given is None else getattr(given, field) for field in fields}
