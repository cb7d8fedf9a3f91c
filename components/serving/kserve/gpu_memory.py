"""How much memory a GPU has for a model, and how much a model needs: arithmetic on published figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from components.serving.kserve.section import Precision
from infra import gpus
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
    gpu = gpus.find(pool.gpu_model or "")
    return gpu.capability if gpu is not None and gpu.capability is not None else ASSUMED


def weights_gib(parameters_billion: float, precision: Precision) -> float:
    return parameters_billion * 1e9 * BYTES[precision] / GIB
