"""What a tenancy has without anybody having made it: compartments, regions, namespaces."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from simulator.api.answers import Answer, Asked, paged
from simulator.api.bodies import Bodies
from simulator.api.errors import absent
from simulator.api.kinds import BUCKET, BY_TOKEN, COMPARTMENT
from simulator.api.resources import Action, Resources
from simulator.compute import CREATED
from simulator.oci import lookups
from simulator.oci import region as model
from simulator.oci.ids import NAMESPACE, TENANCY


def _standing(cloud: Resources) -> list[dict[str, Any]]:
    """The compartments that are there from the start, the root among them."""
    rows = [{"id": TENANCY, "compartmentId": TENANCY, "name": "simulated", "description": "The root compartment"}]
    rows += [
        {"id": ident, "compartmentId": parent, "name": name, "description": f"The compartment {name}"}
        for ident, (name, parent) in lookups.COMPARTMENTS.items()
    ]
    return [{**row, "state": "ACTIVE", "timeCreated": CREATED, "isAccessible": True} for row in rows]


def get_compartment(cloud: Resources, asked: Asked) -> Answer:
    for row in _standing(cloud):
        if row["id"] == asked.path["compartmentId"]:
            return Answer(body=Bodies(cloud.table, asked.operation.service).shown("Compartment", row))
    return cloud.get(BY_TOKEN[COMPARTMENT], asked)


def list_compartments(cloud: Resources, asked: Asked) -> Answer:
    kind, bodies = BY_TOKEN[COMPARTMENT], Bodies(cloud.table, asked.operation.service)
    made = [cloud.shown(kind, asked.operation.service, record) for record in cloud.of(kind, {})]
    there = [bodies.shown("Compartment", row) for row in _standing(cloud) if row["id"] != TENANCY]
    inside = str(asked.one("compartmentIdInSubtree")).lower() == "true"
    top = asked.one("compartmentId")
    found = [
        row
        for row in (*there, *made)
        if (row["compartmentId"] == top or (inside and top == TENANCY))
        and all(asked.one(key) in (None, row.get(key)) for key in ("name", "lifecycleState"))
    ]
    return paged(asked, found)


def regions(cloud: Resources, asked: Asked) -> Answer:
    return Answer(body=[{"key": key, "name": name} for name, key in model.KEYS.items()])


def namespace(cloud: Resources, asked: Asked) -> Answer:
    return Answer(body=NAMESPACE)


def namespace_metadata(cloud: Resources, asked: Asked) -> Answer:
    if asked.path["namespaceName"] != NAMESPACE:
        raise absent("namespace", asked.path["namespaceName"])
    held = {"namespace": NAMESPACE, "defaultS3CompartmentId": TENANCY, "defaultSwiftCompartmentId": TENANCY}
    return Answer(body=Bodies(cloud.table, asked.operation.service).shown("NamespaceMetadata", held))


def log_namespace(cloud: Resources, asked: Asked) -> Answer:
    held = {
        "namespaceName": NAMESPACE,
        "compartmentId": TENANCY,
        "isOnboarded": True,
        "isLogSetEnabled": False,
        "isArchivingEnabled": False,
    }
    bodies = Bodies(cloud.table, asked.operation.service)
    if asked.operation.name == "ListNamespaces":
        return Answer(body={"items": [bodies.shown("NamespaceSummary", held)]})
    if asked.path["namespaceName"] != NAMESPACE:
        raise absent("namespace", asked.path["namespaceName"])
    return Answer(body=bodies.shown("Namespace", held))


def create_bucket(cloud: Resources, asked: Asked) -> Answer:
    if asked.path["namespaceName"] != NAMESPACE:
        raise absent("namespace", asked.path["namespaceName"])
    return cloud.create(BY_TOKEN[BUCKET], asked)


def limit_services(cloud: Resources, asked: Asked) -> Answer:
    held = {"name": lookups.SERVICE, "description": "Compute"}
    return paged(asked, [Bodies(cloud.table, asked.operation.service).shown("ServiceSummary", held)])


ACTIONS: Mapping[tuple[str, str], Action] = MappingProxyType(
    {
        ("GET", "/20160918/compartments"): list_compartments,
        ("GET", "/20160918/compartments/{compartmentId}"): get_compartment,
        ("GET", "/20160918/regions"): regions,
        ("GET", "/20190729/services"): limit_services,
        ("GET", "/20200601/namespaces"): log_namespace,
        ("GET", "/20200601/namespaces/{namespaceName}"): log_namespace,
        ("GET", "/n"): namespace,
        ("GET", "/n/{namespaceName}"): namespace_metadata,
        ("POST", "/n/{namespaceName}/b"): create_bucket,
    }
)
