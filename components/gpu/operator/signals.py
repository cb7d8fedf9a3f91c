"""How busy GPUs are, and alerts on GPUs that are idle, broken or not measured."""

from pathlib import Path

from components.framework.signals import Alert, Dashboard, Group, Metric, Recording, Signals, Source, metrics
from components.gpu.operator import counters
from components.gpu.operator.section import GpuOperator

DCGM = Source(
    "DCGM exporter",
    "NVIDIA/dcgm-exporter 4.5.3-4.8.2, 2026-08; `node` comes from the GPU Operator's ServiceMonitor, as values.py sets it",
    "the field in counters.py",
)
# NVIDIA, "XID Errors", 2026-08: faults of the GPU, its memory, its links or its firmware. Left out are those that a program causes
# by itself: 13 (illegal access), 31 (page fault), 43 and 45 (a channel that was stopped).
HARDWARE_XIDS = (48, 62, 63, 64, 74, 79, 92, 94, 95, 119, 120, 140)

_GPU = frozenset({"node", "gpu", "UUID", "device", "modelName", "GPU_I_ID", "GPU_I_PROFILE", "namespace", "pod", "container"})

METRICS: tuple[Metric, ...] = (
    *metrics(DCGM, dict.fromkeys(sorted(counters.METRICS), _GPU)),
    *metrics(DCGM, {"DCGM_EXP_XID_ERRORS_COUNT": _GPU | {"xid", "window_size_in_ms"}}),
)

_DEVICE = "node, gpu, UUID, GPU_I_ID, modelName"


def _utilization(by: str, of: str = "") -> str:
    """0 to 1. A MIG slice has no GPU_UTIL; what its engine did stands for it."""
    whole = f"{{{of}}}" if of else ""
    slice_of = ", ".join(filter(None, ['GPU_I_ID!=""', of]))
    return (
        f"max by ({by}) (DCGM_FI_DEV_GPU_UTIL{whole}) / 100\n"
        f"or max by ({by}) (DCGM_FI_PROF_GR_ENGINE_ACTIVE{{{slice_of}}})"
    )  # fmt: skip


IDLE = 0.05
"""A GPU used less than this does nothing worth its price."""


def gpus(section: GpuOperator) -> Group:
    xids = "|".join(map(str, section.hardware_xids or HARDWARE_XIDS))
    idle = f"{section.idle_minutes}m"
    return Group(
        name="gpus",
        rules=(
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
        ),
    )  # fmt: skip


def signals(section: GpuOperator) -> Signals:
    dashboards = (Dashboard(name="gpus", folder=Path(__file__).parent / "dashboards"),)
    return Signals(metrics=METRICS, groups=(gpus(section),), dashboards=dashboards)
