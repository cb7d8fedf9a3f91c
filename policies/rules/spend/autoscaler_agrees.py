"""What the autoscaler is given is what the pools say of themselves."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from policies.accessor import TEXT
from policies.node_pools import FIXED_SIZE, NODE_POOL, bounds, is_autoscaled, is_autoscaler
from policies.rule import Accepted, Config, Rule, Violation
from policies.standards import NONE
from policies.subject import Resource, Stack

ADDON = "oci:ContainerEngine/addon:Addon"
NODES = "nodes"
_BOUND = re.compile(r"\s*(\d{1,9}):(\d{1,9}):\s*(ocid1\.[^\s,]+)\s*")

Bounds = tuple[int, int]
"""Fewest and most nodes."""


def check_seen(addon: Resource, stack: Stack, _: Config) -> Iterator[Violation]:
    """Before the autoscaler is given its bounds: the pools have been seen by then, for their OCIDs are among these."""
    if addon.type != ADDON or not is_autoscaler(addon):
        return
    for key, value in settings(addon):
        if "discover" in key.lower():
            yield Violation(f"{key} lets the autoscaler find pools, with bounds of its own: name the pools in {NODES}")
        elif key != NODES and key.lower() == NODES:
            yield Violation(f"{key} is {NODES}, spelt otherwise: write it as Oracle does")
        elif key == NODES and value is not None:
            told = told_of(value)
            if not told:
                yield Violation(f"configurations.nodes is {value!r}, but must be min:max:ocid, joined by commas")
                continue
            heard, said = [pair for _, pair in told], [bounds(pool) for pool in _pools(stack)]
            if Counter(heard) - Counter(said):
                yield _disagreement(heard, said)


def check_stack(stack: Stack, _: Config) -> Iterator[Violation]:
    """In the end: each pool has the bounds that it states."""
    pools = [(pool, bounds(pool)) for pool in _pools(stack)]
    for addon in stack.of(ADDON):
        if not is_autoscaler(addon):
            continue
        told = [entry for key, value in settings(addon) if key == NODES and value is not None for entry in told_of(value)]
        if not told:
            continue
        heard, said = [pair for _, pair in told], [pair for _, pair in pools]
        if sorted(heard) != sorted(said):
            yield _disagreement(heard, said, addon.urn)
            continue
        yield from (_foreign(name, addon.urn) for name in _foreigners(addon, [name for name, _ in told], stack))
        for pool, stated in pools:
            for name, pair in told:
                if name == pool.id and pair != stated:
                    words = f"the autoscaler is told {_shown([pair])} of this pool, but its tags say {_shown([stated])}"
                    yield Violation(f"{words}: make both from one place", pool.urn)


def _foreigners(addon: Resource, told: Iterable[str], stack: Stack) -> list[str]:
    """OCIDs that are no pool's of this stack: by what the cloud calls them, or, until it does, by what the setting is made from."""
    names = {pool.id for pool in stack.of(NODE_POOL)}
    nameless = sum(pool.id is None for pool in stack.behind(addon, "configurations", NODE_POOL))
    return [name for name in told if name not in names][nameless:]


def _foreign(name: str, urn: str) -> Violation:
    return Violation(f"the autoscaler is told of {name}, which is no pool of this stack, so nobody counts it: name this stack's pools", urn)


def settings(addon: Resource) -> Iterator[tuple[str, str | None]]:
    """Keys and values of an add-on's configuration; None for a value that is not known yet."""
    for entry in addon.read.each("configurations"):
        yield entry.require(TEXT, "key"), entry.known(TEXT, "value")


def told_of(nodes: str) -> list[tuple[str, Bounds]]:
    """OCIDs and bounds; none where a part of the text is neither."""
    parts = [_BOUND.fullmatch(part) for part in nodes.split(",")]
    return [(part[3], (int(part[1]), int(part[2]))) for part in parts if part] if all(parts) else []


def _pools(stack: Stack) -> list[Resource]:
    return [pool for pool in stack.of(NODE_POOL) if is_autoscaled(pool)]


def _disagreement(heard: Iterable[Bounds], said: Iterable[Bounds], urn: str | None = None) -> Violation:
    words = f"the autoscaler is told {_shown(heard)}, but the pools' tags say {_shown(said)}"
    return Violation(f"{words}: make both from one place", urn)


def _shown(pairs: Iterable[Bounds]) -> str:
    return ", ".join(f"{low} to {high}" for low, high in sorted(pairs)) or "no bounds"


RULE = Rule(
    name="autoscaler-agrees",
    title="The autoscaler gets the bounds that the pools state",
    topic="spend",
    severity="high",
    applies=(ADDON, NODE_POOL),
    why="Limits are counted from the pools' tags. An autoscaler with other bounds would make the count worthless.",
    fix="Make the add-on's `nodes` and the pools' tags from the same plan.",
    standards=NONE,
    accepts=(
        Accepted(
            path="configurations[*].value",
            trouble=("unknown",),
            because="it holds OCIDs, and is checked by the update that knows them, before the autoscaler gets it",
        ),
        Accepted(path="configurations[*].value", trouble=("missing",), because="Oracle takes a key without a value as one that is not set"),
        FIXED_SIZE,
        Accepted(path="configurations", trouble=("missing",), because="without a list of pools the autoscaler makes no nodes"),
    ),
    check_seen=check_seen,
    check_stack=check_stack,
)
