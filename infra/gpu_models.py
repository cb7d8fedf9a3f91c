"""GPUs of machines that Oracle does not rent out: how much memory they have, and what GPU Feature Discovery calls them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType


@dataclass(frozen=True)
class GpuModel:
    name: str
    memory_gib: int
    product: str
    """Value of nvidia.com/gpu.product: NVML's product name, spaces as dashes."""


# Memory: NVIDIA, product specifications, 2026-11. Products: names as NVML gives them, after the rule of NVIDIA's k8s-device-plugin
# (internal/lm/resource.go). Models sold with two sizes of memory under one name are left out: their memory must be said.
_MODELS = (
    GpuModel("RTX 2080 Ti", 11, "NVIDIA-GeForce-RTX-2080-Ti"),
    GpuModel("RTX 3090", 24, "NVIDIA-GeForce-RTX-3090"),
    GpuModel("RTX 4060", 8, "NVIDIA-GeForce-RTX-4060"),
    GpuModel("RTX 4070", 12, "NVIDIA-GeForce-RTX-4070"),
    GpuModel("RTX 4080", 16, "NVIDIA-GeForce-RTX-4080"),
    GpuModel("RTX 4090", 24, "NVIDIA-GeForce-RTX-4090"),
    GpuModel("RTX 5070", 12, "NVIDIA-GeForce-RTX-5070"),
    GpuModel("RTX 5080", 16, "NVIDIA-GeForce-RTX-5080"),
    GpuModel("RTX 5090", 32, "NVIDIA-GeForce-RTX-5090"),
    GpuModel("RTX A4000", 16, "NVIDIA-RTX-A4000"),
    GpuModel("RTX A5000", 24, "NVIDIA-RTX-A5000"),
    GpuModel("RTX A6000", 48, "NVIDIA-RTX-A6000"),
    GpuModel("RTX 6000 Ada", 48, "NVIDIA-RTX-6000-Ada-Generation"),
    GpuModel("T4", 16, "Tesla-T4"),
    GpuModel("L4", 24, "NVIDIA-L4"),
    GpuModel("L40S", 48, "NVIDIA-L40S"),
    GpuModel("A10", 24, "NVIDIA-A10"),
    GpuModel("A100 SXM4 40GB", 40, "NVIDIA-A100-SXM4-40GB"),
    GpuModel("A100 SXM4 80GB", 80, "NVIDIA-A100-SXM4-80GB"),
    GpuModel("A100 PCIe 40GB", 40, "NVIDIA-A100-PCIE-40GB"),
    GpuModel("A100 PCIe 80GB", 80, "NVIDIA-A100-80GB-PCIe"),
    GpuModel("H100 SXM5", 80, "NVIDIA-H100-80GB-HBM3"),
    GpuModel("H100 PCIe", 80, "NVIDIA-H100-PCIe"),
    GpuModel("H200", 141, "NVIDIA-H200"),
)


def _folded(name: str) -> str:
    """`NVIDIA GeForce RTX-4060` and `rtx4060` are one model."""
    return re.sub(r"nvidia|geforce|tesla|[^a-z0-9]", "", name.lower())


MODELS: Mapping[str, GpuModel] = MappingProxyType({_folded(model.name): model for model in _MODELS})


def find(name: str) -> GpuModel | None:
    """The model that `name` means, however it is spelled; None for one that is not listed."""
    return MODELS.get(_folded(name))


def close(name: str) -> tuple[str, ...]:
    """Names of listed models that look like `name`, the closest first."""
    return tuple(MODELS[key].name for key in get_close_matches(_folded(name), MODELS, n=3, cutoff=0.5))
