"""Half the price, where the shape allows it and nothing needs the node to stay."""

from collections.abc import Iterator

from policies.accessor import MAPPING
from policies.node_pools import NODE_POOL, OWN_SHAPES, shape_of
from policies.rule import Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import Resource


def check(pool: Resource, config: Config) -> Iterator[Violation]:
    if not config.flag("wanted"):
        return
    shape = shape_of(pool, config)
    if not (shape.is_gpu and shape.preemptible):
        return
    placements = tuple(pool.read.each("nodeConfigDetails", "placementConfigs"))
    if not placements or not all(placement.optional(MAPPING, "preemptibleNodeConfig") is not None for placement in placements):
        yield Violation(f"{shape.name} can be had as preemptible capacity at half the price: set preemptible: true")


RULE = Rule(
    name="preemptible",
    title="GPU shapes that can be preemptible are, outside production",
    topic="spend",
    severity="low",
    level="advisory",
    applies=(NODE_POOL,),
    why="Preemptible capacity costs half. Oracle has it for few GPU shapes: none of bare metal, and no A10.",
    fix="Set `preemptible: true` on the pool, if its jobs can be started again.",
    standards=NONE,
    settings=(
        OWN_SHAPES,
        Setting(
            name="wanted",
            kind="flag",
            meaning="Ask for preemptible capacity where the shape has it.",
            stricter="true",
            default=True,
            given=lambda declared: declared.environment != "prod",
        ),
    ),
    check=check,
)
