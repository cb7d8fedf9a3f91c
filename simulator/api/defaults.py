"""The parts that Oracle makes with every VCN: a route table, a security list, and DHCP options.

They are no records of their own. A change of one is kept as the provider keeps it: in the type that manages it.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

from simulator.api.errors import ApiError
from simulator.api.kinds import SECURITY_LIST
from simulator.oci.outputs import VCN, Place
from simulator.oci.rules import ROUTE_TABLE
from simulator.simulated_state import Record

# Type, the property of the VCN that holds its id, the type that manages it, and its name.
PARTS = MappingProxyType(
    {
        ROUTE_TABLE: ("defaultRouteTableId", "oci:Core/defaultRouteTable:DefaultRouteTable", "Default Route Table for"),
        SECURITY_LIST: ("defaultSecurityListId", "oci:Core/defaultSecurityList:DefaultSecurityList", "Default Security List for"),
    }
)

# What a new VCN's default security list allows: Oracle, "Security Lists", 2026-11.
_ANYWHERE = "0.0.0.0/0"
RULES: dict[str, Any] = {
    "egressSecurityRules": [{"destination": _ANYWHERE, "destinationType": "CIDR_BLOCK", "protocol": "all", "stateless": False}],
    "ingressSecurityRules": [
        {"source": _ANYWHERE, "sourceType": "CIDR_BLOCK", "protocol": "6", "stateless": False, "tcpOptions": {"min": 22, "max": 22}},
        {"source": _ANYWHERE, "sourceType": "CIDR_BLOCK", "protocol": "1", "stateless": False, "icmpOptions": {"type": 3, "code": 4}},
    ],
}


def of(place: Place, token: str) -> Iterator[Record]:
    """The default parts of a type, of every VCN."""
    if token not in PARTS:
        return
    key, manager, name = PARTS[token]
    for vcn in place.simulated.of(VCN):
        ident = str(vcn.outputs.get(key) or "")
        if ident:
            managed = place.simulated.get(manager, ident)
            held = managed.outputs if managed is not None else RULES if token == SECURITY_LIST else {"routeRules": []}
            label = vcn.outputs.get("displayName") or vcn.name
            said = {"displayName": f"{name} {label}", "vcnId": vcn.id, "compartmentId": vcn.outputs.get("compartmentId"), **held}
            yield Record(type=token, id=ident, outputs={**said, "vcnId": vcn.id, "state": "AVAILABLE"})


def is_one(place: Place, record: Record) -> bool:
    return record.type in PARTS and any(vcn.outputs.get(PARTS[record.type][0]) == record.id for vcn in place.simulated.of(VCN))


def keep(place: Place, record: Record) -> None:
    """Keep a changed part where the provider's programs find it."""
    manager = PARTS[record.type][1]
    held = place.simulated.get(manager, record.id)
    inputs = {**(held.inputs if held is not None else {}), "manageDefaultResourceId": record.id, **record.inputs}
    place.simulated.put(Record(type=manager, id=record.id, urn=held.urn if held is not None else "", inputs=inputs, outputs=record.outputs))


def forget(place: Place, vcn: Record) -> None:
    """Parts that no program manages go with their VCN."""
    for key, manager, _ in PARTS.values():
        held = place.simulated.get(manager, str(vcn.outputs.get(key)))
        if held is not None and not held.urn:
            place.simulated.remove(held)


def refuse(place: Place, record: Record) -> None:
    """Raise ApiError: it goes with its VCN, and not before."""
    if is_one(place, record):
        raise ApiError(409, "Conflict", f"{record.id} is a default of its VCN, and goes with it")
