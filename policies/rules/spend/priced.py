"""What costs money has a price: one that is not known is never taken for nothing."""

from collections.abc import Iterator

from infra.pricing import UnpricedError, estimate
from policies.node_pools import OWN_SHAPES, price_book
from policies.rule import Config, Rule, Violation
from policies.standards import NONE
from policies.subject import Resource

VIRTUAL_NODES = "oci:ContainerEngine/virtualNodePool:VirtualNodePool"


def check(resource: Resource, config: Config) -> Iterator[Violation]:
    if resource.type == VIRTUAL_NODES:
        yield Violation("pods on virtual nodes are billed by what they ask for, which nothing here bounds: use a node pool")
    try:
        estimate([resource], price_book(config))
    except UnpricedError as error:
        yield Violation(str(error))


RULE = Rule(
    name="priced",
    title="Everything that costs money has a price in the book",
    topic="spend",
    severity="high",
    applies=("oci:*",),
    why="A sum that leaves out what it cannot price is too low, and passes. Types neither priced nor known to be free are refused, "
    "and so is a price that hangs on a value not known yet.",
    fix="Make the input a literal, or add the price with its source to `infra/pricing`.",
    settings=(OWN_SHAPES,),
    standards=NONE,
    check=check,
)
