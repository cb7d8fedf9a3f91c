"""Nothing in the cluster makes nodes but OKE's own autoscaler, whose bounds are counted."""

import re
from collections.abc import Iterator

from policies import charts
from policies.accessor import TEXT, written
from policies.pods import OBJECTS, fields, is_image
from policies.rule import Accepted, Config, Rule, Violation
from policies.standards import NONE
from policies.subject import Resource

_MAKER = re.compile(r"cluster-?autoscaler|karpenter|cluster-?api|crossplane|oci-service-operator|osok", re.IGNORECASE)
"""Programs that make machines, by the names of their charts and images."""
_GROUP = re.compile(r"kubernetes:(?:[a-z0-9.-]*\.)?(?:karpenter\.|cluster\.x-k8s\.io/|crossplane\.io/|oci\.oracle\.com/)")
"""Kinds that they are told by, by API group."""


def check(resource: Resource, _: Config) -> Iterator[Violation]:
    if _GROUP.match(resource.type):
        yield Violation(f"{resource.type} makes machines that no limit counts: declare a node pool")
    elif resource.type in charts.TYPES:
        chart = resource.read.require(TEXT, "chart")
        if _MAKER.search(chart):
            yield Violation(f"chart {chart} makes machines that no limit counts: use the add-on ClusterAutoscaler and node pools")
    for path, value in fields(resource):
        if is_image(path):
            image = resource.read.judge(TEXT, path, value)
            if _MAKER.search(image):
                yield Violation(f"{written(path)} is {image}, which makes machines that no limit counts: use the add-on ClusterAutoscaler")


RULE = Rule(
    name="node-makers",
    title="Only OKE's autoscaler makes nodes",
    topic="spend",
    severity="critical",
    applies=OBJECTS,
    why="A cluster autoscaler of one's own, Karpenter or Cluster API makes machines from settings inside the cluster, where no sum over "
    "the stack sees them.",
    fix="Declare node pools with `minSize` and `maxSize`, and leave growing them to the add-on.",
    standards=NONE,
    accepts=(Accepted(path="*.image", trouble=("missing",), because="a container without an image runs nothing"),),
    check=check,
)
