"""A pool whose size the autoscaler owns says its bounds, and they make sense."""

from collections.abc import Iterator

from policies.accessor import DIGITS, INTEGER
from policies.node_pools import FIXED_SIZE, MAXIMUM_TAG, MINIMUM_TAG, NODE_POOL, is_autoscaled
from policies.rule import Config, Rule, Violation
from policies.standards import NONE
from policies.subject import Resource


def check(pool: Resource, _: Config) -> Iterator[Violation]:
    if not is_autoscaled(pool):
        return
    least, most = pool.read.require(DIGITS, "freeformTags", MINIMUM_TAG), pool.read.require(DIGITS, "freeformTags", MAXIMUM_TAG)
    if least > most:
        yield Violation(f"freeformTags.{MINIMUM_TAG} is {least}, more than {MAXIMUM_TAG}, which is {most}: swap them")
    size = pool.read.require(INTEGER, "nodeConfigDetails", "size")
    if size > most:
        yield Violation(f"starts with {size} nodes, more than {MAXIMUM_TAG}, which is {most}: start with minSize")


RULE = Rule(
    name="autoscaler-bounds",
    title="An autoscaled pool says how large it may become",
    topic="spend",
    severity="critical",
    applies=(NODE_POOL,),
    why="The add-on has the bounds in one text together with OCIDs, which no preview knows. The tags say them as literals, and everything "
    "that counts nodes, GPUs or money reads those.",
    fix="Set `minSize` and `maxSize` in the stack file; the platform writes the tags.",
    standards=NONE,
    accepts=(FIXED_SIZE,),
    check=check,
)
