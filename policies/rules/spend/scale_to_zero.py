"""GPU pools of a stack that nobody depends on go to zero when they are idle."""

from collections.abc import Iterator

from policies.node_pools import NODE_POOL, OWN_SHAPES, bounds, shape_of
from policies.rule import Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import Resource


def check(pool: Resource, config: Config) -> Iterator[Violation]:
    if not config.flag("required"):
        return
    shape = shape_of(pool, config)
    if not shape.is_gpu:
        return
    least, _ = bounds(pool)
    if least > 0:
        yield Violation(f"keeps {least} x {shape.name} running with nothing to do: set minSize: 0; nodes come when a job asks")


RULE = Rule(
    name="scale-to-zero",
    title="GPU pools outside production start from zero",
    topic="spend",
    severity="high",
    applies=(NODE_POOL,),
    why="An A10 that waits for a job costs 1,460 US dollars a month. Pools that are made with nodes are also deleted by the provider where "
    "there is no capacity for them.",
    fix="Set `minSize: 0`.",
    standards=NONE,
    settings=(
        OWN_SHAPES,
        Setting(
            name="required",
            kind="flag",
            meaning="Refuse GPU pools that keep nodes at minimum scale.",
            stricter="true",
            default=True,
            given=lambda declared: declared.environment != "prod",
        ),
    ),
    check=check,
)
