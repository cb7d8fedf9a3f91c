"""What a GPU can be partitioned into (NVIDIA MIG), by model. Data; `components/gpu/operator/mig.py` plans with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from infra import gpus
from infra.gpus import GPUS, Gpu, Mig, MigSlicing


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A class of GPU instance: what it takes of the GPU, and where it may begin."""

    compute: int
    """Compute slices."""
    memory: int
    """Memory slices."""
    starts: tuple[int, ...]
    """Memory slices that it may begin at."""
    most: int
    """How many fit on an empty GPU."""
    media: bool = False
    """Has the media engines (`+me`), which one instance of a GPU can have."""


@dataclass(frozen=True, kw_only=True)
class Slicing:
    """How a family of GPUs is cut."""

    compute: int
    memory: int
    slots: Mapping[str, Slot]
    """By slot class, the smallest first."""


@dataclass(frozen=True, kw_only=True)
class MigModel:
    name: str
    slicing: Slicing
    profiles: Mapping[str, Slot]
    """By the profile's name, the smallest first."""


# NVIDIA/mig-parted v0.15.0, deployments/systemd/config-default.yaml and pkg/mig; NVML's placements (`nvidia-smi mig -lgipp`)
# count in memory slices. 2026-08.
SEVEN = Slicing(
    compute=7,
    memory=8,
    slots=MappingProxyType({
        "1g": Slot(compute=1, memory=1, starts=(0, 1, 2, 3, 4, 5, 6), most=7),
        "1g+me": Slot(compute=1, memory=1, starts=(0, 1, 2, 3, 4, 5, 6), most=1, media=True),
        "1g.2x": Slot(compute=1, memory=2, starts=(0, 2, 4, 6), most=4),
        "2g": Slot(compute=2, memory=2, starts=(0, 2, 4), most=3),
        "3g": Slot(compute=3, memory=4, starts=(0, 4), most=2),
        "4g": Slot(compute=4, memory=4, starts=(0,), most=1),
        "7g": Slot(compute=7, memory=8, starts=(0,), most=1),
    }),
)  # fmt: skip
FOUR = Slicing(
    compute=4,
    memory=4,
    slots=MappingProxyType({
        "1g": Slot(compute=1, memory=1, starts=(0, 1, 2, 3), most=4),
        "1g+me": Slot(compute=1, memory=1, starts=(0, 1, 2, 3), most=1, media=True),
        "2g": Slot(compute=2, memory=2, starts=(0, 2), most=2),
        "2g+me": Slot(compute=2, memory=2, starts=(0, 2), most=1, media=True),
        "4g": Slot(compute=4, memory=4, starts=(0,), most=1),
    }),
)  # fmt: skip


FOUR_PRO = Slicing(compute=4, memory=4, slots=MappingProxyType({key: slot for key, slot in FOUR.slots.items() if key != "2g+me"}))


_SLICINGS: Mapping[MigSlicing, Slicing] = MappingProxyType({"seven": SEVEN, "four": FOUR, "four-pro": FOUR_PRO})


def _model(gpu: Gpu, mig: Mig) -> MigModel:
    """The profiles of a GPU: `+me` goes with every slot class that has the media engines."""
    slicing = _SLICINGS[mig.slicing]
    profiles = {
        f"{key[:2]}.{mig.sizes[key.removesuffix('+me')]}{'+me' if slot.media else ''}": slot
        for key, slot in slicing.slots.items()
        if key.removesuffix("+me") in mig.sizes
    }
    return MigModel(name=gpu.name, slicing=slicing, profiles=MappingProxyType(profiles))


MODELS: tuple[MigModel, ...] = tuple(_model(gpu, gpu.mig) for gpu in GPUS if gpu.mig is not None)

_BY_NAME: Mapping[str, MigModel] = MappingProxyType({model.name: model for model in MODELS})


def find(gpu_model: str) -> MigModel | None:
    """The model that can be partitioned and is called `gpu_model`; None for a GPU without MIG."""
    gpu = gpus.find(gpu_model)
    return _BY_NAME.get(gpu.name) if gpu is not None else None
