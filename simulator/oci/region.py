"""The model of a region: availability domains, shapes, images, versions, service limits."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from simulator import identity
from simulator.oci import offers

_OFFERED = os.environ.get(offers.VARIABLE)
_REGIONS = offers.read(_OFFERED, "regions")

DEFAULT = "us-ashburn-1"
"""Where a provider works that is not told a region; the official one reads it from a profile."""

REALM = "oc1"
"""The realm of the regions that the simulator knows."""

# Region identifiers and keys of the commercial realm: oci-go-sdk common/regions.go, 2026-10.
KEYS: Mapping[str, str] = MappingProxyType({
    "af-casablanca-1": "LEJ", "af-johannesburg-1": "JNB", "ap-batam-1": "HSG", "ap-chuncheon-1": "YNY", "ap-delhi-1": "ONM",
    "ap-hyderabad-1": "HYD", "ap-kulai-2": "JBP", "ap-melbourne-1": "MEL", "ap-mumbai-1": "BOM", "ap-osaka-1": "KIX",
    "ap-seoul-1": "ICN", "ap-singapore-1": "SIN", "ap-singapore-2": "XSP", "ap-sydney-1": "SYD", "ap-tokyo-1": "NRT",
    "ca-montreal-1": "YUL", "ca-toronto-1": "YYZ", "eu-amsterdam-1": "AMS", "eu-frankfurt-1": "FRA", "eu-madrid-1": "MAD",
    "eu-madrid-3": "ORF", "eu-marseille-1": "MRS", "eu-milan-1": "LIN", "eu-paris-1": "CDG", "eu-stockholm-1": "ARN",
    "eu-turin-1": "NRQ", "eu-zurich-1": "ZRH", "il-jerusalem-1": "MTZ", "me-abudhabi-1": "AUH", "me-dubai-1": "DXB",
    "me-jeddah-1": "JED", "me-riyadh-1": "RUH", "mx-monterrey-1": "MTY", "mx-queretaro-1": "QRO", "sa-bogota-1": "BOG",
    "sa-santiago-1": "SCL", "sa-saopaulo-1": "GRU", "sa-valparaiso-1": "VAP", "sa-vinhedo-1": "VCP", "uk-cardiff-1": "CWL",
    "uk-london-1": "LHR", "us-ashburn-1": "IAD", "us-chicago-1": "ORD", "us-phoenix-1": "PHX", "us-saltlake-2": "AGA",
    "us-sanjose-1": "SJC", **{name: str(row.get("key")) for name, row in _REGIONS.items()},
})  # fmt: skip

# Oracle, "Regions and Availability Domains"; names of Chicago's three domains are in public use (2026-10). All others have one.
THREE_DOMAINS = frozenset({"eu-frankfurt-1", "uk-london-1", "us-ashburn-1", "us-chicago-1", "us-phoenix-1"})

TENANCY_PREFIX = "Uocm"
"""Oracle puts a tenancy's own prefix before the names of availability domains."""

# Kubernetes versions OKE offers: oracle-quickstart/oci-hpc-oke v26.7.0, Oracle's supported versions page and the names of its images,
# 2026-11.
KUBERNETES = ("v1.33.1", "v1.33.10", "v1.34.1", "v1.34.2", "v1.35.2", "v1.36.1", *offers.versions(_OFFERED))

# Builds of the worker images, as (date, revision, build). Not in order, and the build numbers differ in length: names have to be
# read, neither taken as they come nor sorted as text.
IMAGE_BUILDS = (("2026.07.31", 0, 1287), ("2026.08.31", 0, 1311), ("2026.05.31", 1, 998))

OPERATING_SYSTEM = "Oracle-Linux-8.10"

FAULT_DOMAINS = ("FAULT-DOMAIN-1", "FAULT-DOMAIN-2", "FAULT-DOMAIN-3")

# Oracle, "Configuring Cluster Add-ons", 2026-10: name, and what it needs installed first.
ADDONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "AmdGpuPlugin": (),
        "CertManager": (),
        "ClusterAutoscaler": (),
        "CoreDNS": (),
        "CsiDriverSmb": (),
        "Flannel": (),
        "Istio": (),
        "KubeProxy": (),
        "KubernetesDashboard": (),
        "KubernetesMetricsServer": ("CertManager",),
        "NativeIngressController": ("CertManager",),
        "NodeFeatureDiscovery": (),
        "NodeProblemDetector": (),
        "NvidiaGpuOperator": ("NodeFeatureDiscovery",),
        "NvidiaGpuPlugin": (),
        "NvidiaNetworkOperator": ("NvidiaGpuOperator",),
        "ObservabilityAgent": (),
        "OciVcnIpNative": (),
        "OracleDatabaseOperator": ("CertManager",),
        "WeblogicKubernetesOperator": ("CertManager",),
    }
)
ESSENTIAL_ADDONS = frozenset({"CoreDNS", "KubeProxy", "OciVcnIpNative", "Flannel"})


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a node can run on."""

    name: str
    ocpus: float
    memory_gib: float
    """The default of a flexible shape."""
    gpus: int = 0
    gpu: str = ""
    arm: bool = False
    flexible: bool = False
    limit: str = ""
    """Name of the service limit that counts it, in the service `compute`."""


def _gpu(name: str, gpus: int, gpu: str, ocpus: int, memory: int, limit: str, *, arm: bool = False) -> Shape:  # noqa: PLR0917 - a row
    return Shape(name=name, gpus=gpus, gpu=gpu, ocpus=ocpus, memory_gib=memory, limit=limit, arm=arm)


def _described(name: str, row: Mapping[str, Any]) -> Shape:
    """A machine as a stack file has it."""
    return Shape(
        name=name,
        ocpus=row.get("ocpus") or 1,
        memory_gib=row.get("memoryGib") or 16,
        gpus=int(row.get("gpus") or 0),
        gpu=str(row.get("gpuModel") or ""),
        arm=row.get("architecture") == "arm64",
        flexible=name.endswith(".Flex"),
        limit=str(row.get("quota") or ""),
    )


def _flex(name: str, limit: str, *, arm: bool = False) -> Shape:
    return Shape(name=name, ocpus=1, memory_gib=16, flexible=True, limit=limit, arm=arm)


# Oracle, "Compute Shapes", and "Compute Quotas" for the limits' names, 2026-10. Limits of the newest GPUs are not documented: theirs
# follow the pattern of the rest.
SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        shape.name: shape
        for shape in (
            _flex("VM.Standard.E3.Flex", "standard-e3-core-ad-count"),
            _flex("VM.Standard.E4.Flex", "standard-e4-core-count"),
            _flex("VM.Standard.E5.Flex", "standard-e5-core-count"),
            _flex("VM.Standard.E6.Flex", "standard-e6-core-count"),
            _flex("VM.Standard3.Flex", "standard3-core-count"),
            _flex("VM.Optimized3.Flex", "optimized3-core-count"),
            _flex("VM.DenseIO.E4.Flex", "dense-io-e4-core-count"),
            _flex("VM.DenseIO.E5.Flex", "dense-io-e5-core-count"),
            _flex("VM.Standard.A1.Flex", "standard-a1-core-count", arm=True),
            _flex("VM.Standard.A2.Flex", "standard-a2-core-count", arm=True),
            _flex("VM.Standard.A4.Flex", "standard-a4-core-count", arm=True),
            Shape(name="VM.Standard.E2.1.Micro", ocpus=1, memory_gib=1, limit="vm-standard-e2-1-micro-count"),
            Shape(name="BM.Standard.E4.128", ocpus=128, memory_gib=2048, limit="standard-e4-core-count"),
            Shape(name="BM.Standard.E5.192", ocpus=192, memory_gib=2304, limit="standard-e5-core-count"),
            Shape(name="BM.Standard.E6.256", ocpus=256, memory_gib=3072, limit="standard-e6-core-count"),
            Shape(name="BM.Standard.A1.160", ocpus=160, memory_gib=1024, limit="standard-a1-core-count", arm=True),
            Shape(name="BM.Optimized3.36", ocpus=36, memory_gib=512, limit="optimized3-core-count"),
            Shape(name="BM.Standard.E3.128", ocpus=128, memory_gib=2048, limit="standard-e3-core-ad-count"),
            Shape(name="BM.Standard2.52", ocpus=52, memory_gib=768, limit="standard2-core-count"),
            Shape(name="BM.Standard3.64", ocpus=64, memory_gib=1024, limit="standard3-core-count"),
            Shape(name="BM.DenseIO.E4.128", ocpus=128, memory_gib=2048, limit="dense-io-e4-core-count"),
            Shape(name="BM.DenseIO.E5.128", ocpus=128, memory_gib=1536, limit="dense-io-e5-core-count"),
            *(
                Shape(name=f"VM.Standard2.{ocpus}", ocpus=ocpus, memory_gib=memory, limit="standard2-core-count")
                for ocpus, memory in ((1, 15), (2, 30), (4, 60), (8, 120), (16, 240), (24, 320))
            ),
            Shape(name="BM.HPC.E5.144", ocpus=144, memory_gib=768, limit="hpc-e5-core-count"),
            _gpu("VM.GPU2.1", 1, "NVIDIA P100", 12, 72, "gpu2-count"),
            _gpu("BM.GPU2.2", 2, "NVIDIA P100", 28, 192, "gpu2-count"),
            _gpu("VM.GPU3.1", 1, "NVIDIA V100", 6, 90, "gpu3-count"),
            _gpu("VM.GPU3.2", 2, "NVIDIA V100", 12, 180, "gpu3-count"),
            _gpu("VM.GPU3.4", 4, "NVIDIA V100", 24, 360, "gpu3-count"),
            _gpu("BM.GPU3.8", 8, "NVIDIA V100", 52, 768, "gpu3-count"),
            _gpu("VM.GPU.A10.1", 1, "NVIDIA A10", 15, 240, "gpu-a10-count"),
            _gpu("VM.GPU.A10.2", 2, "NVIDIA A10", 30, 480, "gpu-a10-count"),
            _gpu("BM.GPU.A10.4", 4, "NVIDIA A10", 64, 1024, "gpu-a10-count"),
            _gpu("BM.GPU4.8", 8, "NVIDIA A100 40GB", 64, 2048, "gpu4-count"),
            _gpu("BM.GPU.A100-v2.8", 8, "NVIDIA A100 80GB", 128, 2048, "gpu-a100-v2-count"),
            _gpu("BM.GPU.B4.8", 8, "NVIDIA A100 40GB", 64, 2048, "gpu4-count"),
            _gpu("VM.GPU.L40S.1", 1, "NVIDIA L40S", 28, 256, "gpu-l40s-count"),
            _gpu("VM.GPU.L40S.2", 2, "NVIDIA L40S", 56, 512, "gpu-l40s-count"),
            _gpu("BM.GPU.L40S.4", 4, "NVIDIA L40S", 112, 1024, "gpu-l40s-count"),
            _gpu("BM.GPU.L40S-NC.4", 4, "NVIDIA L40S", 112, 1024, "gpu-l40s-count"),
            _gpu("BM.GPU.H100.8", 8, "NVIDIA H100", 112, 2048, "gpu-h100-count"),
            _gpu("BM.GPU.H200.8", 8, "NVIDIA H200", 112, 3072, "gpu-h200-count"),
            _gpu("BM.GPU.B200.8", 8, "NVIDIA B200", 128, 4096, "gpu-b200-count"),
            _gpu("BM.GPU.B300.8", 8, "NVIDIA B300", 128, 4096, "gpu-b300-count"),
            _gpu("BM.GPU.GB200.4", 4, "NVIDIA GB200", 144, 960, "gpu-gb200-count", arm=True),
            _gpu("BM.GPU.GB200-v2.4", 4, "NVIDIA GB200", 144, 960, "gpu-gb200-count", arm=True),
            _gpu("BM.GPU.GB200-v3.4", 4, "NVIDIA GB200", 144, 960, "gpu-gb200-count", arm=True),
            _gpu("BM.GPU.GB300.4", 4, "NVIDIA GB300", 144, 960, "gpu-gb300-count", arm=True),
            _gpu("BM.GPU.RTXPRO.8", 8, "NVIDIA RTX PRO 6000", 144, 3072, "gpu-rtxpro-count"),
            _gpu("BM.GPU.MI300X.8", 8, "AMD MI300X", 112, 2048, "gpu-mi300x-count"),
            _gpu("BM.GPU.MI355X.8", 8, "AMD MI355X", 128, 3072, "gpu-mi355x-count"),
            _gpu("BM.GPU.MI355X-v1.8", 8, "AMD MI355X", 128, 3072, "gpu-mi355x-count"),
            *(_described(name, row) for name, row in offers.read(_OFFERED, "shapes").items()),
        )
    }
)

# Oracle, "Preemptible Instances", 2026-10: of the GPU shapes only these.
PREEMPTIBLE_GPU = ("VM.GPU2.", "VM.GPU3.")


@dataclass(frozen=True, kw_only=True)
class Image:
    """A worker or platform image."""

    id: str
    name: str
    kubernetes: str = ""
    """`v1.34.2`; empty for an image without Kubernetes."""
    arm: bool = False
    gpu: bool = False

    @property
    def wants(self) -> str:
        """The machines it runs on, in words."""
        return ("arm64" if self.arm else "x86-64") + (" GPU" if self.gpu else "") + " shapes"

    def runs_on(self, shape: Shape) -> bool:
        return self.arm == shape.arm and self.gpu == bool(shape.gpus)


def key(region: str) -> str:
    return KEYS[region]


def domains(region: str) -> tuple[str, ...]:
    """Names of the availability domains, as the API gives them: `Uocm:EU-FRANKFURT-1-AD-1`, `Uocm:PHX-AD-1`."""
    place = {"us-phoenix-1": "PHX"}.get(region, "US-ASHBURN" if region == "us-ashburn-1" else region.upper())
    count = int(_REGIONS[region].get("availabilityDomains", 1)) if region in _REGIONS else 3 if region in THREE_DOMAINS else 1
    return tuple(f"{TENANCY_PREFIX}:{place}-AD-{number}" for number in range(1, count + 1))


def ocid(entity: str, region: str, *parts: object) -> str:
    """An OCID, decided by the parts. Identity's have no region; the oldest regions are written by their key."""
    place = {"us-ashburn-1": "iad", "us-phoenix-1": "phx"}.get(region, region)
    return f"ocid1.{entity}.oc1.{place}.aaaaaaaa{identity.letters(52, entity, region, *parts)}"


def region_of(ident: object) -> str:
    """The region that an OCID names; empty for what has none: identity's, and ids that are no OCIDs."""
    parts = str(ident).split(".")
    if len(parts) < 5 or parts[0] != "ocid1":
        return ""
    return {"iad": "us-ashburn-1", "phx": "us-phoenix-1"}.get(parts[3], parts[3])


def realm_of(ident: object) -> str:
    """The realm that an OCID names; empty for ids that are no OCIDs."""
    parts = str(ident).split(".")
    return parts[2] if len(parts) >= 5 and parts[0] == "ocid1" else ""


Build = tuple[str, int, int]
"""Date, revision and build."""


def build(text: str) -> Build:
    """`2026.09.30-0-1402`, taken apart. Raises ValueError for anything else."""
    date, revision, number = text.split("-")
    return date, int(revision), int(number)


@lru_cache(maxsize=8)
def images(region: str, published: tuple[Build, ...] = ()) -> tuple[Image, ...]:
    """Every image of the region, those that were published later among them, in no useful order."""
    found = []
    # There is no image for a GPU on Arm: those nodes need a custom one.
    for kind, arm, gpu in (("Gen2-GPU-", False, True), ("aarch64-", True, False), ("", False, False)):
        for date, revision, number in (*IMAGE_BUILDS, *published):
            names = [(f"{OPERATING_SYSTEM}-{kind}{date}-{revision}-OKE-{version[1:]}-{number}", version) for version in KUBERNETES]
            for name, version in [*names, (f"{OPERATING_SYSTEM}-{kind}{date}-{revision}", "")]:
                found.append(Image(id=ocid("image", region, name), name=name, kubernetes=version, arm=arm, gpu=gpu))
    return tuple(found)


def minor(version: str) -> tuple[int, int]:
    """`v1.34.2` as (1, 34)."""
    major, second, *_ = version.lstrip("v").split(".")
    return int(major), int(second)


def release(version: str) -> tuple[int, ...]:
    """`v1.34.2` as (1, 34, 2): comparable."""
    return tuple(int(part) for part in version.lstrip("v").split("."))
