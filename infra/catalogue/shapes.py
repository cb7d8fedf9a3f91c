"""Shapes: the machines Oracle rents out, with what the platform must know of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from types import MappingProxyType
from typing import Literal

from infra.gpus import Gpu, GpuVendor, named
from infra.problems import Problem

Architecture = Literal["amd64", "arm64"]


MEMORY_PER_OCPU = 64
"""Most GB for each OCPU of a flexible shape; the least is 1. Oracle, "Compute Shapes", 2025-02."""


class UnknownShapeError(ValueError):
    """A shape that the catalogue has no row for."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    name: str
    architecture: Architecture = "amd64"
    ocpus: float | None = None
    """None, as the memory, where the shape is flexible and the pool says how many."""
    memory_gib: float | None = None
    ocpus_max: int | None = None
    """Most OCPUs of a flexible shape; None, as the memory, where the shape is fixed."""
    memory_gib_max: int | None = None
    sizes: Mapping[int, int] = field(default_factory=dict)
    """Memory by OCPUs, where a flexible shape comes in these sizes only: those of dense I/O."""
    gpus: int = 0
    gpu: Gpu | None = None
    """What each of them is; None where there are none."""
    rdma: bool = False
    """Nodes can be joined by RDMA in a compute cluster."""
    preemptible: bool = False
    local_nvme_gib: int = 0
    nvme_tb_per_ocpu: Decimal = Decimal(0)
    """Local disks that are billed by themselves, in TB as Oracle counts them, for each OCPU."""
    gpu_part: str | None = None
    """Part of the price book, per GPU and hour; it covers the node's processors and memory."""
    ocpu_part: str | None = None
    memory_part: str | None = None
    """None, beside an `ocpu_part`, where the processors' price covers the memory."""
    nvme_part: str | None = None
    """Part per TB of local disk and hour."""
    hourly: Decimal | None = None
    """US dollars an hour of a whole machine, or for an OCPU and a GB of memory, where a stack file says it and not the price book."""
    ocpu_hourly: Decimal | None = None
    memory_hourly: Decimal | None = None
    own: bool = False
    """A stack file describes it."""
    quota: str | None = None
    """Name of the compute-core quota that counts its GPUs; None where Oracle publishes none."""

    @property
    def bare_metal(self) -> bool:
        return self.name.startswith("BM.")

    @property
    def cpus_per_ocpu(self) -> int:
        """Processors that Kubernetes counts for an OCPU: two threads or, on A2 and A4, two cores; on A1 and Grace it is one core.

        Oracle, "Compute Shapes" and "Arm-Based Compute", 2026-09.
        """
        return 1 if self.architecture == "arm64" and not self.name.startswith(("VM.Standard.A2.", "VM.Standard.A4.")) else 2

    @property
    def flexible(self) -> bool:
        return self.name.endswith(".Flex")

    @property
    def gpu_model(self) -> str | None:
        return self.gpu.name if self.gpu else None

    @property
    def gpu_vendor(self) -> GpuVendor | None:
        return self.gpu.vendor if self.gpu else None

    @property
    def gpu_memory_gib(self) -> int:
        """Memory of one GPU."""
        return self.gpu.memory_gib if self.gpu else 0

    @property
    def gpu_product(self) -> str | None:
        """Value that GPU feature discovery gives nvidia.com/gpu.product; None for AMD, which has no such label."""
        return self.gpu.product if self.gpu else None

    @property
    def is_gpu(self) -> bool:
        return self.gpus > 0

    def size_problems(self, ocpus: float, memory_gib: float) -> tuple[Problem, ...]:
        """What is wrong with a machine of this size, under `ocpus` and `memoryGib`. A fixed shape has none: it has no size to ask for."""
        if self.sizes:
            if self.sizes.get(int(ocpus)) == memory_gib and float(ocpus).is_integer():
                return ()
            sizes = ", ".join(f"{count} with {memory}" for count, memory in self.sizes.items())
            message = f"is {ocpus:g} with memoryGib {memory_gib:g}, but {self.name} comes in these sizes only: {sizes}"
            return (Problem("ocpus", message),)
        if self.ocpus_max is None or self.memory_gib_max is None:
            return ()
        least, most = max(1.0, ocpus), min(MEMORY_PER_OCPU * ocpus, self.memory_gib_max)
        found = []
        if not 1 <= ocpus <= self.ocpus_max:
            found.append(Problem("ocpus", f"is {ocpus:g}, but {self.name} has 1 to {self.ocpus_max}"))
        elif not least <= memory_gib <= most:
            found.append(Problem("memoryGib", f"is {memory_gib:g}, but {self.name} with {ocpus:g} OCPUs has {least:g} to {most:g}"))
        return tuple(found)


def _gpus(  # noqa: PLR0917 - a row of the table
    name: str,
    gpus: int,
    model: str,
    ocpus: float,
    memory: float,
    part: str,
    quota: str | None = None,
    *,
    rdma: bool = False,
    arm: bool = False,
    nvme_gib: int = 0,
    preemptible: bool = False,
) -> Shape:
    return Shape(
        name=name,
        architecture="arm64" if arm else "amd64",
        ocpus=ocpus,
        memory_gib=memory,
        gpus=gpus,
        gpu=named(model),
        rdma=rdma,
        preemptible=preemptible,
        local_nvme_gib=nvme_gib,
        gpu_part=part,
        quota=quota,
    )


def _fixed(
    name: str,
    ocpus: float,
    memory: float,
    ocpu_part: str,
    memory_part: str | None,
    *,
    arm: bool = False,
    rdma: bool = False,
    nvme_gib: int = 0,
) -> Shape:
    return Shape(
        name=name,
        architecture="arm64" if arm else "amd64",
        ocpus=ocpus,
        memory_gib=memory,
        rdma=rdma,
        local_nvme_gib=nvme_gib,
        ocpu_part=ocpu_part,
        memory_part=memory_part,
    )


def _dense(  # noqa: PLR0917 - a row of the table
    name: str, ocpus: tuple[int, ...], memory_per_ocpu: int, nvme_tb_per_ocpu: str, ocpu_part: str, memory_part: str, nvme_part: str
) -> Shape:
    """Dense I/O: disks of 6.8 TB, each with processors and memory of its own."""
    fixed = len(ocpus) == 1
    return Shape(
        name=name,
        ocpus=ocpus[0] if fixed else None,
        memory_gib=ocpus[0] * memory_per_ocpu if fixed else None,
        ocpus_max=None if fixed else ocpus[-1],
        memory_gib_max=None if fixed else ocpus[-1] * memory_per_ocpu,
        sizes=MappingProxyType({} if fixed else {count: count * memory_per_ocpu for count in ocpus}),
        local_nvme_gib=int(ocpus[0] * Decimal(nvme_tb_per_ocpu) * 1000**4 / 1024**3),
        nvme_tb_per_ocpu=Decimal(nvme_tb_per_ocpu),
        ocpu_part=ocpu_part,
        memory_part=memory_part,
        nvme_part=nvme_part,
    )


def _flexible(name: str, ocpus_max: int, memory_gib_max: int, ocpu_part: str, memory_part: str, *, arm: bool = False) -> Shape:
    return Shape(
        name=name,
        architecture="arm64" if arm else "amd64",
        ocpus_max=ocpus_max,
        memory_gib_max=memory_gib_max,
        preemptible=True,
        ocpu_part=ocpu_part,
        memory_part=memory_part,
    )


# GPUs, OCPUs, memory, NVMe, RDMA: Oracle, "Compute Shapes", 2026-09. Preemptible: Oracle, "Preemptible Instances", 2026-09. Quotas:
# Oracle, "Compute Quotas", 2026-05, H100 from Oracle's tools; it publishes none for L40S, B300, GB200, GB300, RTX PRO and MI355X. What
# is known of the GPUs themselves is in infra/gpus.py. Oracle's pages have neither B4 nor L40S-NC, its HPC images list both: which GPUs the
# first has is in a run shown in oracle-quickstart/oci-hpc-oke, docs/running-nccl-rccl-tests-from-slurm-operator.md, 61d210a of 2026-08-20.
_GPU_SHAPES: Iterable[Shape] = (
    _gpus("VM.GPU2.1", 1, "P100", 12, 72, "B88518", "gpu2-count", preemptible=True),
    _gpus("BM.GPU2.2", 2, "P100", 28, 192, "B88518", "gpu2-count"),
    _gpus("VM.GPU3.1", 1, "V100", 6, 90, "B89734", "gpu3-count", preemptible=True),
    _gpus("VM.GPU3.2", 2, "V100", 12, 180, "B89734", "gpu3-count", preemptible=True),
    _gpus("VM.GPU3.4", 4, "V100", 24, 360, "B89734", "gpu3-count", preemptible=True),
    _gpus("BM.GPU3.8", 8, "V100", 52, 768, "B89734", "gpu3-count"),
    _gpus("VM.GPU.A10.1", 1, "A10", 15, 240, "B95909", "gpu-a10-count"),
    _gpus("VM.GPU.A10.2", 2, "A10", 30, 480, "B95909", "gpu-a10-count"),
    _gpus("BM.GPU.A10.4", 4, "A10", 64, 1024, "B95909", "gpu-a10-count", nvme_gib=14304),
    _gpus("BM.GPU4.8", 8, "A100-40G", 64, 2048, "B92740", "gpu4-count", rdma=True, nvme_gib=25332),
    _gpus("BM.GPU.B4.8", 8, "A100-40G", 64, 2048, "B92740", "gpu4-count", rdma=True, nvme_gib=25332),
    _gpus("BM.GPU.A100-v2.8", 8, "A100-80G", 128, 2048, "B95907", "gpu-a100-v2-count", rdma=True, nvme_gib=25332),
    _gpus("BM.GPU.L40S.4", 4, "L40S", 112, 1024, "B109479", rdma=True, nvme_gib=7152),
    _gpus("BM.GPU.L40S-NC.4", 4, "L40S", 112, 1024, "B109479", rdma=True, nvme_gib=7152),
    _gpus("BM.GPU.H100.8", 8, "H100", 112, 2048, "B98415", "gpu-h100-count", rdma=True, nvme_gib=57220),
    _gpus("BM.GPU.H200.8", 8, "H200", 112, 3072, "B110519", "gpu-h200-count", rdma=True, nvme_gib=28610),
    _gpus("BM.GPU.B200.8", 8, "B200", 128, 4096, "B110978", "gpu-b200-count", rdma=True, nvme_gib=28610),
    _gpus("BM.GPU.B300.8", 8, "B300", 128, 4096, "B112237", rdma=True, nvme_gib=28610),
    _gpus("BM.GPU.GB200.4", 4, "GB200", 144, 960, "B110979", rdma=True, arm=True, nvme_gib=28610),
    _gpus("BM.GPU.GB200-v2.4", 4, "GB200", 144, 960, "B110979", rdma=True, arm=True, nvme_gib=28610),
    _gpus("BM.GPU.GB200-v3.4", 4, "GB200", 144, 960, "B110979", rdma=True, arm=True, nvme_gib=28610),
    _gpus("BM.GPU.GB300.4", 4, "GB300", 144, 960, "B112140", rdma=True, arm=True, nvme_gib=28610),
    _gpus("BM.GPU.RTXPRO.8", 8, "RTX PRO 6000", 144, 3072, "B112613"),
    _gpus("BM.GPU.MI300X.8", 8, "MI300X", 112, 2048, "B109485", "gpu-mi300x-count", rdma=True, nvme_gib=28610),
    _gpus("BM.GPU.MI355X.8", 8, "MI355X", 128, 3072, "B111758", rdma=True, nvme_gib=57220),
    _gpus("BM.GPU.MI355X-v1.8", 8, "MI355X", 128, 3072, "B111758", rdma=True, nvme_gib=57220),
)

# Most OCPUs and memory: Oracle, "Compute Shapes" and "Extended Memory VM Instances", 2025-02, and what ListShapes answered since where
# it is more: Oracle's pages lag, and what is refused here cannot be had at all. Parts: Oracle's price list of 2026-01-05. Preemptible:
# Oracle, "Preemptible Instances", 2026-09: virtual machines of a flexible size all are.
_STANDARD_SHAPES: Iterable[Shape] = (
    _flexible("VM.Standard.E3.Flex", 114, 1776, "B92306", "B92307"),
    _flexible("VM.Standard.E4.Flex", 114, 1760, "B93113", "B93114"),
    _flexible("VM.Standard.E5.Flex", 126, 2098, "B97384", "B97385"),
    _flexible("VM.Standard.E6.Flex", 126, 1454, "B111129", "B111130"),
    _flexible("VM.Standard3.Flex", 56, 896, "B94176", "B94177"),
    _flexible("VM.Optimized3.Flex", 18, 256, "B93311", "B93312"),
    _flexible("VM.Standard.A1.Flex", 80, 512, "B93297", "B93298", arm=True),
    _flexible("VM.Standard.A2.Flex", 78, 946, "B109529", "B109530", arm=True),
    _flexible("VM.Standard.A4.Flex", 45, 700, "B112145", "B112146", arm=True),
)

# Processors, memory, disks: Oracle, "Compute Shapes", 2026-09. A bare-metal machine is billed like a flexible one of its size, and older
# machines by their processors alone: Oracle's price list of 2026-01-05, and its prices of Oracle Cloud VMware Solution, which are those
# of whole machines, 2026-08 (BM.DenseIO.E4.128 at 9.60, BM.DenseIO.E5.128 at 11.91, BM.Standard.E5.192 at 10.37 US dollars an hour).
_FIXED_SHAPES: Iterable[Shape] = (
    _fixed("VM.Standard2.1", 1, 15, "B88514", None),
    _fixed("VM.Standard2.2", 2, 30, "B88514", None),
    _fixed("VM.Standard2.4", 4, 60, "B88514", None),
    _fixed("VM.Standard2.8", 8, 120, "B88514", None),
    _fixed("VM.Standard2.16", 16, 240, "B88514", None),
    _fixed("VM.Standard2.24", 24, 320, "B88514", None),
    _fixed("BM.Standard2.52", 52, 768, "B88513", None),
    _fixed("BM.Standard3.64", 64, 1024, "B94176", "B94177"),
    _fixed("BM.Standard.E3.128", 128, 2048, "B92306", "B92307"),
    _fixed("BM.Standard.E4.128", 128, 2048, "B93113", "B93114"),
    _fixed("BM.Standard.E5.192", 192, 2304, "B97384", "B97385"),
    _fixed("BM.Standard.E6.256", 256, 3072, "B111129", "B111130"),
    _fixed("BM.Standard.A1.160", 160, 1024, "B93297", "B93298", arm=True),
    _fixed("BM.Optimized3.36", 36, 512, "B93311", "B93312", rdma=True, nvme_gib=3576),
)

_DENSE_SHAPES: Iterable[Shape] = (
    _dense("VM.DenseIO.E4.Flex", (8, 16, 32), 16, "0.85", "B93121", "B93122", "B93123"),
    _dense("VM.DenseIO.E5.Flex", (8, 16, 24, 32, 40, 48), 12, "0.85", "B98202", "B98203", "B98204"),
    _dense("BM.DenseIO.E4.128", (128,), 16, "0.425", "B93121", "B93122", "B93123"),
    _dense("BM.DenseIO.E5.128", (128,), 12, "0.6375", "B98202", "B98203", "B98204"),
)

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {shape.name: shape for shape in (*_GPU_SHAPES, *_STANDARD_SHAPES, *_FIXED_SHAPES, *_DENSE_SHAPES)}
)


def shape(name: str, known: Mapping[str, Shape] = SHAPES) -> Shape:
    """Raises UnknownShapeError, with the names that come close."""
    if name not in known:
        close = get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(known)}."
        raise UnknownShapeError(f"{name!r} is not a shape of the catalogue; {hint} If Oracle has it, describe it in `catalogue.shapes`.")
    return known[name]
