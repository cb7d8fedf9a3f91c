"""Operations that are none of create, get, list, change and delete: one function each, by method and path."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from simulator.api import search
from simulator.api.answers import Answer, Asked, paged
from simulator.api.bodies import Bodies
from simulator.api.errors import absent, invalid, not_simulated, of_text
from simulator.api.kinds import BUCKET, BY_TOKEN, COMPARTMENT, IMAGE, KINDS
from simulator.api.resources import Resources
from simulator.api.work import WORK, document
from simulator.compute import CREATED
from simulator.errors import CloudError
from simulator.oci import lookups
from simulator.oci import region as model
from simulator.oci.ids import NAMESPACE, TENANCY, new_id
from simulator.oci.outputs import NODE_POOL
from simulator.oci.rules import NSG
from simulator.provider import Resource
from simulator.simulated_state import Record

Action = Callable[[Resources, Asked], Answer]

NSG_RULE = "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule"
IMAGE_SHAPE = "oci:Core/shapeManagement:ShapeManagement"
_NSG_NAMES = {"isStateless": "stateless"}

# Work requests


def _work(cloud: Resources, asked: Asked) -> Record:
    ident = asked.path["workRequestId"]
    work = cloud.place.simulated.get(WORK, ident)
    if work is None or not work.outputs["shown"]:
        raise absent("work request", ident)
    return work


def get_work(cloud: Resources, asked: Asked) -> Answer:
    work = _work(cloud, asked)
    said = asked.operation.answer
    body = Bodies(cloud.table, asked.operation.service, {"lifecycleState": "lifecycleState"}).shown(
        said.model if said else "", document(work)
    )
    cloud.works.step(work)
    headers = {} if work.outputs["status"] in ("SUCCEEDED", "FAILED") else {"retry-after": "1"}
    return Answer(body=body, headers=headers)


def list_works(cloud: Resources, asked: Asked) -> Answer:
    found = []
    for work in list(cloud.place.simulated.of(WORK)):
        held = work.outputs
        whole = document(work)
        if not held["shown"] or held["path"] != asked.operation.path.split("/")[1]:
            continue
        asks = {
            "resourceId": held["target"],
            "clusterId": held["clusterId"],
            "compartmentId": held["compartmentId"],
            "status": held["status"],
        }
        asks |= {"workRequestId": work.id, "resourceType": whole["resources"][0]["entityType"]}
        if all(str(asks[name]).lower() in {each.lower() for each in values} for name, values in asked.query.items() if name in asks):
            found.append((work, whole))
    name = _item(cloud, asked)
    page = paged(asked, [Bodies(cloud.table, asked.operation.service).shown(name, whole) for _, whole in found])
    for work, _ in found:
        cloud.works.step(work)
    return page


def work_errors(cloud: Resources, asked: Asked) -> Answer:
    work = _work(cloud, asked)
    failed = work.outputs["status"] == "FAILED"
    found = [{"code": "InternalError", "message": work.outputs["failure"], "timestamp": CREATED}] if failed else []
    name = _item(cloud, asked)
    return paged(asked, [Bodies(cloud.table, asked.operation.service).shown(name, each) for each in found])


def work_logs(cloud: Resources, asked: Asked) -> Answer:
    work = _work(cloud, asked)
    line = {"message": f"{work.outputs['operationType']} is {work.outputs['status']}", "timestamp": CREATED}
    return paged(asked, [Bodies(cloud.table, asked.operation.service).shown(_item(cloud, asked), line)])


def _item(cloud: Resources, asked: Asked) -> str:
    """The model of an item of the list that an operation answers."""
    said = asked.operation.answer
    if said is not None and said.kind == "model":
        said = cloud.table.model(asked.operation.service, said.model).attributes["items"]
    return said.item.model if said is not None and said.item is not None else ""


# Rules of network security groups


def _group(cloud: Resources, asked: Asked) -> Record:
    record = cloud.place.simulated.get(NSG, asked.path["networkSecurityGroupId"])
    if record is None:
        raise absent("network security group", asked.path["networkSecurityGroupId"])
    return record


def _rules(cloud: Resources, group: Record) -> list[Record]:
    return [rule for rule in cloud.place.simulated.of(NSG_RULE) if rule.outputs.get("networkSecurityGroupId") == group.id]


def _rule(cloud: Resources, asked: Asked, record: Record) -> dict[str, Any]:
    held = {"id": record.id, **record.outputs, "isValid": True}
    return Bodies(cloud.table, asked.operation.service, _NSG_NAMES).shown("SecurityRule", held)


def list_rules(cloud: Resources, asked: Asked) -> Answer:
    direction = asked.one("direction")
    held = [rule for rule in _rules(cloud, _group(cloud, asked)) if direction in (None, rule.outputs.get("direction"))]
    return paged(asked, [_rule(cloud, asked, rule) for rule in held])


def _asked_rules(cloud: Resources, asked: Asked, name: str, group: Record) -> list[tuple[str, dict[str, Any]]]:
    """The rules in a body: the id, empty for a new one, and the inputs. Raises ApiError for what is wrong with any of them."""
    rows = asked.body.get("securityRules") if isinstance(asked.body, dict) else None
    if not isinstance(rows, list) or not rows:
        raise invalid("securityRules: must be a list of one rule or more")
    facts = cloud.provider.facts(NSG_RULE)
    reader = Bodies(cloud.table, asked.operation.service, _NSG_NAMES)
    found, problems = [], []
    for index, row in enumerate(rows):
        inputs, others, wrong = reader.given(name, row, facts.inputs, facts.fields)
        problems += [f"securityRules[{index}].{problem}" for problem in wrong]
        inputs["networkSecurityGroupId"] = group.id
        checked = cloud.provider.check(cloud.config, Resource(urn="", type=NSG_RULE, name="rule"), inputs, {})
        problems += [f"securityRules[{index}].{failure}" for failure in checked.failures]
        found.append((str(others.get("id") or ""), dict(checked.inputs)))
    if problems:
        raise invalid("; ".join(problems))
    return found


def _put_rule(cloud: Resources, ident: str, urn: str, inputs: dict[str, Any]) -> Record:
    record = Record(type=NSG_RULE, id=ident, urn=urn, inputs=inputs)
    record.outputs = cloud.provider.outputs(cloud.config, record, {})
    cloud.place.simulated.put(record)
    return record


def add_rules(cloud: Resources, asked: Asked) -> Answer:
    group = _group(cloud, asked)
    state = cloud.place.simulated.state
    made = []
    for _, inputs in _asked_rules(cloud, asked, "AddSecurityRuleDetails", group):
        try:
            cloud.provider.allow_create(cloud.config, Resource(urn="", type=NSG_RULE, name="rule"), inputs)
        except CloudError as refusal:
            raise of_text(str(refusal)) from None
        state.lives[NSG_RULE] = state.lives.get(NSG_RULE, 0) + 1
        ident = new_id(NSG_RULE, cloud.place.region, inputs, f"api:{NSG_RULE}", state.lives[NSG_RULE])
        made.append(_put_rule(cloud, ident, "", inputs))
    return Answer(body={"securityRules": [_rule(cloud, asked, record) for record in made]})


def update_rules(cloud: Resources, asked: Asked) -> Answer:
    group = _group(cloud, asked)
    held = {rule.id: rule for rule in _rules(cloud, group)}
    rows = _asked_rules(cloud, asked, "UpdateSecurityRuleDetails", group)
    for ident, _ in rows:
        if ident not in held:
            raise absent("security rule", ident)
    changed = [_put_rule(cloud, ident, held[ident].urn, inputs) for ident, inputs in rows]
    return Answer(body={"securityRules": [_rule(cloud, asked, record) for record in changed]})


def remove_rules(cloud: Resources, asked: Asked) -> Answer:
    held = {rule.id: rule for rule in _rules(cloud, _group(cloud, asked))}
    idents = asked.body.get("securityRuleIds") if isinstance(asked.body, dict) else None
    if not isinstance(idents, list) or not idents:
        raise invalid("securityRuleIds: must be a list of one id or more")
    for ident in idents:
        if ident not in held:
            raise absent("security rule", ident)
    for ident in idents:
        cloud.place.simulated.remove(held[ident])
    return Answer(status=204)


# Clusters


def kubeconfig(cloud: Resources, asked: Asked) -> Answer:
    wanted = (asked.body or {}).get("endpoint") if isinstance(asked.body, dict) else None
    arguments = {"clusterId": asked.path["clusterId"], **({"endpoint": wanted} if wanted else {})}
    try:
        found, _ = cloud.provider.invoke(cloud.config, "oci:ContainerEngine/getClusterKubeConfig:getClusterKubeConfig", arguments)
    except CloudError as refusal:
        raise of_text(str(refusal)) from None
    return Answer(raw=str(found["content"]).encode(), headers={"content-type": "application/x-yaml"})


def delete_node(cloud: Resources, asked: Asked) -> Answer:
    """One node goes; the pool gets smaller with it, unless it is told to keep its size."""
    kind = BY_TOKEN[NODE_POOL]
    pool = cloud.place.simulated.get(NODE_POOL, asked.path["nodePoolId"])
    nodes = pool.outputs.get("nodes") or [] if pool is not None else []
    if pool is None or all(node["id"] != asked.path["nodeId"] for node in nodes):
        raise absent("node", asked.path["nodeId"])
    if str(asked.one("isDecrementSize")).lower() != "false":
        details = {**(pool.inputs.get("nodeConfigDetails") or {})}
        details["size"] = max(int(details.get("size") or 0) - 1, 0)
        pool.inputs = {**pool.inputs, "nodeConfigDetails": details}
        pool.outputs["nodeConfigDetails"] = {**(pool.outputs.get("nodeConfigDetails") or {}), "size": details["size"]}
        pool.outputs["nodes"] = [node for node in nodes if node["id"] != asked.path["nodeId"]]
    work = cloud.works.begin("update", kind, pool)
    return Answer(status=202, headers={"opc-work-request-id": work.id})


# Images, compartments and the rest that is there without anybody's having made it


def get_image(cloud: Resources, asked: Asked) -> Answer:
    image = cloud.place.image(asked.path["imageId"])
    if image is None:
        return cloud.get(BY_TOKEN[IMAGE], asked)
    return Answer(body=_image(cloud, asked, lookups._image_record(cloud.place, image)))


def list_images(cloud: Resources, asked: Asked) -> Answer:
    arguments = {name: values[0] for name, values in asked.query.items() if name in ("displayName", "operatingSystem", "shape")}
    version, state = asked.one("operatingSystemVersion"), asked.one("lifecycleState")
    arguments |= {"operatingSystemVersion": version} if version else {}
    arguments |= {"state": state} if state else {}
    try:
        found, _ = cloud.provider.invoke(
            cloud.config, "oci:Core/getImages:getImages", {"compartmentId": asked.one("compartmentId") or "", **arguments}
        )
    except CloudError as refusal:
        raise of_text(str(refusal)) from None
    kind = BY_TOKEN[IMAGE]
    own = [
        cloud.shown(kind, asked.operation.service, record)
        for record in cloud.of(kind, {})
        if record.outputs.get("compartmentId") == asked.one("compartmentId")
        and all(str(record.outputs.get(key)) == str(value) for key, value in arguments.items() if key != "shape")
    ]
    return paged(asked, [*own, *(_image(cloud, asked, each) for each in found["images"])])


def _image(cloud: Resources, asked: Asked, held: dict[str, Any]) -> dict[str, Any]:
    return Bodies(cloud.table, asked.operation.service).shown("Image", held)


def image_shapes(cloud: Resources, asked: Asked) -> Answer:
    rows = [
        {"imageId": asked.path["imageId"], "shape": record.outputs.get("shapeName")}
        for record in cloud.place.simulated.of(IMAGE_SHAPE)
        if record.outputs.get("imageId") == asked.path["imageId"]
    ]
    return paged(asked, [Bodies(cloud.table, asked.operation.service).shown("ImageShapeCompatibilitySummary", row) for row in rows])


def add_image_shape(cloud: Resources, asked: Asked) -> Answer:
    inputs = {"imageId": asked.path["imageId"], "shapeName": asked.path["shapeName"], "compartmentId": TENANCY}
    if cloud.place.simulated.get(IMAGE, inputs["imageId"]) is None:
        raise absent("image", inputs["imageId"])
    if inputs["shapeName"] not in model.SHAPES:
        raise invalid(f"shape {inputs['shapeName']!r} does not exist in {cloud.place.region}")
    record = Record(type=IMAGE_SHAPE, id=new_id(IMAGE_SHAPE, cloud.place.region, inputs, "", 0), inputs=inputs, outputs=dict(inputs))
    cloud.place.simulated.put(record)
    held = {"imageId": inputs["imageId"], "shape": inputs["shapeName"]}
    return Answer(body=Bodies(cloud.table, asked.operation.service).shown("ImageShapeCompatibilityEntry", held))


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


# Search


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


_WORK: dict[tuple[str, str], Action] = {
    (method, f"/{version}/workRequests{path}"): action
    for version in ("20160918", "20180222", "20210331", "20250228")
    for method, path, action in (
        ("GET", "", list_works),
        ("GET", "/{workRequestId}", get_work),
        ("GET", "/{workRequestId}/errors", work_errors),
        ("GET", "/{workRequestId}/logs", work_logs),
    )
}

_SINGLE: dict[tuple[str, str], Action] = {
    ("GET", "/20160918/networkSecurityGroups/{networkSecurityGroupId}/securityRules"): list_rules,
    ("POST", "/20160918/networkSecurityGroups/{networkSecurityGroupId}/actions/addSecurityRules"): add_rules,
    ("POST", "/20160918/networkSecurityGroups/{networkSecurityGroupId}/actions/updateSecurityRules"): update_rules,
    ("POST", "/20160918/networkSecurityGroups/{networkSecurityGroupId}/actions/removeSecurityRules"): remove_rules,
    ("GET", "/20160918/images"): list_images,
    ("GET", "/20160918/images/{imageId}"): get_image,
    ("GET", "/20160918/images/{imageId}/shapes"): image_shapes,
    ("PUT", "/20160918/images/{imageId}/shapes/{shapeName}"): add_image_shape,
    ("GET", "/20160918/compartments"): list_compartments,
    ("GET", "/20160918/compartments/{compartmentId}"): get_compartment,
    ("GET", "/20160918/regions"): regions,
    ("POST", "/20180222/clusters/{clusterId}/kubeconfig/content"): kubeconfig,
    ("DELETE", "/20180222/nodePools/{nodePoolId}/node/{nodeId}"): delete_node,
    ("POST", "/20180409/resources"): search_resources,
    ("GET", "/20190729/services"): limit_services,
    ("GET", "/20200601/namespaces"): log_namespace,
    ("GET", "/20200601/namespaces/{namespaceName}"): log_namespace,
    ("GET", "/n"): namespace,
    ("GET", "/n/{namespaceName}"): namespace_metadata,
    ("POST", "/n/{namespaceName}/b"): create_bucket,
}

ACTIONS: Mapping[tuple[str, str], Action] = MappingProxyType({**_SINGLE, **_WORK})
"""What is carried out, by method and path."""
