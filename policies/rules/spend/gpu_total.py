"""All pools together may not have more GPUs than the stack is allowed: the pool that goes over it is refused before it exists."""

from decimal import Decimal

from policies.node_pools import NODE_POOL, OWN_SHAPES, bounds, shape_of
from policies.rule import Amounts, Config, Rule, Setting, Total
from policies.standards import NONE
from policies.subject import Resource


def amounts(pool: Resource, config: Config) -> Amounts:
    shape = shape_of(pool, config)
    return {} if shape.gpu_model is None else {shape.gpu_model: Decimal(bounds(pool)[1] * shape.gpus)}


def judge(model: str, total: Decimal, config: Config) -> str | None:
    allowed = config.numbers("gpus").get(model, 0)
    if total <= allowed:
        return None
    return f"the stack may have {total} {model}, but {allowed} are allowed: lower a pool's maxSize, or raise spend.gpus.{model}"


RULE = Rule(
    name="gpu-total",
    title="All GPU pools together stay within the cap",
    topic="spend",
    severity="critical",
    applies=(NODE_POOL,),
    why="Each of three pools can be small enough, and the three too many. The sum is kept while resources are registered, so the pool that "
    "goes over it is refused before anything of it is made.",
    fix="Lower `maxSize` of a pool, or raise `spend.gpus` in the stack file.",
    standards=NONE,
    settings=(
        OWN_SHAPES,
        Setting(
            name="gpus",
            kind="numbers",
            meaning="Most GPUs by model over the whole stack.",
            stricter="lower",
            default={},
            given=lambda declared: declared.gpus,
        ),
    ),
    total=Total(amounts, judge),
)
