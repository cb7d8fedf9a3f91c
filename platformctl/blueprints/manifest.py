"""What a `blueprint.yaml` may say."""

from typing import Annotated, Literal

from pydantic import Field

from infra.section import HttpsAddress, Section, form

PINNED = r"^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?@sha256:[0-9a-f]{64}$"

PinnedImage = Annotated[str, form(PINNED, "an image with its host and digest: host/path@sha256: and 64 hexadecimal digits")]
Licence = Annotated[
    str, form(r"^[A-Za-z0-9][A-Za-z0-9.+-]*$", "a licence's short name, as SPDX or the model's owner writes it: Apache-2.0")
]
Parameter = Annotated[str, form(r"^[a-z_][a-z0-9_]*$", "the name of a parameter of the notebook")]


class Used(Section):
    """Something of others that a run brings from outside."""

    name: Annotated[str, Field(min_length=1)]
    """As its owner calls it: `google-t5/t5-small`."""
    kind: Literal["model", "data"]
    """What it is."""
    licence: Licence
    """Under which it may be used."""
    source: HttpsAddress
    """Page that says so."""


class Resources(Section):
    """What one run asks of a node."""

    gpus: Annotated[int, Field(ge=0, le=16)]
    """GPUs, all of one node."""
    gpu_memory_gib: Annotated[int, Field(ge=0)] = 0
    """Memory that each of them must have."""
    gpu_capability: Annotated[float, Field(ge=3)] = 7.5
    """Compute capability that they must have at least. CUDA 13, for which PyTorch is built now, begins with 7.5 (NVIDIA, "CUDA Toolkit 13.0
    Release Notes", 2025-08): no P100, no V100."""
    cpus: Annotated[int, Field(ge=1)] = 4
    """Processors."""
    memory_gib: Annotated[int, Field(ge=1)] = 16
    """Memory, shared memory included."""
    storage_gib: Annotated[int, Field(ge=1)] = 30
    """Room on the node's disk, for models, data and what is kept."""
    shared_memory_gib: Annotated[int, Field(ge=1)] = 2
    """Size of `/dev/shm`, which data loaders and NCCL need."""


class Budget(Section):
    """What one run may take. It is ended after its minutes, and not started where it would cost more."""

    minutes: Annotated[int, Field(ge=1, le=43200)]
    """Of the notebook, from its first cell to its last."""
    usd: Annotated[float, Field(gt=0)]
    """US dollars at list price, for the whole node from its start until the autoscaler takes it away."""


class OnCpu(Section):
    """The same run on a machine without a GPU: small, on data that is made on the spot."""

    minutes: Annotated[int, Field(ge=1, le=60)] = 10
    """Most minutes of it."""
    parameters: dict[Parameter, bool | int | float | str]
    """Parameters of the notebook that are others then."""


class Manifest(Section):
    title: Annotated[str, Field(min_length=1, max_length=80)]
    """What it is, in a few words."""
    summary: Annotated[str, Field(min_length=1, max_length=400)]
    """What it does and shows."""
    licence: Licence
    """Of the notebook itself."""
    uses: tuple[Used, ...] = ()
    """Models and data of others. What is made on the spot needs no row."""
    image: PinnedImage | None = None
    """Image with a Python that has papermill and what the notebook imports. Left out: whoever runs it says which, as `--image`."""
    resources: Resources
    """What one run asks of a node."""
    budget: Budget
    """What one run may take."""
    on_cpu: OnCpu
    """The same run on a machine without a GPU."""
