"""A pool's size has one owner: the program or the autoscaler."""

from collections.abc import Iterator

from infra.node_pool_tags import AUTOSCALER_MAX
from policies.accessor import TEXT
from policies.node_pools import NODE_POOL, ignores_size
from policies.rule import Accepted, Config, Rule, Violation
from policies.standards import NONE
from policies.subject import Resource


def check(pool: Resource, _: Config) -> Iterator[Violation]:
    if not ignores_size(pool) and pool.read.present(TEXT, "freeformTags", AUTOSCALER_MAX):
        fix = 'ignore changes of "nodeConfigDetails.size"'
        yield Violation(f"is autoscaled, but the next update sets its size back, and ends the jobs on the nodes that go: {fix}")


RULE = Rule(
    name="size-owner",
    title="Pulumi leaves the size of autoscaled pools alone",
    topic="reliability",
    severity="high",
    applies=(NODE_POOL,),
    why="Pulumi would set the size back to what the program says, in the middle of the jobs that the autoscaler added nodes for.",
    fix='`ignore_changes=["nodeConfigDetails.size"]` on pools with `minSize` and `maxSize`.',
    standards=NONE,
    accepts=(Accepted(path="freeformTags*", trouble=("missing",), because="the program owns the size then"),),
    check=check,
)
