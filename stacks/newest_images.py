"""A program that makes nothing: it asks the stack's cloud which image each node pool would boot if it were pinned now."""

from collections.abc import Callable, Mapping, Sequence

import pulumi

from infra.oke import lookups
from infra.oke.images.choice import Source
from infra.oke.images.lock import PinnedImage, Wanted
from infra.oke.providers import providers
from infra.problems import Problem
from stacks.config import StackFileError, from_pulumi
from stacks.config.cluster import OkeCluster
from stacks.plan import plan

Answer = Callable[[str, Mapping[str, PinnedImage]], None]
"""Takes the stack's region, and the newest image of each entry of `nodePools` that boots one of OKE's."""


def ask(answer: Answer) -> None:
    """Run by the engine. Raises StackFileError."""
    stack, _ = from_pulumi()
    cluster = stack.cluster
    decided = plan(stack)
    if not isinstance(cluster, OkeCluster) or decided.oke is None:
        raise StackFileError([Problem("cluster.backend", "is 'existing': the nodes of that cluster, and what they boot, are its owner's")])
    wanted = {pool.entry: pool.wanted_image for pool in decided.oke.pools if pool.boots_oke_image}
    # Nothing is asked of the home region, so nobody is asked which one that is.
    where = providers(cluster.region, cluster.region, decided.oke.authentication).region
    versions = sorted({each.kubernetes_version for each in wanted.values()})
    offered = [lookups.node_image_sources(cluster.compartment_id, version, where) for version in versions]

    def found(lists: Sequence[Sequence[Source]]) -> None:
        sources = dict(zip(versions, lists, strict=True))
        answer(cluster.region, {entry: _newest(sources[each.kubernetes_version], each) for entry, each in wanted.items()})

    pulumi.Output.all(*offered).apply(found)


def _newest(sources: Sequence[Source], wanted: Wanted) -> PinnedImage:
    image = wanted.newest(sources)
    return PinnedImage(id=image.id, name=image.name)
