"""Which image each node pool boots, resolved: pinned by the lock file, or by the stack's own state. See decision 12."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pulumi

from infra.oke.images.choice import ImageNotFoundError, Source
from infra.oke.images.lock import PinnedImage, Wanted


class NodeImageError(pulumi.RunError):
    """There is no image for a pool, or the one that it is pinned to is gone. The message names it and the fix."""


@dataclass(frozen=True, kw_only=True)
class NodeImagesArgs:
    pools: Mapping[str, tuple[Wanted, PinnedImage | None]]
    """What each pool needs, and what the lock file has for it."""
    offered: Callable[[str], pulumi.Output[Sequence[Source]]]
    """The images that OKE offers for a Kubernetes version."""
    exists: Callable[[str], pulumi.Output[bool]]
    """Whether there is an image of that OCID."""
    update: str
    """The command that pins anew."""


class NodeImages(pulumi.ComponentResource):
    """The image of every pool.

    Where the lock file has one, it is that. Where it has none, the newest one is taken once and kept in the stack's state, for as long as
    the pool's Kubernetes version and machine stay: what Oracle publishes later reaches no pool by itself.
    """

    ids: Mapping[str, pulumi.Output[str]]
    """By pool."""

    def __init__(self, name: str, args: NodeImagesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:oke:NodeImages", name, {}, opts)
        unpinned = {wanted.key: wanted for wanted, pinned in args.pools.values() if pinned is None}
        kept = {
            key: pulumi.Stash(
                f"image-{key}",
                input=_newest(args.offered(wanted.kubernetes_version), wanted),
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=["input"]),
            )
            for key, wanted in sorted(unpinned.items())
        }
        there = _there({pool: pinned for pool, (_, pinned) in args.pools.items() if pinned is not None}, args)
        self.ids = MappingProxyType({
            pool: _after(there, pinned.id) if pinned is not None else kept[wanted.key].output.apply(str)
            for pool, (wanted, pinned) in args.pools.items()
        })  # fmt: skip
        self.register_outputs({})


def _newest(offered: pulumi.Output[Sequence[Source]], wanted: Wanted) -> pulumi.Output[str]:
    def newest(sources: Sequence[Source]) -> str:
        try:
            return wanted.newest(sources).id
        except ImageNotFoundError as error:
            raise NodeImageError(str(error)) from error

    return offered.apply(newest)


def _there(pinned: Mapping[str, PinnedImage], args: NodeImagesArgs) -> pulumi.Output[None]:
    """Known once every pinned image has been found, in one refusal of all that are gone."""
    images = {image.id: image for image in pinned.values()}

    def judge(answers: Sequence[bool]) -> None:
        gone = [image for image, exists in zip(images.values(), answers, strict=True) if not exists]
        if gone:
            raise NodeImageError("\n".join(map(said, gone)))

    def said(image: PinnedImage) -> str:
        pools = ", ".join(sorted(pool for pool, its in pinned.items() if its.id == image.id))
        return (
            f"{pools}: pinned to the image {image.name} ({image.id}), which is gone, or which these credentials may not see; "
            f"run `{args.update}`, and see with `platformctl diff` what that changes"
        )

    return pulumi.Output.all(*(args.exists(ident) for ident in images)).apply(judge)


def _after(there: pulumi.Output[None], image_id: str) -> pulumi.Output[str]:
    return there.apply(lambda _: image_id)
