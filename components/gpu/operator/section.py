"""What a stack file may say of the GPU Operator."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from components.framework.section import AddOnSection
from infra.section import DnsLabel, Section

DevicePluginOwner = Literal["cluster", "operator"]
MigStrategy = Literal["mixed", "single"]
SharingMode = Literal["time-slicing", "mps"]
Count = Annotated[int, Field(ge=0)]


class Sharing(Section):
    """Several pods on one GPU. Time-slicing isolates nothing: pods share a GPU's memory and may exhaust it."""

    mode: SharingMode
    """`time-slicing`: pods take turns and share all memory. `mps`: pods run at once, each with its part; not on partitioned GPUs."""
    replicas: Annotated[int, Field(ge=2)]
    """Pods per GPU, or per slice of a partitioned one."""

    @property
    def name(self) -> str:
        """Of the device plugin's configuration."""
        return f"{self.mode}-{self.replicas}"


class Mig(Section):
    """Instances by profile, in one of two ways."""

    per_gpu: dict[str, Count] | None = None
    """What every GPU is cut into: `{3g.40gb: 1, 2g.20gb: 2}`."""
    per_node: dict[str, Count] | None = None
    """What a node has in all; the planner deals it to the GPUs."""

    @property
    def key(self) -> str:
        return "perGpu" if self.per_gpu is not None else "perNode"

    @property
    def wanted(self) -> Mapping[str, int]:
        return (self.per_gpu if self.per_gpu is not None else self.per_node) or {}


class GpuOperator(AddOnSection):
    device_plugin: DevicePluginOwner | None = None
    """Who advertises the GPUs. Left out: the cluster where it does already, and the operator else."""
    driver_version: str | None = None
    """Version of the driver, on machines whose image has none. Left out: the chart's."""
    sharing: dict[DnsLabel, Sharing] = {}
    """Several pods on one GPU, by entry of `nodePools`."""
    mig: dict[DnsLabel, Mig] = {}
    """Partitions (NVIDIA MIG), by entry of `nodePools`."""
    mig_strategy: MigStrategy = "mixed"
    """`mixed`: pods ask for `nvidia.com/mig-1g.10gb`. `single`: every slice is an `nvidia.com/gpu`, as the autoscaler knows them."""
    idle_minutes: Annotated[int, Field(ge=1)] = 30
    """A pod that holds a GPU for this long without using it is reported."""
    hardware_xids: Annotated[tuple[int, ...], Field(min_length=1)] | None = None
    """NVIDIA's fault numbers (XID) that mean broken hardware. Left out: those that NVIDIA's list puts down to it."""
