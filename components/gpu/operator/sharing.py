"""Several pods on one GPU: time-slicing and MPS, as NVIDIA's device plugin does them."""

from collections.abc import Iterator, Sequence
from typing import Any

from components.gpu.operator.section import Sharing
from infra import gpus
from infra.facts import Pool
from infra.problems import Problem

CONFIG_LABEL = "nvidia.com/device-plugin.config"
EXCLUSIVE = "exclusive"
"""Configuration of nodes whose GPUs are not shared."""

# NVIDIA, "Multi-Process Service", 2026-08: before Volta a client's memory is not its own; since Volta a GPU has at most 48 clients.
VOLTA = 7.0
"""Compute capability of the first generation whose clients have memory of their own."""
MPS_CLIENTS = 48


def problems(pool: Pool, sharing: Sharing, partitioned: bool) -> Iterator[Problem]:
    """Why the pool's GPUs cannot be shared so; paths are those of the sharing section."""
    if pool.gpu_vendor != "nvidia":
        yield Problem("", f"{pool.gpu_model} is not shared by NVIDIA's device plugin; leave the pool out")
        return
    if sharing.mode != "mps":
        return
    gpu = gpus.find(pool.gpu_model or "")
    if gpu is not None and gpu.capability is not None and gpu.capability < VOLTA:
        yield Problem("mode", f"mps needs a GPU of the Volta generation or newer, {pool.gpu_model} is older; use time-slicing")
    if sharing.replicas > MPS_CLIENTS:
        yield Problem("replicas", f"is {sharing.replicas}, but MPS serves at most {MPS_CLIENTS} pods per GPU")
    if partitioned:
        yield Problem("mode", "mps shares whole GPUs, and this pool's are partitioned under `mig`; use time-slicing")


def plugin_config(sharing: Sharing | None, resources: Sequence[str], mig_strategy: str) -> dict[str, Any]:
    """A configuration of the device plugin: `resources` are what it advertises and divides."""
    config: dict[str, Any] = {"version": "v1", "flags": {"migStrategy": mig_strategy}}
    if sharing is not None:
        shared = [{"name": name, "replicas": sharing.replicas} for name in resources]
        if sharing.mode == "mps":
            config["sharing"] = {"mps": {"resources": shared}}
        else:
            # Two "replicas" are no more compute than one: a pod that asks for them is mistaken.
            config["sharing"] = {"timeSlicing": {"failRequestsGreaterThanOne": True, "resources": shared}}
    return config
