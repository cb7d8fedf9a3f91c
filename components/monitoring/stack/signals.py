"""How busy processors are, which GPUs nobody has asked for, and alerts on GPU nodes and on pods that wait for one."""

from pathlib import Path

from components.framework.signals import Alert, Dashboard, Group, Metric, Recording, Signals, Source, metrics
from components.monitoring.stack.costs import costs
from components.monitoring.stack.section import Monitoring
from infra.facts import ClusterContext

NODE_EXPORTER = Source("node exporter", "prometheus/node_exporter docs, 1.9; job and node labels by kube-prometheus-stack 88.5.3, 2026-08")
CADVISOR = Source("kubelet, cAdvisor", "google/cadvisor docs/storage/prometheus.md, 2026-08")
STATE = Source(
    "kube-state-metrics",
    "kubernetes/kube-state-metrics docs/metrics, 2.17, 2026-08",
    "labels of nodes and pods are exported where metricLabelsAllowlist names them",
)

_POD = frozenset({"namespace", "pod", "uid"})
_NODE = frozenset({"node"})
_RESOURCE = frozenset({"resource", "unit"})

METRICS: tuple[Metric, ...] = (
    *metrics(NODE_EXPORTER, {"node_cpu_seconds_total": {"job", "instance", "cpu", "mode"}}),
    *metrics(
        CADVISOR,
        {
            "container_cpu_usage_seconds_total": {"job", "metrics_path", "node", "namespace", "pod", "container"},
            "container_memory_working_set_bytes": {"job", "metrics_path", "node", "namespace", "pod", "container"},
        },
    ),
    *metrics(
        STATE,
        {
            "kube_node_labels": _NODE | {"label_oke_gpu_platform_pool", "label_node_kubernetes_io_instance_type"},
            "kube_node_status_allocatable": _NODE | _RESOURCE,
            "kube_node_status_capacity": _NODE | _RESOURCE,
            "kube_node_status_condition": _NODE | {"condition", "status"},
            "kube_pod_container_resource_requests": _POD | _NODE | _RESOURCE | {"container"},
            "kube_pod_status_phase": _POD | {"phase"},
            "kube_pod_status_unschedulable": _POD,
        },
    ),
)

# Resource names of kube-state-metrics: nvidia.com/gpu, its shared replicas and MIG slices (nvidia.com/mig-1g.10gb), amd.com/gpu.
GPU_RESOURCES = 'resource=~"(nvidia_com_(gpu|mig)|amd_com_gpu).*"'

UTILIZATION = Group(
    name="utilization",
    rules=(
        Recording(
            record="gpu_platform:cpu_utilization:avg",
            expr='1 - avg(rate(node_cpu_seconds_total{job="node-exporter", mode="idle"}[5m]))',
            about="Average CPU: share of all nodes' processor time that was not idle, 0 to 1.",
        ),
        Recording(
            record="gpu_platform:gpus_allocatable:by_node",
            expr=f"sum by (node) (kube_node_status_allocatable{{{GPU_RESOURCES}}})",
            about="GPU devices that pods can ask for; a shared or cut GPU counts as often as it is advertised.",
        ),
        Recording(
            record="gpu_platform:gpus_requested:by_node",
            # Finished pods keep their requests in kube-state-metrics, but not their GPUs.
            expr=(
                f'sum by (node) (kube_pod_container_resource_requests{{{GPU_RESOURCES}, node!=""}}\n'
                '  * on (namespace, pod) group_left () max by (namespace, pod) (kube_pod_status_phase{phase=~"Pending|Running"}))'
            ),
            about="GPU devices that live pods hold.",
        ),
        Recording(
            record="gpu_platform:gpus_free:by_node",
            expr=(
                "gpu_platform:gpus_allocatable:by_node\n"
                "- (gpu_platform:gpus_requested:by_node or gpu_platform:gpus_allocatable:by_node * 0)"
            ),
            about="GPU devices that nobody asked for.",
        ),
        Recording(
            record="gpu_platform:gpus_requested:peak1d",
            expr="max_over_time(sum(gpu_platform:gpus_requested:by_node)[1d:5m])",
            about="Most GPU devices held at once in a day.",
        ),
    ),
)  # fmt: skip


def nodes(section: Monitoring) -> Group:
    return Group(
        name="nodes",
        rules=(
            Alert(
                name="GpuNodeUnused",
                expr="gpu_platform:gpus_free:by_node == gpu_platform:gpus_allocatable:by_node > 0",
                for_minutes=section.unused_node_minutes,
                severity="warning",
                summary="{{ $labels.node }} is paid for and no pod asks for its GPUs",
            ),
            Alert(
                name="GpuNodeNotReady",
                expr=(
                    'kube_node_status_condition{condition="Ready", status="true"} == 0\n'
                    "and on (node) gpu_platform:gpus_allocatable:by_node"
                ),
                for_minutes=10,
                severity="critical",
                summary="GPU node {{ $labels.node }} is paid for and not ready",
            ),
            Alert(
                name="GpuPodUnschedulable",
                expr=(
                    "max by (namespace, pod) (kube_pod_status_unschedulable) == 1\n"
                    f"and on (namespace, pod) kube_pod_container_resource_requests{{{GPU_RESOURCES}}} > 0"
                ),
                for_minutes=20,
                severity="warning",
                summary="no node takes {{ $labels.namespace }}/{{ $labels.pod }}, which asks for a GPU",
            ),
        ),
    )  # fmt: skip


def signals(cluster: ClusterContext, section: Monitoring) -> Signals:
    priced = costs(cluster.prices)
    folder = Path(__file__).parent / "dashboards"
    return Signals(
        metrics=METRICS,
        groups=(UTILIZATION, *((nodes(section),) if cluster.gpu_pools else ()), *((priced,) if priced else ())),
        dashboards=(Dashboard(name="overview", folder=folder), Dashboard(name="cost", folder=folder)),
    )
