"""How busy processors and GPUs are, and which GPUs nobody has asked for."""

from components.framework.signals import Group, Recording

# Resource names of kube-state-metrics: nvidia.com/gpu, its shared replicas and MIG slices (nvidia.com/mig-1g.10gb), amd.com/gpu.
GPU_RESOURCES = 'resource=~"(nvidia_com_(gpu|mig)|amd_com_gpu).*"'

_DEVICE = "node, gpu, UUID, GPU_I_ID, modelName"


def _utilization(by: str, of: str = "") -> str:
    """0 to 1. A MIG slice has no GPU_UTIL; what its engine did stands for it."""
    whole = f"{{{of}}}" if of else ""
    slice_of = ", ".join(filter(None, ['GPU_I_ID!=""', of]))
    return (
        f"max by ({by}) (DCGM_FI_DEV_GPU_UTIL{whole}) / 100\n"
        f"or max by ({by}) (DCGM_FI_PROF_GR_ENGINE_ACTIVE{{{slice_of}}})"
    )  # fmt: skip


UTILIZATION = Group(
    name="utilization",
    rules=(
        Recording(
            record="gpu_platform:cpu_utilization:avg",
            expr='1 - avg(rate(node_cpu_seconds_total{job="node-exporter", mode="idle"}[5m]))',
            about="Average CPU: share of all nodes' processor time that was not idle, 0 to 1.",
        ),
        Recording(
            record="gpu_platform:gpu_utilization:by_gpu",
            expr=_utilization(_DEVICE),
            about="Share of time in which each GPU, or slice of one, worked, 0 to 1. One series a device, however many pods share it.",
        ),
        Recording(
            record="gpu_platform:gpu_utilization:by_pod",
            expr=_utilization(f"{_DEVICE}, namespace, pod", 'pod!=""'),
            about="The same for each pod that holds a GPU.",
        ),
        Recording(
            record="gpu_platform:gpu_utilization:avg",
            expr="avg(gpu_platform:gpu_utilization:by_gpu)",
            about="Average GPU: mean over the GPUs that are there, 0 to 1. No series while there are none.",
        ),
        Recording(
            record="gpu_platform:gpu_utilization:peak1d",
            expr="max_over_time(gpu_platform:gpu_utilization:avg[1d])",
            about="Peak GPU: the highest that the average over all GPUs was in a day, 0 to 1. A single GPU's peak is nearly always 1.",
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
