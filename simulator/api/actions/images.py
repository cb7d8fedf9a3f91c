"""Images and what they run on: those of the region, which nobody made, beside those of the compartment; and room for machines."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from simulator.api.answers import Answer, Asked, paged
from simulator.api.bodies import Bodies
from simulator.api.errors import absent, invalid, of_text
from simulator.api.kinds import BY_TOKEN, IMAGE
from simulator.api.resources import Action, Resources
from simulator.compute import CREATED
from simulator.errors import CloudError
from simulator.oci import lookups, rules
from simulator.oci import region as model
from simulator.oci.ids import TENANCY, new_id
from simulator.simulated_state import Record

IMAGE_SHAPE = "oci:Core/shapeManagement:ShapeManagement"


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


def _entry(cloud: Resources, asked: Asked, record: Record, name: str) -> dict[str, Any]:
    held = {"imageId": record.outputs.get("imageId"), "shape": record.outputs.get("shapeName")}
    return Bodies(cloud.table, asked.operation.service).shown(name, held)


def _entries(cloud: Resources, asked: Asked) -> dict[str, Record]:
    """Shapes that an image was said to run on."""
    found = (record for record in cloud.place.simulated.of(IMAGE_SHAPE) if record.outputs.get("imageId") == asked.path["imageId"])
    return {str(record.outputs.get("shapeName")): record for record in found}


def _one(cloud: Resources, asked: Asked) -> Record:
    found = _entries(cloud, asked).get(asked.path["shapeName"])
    if found is None:
        raise absent("shape of the image", asked.path["shapeName"])
    return found


def list_shapes(cloud: Resources, asked: Asked) -> Answer:
    rows = _entries(cloud, asked).values()
    return paged(asked, [_entry(cloud, asked, record, "ImageShapeCompatibilitySummary") for record in rows])


def get_shape(cloud: Resources, asked: Asked) -> Answer:
    return Answer(body=_entry(cloud, asked, _one(cloud, asked), "ImageShapeCompatibilityEntry"))


def remove_shape(cloud: Resources, asked: Asked) -> Answer:
    cloud.place.simulated.remove(_one(cloud, asked))
    return Answer(status=204)


def add_shape(cloud: Resources, asked: Asked) -> Answer:
    inputs = {"imageId": asked.path["imageId"], "shapeName": asked.path["shapeName"], "compartmentId": TENANCY}
    if cloud.place.simulated.get(IMAGE, inputs["imageId"]) is None:
        raise absent("image", inputs["imageId"])
    if inputs["shapeName"] not in model.SHAPES:
        raise invalid(f"shape {inputs['shapeName']!r} does not exist in {cloud.place.region}")
    ident = new_id(IMAGE_SHAPE, cloud.place.region, inputs, "", 0)
    record = cloud.place.simulated.get(IMAGE_SHAPE, ident) or Record(type=IMAGE_SHAPE, id=ident, inputs=inputs, outputs=dict(inputs))
    cloud.place.simulated.put(record)
    return Answer(body=_entry(cloud, asked, record, "ImageShapeCompatibilityEntry"))


def capacity(cloud: Resources, asked: Asked) -> Answer:
    """Room for each shape that is asked for: what the service limits leave."""
    body = asked.body if isinstance(asked.body, dict) else {}
    domain, rows = body.get("availabilityDomain"), body.get("shapeAvailabilities")
    if domain not in model.domains(cloud.place.region):
        raise invalid(f"availabilityDomain: is {domain!r}; {cloud.place.region} has: {', '.join(model.domains(cloud.place.region))}")
    if not isinstance(rows, list) or not rows:
        raise invalid("shapeAvailabilities: must be a list of one shape or more")
    found = [{**row, **_room(cloud, str(row.get("instanceShape")), str(domain))} for row in rows if isinstance(row, dict)]
    held = {"compartmentId": body.get("compartmentId"), "availabilityDomain": domain, "shapeAvailabilities": found, "timeCreated": CREATED}
    return Answer(body=Bodies(cloud.table, asked.operation.service).shown("ComputeCapacityReport", held))


def _room(cloud: Resources, name: str, domain: str) -> dict[str, Any]:
    shape = model.SHAPES.get(name)
    if shape is None:
        return {"availabilityStatus": "HARDWARE_NOT_SUPPORTED", "availableCount": 0}
    limit = cloud.place.simulated.state.limits.get(shape.limit, lookups.UNLIMITED)
    used = rules.used_gpus(cloud.place, shape.limit, domain) if shape.gpus else 0
    left = max(limit - used, 0) // max(shape.gpus, 1)
    return {"availabilityStatus": "AVAILABLE" if left else "OUT_OF_HOST_CAPACITY", "availableCount": left}


ACTIONS: Mapping[tuple[str, str], Action] = MappingProxyType(
    {
        ("GET", "/20160918/images"): list_images,
        ("GET", "/20160918/images/{imageId}"): get_image,
        ("GET", "/20160918/images/{imageId}/shapes"): list_shapes,
        ("GET", "/20160918/images/{imageId}/shapes/{shapeName}"): get_shape,
        ("PUT", "/20160918/images/{imageId}/shapes/{shapeName}"): add_shape,
        ("DELETE", "/20160918/images/{imageId}/shapes/{shapeName}"): remove_shape,
        ("POST", "/20160918/computeCapacityReports"): capacity,
    }
)
