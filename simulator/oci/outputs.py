"""What Oracle fills into a resource, where the value matters to a program: addresses, ids of defaults, endpoints.

Everything else gets a placeholder of its type. One function a type; each gets what the program gave and answers what it adds.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import Any

from simulator import identity
from simulator.compute import CREATED
from simulator.oci import region as model
from simulator.oci.ids import NAMESPACE
from simulator.simulated_state import Record, SimulatedState
from simulator.wire import Properties

TAG_DEFAULTS: Properties = {"Oracle-Tags.CreatedBy": "simulator", "Oracle-Tags.CreatedOn": CREATED}
"""Defined tags that a tenancy's root puts on whatever takes some. Oracle, "Understanding Automatic Tag Defaults", 2026-11."""

SUBNET = "oci:Core/subnet:Subnet"
VCN = "oci:Core/vcn:Vcn"
CLUSTER = "oci:ContainerEngine/cluster:Cluster"
NODE_POOL = "oci:ContainerEngine/nodePool:NodePool"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a resource is made."""

    simulated: SimulatedState
    region: str

    def held(self, kind: str, ident: Any) -> Properties:
        """What the cloud holds of another resource; empty when it has none such."""
        record = self.simulated.get(kind, str(ident))
        return record.outputs if record is not None else {}

    @property
    def images(self) -> tuple[model.Image, ...]:
        """The worker and platform images that there are now."""
        state = self.simulated.state
        found = model.images(self.region, tuple(model.build(text) for text in state.published))
        return tuple(image for image in found if image.name not in state.withdrawn) if state.withdrawn else found

    def image(self, ident: str) -> model.Image | None:
        return next((image for image in self.images if image.id == ident), None)


Filler = Callable[[Place, Record], Properties]


def address(cidr: str, *parts: object) -> str:
    """An address inside a CIDR block, decided by the parts; Oracle keeps the first two and the last."""
    network = ip_network(cidr)
    return str(network.network_address + 2 + identity.number(max(network.num_addresses - 3, 1), *parts))


def public_address(*parts: object) -> str:
    """An address of the range set aside for documentation."""
    return str(ip_address("203.0.113.0") + 1 + identity.number(254, *parts))


def _subnet_address(place: Place, subnet_id: Any, *parts: object) -> str:
    return address(str(place.held(SUBNET, subnet_id).get("cidrBlock") or "10.0.0.0/28"), subnet_id, *parts)


def _vcn(place: Place, record: Record) -> Properties:
    given = record.inputs
    blocks = list(given.get("cidrBlocks") or [given.get("cidrBlock") or "10.0.0.0/16"])
    label = given.get("dnsLabel")
    return {
        "cidrBlock": blocks[0],
        "cidrBlocks": blocks,
        "defaultDhcpOptionsId": model.ocid("dhcpoptions", place.region, record.id),
        "defaultRouteTableId": model.ocid("routetable", place.region, record.id),
        "defaultSecurityListId": model.ocid("securitylist", place.region, record.id),
        "vcnDomainName": f"{label}.oraclevcn.com" if label else "",
        "ipv6cidrBlocks": ["2001:db8::/56"] if given.get("isIpv6enabled") else [],
        "state": "AVAILABLE",
    }


def _subnet(place: Place, record: Record) -> Properties:
    given = record.inputs
    vcn = place.held(VCN, given.get("vcnId"))
    network = ip_network(given["cidrBlock"]) if given.get("cidrBlock") else None
    label = given.get("dnsLabel")
    domain = vcn.get("vcnDomainName")
    return {
        "dhcpOptionsId": given.get("dhcpOptionsId") or vcn.get("defaultDhcpOptionsId", ""),
        "routeTableId": given.get("routeTableId") or vcn.get("defaultRouteTableId", ""),
        "securityListIds": given.get("securityListIds") or [vcn.get("defaultSecurityListId", "")],
        "prohibitPublicIpOnVnic": bool(given.get("prohibitPublicIpOnVnic") or given.get("prohibitInternetIngress")),
        "prohibitInternetIngress": bool(given.get("prohibitInternetIngress") or given.get("prohibitPublicIpOnVnic")),
        "subnetDomainName": f"{label}.{domain}" if label and domain else "",
        "virtualRouterIp": str(network.network_address + 1) if network is not None else "",
        "virtualRouterMac": "00:00:17:" + ":".join(identity.hexadecimal(2, record.id, part) for part in range(3)).upper(),
        "state": "AVAILABLE",
    }


def _cluster(place: Place, record: Record) -> Properties:
    given = record.inputs
    endpoint = given.get("endpointConfig") or {}
    private = f"{_subnet_address(place, endpoint.get('subnetId'), record.id)}:6443"
    public = f"{public_address(record.id)}:6443" if endpoint.get("isPublicIpEnabled") else ""
    host = f"c{identity.letters(10, record.id)}.{place.region}.clusters.oci.oraclecloud.com:6443"
    version = given.get("kubernetesVersion", "")
    newer = [offered for offered in model.KUBERNETES if model.release(offered) > model.release(version)] if version else []
    discovery = ((given.get("options") or {}).get("openIdConnectDiscovery") or {}).get("isOpenIdConnectDiscoveryEnabled")
    issuer = f"https://objectstorage.{place.region}.oraclecloud.com/n/{NAMESPACE}/b/oidc/o/{identity.letters(20, record.id)}"
    endpoints = {"kubernetes": public or private, "privateEndpoint": private, "publicEndpoint": public}
    return {
        "type": given.get("type") or "BASIC_CLUSTER",
        "endpoints": [{**endpoints, "vcnHostnameEndpoint": host, "ipv6endpoint": ""}],
        "availableKubernetesUpgrades": newer,
        "openIdConnectDiscoveryEndpoint": issuer if discovery else "",
        "lifecycleDetails": "",
        "metadatas": [{"timeCreated": CREATED, "createdByUserId": "", "createdByWorkRequestId": ""}],
        "state": "ACTIVE",
    }


def _node_pool(place: Place, record: Record) -> Properties:
    given = record.inputs
    details = given.get("nodeConfigDetails") or {}
    configs = details.get("placementConfigs") or []
    image = place.image(str((given.get("nodeSourceDetails") or {}).get("imageId")))
    return {
        "kubernetesVersion": given.get("kubernetesVersion") or place.held(CLUSTER, given.get("clusterId")).get("kubernetesVersion", ""),
        "nodes": list(_nodes(place, record, configs, int(details.get("size") or 0))) if configs else [],
        "nodeSources": [{"imageId": image.id, "sourceName": image.name, "sourceType": "IMAGE"}] if image is not None else [],
        "lifecycleDetails": "",
        "state": "ACTIVE",
    }


def _nodes(place: Place, record: Record, configs: list[dict[str, Any]], size: int) -> Iterator[Properties]:
    """Oracle spreads a pool evenly over its placements."""
    for index in range(size):
        config = configs[index % len(configs)]
        yield {
            "id": model.ocid("instance", place.region, record.id, index),
            "name": f"oke-{identity.letters(11, record.inputs.get('clusterId'))}-{identity.letters(11, record.id)}-{index}",
            "nodePoolId": record.id,
            "availabilityDomain": config.get("availabilityDomain"),
            "faultDomain": model.FAULT_DOMAINS[index % len(model.FAULT_DOMAINS)],
            "kubernetesVersion": record.inputs.get("kubernetesVersion", ""),
            "privateIp": _subnet_address(place, config.get("subnetId"), record.id, index),
            "publicIp": "",
            "subnetId": config.get("subnetId"),
            "state": "ACTIVE",
        }


def _bastion(place: Place, record: Record) -> Properties:
    subnet = record.inputs.get("targetSubnetId")
    return {
        "privateEndpointIpAddress": _subnet_address(place, subnet, record.id),
        "targetVcnId": place.held(SUBNET, subnet).get("vcnId", ""),
        "maxSessionsAllowed": 20,
        "maxSessionTtlInSeconds": record.inputs.get("maxSessionTtlInSeconds") or 10800,
        "lifecycleDetails": "",
    }


def _bucket(place: Place, record: Record) -> Properties:
    return {"bucketId": model.ocid("bucket", place.region, record.id), "namespace": record.inputs.get("namespace") or NAMESPACE}


def _nat_gateway(place: Place, record: Record) -> Properties:
    return {"natIp": public_address(record.id), "blockTraffic": bool(record.inputs.get("blockTraffic")), "state": "AVAILABLE"}


def _available(place: Place, record: Record) -> Properties:
    return {"state": "AVAILABLE"}


def _mount_target(place: Place, record: Record) -> Properties:
    return {
        "exportSetId": model.ocid("exportset", place.region, record.id),
        "ipAddress": record.inputs.get("ipAddress") or _subnet_address(place, record.inputs.get("subnetId"), record.id),
        "privateIpIds": [model.ocid("privateip", place.region, record.id)],
    }


def _vault(place: Place, record: Record) -> Properties:
    host = identity.letters(13, record.id)
    return {
        "cryptoEndpoint": f"https://{host}-crypto.kms.{place.region}.oraclecloud.com",
        "managementEndpoint": f"https://{host}-management.kms.{place.region}.oraclecloud.com",
    }


def _key(place: Place, record: Record) -> Properties:
    return {"currentKeyVersion": model.ocid("keyversion", place.region, record.id), "state": "ENABLED"}


def _customer_secret_key(place: Place, record: Record) -> Properties:
    return {"key": identity.letters(44, record.id, "key")}


def _topic(place: Place, record: Record) -> Properties:
    return {"topicId": record.id, "apiEndpoint": f"https://notification.{place.region}.oraclecloud.com"}


def _lustre(place: Place, record: Record) -> Properties:
    host = _subnet_address(place, record.inputs.get("subnetId"), record.id)
    return {"managementServiceAddress": host, "lnet": "tcp", "majorVersion": "2.15"}


def _image(place: Place, record: Record) -> Properties:
    source = record.inputs.get("imageSourceDetails") or {}
    return {
        "operatingSystem": source.get("operatingSystem") or "Custom",
        "operatingSystemVersion": source.get("operatingSystemVersion") or "",
        "launchMode": record.inputs.get("launchMode") or "PARAVIRTUALIZED",
        "sizeInMbs": "51200",
        "billableSizeInGbs": "50",
        "createImageAllowed": True,
        "state": "AVAILABLE",
    }


def _compartment(place: Place, record: Record) -> Properties:
    return {"isAccessible": True, "state": "ACTIVE"}


FILLERS: Mapping[str, Filler] = MappingProxyType(
    {
        VCN: _vcn,
        SUBNET: _subnet,
        CLUSTER: _cluster,
        NODE_POOL: _node_pool,
        "oci:Artifacts/containerRepository:ContainerRepository": lambda place, record: {"namespace": NAMESPACE, "state": "AVAILABLE"},
        "oci:Bastion/bastion:Bastion": _bastion,
        "oci:Core/image:Image": _image,
        "oci:Core/internetGateway:InternetGateway": _available,
        "oci:Core/natGateway:NatGateway": _nat_gateway,
        "oci:Core/networkSecurityGroup:NetworkSecurityGroup": _available,
        "oci:Core/routeTable:RouteTable": _available,
        "oci:Core/securityList:SecurityList": _available,
        "oci:Core/serviceGateway:ServiceGateway": _available,
        "oci:FileStorage/mountTarget:MountTarget": _mount_target,
        "oci:Identity/compartment:Compartment": _compartment,
        "oci:Identity/customerSecretKey:CustomerSecretKey": _customer_secret_key,
        "oci:Kms/key:Key": _key,
        "oci:Kms/vault:Vault": _vault,
        "oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem": _lustre,
        "oci:ObjectStorage/bucket:Bucket": _bucket,
        "oci:Ons/notificationTopic:NotificationTopic": _topic,
    }
)


def fill(place: Place, record: Record) -> Properties:
    """What Oracle fills in, beyond placeholders."""
    filler = FILLERS.get(record.type)
    return filler(place, record) if filler is not None else {}
