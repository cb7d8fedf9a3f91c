"""Resource search over all that the cloud holds."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from simulator.api import search
from simulator.api.answers import Answer, Asked, paged
from simulator.api.bodies import Bodies
from simulator.api.errors import not_simulated
from simulator.api.kinds import KINDS
from simulator.api.resources import Action, Resources
from simulator.compute import CREATED


def search_resources(cloud: Resources, asked: Asked) -> Answer:
    body = asked.body if isinstance(asked.body, dict) else {}
    if body.get("type") != "Structured":
        raise not_simulated(f"a search of the type {body.get('type')!r} is not simulated: ask with Structured")
    query = search.read(str(body.get("query") or ""))
    bodies = Bodies(cloud.table, asked.operation.service)
    found = []
    for kind in KINDS:
        name = search.TYPES.get(kind.type.rpartition(":")[2], kind.model)
        for record in cloud.place.simulated.of(kind.type):
            whole = cloud.shown(kind, cloud.service(kind), record)
            item: dict[str, Any] = {
                "resourceType": name,
                "identifier": record.id,
                "compartmentId": record.outputs.get("compartmentId") or cloud.works.compartment(record),
                "displayName": whole.get("displayName") or whole.get("name") or "",
                "lifecycleState": whole.get("lifecycleState") or kind.life.made,
                "timeCreated": CREATED,
                **{key: whole[key] for key in ("availabilityDomain", "freeformTags", "definedTags") if key in whole},
            }
            if search.matches(query, name, item):
                flat = {**item, "state": item["lifecycleState"], "definedTags": record.outputs.get("definedTags") or {}}
                found.append({**bodies.shown("ResourceSummary", flat), "lifecycleState": item["lifecycleState"]})
    return paged(asked, found)


ACTIONS: Mapping[tuple[str, str], Action] = MappingProxyType({("POST", "/20180409/resources"): search_resources})
