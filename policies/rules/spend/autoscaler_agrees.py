"""What the autoscaler is told is what the pools say of themselves."""

import re
from collections.abc import Iterator

from policies.accessor import TEXT
from policies.node_pools import FIXED_SIZE, NODE_POOL, bounds, is_autoscaled
from policies.rule import Accepted, Config, Rule, Violation
from policies.subject import Resource, Stack

ADDON = "oci:ContainerEngine/addon:Addon"
_BOUND = re.compile(r"\s*(\d{1,9}):(\d{1,9}):\s*(ocid1\.[^\s,]+)\s*")


def settings(addon: Resource) -> Iterator[tuple[str, str | None]]:
    """Keys and values of an add-on's configuration; None for a value that is not known yet."""
    for entry in addon.read.each("configurations"):
        yield entry.require(TEXT, "key"), entry.known(TEXT, "value")


def check_stack(stack: Stack, _: Config) -> Iterator[Violation]:
    pools = [pool for pool in stack.of(NODE_POOL) if is_autoscaled(pool)]
    said = sorted(bounds(pool) for pool in pools)
    for addon in stack.of(ADDON):
        if addon.read.require(TEXT, "addonName") != "ClusterAutoscaler":
            continue
        for key, value in settings(addon):
            if key == "nodes" and value is not None:
                yield from _compared(value, said, addon.urn)


def _compared(nodes: str, said: list[tuple[int, int]], urn: str) -> Iterator[Violation]:
    parts = [_BOUND.fullmatch(part) for part in nodes.split(",")]
    if not all(parts):
        yield Violation(f"configurations.nodes is {nodes!r}, but must be min:max:ocid, joined by commas", urn)
        return
    told = sorted((int(part[1]), int(part[2])) for part in parts if part)
    if told != said:
        yield Violation(f"the autoscaler is told {_shown(told)}, but the pools' tags say {_shown(said)}: make both from one place", urn)


def _shown(pairs: list[tuple[int, int]]) -> str:
    return ", ".join(f"{low} to {high}" for low, high in pairs) or "no bounds"


RULE = Rule(
    name="autoscaler-agrees",
    title="The autoscaler is told the bounds that the pools state",
    topic="spend",
    severity="high",
    applies=(ADDON, NODE_POOL),
    why="Limits are counted from the pools' tags. An autoscaler that is told other bounds would make the count worthless.",
    fix="Make the add-on's `nodes` and the pools' tags from the same plan.",
    accepts=(
        Accepted(path="configurations[*].value", trouble=("unknown",), because="it holds OCIDs: it is checked as soon as they are known"),
        Accepted(path="configurations[*].value", trouble=("missing",), because="Oracle takes a key without a value as one that is not set"),
        FIXED_SIZE,
        Accepted(path="configurations", trouble=("missing",), because="without a list of pools the autoscaler makes no nodes"),
    ),
    check_stack=check_stack,
)
