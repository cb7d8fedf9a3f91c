"""The platform's serving runtimes as data: what runs a model, and how one is known to be ready."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from components.gpu.tolerations import gpu_tolerations
from components.serving.kserve.gpu_memory import UTILIZATION
from components.serving.kserve.section import RuntimeName
from infra.facts import ClusterContext
from infra.problems import Problem

API_VERSION = "serving.kserve.io/v1alpha1"
RUNTIME_LABEL = "oke-gpu-platform/runtime"
"""On the pods of models: the name of their runtime."""
HTTP_PORT = 8080
"""Of every runtime: what KServe's probes and routes expect."""
MODEL_FOLDER = "/mnt/models"
"""Where KServe puts the model."""
ADAPTERS_FOLDER = "/mnt/adapters"
SHARED_MEMORY = "2Gi"
"""Of /dev/shm, which processes of one server talk through. It counts towards the container's memory."""
START_MINUTES = 30
"""Until a server must be ready: weights of tens of GiB are read and graphs are captured first."""


@dataclass(frozen=True, kw_only=True)
class Runtime:
    name: RuntimeName
    image: str
    formats: tuple[tuple[str, str], ...]
    """Model formats and their versions, the one that the platform's models use first."""
    args: tuple[str, ...]
    user: int
    """What the image's server runs as without being root; the image has a home for it."""
    ready: str
    """Path that answers 200 once the model is loaded."""
    alive: str
    group: int = 0
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    extra_ports: Mapping[str, int] = field(default_factory=dict)
    metrics_port: str = "http"
    protocols: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ("amd64", "arm64")
    is_llm_server: bool = True
    """Takes vLLM's arguments for memory, context and GPUs."""


# vLLM: docker/Dockerfile and docs/deployment/docker.md, 2026-09: user 2000 of group 0 has a home. The CUDA 12.9 build runs on drivers
# from 525 on, the default build (CUDA 13) asks for 580; images of OKE's GPU nodes have either. Triton: user 1000, NVIDIA's "Run as a
# non-root user". Hugging Face: KServe's own server of the same release, user 1000, x86 alone; Hugging Face's TGI was archived in 2026-03.
RUNTIMES: Mapping[RuntimeName, Runtime] = MappingProxyType(
    {
        "vllm": Runtime(
            name="vllm",
            image="docker.io/vllm/vllm-openai:v0.30.0-cu129",
            formats=(("vLLM", "1"),),
            command=("python3", "-m", "vllm.entrypoints.openai.api_server"),
            args=(f"--port={HTTP_PORT}", f"--model={MODEL_FOLDER}", "--served-model-name={{.Name}}"),
            env={"HOME": "/home/vllm", "USER": "vllm", "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"},
            user=2000,
            ready="/health",
            alive="/health",
        ),
        "triton": Runtime(
            name="triton",
            image="nvcr.io/nvidia/tritonserver:26.07-py3",
            formats=(("triton", "2"), ("onnx", "1"), ("tensorrt", "10"), ("pytorch", "2")),
            args=(
                "tritonserver",
                f"--model-repository={MODEL_FOLDER}",
                f"--http-port={HTTP_PORT}",
                "--grpc-port=9000",
                "--metrics-port=8002",
            ),
            user=1000,
            group=1000,
            ready="/v2/health/ready",
            alive="/v2/health/live",
            extra_ports={"grpc": 9000, "metrics": 8002},
            metrics_port="metrics",
            protocols=("v2", "grpc-v2"),
            is_llm_server=False,
        ),
        "huggingface": Runtime(
            name="huggingface",
            image="docker.io/kserve/huggingfaceserver:v0.20.0-gpu",
            formats=(("huggingface", "1"),),
            args=("--model_name={{.Name}}", f"--model_dir={MODEL_FOLDER}"),
            env={"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"},
            user=1000,
            group=1000,
            ready="/v1/models/{{.Name}}",
            alive="/v2/health/live",
            protocols=("v1", "v2"),
            architectures=("amd64",),
        ),
    }
)

CAPABILITY = 7.5
"""The least that any of these images has code for. CUDA 12.9 and 13 builds of PyTorch, NVIDIA's deep learning containers, 2026-08."""

MOVING_TAGS = frozenset({"latest", "main", "master", "nightly", "dev", "edge", "stable", "release"})


def llm_args(context_tokens: int, gpus: int) -> list[str]:
    """What a server of language models is told, so that it takes no more than was planned."""
    args = [f"--max-model-len={context_tokens}", f"--gpu-memory-utilization={UTILIZATION}"]
    return [*args, f"--tensor-parallel-size={gpus}"] if gpus > 1 else args


def document(runtime: Runtime, cluster: ClusterContext, image: str | None = None) -> dict[str, Any]:
    """The ClusterServingRuntime. Without KServe's annotation of the server's kind, which would have it rename the image's tag."""
    return {
        "apiVersion": API_VERSION,
        "kind": "ClusterServingRuntime",
        "metadata": {"name": runtime.name},
        "spec": {
            "labels": {RUNTIME_LABEL: runtime.name},
            "multiModel": False,
            "supportedModelFormats": [
                {"name": name, "version": version, "autoSelect": True, "priority": 1} for name, version in runtime.formats
            ],
            **({"protocolVersions": list(runtime.protocols)} if runtime.protocols else {}),
            "tolerations": gpu_tolerations(cluster),
            "containers": [_container(runtime, image or runtime.image)],
            "volumes": [{"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": SHARED_MEMORY}}],
        },
    }


def _container(runtime: Runtime, image: str) -> dict[str, Any]:
    return {
        "name": "kserve-container",
        "image": image,
        **({"command": list(runtime.command)} if runtime.command else {}),
        "args": list(runtime.args),
        "env": [{"name": name, "value": value} for name, value in runtime.env.items()],
        "ports": [
            {"name": name, "containerPort": port, "protocol": "TCP"} for name, port in {"http": HTTP_PORT, **runtime.extra_ports}.items()
        ],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "privileged": False,
            "runAsNonRoot": True,
            "runAsUser": runtime.user,
            "runAsGroup": runtime.group,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "resources": {"requests": {"cpu": "2", "memory": "8Gi"}, "limits": {"cpu": "8", "memory": "16Gi"}},
        "startupProbe": _probe(runtime.ready, period=10, failures=START_MINUTES * 6),
        "readinessProbe": _probe(runtime.ready, period=10, failures=3),
        "livenessProbe": _probe(runtime.alive, period=20, failures=6),
        "volumeMounts": [{"name": "shm", "mountPath": "/dev/shm"}],  # noqa: S108 - the one place that shared memory is looked for
    }


def _probe(path: str, *, period: int, failures: int) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": HTTP_PORT}, "periodSeconds": period, "timeoutSeconds": 5, "failureThreshold": failures}


def pod_monitor(runtime: Runtime, namespace: str) -> dict[str, Any]:
    """What tells Prometheus to read the runtime's pods in the namespace of the models."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": {"name": f"models-{runtime.name}", "namespace": namespace},
        "spec": {
            "selector": {"matchLabels": {RUNTIME_LABEL: runtime.name}},
            "podMetricsEndpoints": [{"port": runtime.metrics_port, "path": "/metrics"}],
        },
    }


def image_problems(images: Mapping[RuntimeName, str]) -> Iterator[Problem]:
    """Images that nodes may not find, or find changed under the same name; paths are those of the `images` section."""
    for name, image in images.items():
        message = unfit(image, RUNTIMES[name])
        if message is not None:
            yield Problem(name, message)


def unfit(image: str, runtime: Runtime) -> str | None:
    """What is wrong with an image; None for one that has its registry, and a tag that stays or a digest."""
    parts = re.fullmatch(r"[^@\s]+?(?::(?P<tag>[\w][\w.-]*))?(?P<digest>@sha256:[0-9a-f]{64})?", image)
    if parts is None:
        return f"{image!r} is not an image; write it like {runtime.image}"
    if parts["digest"] is not None or (parts["tag"] is not None and parts["tag"] not in MOVING_TAGS):
        registry, slash, _ = image.partition("/")
        if slash and ("." in registry or ":" in registry or registry == "localhost"):
            return None
        return f"{image} names no registry, and OKE's nodes complete no short names from Kubernetes 1.34 on; write it like {runtime.image}"
    moves = "has no tag" if parts["tag"] is None else f"has the tag {parts['tag']}, which moves"
    return f"{image} {moves}; give an exact tag, like {runtime.image}, or a digest"
