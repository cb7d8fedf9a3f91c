"""What a stack file may say of serving: KServe, where models come from, and the models themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from components.addon import AddOnSettings

RuntimeName = Literal["vllm", "triton", "huggingface"]
Precision = Literal["bf16", "fp8", "mxfp4", "int4"]
Samples = Literal["none", "stopped", "running"]


@dataclass(frozen=True, kw_only=True)
class ObjectStorage:
    """Where `s3://` leads. Oracle's Object Storage takes the keys of a user: workload identity does not reach its S3 interface."""

    endpoint: str
    """`https://<namespace>.compat.objectstorage.<region>.oci.customer-oci.com`, or that of any other S3 store."""
    region: str
    existing_secret: str
    """Secret in the namespace of the models, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."""
    bucket: str | None = None
    """Holds the samples' models under their names; None: samples come from Hugging Face."""


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """How models are reached from outside. KServe does not start before the Gateway API's definitions are there."""

    name: str
    """`namespace/name` of a Gateway that is there already."""
    domain: str
    """A model's host is `<model>-<namespace>.<domain>`."""


@dataclass(frozen=True, kw_only=True)
class Canary:
    """A second version beside the first, of fixed size."""

    version: str
    """Its name. It becomes the model's `version`, and its source the model's, when it takes over: its pods run on."""
    source: str
    replicas: int = 1


@dataclass(frozen=True, kw_only=True)
class Model:
    source: str
    """`hf://organization/model`, `s3://bucket/path`, `pvc://claim/path`, `gs://` or `https://`."""
    version: str | None = None
    """Name of what the source holds, where versions follow each other."""
    runtime: RuntimeName = "vllm"
    parameters_billion: float | None = None
    """None for what is known of a model of this name."""
    precision: Precision | None = None
    """Of the weights; None for what is known of the model, and bf16 else."""
    gpu_memory_gib: float | None = None
    """All that it takes on its GPUs together; None to work it out."""
    context_tokens: int = 8192
    """Longest request, answer included. At least one must fit into the cache."""
    gpus: int = 1
    """Of one replica, on one node."""
    pools: tuple[str, ...] = ()
    """Entries of `nodePools`; none: those with the smallest GPUs that it fits."""
    replicas: int = 1
    """All of them, the canary's among them."""
    max_replicas: int | None = None
    """KEDA adds replicas up to this many while requests wait; None: as many as `replicas` always."""
    adapters: Mapping[str, str] = field(default_factory=dict)
    """Sources of LoRA adapters, by the model name that asks for each."""
    canary: Canary | None = None
    args: tuple[str, ...] = ()
    """For the model server, after those of the runtime."""
    stopped: bool = False
    """Keep it, but run nothing."""
    predictor: Mapping[str, Any] = field(default_factory=dict)
    """Laid over the predictor that the platform decides."""


@dataclass(frozen=True, kw_only=True)
class KServeSettings(AddOnSettings):
    object_storage: ObjectStorage | None = None
    hugging_face_secret: str | None = None
    """Secret in the namespace of the models with HF_TOKEN, for models that want one."""
    gateway: Gateway | None = None
    """None: models are reached inside the cluster only."""
    images: Mapping[RuntimeName, str] = field(default_factory=dict)
    """Of runtimes, in place of the pinned ones; each with a tag that does not move, or a digest."""
    samples: Samples = "none"
    """A model per class of GPU memory that the cluster has: none, declared but stopped, or running."""
    models: Mapping[str, Model] = field(default_factory=dict)
