"""Boot volumes are paid for by the node, and nobody looks at them again."""

from collections.abc import Iterator

from policies.accessor import DIGITS
from policies.node_pools import NODE_POOL
from policies.rule import Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import Resource


def check(pool: Resource, config: Config) -> Iterator[Violation]:
    size, allowed = pool.read.require(DIGITS, "nodeSourceDetails", "bootVolumeSizeInGbs"), config.integer("gb")
    if size > allowed:
        yield Violation(f"nodeSourceDetails.bootVolumeSizeInGbs is {size}, but {allowed} are allowed: put data on shared storage instead")


RULE = Rule(
    name="boot-volume-size",
    title="Boot volumes are of a size that images need",
    topic="spend",
    severity="low",
    applies=(NODE_POOL,),
    why="Every node of a pool pays for its boot volume, and one that is left out is the image's, which is too small for GPU images.",
    fix="Set `bootVolumeGib` to what the images need, and keep models on shared storage.",
    standards=NONE,
    settings=(Setting(name="gb", kind="integer", meaning="Largest boot volume in GB.", stricter="lower", default=500),),
    check=check,
)
