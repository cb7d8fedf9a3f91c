"""Which GPUs an environment may have at all."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from infra.catalogue import own
from infra.catalogue.shapes import SHAPES
from policies.node_pools import NODE_POOL, OWN_SHAPES, shape_of
from policies.rule import Config, Declared, Environment, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import Resource

_ALL = tuple(dict.fromkeys(shape.gpu_model for shape in SHAPES.values() if shape.gpu_model))
_SINGLE = ("P100", "V100", "A10")

ALLOWED: Mapping[Environment, tuple[str, ...]] = MappingProxyType({
    "dev": _SINGLE,
    "staging": (*_SINGLE, "L40S", "A100-40G", "A100-80G"),
    "prod": _ALL,
})  # fmt: skip
"""By environment. What is for sale in nodes of eight belongs where it is used around the clock."""


def check(pool: Resource, config: Config) -> Iterator[Violation]:
    shape = shape_of(pool, config)
    allowed = config.texts("models")
    if shape.gpu_model is not None and shape.gpu_model not in allowed:
        said = f"nodeShape {shape.name} brings {shape.gpu_model}, which {config.text('environment')} may not have"
        yield Violation(f"{said}; allowed there: {', '.join(allowed) or 'none'}")


def _models(declared: Declared) -> tuple[str, ...]:
    described = (shape.gpu_model for shape in own.shapes(declared.shapes).values() if shape.own and shape.gpu_model)
    allowed = (*ALLOWED[declared.environment], *(described if declared.environment == "prod" else ()))
    return tuple(dict.fromkeys(model for model in allowed if declared.gpus.get(model)))


RULE = Rule(
    name="gpu-models",
    title="Each environment has only the GPUs meant for it",
    topic="spend",
    severity="high",
    applies=(NODE_POOL,),
    why="A bare-metal node of eight H100 costs 80 US dollars an hour. In a development stack it is nearly always a slip of the keyboard.",
    fix="Choose a shape that the environment may have, or move the pool to another stack.",
    standards=NONE,
    settings=(
        OWN_SHAPES,
        Setting(
            name="environment",
            kind="text",
            meaning="What the stack is for, to say it in messages.",
            stricter="same",
            choices=("dev", "staging", "prod"),
            default="prod",
            given=lambda declared: declared.environment,
        ),
        Setting(
            name="models",
            kind="texts",
            meaning="Models that are allowed: those of the environment that the stack file caps above zero.",
            stricter="fewer",
            default=(),
            given=_models,
        ),
    ),
    check=check,
)
