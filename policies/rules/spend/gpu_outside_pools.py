"""Looks for GPU shapes in every resource, whatever its type: node pools are the only way to a GPU."""

import re
from collections.abc import Iterator

from policies.accessor import MAPPING, TEXT, Path, unknown, written
from policies.node_pools import NODE_POOL
from policies.rule import Accepted, Config, Rule, Violation
from policies.standards import NONE
from policies.subject import Resource

# Whatever they are told, they are GPUs. Oracle, "Dedicated AI Clusters" and "GPU Memory Clusters", 2026-10.
ALWAYS_GPUS = frozenset({
    "oci:GenerativeAi/dedicatedAiCluster:DedicatedAiCluster",
    "oci:Core/computeGpuMemoryCluster:ComputeGpuMemoryCluster",
    "oci:Core/computeGpuMemoryFabric:ComputeGpuMemoryFabric",
})  # fmt: skip

NO_MACHINES = frozenset({NODE_POOL, "oci:Core/shapeManagement:ShapeManagement"})
"""Types that name shapes without making machines here: pools are counted by other rules, and an image lists what it boots on."""

KEY_SHAPE = "keyShape"
"""Of a key of the key management service: its algorithm and length."""

_HOLDS = re.compile(r"(?:Details|Configs?|Configurations?|Specs?|Options|Settings)$")
"""Names of sections. One that is not known could choose a machine."""
_GPU = re.compile(r"(^|[^A-Za-z])GPU", re.IGNORECASE)


def check(resource: Resource, _: Config) -> Iterator[Violation]:
    if resource.type in NO_MACHINES:
        return
    if resource.type in ALWAYS_GPUS:
        yield Violation(f"{resource.type} is made of GPUs, which come from node pools only, where they are capped: use a node pool")
    for path, value in resource.read.walk():
        if unknown(value) and _HOLDS.search(next(step for step in reversed(path) if isinstance(step, str))):
            resource.read.judge(MAPPING, path, value)
        if names_shape(path):
            shape = resource.read.judge(TEXT, path, value)
            if _GPU.search(shape):
                yield Violation(f"{written(path)} is {shape}: GPUs come from node pools only, where they are capped; use a node pool")


def names_shape(path: Path) -> bool:
    """`shape`, `nodeShape`, `instanceShape`, `shapeName`: a text that chooses a machine, and not `shapeConfig`, which is a mapping."""
    key = path[-1]
    return isinstance(key, str) and key != KEY_SHAPE and (key == "shape" or key.endswith(("Shape", "ShapeName")) or key == "shapeName")


RULE = Rule(
    name="gpu-outside-pools",
    title="GPUs come from node pools only",
    topic="spend",
    severity="critical",
    applies=("oci:*",),
    why="Instances, instance configurations, capacity reservations, notebooks, model deployments: Oracle has many doors to a GPU, and new "
    "ones every year. Every input of every resource that chooses a machine is read, of types not known here too.",
    fix="Put the work on a node pool. Where it cannot run there, write an exception with an end.",
    standards=NONE,
    accepts=(Accepted(path="*", trouble=("missing",), because="a resource that chooses no machine has no GPU"),),
    check=check,
)
