"""What a GPU can be partitioned into (NVIDIA MIG), by model. Data; `components/gpu/mig.py` plans with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


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
    also: tuple[str, ...] = field(default=())
    """What stack files and the shape catalogue call the same GPU."""


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


def _model(name: str, slicing: Slicing, also: tuple[str, ...] = (), **gigabytes: str) -> MigModel:
    """`g1="10gb"` names the slot 1g `1g.10gb`; `x2` is 1g with twice the memory. `+me` goes with every class that has it."""
    suffixes = {f"{key[1:]}g" if key != "x2" else "1g.2x": size for key, size in gigabytes.items()}
    profiles = {
        f"{key[:2]}.{suffixes[key.removesuffix('+me')]}{'+me' if slot.media else ''}": slot
        for key, slot in slicing.slots.items()
        if key.removesuffix("+me") in suffixes
    }
    return MigModel(name=name, slicing=slicing, profiles=MappingProxyType(profiles), also=also)


# Names of profiles: NVIDIA/mig-parted v0.15.0 as above, and pkg/mig/builder. The number is the nominal memory in GB.
# Placements on RTX PRO 6000 are taken to be those of A30, which has as many slices; its graphics and media-only profiles are left out.
MODELS: tuple[MigModel, ...] = (
    _model("A30", FOUR, g1="6gb", g2="12gb", g4="24gb"),
    _model(
        "A100-40G", SEVEN, ("A100 SXM4 40GB", "A100 PCIe 40GB"), g1="5gb", x2="10gb", g2="10gb", g3="20gb", g4="20gb", g7="40gb"
    ),
    _model(
        "A100-80G", SEVEN, ("A100 SXM4 80GB", "A100 PCIe 80GB"), g1="10gb", x2="20gb", g2="20gb", g3="40gb", g4="40gb", g7="80gb"
    ),
    _model("H100", SEVEN, ("H100 SXM5", "H100 PCIe"), g1="10gb", x2="20gb", g2="20gb", g3="40gb", g4="40gb", g7="80gb"),
    _model("H100 NVL", SEVEN, g1="12gb", x2="24gb", g2="24gb", g3="47gb", g4="47gb", g7="94gb"),
    _model("H100 96GB", SEVEN, ("GH200 96GB", "H20"), g1="12gb", x2="24gb", g2="24gb", g3="48gb", g4="48gb", g7="96gb"),
    _model("H200", SEVEN, ("H200 SXM", "H200 NVL"), g1="18gb", x2="35gb", g2="35gb", g3="71gb", g4="71gb", g7="141gb"),
    _model("GH200 144GB", SEVEN, g1="18gb", x2="36gb", g2="36gb", g3="72gb", g4="72gb", g7="144gb"),
    _model("B200", SEVEN, g1="23gb", x2="45gb", g2="45gb", g3="90gb", g4="90gb", g7="180gb"),
    _model("GB200", SEVEN, g1="23gb", x2="47gb", g2="47gb", g3="93gb", g4="93gb", g7="186gb"),
    _model("B300", SEVEN, g1="34gb", x2="67gb", g2="67gb", g3="135gb", g4="135gb", g7="269gb"),
    _model("GB300", SEVEN, g1="35gb", x2="70gb", g2="70gb", g3="139gb", g4="139gb", g7="278gb"),
    _model("RTX PRO 6000", FOUR_PRO, g1="24gb", g2="48gb", g4="96gb"),
)  # fmt: skip


def _folded(name: str) -> str:
    return re.sub(r"nvidia|[^a-z0-9]", "", name.lower())


_BY_NAME: Mapping[str, MigModel] = MappingProxyType({_folded(name): model for model in MODELS for name in (model.name, *model.also)})


def find(gpu_model: str) -> MigModel | None:
    """The model that can be partitioned and is called `gpu_model`; None for a GPU without MIG."""
    return _BY_NAME.get(_folded(gpu_model))
