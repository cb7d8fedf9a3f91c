"""Whatever a body or a query holds: it is refused with a reason or taken, never a defect, and what is refused leaves no trace."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from simulator.api.errors import ApiError
from simulator.api.kinds import KINDS, Kind
from simulator.api.operations import table
from simulator.api.server import Api
from simulator.compute import deep_copy
from simulator.oci.ids import NAMESPACE
from simulator.simulated_state import SimulatedState
from tests.simulator.api.cases import CASES, REGION, Case
from tests.simulator.api.test_protocol import SIGNED
from tests.simulator.api.test_resources import Maker, camel

JUNK: tuple[Any, ...] = (
    None, 0, -1, 1.5, True, "", "x", [], {}, [None], ["a", 1], {"a": None}, [{}], "é" * 300, "10.0.0.0/99", "v1", "ocid1.vcn.oc1..x",
)  # fmt: skip
HEADERS = {name.lower(): value for name, value in SIGNED.items()}
WITHIN = {"clusterId": "cluster", "tagNamespaceId": "tag_namespace", "budgetId": "budget"}


def wire(value: Any) -> Any:
    """A model of the SDK as it is sent."""
    if hasattr(value, "attribute_map"):
        held = {value.attribute_map[name]: getattr(value, name) for name in value.swagger_types}
        return {name: wire(each) for name, each in held.items() if each is not None}
    if isinstance(value, list):
        return [wire(each) for each in value]
    return {key: wire(each) for key, each in value.items()} if isinstance(value, dict) else value


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a body."""
    yield path
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(each, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    made = deep_copy(value)
    inside = made
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = by
    return made


class Throwing:
    """Sends a request, sees that it is answered as it should be, and puts everything back."""

    def __init__(self, simulated: SimulatedState) -> None:
        self.simulated = simulated
        self.api = Api(simulated, REGION)

    def __call__(self, method: str, target: str, body: Any = None) -> None:
        records = self.simulated.state.records
        before = deep_copy({key: (record.inputs, record.outputs) for key, record in records.items()})
        kept = dict(records)
        try:
            self.api.answer(method, target, HEADERS, b"" if body is None else json.dumps(body).encode())
        except ApiError as refusal:
            assert refusal.status < 500 or refusal.status == 501, (method, target, body, refusal.message)
            assert {key: (record.inputs, record.outputs) for key, record in records.items()} == before, (method, target, body)
        records.clear()
        records.update(kept)
        for key, record in records.items():
            record.inputs, record.outputs = before[key][0], before[key][1]


@pytest.fixture
def throw(simulated: SimulatedState) -> Throwing:
    return Throwing(simulated)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_junk_is_no_defect_and_leaves_no_trace(throw: Throwing, client: Callable[[Any], Any], case: Case) -> None:
    maker = Maker(client)
    maker.make(case)
    kind: Kind = next(kind for kind in KINDS if kind.model.lower() == (case.model or camel(case.name)).lower())
    path = kind.path.replace("{namespaceName}", NAMESPACE)
    for parameter, name in WITHIN.items():
        path = path.replace(f"{{{parameter}}}", maker.ids.get(name, ""))
    item = f"{path}/{maker.ids[case.name]}"

    body = wire(maker.details(case, case.verbs[0], case.create(maker.ids)))
    for place in places(body):
        for junk in JUNK:
            throw("POST", path, replaced(body, place, junk))

    method = "POST" if kind.path.startswith("/n/") else "PUT"
    found = table().find(method, item)
    assert found is not None
    assert found[0].body is not None
    change = wire(maker.details(case, case.verbs[1], dict(case.change)))
    for attribute in table().model(found[0].service, found[0].body.model).attributes:
        for junk in JUNK:
            throw(method, item, {**change, attribute: junk})

    listed = table().find("GET", path)
    assert listed is not None
    for name in listed[0].query:
        for junk in ("", "x", "0", "-1", "%00", "true", "é", f"a&{name}=b"):
            throw("GET", f"{path}?{name}={quote(junk, safe='&=%')}")
