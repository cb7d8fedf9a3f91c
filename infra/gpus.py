"""GPUs: one row a model, with all that the platform knows of it. Shapes, existing clusters, partitions and model placement read it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Literal

GpuVendor = Literal["nvidia", "amd"]
RESOURCES: Mapping[GpuVendor, str] = MappingProxyType({"nvidia": "nvidia.com/gpu", "amd": "amd.com/gpu"})
"""What pods ask for GPUs by. NVIDIA k8s-device-plugin and ROCm k8s-device-plugin, 2026-08."""
MigSlicing = Literal["seven", "four", "four-pro"]
"""How a family of GPUs is cut; `components/gpu/operator/mig_profiles.py` has the slots of each."""


@dataclass(frozen=True, kw_only=True)
class Mig:
    """What a GPU can be partitioned into."""

    slicing: MigSlicing
    sizes: Mapping[str, str]
    """Nominal memory by slot class: `{"1g": "10gb"}` is the profile 1g.10gb; `1g.2x` is 1g with twice the memory."""


@dataclass(frozen=True, kw_only=True)
class Gpu:
    name: str
    aliases: tuple[str, ...] = ()
    """What else the same part is called."""
    vendor: GpuVendor = "nvidia"
    memory_gib: int = 0
    """0 where it is sold with several sizes under one name, or nobody here has looked it up."""
    product: str | None = None
    """Value that GPU feature discovery gives nvidia.com/gpu.product: NVML's name, spaces as dashes. None where it is not known."""
    capability: float | None = None
    """Compute capability."""
    mig: Mig | None = None
    """None for a GPU that cannot be partitioned."""
    varies: bool = False
    """Sold under this name with other memory, or under other labels, too: what is said of it holds for the machines that Oracle rents."""

    shared_name: bool = False
    """Its name alone is said of other parts with other labels too. Of Oracle's machines it is this one; elsewhere an alias says so."""

    @property
    def is_described(self) -> bool:
        """Whether its name says enough of a machine: how much memory it has, and what its nodes are labelled."""
        return bool(self.memory_gib) and (self.product is not None or self.vendor == "amd") and not self.varies


def _seven(one: str, double: str, two: str, three: str, four: str, whole: str) -> Mig:  # noqa: PLR0917 - a row
    sizes = {"1g": one, "1g.2x": double, "2g": two, "3g": three, "4g": four, "7g": whole}
    return Mig(slicing="seven", sizes=MappingProxyType(sizes))


def _four(slicing: MigSlicing, one: str, two: str, whole: str) -> Mig:
    return Mig(slicing=slicing, sizes=MappingProxyType({"1g": one, "2g": two, "4g": whole}))


# Names of profiles: NVIDIA/mig-parted v0.15.0, deployments/systemd/config-default.yaml and pkg/mig/builder, 2026-08. The number is the
# nominal memory in GB. Placements on RTX PRO 6000 are taken to be those of A30, which has as many slices.
_OF_40, _OF_80, _OF_96 = (
    _seven("5gb", "10gb", "10gb", "20gb", "20gb", "40gb"),
    _seven("10gb", "20gb", "20gb", "40gb", "40gb", "80gb"),
    _seven("12gb", "24gb", "24gb", "48gb", "48gb", "96gb"),
)
_OF_141 = _seven("18gb", "35gb", "35gb", "71gb", "71gb", "141gb")

# Memory: NVIDIA, product specifications, 2026-11; of what Oracle rents out, Oracle, "Compute Shapes", 2026-09; of B300, GB200 and GB300
# NVIDIA's, rounded down. Products: names as NVML gives them, by the rule of NVIDIA's k8s-device-plugin (internal/lm/resource.go,
# 1b826acc); those of P100, V100 and RTX PRO follow the rule and were not seen in the wild. Compute capability: NVIDIA, "CUDA GPU Compute
# Capability", 2026-11. AMD's GPUs have neither product label nor compute capability.
GPUS: tuple[Gpu, ...] = (
    Gpu(name="K80", capability=3.7),
    Gpu(name="M60", capability=5.2),
    Gpu(name="P100", memory_gib=16, product="Tesla-P100-SXM2-16GB", capability=6.0, varies=True),
    Gpu(name="P4", capability=6.1),
    Gpu(name="P40", capability=6.1),
    Gpu(name="V100", memory_gib=16, product="Tesla-V100-SXM2-16GB", capability=7.0, varies=True),
    Gpu(name="T4", memory_gib=16, product="Tesla-T4", capability=7.5),
    Gpu(name="RTX 2080 Ti", memory_gib=11, product="NVIDIA-GeForce-RTX-2080-Ti", capability=7.5),
    Gpu(name="A30", capability=8.0, mig=_four("four", "6gb", "12gb", "24gb")),
    Gpu(
        name="A100-40G", aliases=("A100 SXM4 40GB",), shared_name=True, memory_gib=40, product="NVIDIA-A100-SXM4-40GB", capability=8.0,
        mig=_OF_40,
    ),
    Gpu(
        name="A100-80G", aliases=("A100 SXM4 80GB",), shared_name=True, memory_gib=80, product="NVIDIA-A100-SXM4-80GB", capability=8.0,
        mig=_OF_80,
    ),
    Gpu(name="A100 PCIe 40GB", memory_gib=40, product="NVIDIA-A100-PCIE-40GB", capability=8.0, mig=_OF_40),
    Gpu(name="A100 PCIe 80GB", memory_gib=80, product="NVIDIA-A100-80GB-PCIe", capability=8.0, mig=_OF_80),
    Gpu(name="A10", memory_gib=24, product="NVIDIA-A10", capability=8.6),
    Gpu(name="RTX 3090", memory_gib=24, product="NVIDIA-GeForce-RTX-3090", capability=8.6),
    Gpu(name="RTX A4000", memory_gib=16, product="NVIDIA-RTX-A4000", capability=8.6),
    Gpu(name="RTX A5000", memory_gib=24, product="NVIDIA-RTX-A5000", capability=8.6),
    Gpu(name="RTX A6000", memory_gib=48, product="NVIDIA-RTX-A6000", capability=8.6),
    Gpu(name="L4", memory_gib=24, product="NVIDIA-L4", capability=8.9),
    Gpu(name="L40S", memory_gib=48, product="NVIDIA-L40S", capability=8.9),
    Gpu(name="RTX 4060", memory_gib=8, product="NVIDIA-GeForce-RTX-4060", capability=8.9),
    Gpu(name="RTX 4070", memory_gib=12, product="NVIDIA-GeForce-RTX-4070", capability=8.9),
    Gpu(name="RTX 4080", memory_gib=16, product="NVIDIA-GeForce-RTX-4080", capability=8.9),
    Gpu(name="RTX 4090", memory_gib=24, product="NVIDIA-GeForce-RTX-4090", capability=8.9),
    Gpu(name="RTX 6000 Ada", memory_gib=48, product="NVIDIA-RTX-6000-Ada-Generation", capability=8.9),
    Gpu(name="H100", aliases=("H100 SXM5",), memory_gib=80, product="NVIDIA-H100-80GB-HBM3", capability=9.0, mig=_OF_80, shared_name=True),
    Gpu(name="H100 PCIe", memory_gib=80, product="NVIDIA-H100-PCIe", capability=9.0, mig=_OF_80),
    Gpu(name="H100 NVL", capability=9.0, mig=_seven("12gb", "24gb", "24gb", "47gb", "47gb", "94gb")),
    Gpu(name="H100 96GB", aliases=("GH200 96GB",), capability=9.0, mig=_OF_96),
    Gpu(name="H20", capability=9.0, mig=_OF_96),
    Gpu(name="H200", aliases=("H200 SXM",), memory_gib=141, product="NVIDIA-H200", capability=9.0, mig=_OF_141),
    Gpu(name="H200 NVL", capability=9.0, mig=_OF_141),
    Gpu(name="GH200 144GB", capability=9.0, mig=_seven("18gb", "36gb", "36gb", "72gb", "72gb", "144gb")),
    Gpu(
        name="B200", memory_gib=180, product="NVIDIA-B200", capability=10.0, mig=_seven("23gb", "45gb", "45gb", "90gb", "90gb", "180gb")
    ),
    Gpu(
        name="GB200", memory_gib=186, product="NVIDIA-GB200", capability=10.0, mig=_seven("23gb", "47gb", "47gb", "93gb", "93gb", "186gb")
    ),
    Gpu(
        name="B300", memory_gib=270, product="NVIDIA-B300-SXM6-AC", capability=10.3,
        mig=_seven("34gb", "67gb", "67gb", "135gb", "135gb", "269gb"),
    ),
    Gpu(
        name="GB300", memory_gib=278, product="NVIDIA-GB300", capability=10.3,
        mig=_seven("35gb", "70gb", "70gb", "139gb", "139gb", "278gb"),
    ),
    Gpu(name="RTX 5070", memory_gib=12, product="NVIDIA-GeForce-RTX-5070", capability=12.0),
    Gpu(name="RTX 5080", memory_gib=16, product="NVIDIA-GeForce-RTX-5080", capability=12.0),
    Gpu(name="RTX 5090", memory_gib=32, product="NVIDIA-GeForce-RTX-5090", capability=12.0),
    Gpu(
        name="RTX PRO 6000", memory_gib=96, product="NVIDIA-RTX-PRO-6000-Blackwell-Server-Edition", capability=12.0, varies=True,
        mig=_four("four-pro", "24gb", "48gb", "96gb"),
    ),
    Gpu(name="MI300X", vendor="amd", memory_gib=192),
    Gpu(name="MI355X", vendor="amd", memory_gib=288),
)  # fmt: skip


MOST_VARIANTS = 6
"""Names that one is asked to choose from."""


def _folded(name: str) -> str:
    """`NVIDIA GeForce RTX-4060` and `rtx4060` are one model."""
    return re.sub(r"nvidia|geforce|tesla|[^a-z0-9]", "", name.lower())


_BY_NAME: Mapping[str, Gpu] = MappingProxyType({_folded(name): gpu for gpu in GPUS for name in (gpu.name, *gpu.aliases)})


def find(name: str) -> Gpu | None:
    """The GPU that `name` means, however it is spelled; None for one that is not listed."""
    return _BY_NAME.get(_folded(name))


def described(name: str) -> Gpu | None:
    """The GPU that `name` means wherever it is built in; None for a name that says too little of a machine."""
    found = find(name)
    if found is None or not found.is_described or (found.shared_name and _folded(name) == _folded(found.name)):
        return None
    return found


def named(name: str) -> Gpu:
    """The GPU of a table's row. Raises KeyError for a name that has none."""
    found = find(name)
    if found is None:
        raise KeyError(f"{name} is no row of infra/gpus.py")
    return found


def variants(name: str) -> tuple[str, ...]:
    """Names that begin with the words of `name` and describe a GPU: of `A100` those of each memory and form. None where they are many."""
    begin = [_folded(word) for word in re.split(r"[^A-Za-z0-9]+", name) if _folded(word)]
    names = [called for gpu in GPUS for called in (gpu.name, *gpu.aliases) if described(called)]
    found = [called for called in names if [_folded(word) for word in re.split(r"[^A-Za-z0-9]+", called)][: len(begin)] == begin]
    return tuple(found) if begin and len(found) <= MOST_VARIANTS else ()


def close(name: str) -> tuple[str, ...]:
    """Names that describe a GPU and look like `name`, the closest first."""
    names = {_folded(called): called for gpu in GPUS for called in (gpu.name, *gpu.aliases) if described(called)}
    return tuple(names[key] for key in get_close_matches(_folded(name), names, n=3, cutoff=0.5))
