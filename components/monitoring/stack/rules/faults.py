"""Alerts on GPUs that are idle, unused, broken or not measured."""

from components.framework.signals import Alert, Group
from components.monitoring.stack.rules.utilization import GPU_RESOURCES
from components.monitoring.stack.section import HARDWARE_XIDS, Monitoring

IDLE = 0.05
"""A GPU used less than this does nothing worth its price."""


def faults(section: Monitoring) -> Group:
    xids = "|".join(map(str, section.hardware_xids or HARDWARE_XIDS))
    idle = f"{section.idle_minutes}m"
    return Group(
        name="gpus",
        rules=(
            Alert(
                name="GpuAllocatedButIdle",
                expr=(
                    f"avg_over_time(gpu_platform:gpu_utilization:by_pod[{idle}]) < {IDLE}\n"
                    f"and gpu_platform:gpu_utilization:by_pod offset {idle}\n"  # it held the GPU all that time
                    "and gpu_platform:gpu_utilization:by_pod"
                ),
                for_minutes=5,
                severity="warning",
                summary=(
                    "{{ $labels.namespace }}/{{ $labels.pod }} holds GPU {{ $labels.gpu }} of {{ $labels.node }} "
                    f"and used {{{{ $value | humanizePercentage }}}} of it in {section.idle_minutes} minutes"
                ),
            ),
            Alert(
                name="GpuNodeUnused",
                expr="gpu_platform:gpus_free:by_node == gpu_platform:gpus_allocatable:by_node > 0",
                for_minutes=section.unused_node_minutes,
                severity="warning",
                summary="{{ $labels.node }} is paid for and no pod asks for its GPUs",
            ),
            Alert(
                name="GpuHardwareFault",
                expr=f'sum by (node, gpu, UUID, xid) (DCGM_EXP_XID_ERRORS_COUNT{{xid=~"{xids}"}}) > 0',
                keep_firing_minutes=30,
                severity="critical",
                summary="GPU {{ $labels.gpu }} of {{ $labels.node }} has fault XID {{ $labels.xid }}",
            ),
            Alert(
                name="GpuMemoryFailing",
                expr="max by (node, gpu, UUID) (DCGM_FI_DEV_ROW_REMAP_FAILURE) > 0",
                severity="critical",
                summary="GPU {{ $labels.gpu }} of {{ $labels.node }} has faulty memory that cannot be remapped",
            ),
            Alert(
                name="GpuMetricsMissing",
                expr=(
                    'sum by (node) (kube_node_status_capacity{resource=~"nvidia_com_(gpu|mig).*"}) > 0\n'
                    "unless on (node) gpu_platform:gpu_utilization:by_gpu"
                ),
                for_minutes=15,
                severity="warning",
                summary="nothing is measured of the GPUs of {{ $labels.node }}",
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
