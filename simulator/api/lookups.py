"""Questions that the API answers from the simulated provider's own functions: what a region offers, limits, options, namespaces."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from simulator.api.answers import PAGING, Answer, Asked, paged
from simulator.api.bodies import Bodies
from simulator.api.errors import invalid, of_text
from simulator.api.operations import Table
from simulator.errors import CloudError
from simulator.oci.provider import Oci
from simulator.provider import Config


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function of the provider behind a path."""

    name: str
    key: str = ""
    """The property of its answer that holds the list; empty where the answer is the object."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Attributes of the API that the provider calls otherwise."""


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "/20160918/availabilityDomains": Function(
            name="oci:Identity/getAvailabilityDomains:getAvailabilityDomains", key="availabilityDomains"
        ),
        "/20160918/faultDomains": Function(name="oci:Identity/getFaultDomains:getFaultDomains", key="faultDomains"),
        "/20160918/tenancies/{tenancyId}": Function(name="oci:Identity/getTenancy:getTenancy"),
        "/20160918/tenancies/{tenancyId}/regionSubscriptions": Function(
            name="oci:Identity/getRegionSubscriptions:getRegionSubscriptions", key="regionSubscriptions", names={"status": "state"}
        ),
        "/20160918/services": Function(name="oci:Core/getServices:getServices", key="services"),
        "/20160918/shapes": Function(name="oci:Core/getShapes:getShapes", key="shapes", names={"shape": "name"}),
        "/20180222/clusterOptions/{clusterOptionId}": Function(name="oci:ContainerEngine/getClusterOption:getClusterOption"),
        "/20180222/nodePoolOptions/{nodePoolOptionId}": Function(name="oci:ContainerEngine/getNodePoolOption:getNodePoolOption"),
        "/20180222/addonOptions": Function(name="oci:ContainerEngine/getAddonOptions:getAddonOptions", key="addonOptions"),
        "/20190729/limitDefinitions": Function(name="oci:Limits/getLimitDefinitions:getLimitDefinitions", key="limitDefinitions"),
        "/20190729/limitValues": Function(name="oci:Limits/getLimitValues:getLimitValues", key="limitValues"),
        "/20190729/services/{serviceName}/limits/{limitName}/resourceAvailability": Function(
            name="oci:Limits/getResourceAvailability:getResourceAvailability"
        ),
    }
)  # fmt: skip


def answer(table: Table, provider: Oci, config: Config, asked: Asked) -> Answer:
    """Ask the provider. Raises ApiError."""
    function = FUNCTIONS[asked.operation.path]
    facts = provider.function(function.name)
    given: dict[str, Any] = {**{name: values[0] for name, values in asked.query.items()}, **asked.path}
    keys = {key.lower(): key for key in facts.inputs}
    arguments = {keys[name.lower()]: value for name, value in given.items() if name.lower() in keys and name not in PAGING}
    try:
        found, failures = provider.invoke(config, function.name, arguments)
    except CloudError as refusal:
        raise of_text(str(refusal)) from None
    if failures:
        raise invalid("; ".join(map(str, failures)))
    said = asked.operation.answer
    bodies = Bodies(table, asked.operation.service, function.names)
    if not function.key:
        return Answer(body=bodies.shown(said.model if said is not None else "", found))
    item = said.item if said is not None else None
    return paged(asked, [bodies.shown(item.model if item is not None else "", each) for each in found[function.key]])
