"""The images that a stack's node pools are pinned to, and what is wrong with them: pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from infra.catalogue.shapes import Architecture
from infra.gpus import GpuVendor
from infra.oke.images.choice import OkeImage, Source, parse, resolve, traits
from infra.problems import Problem, choices
from infra.section import Section, ocid

Cloud = Literal["oracle", "simulated"]


class PinnedImage(Section):
    """What the nodes of one entry of `nodePools` boot."""

    id: Annotated[str, ocid("image")]
    """The image itself."""
    name: str
    """Its name as Oracle published it, which says what it is for."""


class ImageLock(Section):
    """All of a stack's lock file."""

    cloud: Cloud
    """Which cloud was asked. What the simulated one offers is in no other."""
    region: str
    """Region of the images: an image's OCID is good in one alone."""
    pools: dict[str, PinnedImage] = {}  # noqa: RUF012 - pydantic copies defaults
    """By entry of `nodePools`."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What an entry of `nodePools` needs of an image."""

    kubernetes_version: str
    architecture: Architecture
    gpu_vendor: GpuVendor | None

    @property
    def key(self) -> str:
        """Short and the same for all that want the same: `v1.34.2-amd64-nvidia`."""
        return "-".join(filter(None, (self.kubernetes_version, self.architecture, self.gpu_vendor)))

    def newest(self, sources: Iterable[Source]) -> OkeImage:
        """The image to boot of those that OKE offers. Raises ImageNotFoundError."""
        return resolve(sources, kubernetes_version=self.kubernetes_version, architecture=self.architecture, gpu_vendor=self.gpu_vendor)

    def __str__(self) -> str:
        gpu = "without GPUs" if self.gpu_vendor is None else f"with {self.gpu_vendor.upper()} GPUs"
        return f"Kubernetes {self.kubernetes_version} on {self.architecture} {gpu}"


def problems(lock: ImageLock, region: str, wanted: Mapping[str, Wanted], others: Collection[str], update: str) -> Iterator[Problem]:
    """What keeps the lock from being used, with paths in the lock file.

    `wanted` are the entries of `nodePools` that boot one of OKE's images, `others` those whose image the stack file names. `update` is the
    command that puts it right.
    """
    if lock.region != region:
        yield Problem("region", f"the images are of {lock.region}, but the stack is in {region}, where they are not; run `{update}`")
        return
    for entry, image in lock.pools.items():
        path = f"pools.{entry}"
        if entry in others:
            yield Problem(path, "is pinned, but the stack file names the image of that pool itself; take this entry out")
        elif entry not in wanted:
            known = choices(entry, [*wanted, *others])
            yield Problem(path, f"the stack file has no such node pool: run `{update}`, which takes the entry out; {known}")
        else:
            yield from _unfit(f"{path}.name", image, wanted[entry], update)


def _unfit(path: str, image: PinnedImage, wanted: Wanted, update: str) -> Iterator[Problem]:
    said = traits(image.name)
    if parse(image) is None or said.kubernetes_version is None:
        yield Problem(path, f"{image.name!r} is not the name of an image of OKE's for nodes; run `{update}`")
        return
    found = Wanted(kubernetes_version=said.kubernetes_version, architecture=said.architecture, gpu_vendor=said.gpu_vendor)
    if found != wanted:
        yield Problem(path, f"{image.name} is for {found}, but the nodes are {wanted}; run `{update}`")


def text(lock: ImageLock, stack: str, update: str) -> str:
    """The lock as a file. Entries are sorted, so that only what has moved shows in a diff."""
    lines: Sequence[str] = [
        f"# What the nodes of the stack {stack} boot. `{update}` moves it; keep this file beside the stack file, in git.",
        f"cloud: {lock.cloud}",
        f"region: {lock.region}",
        "pools:" if lock.pools else "pools: {}",
        *(
            line
            for entry, image in sorted(lock.pools.items())
            for line in (f"  {entry}:", f"    id: {image.id}", f"    name: {image.name}")
        ),
    ]
    return "\n".join(lines) + "\n"
