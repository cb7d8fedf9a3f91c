"""How large a node pool may become, read so that nothing about it is taken for granted."""

import re
from collections.abc import Mapping

from infra.catalogue import own
from infra.catalogue.shapes import SHAPES, Shape
from infra.node_pool_tags import AUTOSCALER_MAX, AUTOSCALER_MIN
from infra.pricing import BOOK, PriceBook
from policies.accessor import DIGITS, INTEGER, TEXT, Refused
from policies.rule import Accepted, Config, Setting
from policies.subject import Resource

NODE_POOL = "oci:ContainerEngine/nodePool:NodePool"

FIXED_SIZE = Accepted(path="freeformTags", trouble=("missing",), because="a pool whose size Pulumi owns is of a fixed size")

_SIZE = ("nodeConfigDetails", "size")
_STEPS = re.compile(r'[^.\[\]"]+')
"""The steps of a property path, however it is written: `a.b`, `a["b"]`, `["a"].b`, `a.*`."""


OWN_SHAPES = Setting(
    name="shapes",
    kind="rows",
    meaning="Machines that the stack file describes in `catalogue.shapes`, with their GPUs and prices.",
    stricter="fewer",
    default={},
    given=lambda declared: declared.shapes,
)
"""For every rule that counts GPUs or money."""


def shape_of(pool: Resource, config: Config) -> Shape:
    """Raises Refused where the shape is unknown, or no one knows how many GPUs it has."""
    name = pool.read.require(TEXT, "nodeShape")
    known = known_shapes(config)
    if name not in known:
        raise Refused(f"nodeShape {name} is not in the catalogue of shapes, so its GPUs are not known: describe it in catalogue.shapes")
    return known[name]


def known_shapes(config: Config) -> Mapping[str, Shape]:
    """Oracle's machines, and those that the stack file describes."""
    rows = config.rows(OWN_SHAPES.name)
    return own.shapes(rows) if rows else SHAPES


def price_book(config: Config) -> PriceBook:
    """Prices of Oracle's machines, and of those that the stack file describes."""
    return BOOK.of(own.shapes(rows)) if (rows := config.rows(OWN_SHAPES.name)) else BOOK


def ignores_size(pool: Resource) -> bool:
    """Pulumi leaves the size alone, so something else decides it."""
    return any(_covers_size(path) for path in pool.options.ignore_changes)


def _covers_size(path: str) -> bool:
    """Whether a property path reaches the size: it is the size, what the size lies in, or more than can be told."""
    return all(step in (wanted, "*") for step, wanted in zip(_STEPS.findall(path), _SIZE, strict=False))


def is_autoscaled(pool: Resource) -> bool:
    """Its size is not the program's, or it says that it is not."""
    tags = pool.read.present(TEXT, "freeformTags", AUTOSCALER_MIN) or pool.read.present(TEXT, "freeformTags", AUTOSCALER_MAX)
    return tags or ignores_size(pool)


def bounds(pool: Resource) -> tuple[int, int]:
    """Fewest and most nodes: what the program asks for, or what the autoscaler may make of it. Raises Refused.

    A pool is never taken to be smaller than the size it starts with.
    """
    for legacy in ("quantityPerSubnet", "subnetIds"):
        if legacy in pool.inputs:
            raise Refused(f"{legacy} hides how many nodes there are: say it in nodeConfigDetails.size")
    size = pool.read.require(INTEGER, "nodeConfigDetails", "size")
    if not is_autoscaled(pool):
        return size, size
    least, most = pool.read.require(DIGITS, "freeformTags", AUTOSCALER_MIN), pool.read.require(DIGITS, "freeformTags", AUTOSCALER_MAX)
    return least, max(size, most)


def is_autoscaler(addon: Resource) -> bool:
    return addon.read.require(TEXT, "addonName").lower() == "clusterautoscaler"
