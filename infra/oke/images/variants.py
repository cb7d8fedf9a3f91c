"""Oracle's GPU images on Ubuntu: which there are, and what an address must look like to import one from."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from infra.catalogue.shapes import Architecture
from infra.gpus import GpuVendor
from infra.oke.images.choice import Os
from infra.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One of the images that Oracle publishes for GPU and RDMA nodes: a GPU's driver and the RDMA drivers on Ubuntu."""

    os: Os = "ubuntu"
    os_version: str
    architecture: Architecture = "amd64"
    gpu_vendor: GpuVendor = "nvidia"


# oracle-quickstart/oci-hpc-oke, README, 2025-03 and 2025-09, and docs/worker-node-images.json of 2026-07-14 (61d210a).
PUBLISHED = (
    "ubuntu-24.04-cuda-13.2", "ubuntu-22.04-cuda-13.2", "ubuntu-24.04-aarch64-cuda-13.2", "ubuntu-22.04-aarch64-cuda-13.2",
    "ubuntu-24.04-rocm-7.2.4", "ubuntu-22.04-rocm-7.2.4", "ubuntu-24.04-rocm-7.2.1", "ubuntu-22.04-cuda-12.8", "ubuntu-22.04-cuda-12.6",
    "ubuntu-22.04-cuda-12.4",
)  # fmt: skip
"""Those that are known. Others may be named alike: all that is needed of one is in its name."""

NAME = r"^ubuntu-(\d\d\.\d\d)(-aarch64)?-(cuda-\d+\.\d+|rocm-\d+\.\d+(\.\d+)?)$"
NAME_WORDS = f"a system, the processor where it is Arm's, and CUDA or ROCm: {', '.join((PUBLISHED[0], PUBLISHED[2], PUBLISHED[4]))}"


def named(name: str) -> Variant:
    """The variant called so. Raises ValueError where the name says too little."""
    found = re.match(NAME, name)
    if found is None:
        raise ValueError(f"{name!r} is not {NAME_WORDS}")
    version, arm, driver, _ = found.groups()
    return Variant(
        os_version=version, architecture="arm64" if arm else "amd64", gpu_vendor="amd" if driver.startswith("rocm") else "nvidia"
    )


_HOST = re.compile(r"(?:[a-z0-9-]+\.)?objectstorage\.[a-z0-9-]+\.(?:oci\.customer-oci\.com|oracle(?:gov)?cloud\d*\.(?:com|eu|uk))")
_PATH = re.compile(r"(?:/p/[^/]+)?/n/[^/]+/b/[^/]+/o/(?P<object>.+)")
_OTHER_FORMATS = (".vmdk", ".vhd", ".vdi", ".iso", ".img", ".raw", ".gz", ".zip", ".xz")


def problems(source_url: str, path: str) -> tuple[Problem, ...]:
    """What keeps an image from being imported. No message repeats the address: a pre-authenticated one opens the bucket."""
    found: list[Problem] = []
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
