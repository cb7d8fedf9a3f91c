"""Where one kind of resource is another in the API than to the provider: attributes that only the API has, and rules of firewalls."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from simulator import identity
from simulator.api.kinds import BUCKET, EXPORT, INSTANCE, MAPPING, SECURITY_LIST, SESSION, Kind
from simulator.oci import region as model
from simulator.oci.ids import NAMESPACE, TENANCY
from simulator.oci.outputs import CLUSTER, Place
from simulator.oci.rules import BASTION
from simulator.simulated_state import Record

View = Callable[[Place, Record], dict[str, Any]]


def _mapping(place: Place, record: Record) -> dict[str, Any]:
    return {"workloadMappingId": record.id.rpartition("/")[2], "mappedTenancyId": TENANCY}


def _bucket(place: Place, record: Record) -> dict[str, Any]:
    return {"namespace": record.outputs.get("namespace") or NAMESPACE, "createdBy": TENANCY}


def _instance(place: Place, record: Record) -> dict[str, Any]:
    source = record.outputs.get("sourceDetails") or {}
    return {"sourceId": source.get("sourceId", ""), "region": place.region}


def _session(place: Place, record: Record) -> dict[str, Any]:
    bastion = place.held(BASTION, record.outputs.get("bastionId"))
    target = record.outputs.get("targetResourceDetails") or {}
    host = f"host.bastion.{place.region}.oci.oraclecloud.com"
    address, port = target.get("targetResourcePrivateIpAddress") or "", target.get("targetResourcePort") or 22
    command = f"ssh -i <privateKey> -N -L <localPort>:{address}:{port} -p 22 {record.id}@{host}"
    return {
        "bastionName": bastion.get("name", ""),
        "bastionUserName": record.id,
        "bastionPublicHostKeyInfo": identity.letters(43, record.id, "host key"),
        "sshMetadata": {"command": command},
    }


def _cluster(place: Place, record: Record) -> dict[str, Any]:
    return {"options": record.outputs.get("options") or {}}


def _export(place: Place, record: Record) -> dict[str, Any]:
    return {"exportSetId": record.outputs.get("exportSetId") or model.ocid("exportset", place.region, record.id)}


_VIEWS: Mapping[str, View] = MappingProxyType(
    {BUCKET: _bucket, CLUSTER: _cluster, EXPORT: _export, INSTANCE: _instance, MAPPING: _mapping, SESSION: _session}
)


def extras(place: Place, record: Record) -> dict[str, Any]:
    """What the API says of a resource and the provider does not."""
    view = _VIEWS.get(record.type)
    return view(place, record) if view is not None else {}


_RULES = ("ingressSecurityRules", "egressSecurityRules")
_PORTS = ("tcpOptions", "udpOptions")


def before(kind: Kind, inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs as the provider has them: ports of a security list's rule stand beside their source range."""
    if kind.type == SECURITY_LIST:
        for rule in (rule for key in _RULES for rule in inputs.get(key) or ()):
            for key in _PORTS:
                if isinstance(rule.get(key), dict):
                    rule[key] = {**(rule[key].get("destinationPortRange") or {}), **_only(rule[key], "sourcePortRange")}
    return inputs


def after(kind: Kind, held: dict[str, Any]) -> dict[str, Any]:
    """The inverse of `before`."""
    if kind.type == SECURITY_LIST:
        for rule in (rule for key in _RULES for rule in held.get(key) or ()):
            for key in _PORTS:
                if isinstance(rule.get(key), dict) and rule[key]:
                    rule[key] = {"destinationPortRange": _only(rule[key], "min", "max"), **_only(rule[key], "sourcePortRange")}
    return held


def _only(held: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: held[key] for key in keys if held.get(key) not in (None, {})}
