"""Each GPU: how much it works, what for, and how it is."""

from tools.dashboards.panel import Dashboard, Row, series

_GPU = "{{node}} GPU {{gpu}}"
_BY_GPU = "max by (node, gpu, UUID, GPU_I_ID)"

GPUS = Dashboard(
    name="gpus",
    title="GPUs",
    about="Use, memory, heat, power and faults of each GPU, and who holds it.",
    rows=(
        Row(
            title="Use",
            panels=(
                series(
                    "Utilization",
                    "Share of time in which a kernel ran. It says that a GPU works, not how hard.",
                    "percentunit",
                    ("gpu_platform:gpu_utilization:by_gpu", _GPU),
                    most=1,
                ),
                series(
                    "Utilization by pod",
                    "The same for each pod that holds a GPU.",
                    "percentunit",
                    ("gpu_platform:gpu_utilization:by_pod", "{{namespace}}/{{pod}} GPU {{gpu}}"),
                    most=1,
                ),
                series(
                    "Tensor cores",
                    "Share of cycles in which tensor cores worked: what training in mixed precision should use.",
                    "percentunit",
                    (f"{_BY_GPU} (DCGM_FI_PROF_PIPE_TENSOR_ACTIVE)", _GPU),
                    most=1,
                ),
                series(
                    "Memory traffic",
                    "Share of cycles in which memory was read or written: near 1, memory is what holds the GPU up.",
                    "percentunit",
                    (f"{_BY_GPU} (DCGM_FI_PROF_DRAM_ACTIVE)", _GPU),
                    most=1,
                ),
                series(
                    "Memory in use",
                    "Share of the GPU's memory.",
                    "percentunit",
                    (
                        f"{_BY_GPU} (DCGM_FI_DEV_FB_USED) / ({_BY_GPU} (DCGM_FI_DEV_FB_USED) + {_BY_GPU} (DCGM_FI_DEV_FB_FREE) > 0)",
                        _GPU,
                    ),
                    most=1,
                ),
                series(
                    "Free GPUs",
                    "GPU devices of each node that no pod asked for.",
                    "short",
                    ("gpu_platform:gpus_free:by_node", "{{node}}"),
                    stacked=True,
                ),
            ),
        ),
        Row(
            title="Health",
            panels=(
                series(
                    "Temperature", "Of the GPU. It slows down before it is harmed.", "celsius", (f"{_BY_GPU} (DCGM_FI_DEV_GPU_TEMP)", _GPU)
                ),
                series("Power", "Drawn by each GPU.", "watt", (f"{_BY_GPU} (DCGM_FI_DEV_POWER_USAGE)", _GPU)),
                series(
                    "Faults",
                    "XID faults in the last minutes by number. 13, 31, 43 and 45 are mostly the program's own.",
                    "short",
                    ("sum by (node, gpu, xid) (DCGM_EXP_XID_ERRORS_COUNT) > 0", "{{node}} GPU {{gpu}} XID {{xid}}"),
                ),
                series(
                    "Remapped rows of memory",
                    "Rows that had errors which could not be corrected.",
                    "short",
                    (f"{_BY_GPU} (DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS)", _GPU),
                ),
            ),
        ),
    ),
)
