"""No object asks for more GPUs than there may be."""

from collections.abc import Iterator, Mapping

from policies import charts
from policies.accessor import written
from policies.demand import gpus, quotas
from policies.pods import NO_PODS, OBJECTS, fields
from policies.rule import Accepted, Config, Rule, Setting, Violation
from policies.standards import NONE
from policies.subject import Resource


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    if resource.type.startswith(NO_PODS):
        return
    inputs, path = resource.inputs, resource.path
    if resource.type in charts.TYPES:
        values = resource.inputs.get("values")
        inputs, path = (values, (*path, "values")) if isinstance(values, Mapping) else ({}, path)
    for _ in fields(resource):
        pass  # What pods are made of must be known
    allowed = config.integer("gpus")
    asked = gpus(inputs, path)
    if asked > allowed:
        yield Violation(f"its pods may ask for {asked:f} GPUs, but the stack may have {allowed}: lower replicas, or raise spend.gpus")
    for at, quota in quotas(inputs, path):
        if quota > allowed:
            yield Violation(f"{written(at)} lets jobs have {quota:f} GPUs, but the stack may have {allowed}: lower it, or raise spend.gpus")


RULE = Rule(
    name="gpu-demand",
    title="Nothing asks for more GPUs than there may be",
    topic="spend",
    severity="medium",
    applies=OBJECTS,
    why="A workload of a thousand GPUs keeps every pool at its maximum for as long as it waits, and a queue of a thousand promises what "
    "nobody has.",
    fix="Lower the replicas or the quota, or raise `spend.gpus` in the stack file.",
    standards=NONE,
    settings=(
        Setting(
            name="gpus",
            kind="integer",
            meaning="Most GPUs of all models together, or slices where they are shared.",
            stricter="lower",
            default=0,
            given=lambda declared: declared.gpus_in_all,
        ),
    ),
    accepts=(Accepted(path="values", trouble=("missing",), because="a chart without values has its own"),),
    check=check,
)
