"""The way of a cluster from one Kubernetes version to another: one minor version at a time, each step a change of the stack file. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from infra.catalogue.kubernetes import minor
from infra.oke.pools.pool_plan import PoolPlan
from infra.oke.pools.rules import MAX_SKEW
from infra.problems import choices
from platformctl.errors import WrongInput

CARRIED = {
    "boot-volume": "drained, and their boot volumes replaced",
    "instance": "drained, and replaced by new instances",
    "off": "left as they are: new nodes alone have the new version; end the old ones by hand",
}
"""What a pool's `cycling` does to nodes that run. Oracle, "Cycling Worker Nodes", 2026-08."""


@dataclass(frozen=True, kw_only=True)
class Pool:
    name: str
    version: str
    """Of its nodes, before the first step."""
    own_version: bool
    """The stack file names it for the pool: it stays where it is until that changes."""
    own_image: bool
    """It boots an image of one's own."""
    nodes: int
    """Most of them."""
    cycling: str


@dataclass(frozen=True, kw_only=True)
class Step:
    version: str
    """`cluster.kubernetesVersion` of this step."""
    before: tuple[str, ...]
    """Pools that must be brought up first: they would be too far behind."""
    cycled: tuple[Pool, ...]
    """Pools whose nodes follow in the same update."""
    kept: tuple[Pool, ...]
    """Pools that name a version of their own."""


def pools(planned: Sequence[PoolPlan], cluster: str) -> tuple[Pool, ...]:
    return tuple(
        Pool(
            name=each.name,
            version=each.kubernetes_version,
            own_version=each.kubernetes_version != cluster,
            own_image=not each.boots_oke_image,
            nodes=each.max_size,
            cycling=each.cycling,
        )
        for each in planned
    )


def steps(now: str, target: str, nodes: Sequence[Pool], offered: Sequence[str]) -> tuple[Step, ...]:
    """The updates in order; none where the cluster is there already. Raises WrongInput."""
    if target not in offered:
        raise WrongInput(f"--to {target}: no version that OKE offers; {choices(target, offered)}")
    if _key(target) < _key(now):
        raise WrongInput(f"--to {target}: the cluster has {now}, and a control plane does not go back; choose a newer one.")
    return tuple(_step(version, nodes) for version in _versions(now, target, offered))


def _versions(now: str, target: str, offered: Sequence[str]) -> Iterator[str]:
    """The newest of each minor version between, then the target itself. Raises WrongInput where a minor version is not offered."""
    for between in range(minor(now) + 1, minor(target)):
        of_minor = [version for version in offered if minor(version) == between]
        if not of_minor:
            raise WrongInput(
                f"--to {target}: the way leads over v1.{between}, of which OKE offers no version that is known here; "
                "name one in catalogue.kubernetesVersions."
            )
        yield max(of_minor, key=_key)
    if target != now:
        yield target


def _step(version: str, nodes: Sequence[Pool]) -> Step:
    own = [pool for pool in nodes if pool.own_version]
    return Step(
        version=version,
        before=tuple(pool.name for pool in own if minor(version) - minor(pool.version) > MAX_SKEW),
        cycled=tuple(pool for pool in nodes if not pool.own_version),
        kept=tuple(own),
    )


def _key(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.removeprefix("v").split(".")))


def words(step: Step, stack: str, number: int) -> Iterator[str]:
    """What to do in a step, what it does, and what to look at."""
    yield f"{number}. Set cluster.kubernetesVersion to {step.version}."
    if step.before:
        yield f"   First bring up {', '.join(step.before)}: nodes may be {MAX_SKEW} minor versions behind, not more."
    yield f"   `platformctl images update {stack}`, where images are pinned in a lock file: each version has its own."
    yield f"   `platformctl diff {stack} --base main`, then the update. The control plane is changed in place, and its API stays up."
    by_cycling: dict[str, list[str]] = {}
    for pool in step.cycled:
        by_cycling.setdefault(pool.cycling, []).append(f"{pool.name} (at most {pool.nodes})")
    for cycling, names in by_cycling.items():
        yield f"   Nodes {CARRIED[cycling]}: {', '.join(names)}."
    own = [pool.name for pool in step.cycled if pool.own_image]
    if own:
        yield f"   Boot an image of your own, which must have {step.version} or install it: {', '.join(own)}."
    if step.kept:
        kept = ", ".join(f"{pool.name} {pool.version}" for pool in step.kept)
        yield f"   Stay as they are, for the stack file names their version: {kept}."
    yield "   Watch: nodes Ready with the new version (`kubectl get nodes`), pods that a budget keeps from being drained, jobs in queues."


def document(step: Step) -> dict[str, Any]:
    return {
        "kubernetesVersion": step.version,
        "bringUpFirst": step.before,
        "cycled": [{"pool": pool.name, "nodes": pool.nodes, "how": pool.cycling, "ownImage": pool.own_image} for pool in step.cycled],
        "kept": [{"pool": pool.name, "kubernetesVersion": pool.version} for pool in step.kept],
    }
