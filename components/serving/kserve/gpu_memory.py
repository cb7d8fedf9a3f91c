"""How much memory a GPU has for a model, and how much a model needs: arithmetic on published figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from components.serving.kserve.section import Precision
from infra.facts import Pool

GIB = 2**30

ADVERTISED = 15 / 16
"""Of the memory in a GPU's name: cards with GDDR give a sixteenth to error correction. An L4 of 24 GB has 22.5 GiB."""
UTILIZATION = 0.9
"""Of that, for weights, cache and everything else of a model server; it is told so by its arguments."""
OVERHEAD_GIB = 1.5
"""Per GPU: CUDA's context, activations, captured graphs. An estimate of 2026-11; 8B models on an L4 take 0.8."""
ADAPTER_GIB = 0.5
"""Per LoRA adapter of rank 64 on models of 8B and less: an estimate of 2026-11."""
UNKNOWN_CACHE = 0.2
"""Cache of a model that is not known, as a part of its weights: an estimate of 2026-11."""

# Bytes of a weight. OpenAI, gpt-oss model card, 2025-08: MXFP4 is 4.25 bits a weight. int4: GPTQ and AWQ in groups of 128, with a scale
# and a zero of 20 bits a group.
BYTES: Mapping[Precision, float] = MappingProxyType({"bf16": 2.0, "fp8": 1.0, "mxfp4": 4.25 / 8, "int4": (4 + 20 / 128) / 8})

# NVIDIA, "CUDA GPU Compute Capability", 2026-11, by the names of infra.catalogue and infra.gpu_models.
CAPABILITIES: Mapping[str, float] = MappingProxyType(
    {
        "K80": 3.7, "M60": 5.2, "P100": 6.0, "P4": 6.1, "P40": 6.1, "V100": 7.0, "T4": 7.5, "RTX 2080 Ti": 7.5,
        "A100-40G": 8.0, "A100-80G": 8.0, "A100 SXM4 40GB": 8.0, "A100 SXM4 80GB": 8.0, "A100 PCIe 40GB": 8.0, "A100 PCIe 80GB": 8.0,
        "A10": 8.6, "RTX 3090": 8.6, "RTX A4000": 8.6, "RTX A5000": 8.6, "RTX A6000": 8.6,
        "L4": 8.9, "L40S": 8.9, "RTX 4060": 8.9, "RTX 4070": 8.9, "RTX 4080": 8.9, "RTX 4090": 8.9, "RTX 6000 Ada": 8.9,
        "H100": 9.0, "H100 SXM5": 9.0, "H100 PCIe": 9.0, "H200": 9.0,
        "B200": 10.0, "GB200": 10.0, "B300": 10.3, "GB300": 10.3,
        "RTX 5070": 12.0, "RTX 5080": 12.0, "RTX 5090": 12.0, "RTX PRO 6000": 12.0,
    }
)  # fmt: skip
ASSUMED = 8.0
"""Of a model that is not listed."""

# What computes with a precision: Ampere has bf16 (Turing takes such weights as fp16), Ada has fp8, Hopper runs MXFP4 as OpenAI meant it.
NEEDED: Mapping[Precision, float] = MappingProxyType({"bf16": 7.5, "fp8": 8.9, "mxfp4": 9.0, "int4": 7.5})
NATIVE_BF16 = 8.0


@dataclass(frozen=True, kw_only=True)
class Need:
    """What one replica takes, in GiB over all of its GPUs together."""

    weights: float
    cache: float
    extra: float = 0.0
    overhead_per_gpu: float = OVERHEAD_GIB

    def per_gpu(self, gpus: int) -> float:
        return (self.weights + self.cache + self.extra) / gpus + self.overhead_per_gpu


def usable_gib(pool: Pool) -> float:
    """What a model server may take of one of the pool's GPUs."""
    return pool.gpu_memory_gib * ADVERTISED * UTILIZATION


def capability(pool: Pool) -> float:
    return CAPABILITIES.get(pool.gpu_model or "", ASSUMED)


def weights_gib(parameters_billion: float, precision: Precision) -> float:
    return parameters_billion * 1e9 * BYTES[precision] / GIB
