"""Oracle's GPU images on Ubuntu: which there are, and what an address must look like to import one from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from infra.catalogue.shapes import Architecture
from infra.gpus import GpuVendor
from infra.oke.images.choice import Os
from infra.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One of the images that Oracle publishes for GPU and RDMA nodes: NVIDIA's driver, CUDA and the RDMA drivers on Ubuntu."""

    os: Os = "ubuntu"
    os_version: str
    architecture: Architecture = "amd64"
    gpu_vendor: GpuVendor = "nvidia"
    driver: int
    """Branch of NVIDIA's driver."""
    cuda: str


# oracle-quickstart/oci-hpc-oke, README, 2025-03 (all three) and 2025-09 (570 and 550, rebuilt). Newer images have newer drivers.
VARIANTS: Mapping[str, Variant] = MappingProxyType({
    "ubuntu-22.04-cuda-12.8": Variant(os_version="22.04", driver=570, cuda="12.8"),
    "ubuntu-22.04-cuda-12.6": Variant(os_version="22.04", driver=560, cuda="12.6"),
    "ubuntu-22.04-cuda-12.4": Variant(os_version="22.04", driver=550, cuda="12.4"),
})  # fmt: skip

_HOST = re.compile(r"(?:[a-z0-9-]+\.)?objectstorage\.[a-z0-9-]+\.(?:oci\.customer-oci\.com|oracle(?:gov)?cloud\d*\.(?:com|eu|uk))")
_PATH = re.compile(r"(?:/p/[^/]+)?/n/[^/]+/b/[^/]+/o/(?P<object>.+)")
_OTHER_FORMATS = (".vmdk", ".vhd", ".vdi", ".iso", ".img", ".raw", ".gz", ".zip", ".xz")


def problems(source_url: str, variant: str, path: str) -> tuple[Problem, ...]:
    """What keeps an image from being imported. No message repeats the address: a pre-authenticated one opens the bucket."""
    found: list[Problem] = []
    if variant not in VARIANTS:
        found.append(Problem(f"{path}.variant", f"{variant!r} is not known; choose one of {', '.join(VARIANTS)}"))
    url = urlsplit(source_url)
    where = f"{path}.sourceUrl"
    place = _PATH.fullmatch(url.path)
    if url.scheme != "https":
        found.append(Problem(where, f"uses {url.scheme or 'no scheme'}, but an image is fetched by https"))
    if not _HOST.fullmatch(url.hostname or ""):
        found.append(Problem(where, f"the host {url.hostname!r} is not Object Storage, like objectstorage.eu-frankfurt-1.oraclecloud.com"))
    if place is None:
        found.append(Problem(where, "leads to no object: the path must be /n/<namespace>/b/<bucket>/o/<object>, or that after /p/<key>"))
    elif (name := unquote(place["object"])).lower().endswith(_OTHER_FORMATS):
        found.append(Problem(where, f"the object {name} has the wrong format; allowed: Oracle's own (.oci, or no suffix) and .qcow2"))
    return tuple(found)


def source_image_type(source_url: str) -> str | None:
    """`QCOW2` for such a file. None for Oracle's own format, which carries its description inside."""
    return "QCOW2" if urlsplit(source_url).path.lower().endswith(".qcow2") else None
