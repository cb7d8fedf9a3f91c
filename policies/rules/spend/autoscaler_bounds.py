"""A pool whose size the autoscaler owns says its bounds, and they make sense."""

from collections.abc import Iterator

from infra.node_pool_tags import AUTOSCALER_MAX, AUTOSCALER_MIN
from policies.accessor import DIGITS, INTEGER
from policies.node_pools import FIXED_SIZE, NODE_POOL, is_autoscaled
from policies.rule import Config, Rule, Violation
from policies.standards import NONE
from policies.subject import Resource


def check(pool: Resource, _: Config) -> Iterator[Violation]:
    if not is_autoscaled(pool):
        return
    least, most = pool.read.require(DIGITS, "freeformTags", AUTOSCALER_MIN), pool.read.require(DIGITS, "freeformTags", AUTOSCALER_MAX)
    if least > most:
        yield Violation(f"freeformTags.{AUTOSCALER_MIN} is {least}, more than {AUTOSCALER_MAX}, which is {most}: swap them")
    size = pool.read.require(INTEGER, "nodeConfigDetails", "size")
    if size > most:
        yield Violation(f"starts with {size} nodes, more than {AUTOSCALER_MAX}, which is {most}: start with minSize")


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
