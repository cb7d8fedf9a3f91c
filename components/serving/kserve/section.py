"""What a stack file may say of serving: KServe, where models come from, and the models themselves."""

from typing import Annotated, Any, Literal

from pydantic import Field

from components.framework.section import AddOnSection
from infra.section import IN_ORDER, BucketName, DnsLabel, Section, form

RuntimeName = Literal["vllm", "triton", "huggingface"]
Precision = Literal["bf16", "fp8", "mxfp4", "int4"]
Samples = Literal["none", "stopped", "running"]
Positive = Annotated[int, Field(ge=1)]
SecretName = Annotated[str, form(r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", "a Secret's name: lower-case letters, digits, dashes, dots")]
Url = Annotated[str, form(r"^https?://[^\s/@]+$", "an address like https://host, with nothing after the host")]


class ObjectStorage(Section):
    endpoint: Url
    """The S3 interface: `https://<namespace>.compat.objectstorage.<region>.oci.customer-oci.com`, or that of another store."""
    region: str
    """Region of the store."""
    existing_secret: SecretName
    """Secret in the namespace `models` with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`: a user's Customer Secret Key."""
    bucket: BucketName | None = None
    """Bucket with the samples' models under their names. Left out: samples come from Hugging Face."""


class Gateway(Section):
    name: Annotated[str, form(r"^[a-z0-9-]+/[a-z0-9.-]+$", "a Gateway: namespace/name")]
    """`namespace/name` of a Gateway that is there already."""
    domain: Annotated[str, form(r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", "a domain: models.example.com")]
    """A model's host is `<model>-models.<domain>`."""


class Canary(Section):
    version: DnsLabel
    """Name of the second version. When it takes over, make it the model's `version` and its source the model's: its pods run on."""
    source: str
    """Where the second version comes from."""
    replicas: Positive = 1
    """How many of the model's replicas it takes. They answer as many requests as any others."""


class Model(Section):
    source: str
    """`hf://organization/model`, `s3://bucket/path`, `pvc://claim/path`, `gs://` or `https://`."""
    version: DnsLabel | None = None
    """Name of what the source holds, where versions follow each other."""
    runtime: RuntimeName = "vllm"
    """What serves it."""
    parameters_billion: Annotated[float, Field(gt=0, le=100_000)] | None = None
    """Billions of parameters. Left out: what is known of a model of this name."""
    precision: Precision | None = None
    """Of the weights. Left out: what is known of the model, and `bf16` else."""
    gpu_memory_gib: Annotated[float, Field(gt=0, le=100_000)] | None = None
    """All memory that it takes on its GPUs. Left out: worked out from its parameters."""
    context_tokens: Positive = 8192
    """Longest request, answer included."""
    gpus: Positive = 1
    """GPUs of one replica, on one node."""
    pools: tuple[DnsLabel, ...] = ()
    """Entries of `nodePools` to run on. Left out: those with the smallest GPUs that it fits."""
    replicas: Positive = 1
    """All of them, the canary's among them."""
    max_replicas: Positive | None = None
    """Up to this many while requests wait; needs KEDA. Left out: as many as `replicas`."""
    adapters: dict[DnsLabel, str] = {}
    """Sources of LoRA adapters, by the model name that requests ask for. With `vllm` only."""
    canary: Canary | None = None
    """A second version beside the first."""
    args: Annotated[tuple[str, ...], IN_ORDER] = ()
    """Arguments for the model server, after those of the runtime."""
    stopped: bool = False
    """Keep the model, but run nothing."""
    predictor: dict[str, Any] = {}
    """Overrides of the InferenceService's `predictor`. What KServe would ignore is refused."""


class KServe(AddOnSection):
    object_storage: ObjectStorage | None = None
    """Where `s3://` leads."""
    hugging_face_secret: SecretName | None = None
    """Secret in the namespace `models` with `HF_TOKEN`, for models that want one."""
    gateway: Gateway | None = None
    """Reach models from outside through a Gateway. Left out: inside the cluster only."""
    images: dict[RuntimeName, str] = {}
    """Images of runtimes in place of the pinned ones."""
    samples: Samples = "none"
    """A model for every class of GPU memory that the cluster has."""
    models: dict[DnsLabel, Model] = {}
    """Models to serve, by name."""
