"""Work requests of every service: what they do, what went wrong, and what they wrote down."""

from collections.abc import Mapping
from types import MappingProxyType

from simulator.api.answers import Answer, Asked, paged
from simulator.api.bodies import Bodies
from simulator.api.errors import absent
from simulator.api.resources import Action, Resources
from simulator.api.work import WORK, document
from simulator.compute import CREATED
from simulator.simulated_state import Record


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
    name = cloud.item(asked)
    page = paged(asked, [Bodies(cloud.table, asked.operation.service).shown(name, whole) for _, whole in found])
    for work, _ in found:
        cloud.works.step(work)
    return page


def work_errors(cloud: Resources, asked: Asked) -> Answer:
    work = _work(cloud, asked)
    failed = work.outputs["status"] == "FAILED"
    found = [{"code": "InternalError", "message": work.outputs["failure"], "timestamp": CREATED}] if failed else []
    name = cloud.item(asked)
    return paged(asked, [Bodies(cloud.table, asked.operation.service).shown(name, each) for each in found])


def work_logs(cloud: Resources, asked: Asked) -> Answer:
    work = _work(cloud, asked)
    line = {"message": f"{work.outputs['operationType']} is {work.outputs['status']}", "timestamp": CREATED}
    return paged(asked, [Bodies(cloud.table, asked.operation.service).shown(cloud.item(asked), line)])


_PATHS: Mapping[tuple[str, str], Action] = {
    ("GET", ""): list_works,
    ("GET", "/{workRequestId}"): get_work,
    ("GET", "/{workRequestId}/errors"): work_errors,
    ("GET", "/{workRequestId}/logs"): work_logs,
}
_VERSIONS = ("20160918", "20180222", "20210331", "20250228")

ACTIONS: Mapping[tuple[str, str], Action] = MappingProxyType(
    {(method, f"/{version}/workRequests{path}"): action for version in _VERSIONS for (method, path), action in _PATHS.items()}
)
