"""One pool may not become larger than what its GPUs are capped at."""

from collections.abc import Iterator

from policies.node_pools import NODE_POOL, OWN_SHAPES, bounds, shape_of
from policies.rule import Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import Resource


def check(pool: Resource, config: Config) -> Iterator[Violation]:
    shape = shape_of(pool, config)
    if shape.gpu_model is None:
        return
    (_, nodes), allowed = bounds(pool), config.numbers("gpus").get(shape.gpu_model, 0)
    gpus = nodes * shape.gpus
    if gpus > allowed:
        each = f"{nodes} x {shape.name} with {shape.gpus} each"
        fix = f"at most {allowed // shape.gpus} nodes fit"
        yield Violation(f"may have {gpus} {shape.gpu_model} ({each}), but {allowed} are allowed: {fix}; lower maxSize, or raise spend.gpus")


RULE = Rule(
    name="gpu-pool-size",
    title="A GPU pool stays within the cap on its GPUs",
    topic="spend",
    severity="critical",
    applies=(NODE_POOL,),
    why="An autoscaled pool costs what it may grow to, not what it starts with. A cap on the maximum is the only one that holds.",
    fix="Lower the pool's `maxSize`, or raise `spend.gpus` in the stack file, which shows in the review.",
    standards=NONE,
    settings=(
        OWN_SHAPES,
        Setting(
            name="gpus",
            kind="numbers",
            meaning="Most GPUs by model, as the catalogue of shapes names them. A model that is not named may have none.",
            stricter="lower",
            default={},
            given=lambda declared: declared.gpus,
        ),
    ),
    check=check,
)
