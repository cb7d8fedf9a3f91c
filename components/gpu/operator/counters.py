"""What is measured of every GPU: the counters that DCGM exporter is told to read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Counter:
    field: str
    """DCGM's name, and the metric's."""
    kind: Literal["gauge", "counter", "label"]
    help: str


# NVIDIA/dcgm-exporter, etc/default-counters.csv and etc/dcp-metrics-included.csv at 4.5.3-4.8.2, 2026-08: names and kinds. A field
# that a GPU does not have is left out by the exporter: profiling fields before Volta and on GeForce, remapped rows without HBM.
COUNTERS: tuple[Counter, ...] = (
    # Use. GPU_UTIL says that some kernel ran, and is absent under MIG; the profiling fields say how much of the GPU did work.
    Counter("DCGM_FI_DEV_GPU_UTIL", "gauge", "Share of time in which a kernel ran, in percent."),
    Counter("DCGM_FI_PROF_GR_ENGINE_ACTIVE", "gauge", "Share of time in which the compute engine was active, 0 to 1."),
    Counter("DCGM_FI_PROF_SM_ACTIVE", "gauge", "Share of time in which a multiprocessor had a warp, 0 to 1."),
    Counter("DCGM_FI_PROF_SM_OCCUPANCY", "gauge", "Warps resident on a multiprocessor, of the most there can be, 0 to 1."),
    Counter("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", "gauge", "Share of cycles in which the tensor cores were active, 0 to 1."),
    Counter("DCGM_FI_PROF_DRAM_ACTIVE", "gauge", "Share of cycles in which memory was read or written, 0 to 1."),
    # Memory
    Counter("DCGM_FI_DEV_FB_USED", "gauge", "Memory in use, in MiB."),
    Counter("DCGM_FI_DEV_FB_FREE", "gauge", "Memory that is free, in MiB."),
    Counter("DCGM_FI_DEV_FB_RESERVED", "gauge", "Memory that the driver keeps, in MiB."),
    # Links
    Counter("DCGM_FI_PROF_PCIE_TX_BYTES", "gauge", "Bytes sent over PCIe, per second."),
    Counter("DCGM_FI_PROF_PCIE_RX_BYTES", "gauge", "Bytes received over PCIe, per second."),
    Counter("DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL", "counter", "Traffic over all lanes of NVLink."),
    Counter("DCGM_FI_DEV_PCIE_REPLAY_COUNTER", "counter", "Retries on PCIe."),
    # Clocks, heat, power
    Counter("DCGM_FI_DEV_SM_CLOCK", "gauge", "Clock of the multiprocessors, in MHz."),
    Counter("DCGM_FI_DEV_MEM_CLOCK", "gauge", "Clock of the memory, in MHz."),
    Counter("DCGM_FI_DEV_GPU_TEMP", "gauge", "Temperature of the GPU, in degrees Celsius."),
    Counter("DCGM_FI_DEV_MEMORY_TEMP", "gauge", "Temperature of the memory, in degrees Celsius."),
    Counter("DCGM_FI_DEV_POWER_USAGE", "gauge", "Power drawn, in watts."),
    Counter("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "counter", "Energy since boot, in millijoules."),
    # Faults. XID_ERRORS keeps the last fault until the exporter restarts; the count over a window is what alerts use.
    Counter("DCGM_FI_DEV_XID_ERRORS", "gauge", "Number of the last XID fault."),
    Counter("DCGM_EXP_XID_ERRORS_COUNT", "gauge", "XID faults of the last minutes, by number."),
    Counter("DCGM_FI_DEV_ROW_REMAP_FAILURE", "gauge", "Whether a faulty row of memory could not be remapped."),
    Counter("DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", "counter", "Rows remapped for errors that could not be corrected."),
    Counter("DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS", "counter", "Rows remapped for errors that could be corrected."),
    # Labels
    Counter("DCGM_FI_DRIVER_VERSION", "label", "Version of the driver."),
)

METRICS = frozenset(counter.field for counter in COUNTERS if counter.kind != "label")
"""Names that rules and dashboards may use."""


def csv(counters: Iterable[Counter] = COUNTERS) -> str:
    """The list as DCGM exporter reads it."""
    return "".join(f"{counter.field}, {counter.kind}, {counter.help.replace(',', ';')}\n" for counter in counters)
