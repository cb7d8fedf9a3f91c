"""What Oracle accepts and what it refuses, beyond the types of the inputs.

The rules a platform meets: networks must fit, what is referred to must exist, versions must be offered, names must be free, and
nothing in use can go. Each answers the way the service does: status, code, sentence.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from types import MappingProxyType
from typing import Any

from simulator.diff import Change
from simulator.errors import CloudError, Failure
from simulator.oci import region as model
from simulator.oci.changes import BUCKET, Judged, off_step, refusals, within
from simulator.oci.outputs import CLUSTER, NODE_POOL, SUBNET, VCN, Place
from simulator.provider import Both
from simulator.simulated_state import Record
from simulator.wire import UNKNOWN

Inputs = Mapping[str, Any]


class Refused(CloudError):  # noqa: N818 - reads as the sentence it is
    """An answer of the API: `409-Conflict, ...`."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(f"{status}, {message}")


def invalid(message: str) -> Refused:
    return Refused("400-InvalidParameter", message)


def absent(what: str, ident: Any) -> Refused:
    return Refused("404-NotAuthorizedOrNotFound", f"Authorization failed or requested resource not found: {what} {ident}")


def conflict(message: str) -> Refused:
    return Refused("409-Conflict", message)


TENANCY = "ocid1.tenancy."
NSG = "oci:Core/networkSecurityGroup:NetworkSecurityGroup"
ROUTE_TABLE = "oci:Core/routeTable:RouteTable"
ADDON = "oci:ContainerEngine/addon:Addon"
BASTION = "oci:Bastion/bastion:Bastion"
MOUNT_TARGET = "oci:FileStorage/mountTarget:MountTarget"
FILE_SYSTEM = "oci:FileStorage/fileSystem:FileSystem"
LUSTRE = "oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem"
IN_VCN = (
    SUBNET, NSG, ROUTE_TABLE, "oci:Core/securityList:SecurityList", "oci:Core/internetGateway:InternetGateway",
    "oci:Core/natGateway:NatGateway", "oci:Core/serviceGateway:ServiceGateway",
)  # fmt: skip
IN_CLUSTER = (ADDON, "oci:ContainerEngine/clusterWorkloadMapping:ClusterWorkloadMapping")
"""What Oracle keeps in a cluster, and lets go with it."""
GATEWAYS = tuple(kind for kind in IN_VCN if kind.endswith("Gateway"))

# What must exist before a resource can: the property that refers to it, the type, and what the service calls it.
REFERS: Mapping[str, tuple[tuple[str, str, str], ...]] = MappingProxyType(
    {
        **dict.fromkeys(IN_VCN, (("vcnId", VCN, "VCN"),)),
        CLUSTER: (("vcnId", VCN, "VCN"), ("endpointConfig.subnetId", SUBNET, "subnet"), ("options.serviceLbSubnetIds", SUBNET, "subnet")),
        NODE_POOL: (
            ("clusterId", CLUSTER, "cluster"),
            ("nodeConfigDetails.placementConfigs.subnetId", SUBNET, "subnet"),
            ("nodeConfigDetails.nodePoolPodNetworkOptionDetails.podSubnetIds", SUBNET, "subnet"),
            ("nodeConfigDetails.nsgIds", NSG, "network security group"),
        ),
        "oci:ContainerEngine/virtualNodePool:VirtualNodePool": (("clusterId", CLUSTER, "cluster"),),
        ADDON: (("clusterId", CLUSTER, "cluster"),),
        "oci:ContainerEngine/clusterWorkloadMapping:ClusterWorkloadMapping": (("clusterId", CLUSTER, "cluster"),),
        "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule": (
            ("networkSecurityGroupId", NSG, "network security group"),
        ),
        BASTION: (("targetSubnetId", SUBNET, "subnet"),),
        MOUNT_TARGET: (("subnetId", SUBNET, "subnet"),),
        LUSTRE: (("subnetId", SUBNET, "subnet"),),
        "oci:FileStorage/export:Export": (("fileSystemId", FILE_SYSTEM, "file system"),),
        "oci:Core/shapeManagement:ShapeManagement": (("imageId", "oci:Core/image:Image", "image"),),
    }
)

# What keeps a resource from being deleted: the types that use it, and through which property.
HOLDS: Mapping[str, tuple[tuple[str, tuple[str, ...], str], ...]] = MappingProxyType(
    {
        VCN: (
            *((kind, ("vcnId",), kind.rpartition(":")[2]) for kind in IN_VCN),
            (CLUSTER, ("vcnId",), "Cluster"),
        ),
        SUBNET: (
            (CLUSTER, ("endpointConfig.subnetId", "options.serviceLbSubnetIds"), "Cluster"),
            (
                NODE_POOL,
                ("nodeConfigDetails.placementConfigs.subnetId", "nodeConfigDetails.nodePoolPodNetworkOptionDetails.podSubnetIds"),
                "NodePool",
            ),
            (BASTION, ("targetSubnetId",), "Bastion"),
            (MOUNT_TARGET, ("subnetId",), "MountTarget"),
            (LUSTRE, ("subnetId",), "LustreFileSystem"),
        ),
        ROUTE_TABLE: ((SUBNET, ("routeTableId",), "Subnet"),),
        "oci:Core/securityList:SecurityList": ((SUBNET, ("securityListIds",), "Subnet"),),
        NSG: (
            (CLUSTER, ("endpointConfig.nsgIds",), "Cluster"),
            (NODE_POOL, ("nodeConfigDetails.nsgIds", "nodeConfigDetails.nodePoolPodNetworkOptionDetails.podNsgIds"), "NodePool"),
            (MOUNT_TARGET, ("nsgIds",), "MountTarget"),
        ),
        CLUSTER: ((NODE_POOL, ("clusterId",), "NodePool"),),
        FILE_SYSTEM: (("oci:FileStorage/export:Export", ("fileSystemId",), "Export"),),
        **dict.fromkeys(
            GATEWAYS,
            tuple(
                (kind, ("routeRules.networkEntityId",), "RouteTable")
                for kind in (ROUTE_TABLE, "oci:Core/defaultRouteTable:DefaultRouteTable")
            ),
        ),
    }
)

# Types whose name can be used once: in the tenancy, or in the compartment.
UNIQUE_NAMES = frozenset(
    {
        "oci:Artifacts/containerRepository:ContainerRepository",
        "oci:Identity/compartment:Compartment",
        "oci:Identity/dynamicGroup:DynamicGroup",
        "oci:Identity/group:Group",
        "oci:Identity/policy:Policy",
        "oci:Identity/tagNamespace:TagNamespace",
        "oci:Limits/quota:Quota",
        "oci:Ons/notificationTopic:NotificationTopic",
    }
)


# Longest names: the property, and how many characters it may have. Oracle's API reference of each type, 2026-11; OKE's of a node pool is
# the one that terraform-oci-oke #628 met. Names of other types may have 255 characters or more.
LONGEST: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        NODE_POOL: ("name", 32),
        LUSTRE: ("fileSystemName", 8),
        SUBNET: ("dnsLabel", 15),
        VCN: ("dnsLabel", 15),
        "oci:Identity/compartment:Compartment": ("name", 100),
        "oci:Identity/dynamicGroup:DynamicGroup": ("name", 100),
        "oci:Identity/policy:Policy": ("name", 100),
        "oci:Limits/quota:Quota": ("name", 100),
        "oci:ObjectStorage/bucket:Bucket": ("name", 256),
        "oci:Ons/notificationTopic:NotificationTopic": ("name", 256),
    }
)


def too_long(token: str, inputs: Inputs) -> tuple[Failure, ...]:
    """A name that is longer than the service takes, composed ones too: known before anything is made."""
    key, most = LONGEST.get(token, ("", 0))
    name = inputs.get(key)
    if not isinstance(name, str) or name == UNKNOWN or len(name) <= most:
        return ()
    return (Failure(path=key, reason=f"is {name!r}, {len(name)} characters; at most {most} are allowed"),)


def of_another_tenancy(place: Place, inputs: Inputs) -> tuple[Failure, ...]:
    """A tenancy other than that of what exists: credentials are of one, and find nothing in any other."""
    wanted = str(inputs.get("compartmentId"))
    if not wanted.startswith(TENANCY):
        return ()
    held = (str(record.outputs.get("compartmentId")) for record in place.simulated.state.records.values() if record.urn)
    own = next((ident for ident in held if ident.startswith(TENANCY)), wanted)
    if own == wanted:
        return ()
    reason = (
        f"404-NotAuthorizedOrNotFound, {wanted} is not the tenancy of what exists, which is {own}. A stack keeps its tenancy: "
        "destroy it first, or make another"
    )
    return (Failure(path="compartmentId", reason=reason),)


def values(inputs: Inputs, path: str) -> Iterator[Any]:
    """Every value at a dotted path, lists looked through."""
    found: list[Any] = [inputs]
    for key in path.split("."):
        found = [item.get(key) for item in found if isinstance(item, dict)]
        found = [part for item in found for part in (item if isinstance(item, list) else [item])]
    return (item for item in found if item is not None)


# Create and update


def allow_create(place: Place, token: str, inputs: Inputs) -> None:
    """Raise Refused for a resource that cannot be made."""
    _home(place, token)
    _references(place, token, inputs)
    _free_name(place, token, inputs)
    rule = CREATE.get(token)
    if rule is not None:
        rule(place, inputs, None)


def allow_change(place: Place, record: Record, inputs: Inputs, old_inputs: Inputs, changes: tuple[Change, ...]) -> None:
    """Raise Refused for a change that the cloud does not make of this resource, whatever is around it: known before anything is done."""
    if elsewhere(place, record.id):
        raise absent(record.type.rpartition(":")[2], record.id)
    found = list(refusals(Judged(place=place, held=record, old=old_inputs, new=inputs, changes=changes)))
    if found:
        raise Refused("400-InvalidParameter", "; ".join(found))


def allow_update(place: Place, record: Record, inputs: Inputs, old_inputs: Inputs, changes: tuple[Change, ...]) -> None:
    """Raise Refused for a resource that cannot be made so."""
    _home(place, record.type)
    allow_change(place, record, inputs, old_inputs, changes)
    _references(place, record.type, inputs)
    rule = UPDATE.get(record.type)
    if rule is not None:
        rule(place, inputs, record)


def allow_delete(place: Place, record: Record) -> None:
    """Raise Refused for a resource that is still in use."""
    _home(place, record.type)
    if elsewhere(place, record.id):
        raise absent(record.type.rpartition(":")[2], record.id)
    for kind, properties, name in HOLDS.get(record.type, ()):
        for user in place.simulated.of(kind):
            if any(record.id in values(user.outputs, path) for path in properties):
                what = record.type.rpartition(":")[2]
                raise conflict(f"The {what} {record.id} references the {name} {user.id} ({user.name}). You must remove the reference")


def elsewhere(place: Place, ident: object) -> bool:
    """Whether an id names another region or realm than the one that is asked: no region answers for another."""
    if model.realm_of(ident) not in ("", model.REALM):
        return True
    region = model.region_of(ident)
    return region in model.KEYS and region != place.region


def allow_move(place: Place, before: object, after: object) -> None:
    """Raise Refused for a provider that is told another region while what it made is in the old one: all of that would be out of reach."""
    if before == after or before not in model.KEYS or after not in model.KEYS:
        return
    left = [record for record in place.simulated.state.records.values() if record.urn and model.region_of(record.id) == before]
    if left:
        first = left[0]
        raise Refused(
            "404-NotAuthorizedOrNotFound",
            f"the provider goes from the region {before} to {after}, and {len(left)} resources stay in {before}, where it would find none "
            f"of them: {first.type.rpartition(':')[2]} {first.name}, for one. A stack keeps its region: destroy it first, or make another",
        )


def _home(place: Place, token: str) -> None:
    home = place.simulated.state.home_region
    if home and home != place.region and token.startswith("oci:Identity/"):
        raise Refused(
            "403-NotAllowed",
            f"Please go to your home region {model.key(home)} to execute CREATE, UPDATE and DELETE operations. "
            f"This provider is configured for {place.region}",
        )


def _references(place: Place, token: str, inputs: Inputs) -> None:
    for path, kind, name in REFERS.get(token, ()):
        for ident in values(inputs, path):
            if place.simulated.get(kind, str(ident)) is None or elsewhere(place, ident):
                raise absent(name, ident)


def _free_name(place: Place, token: str, inputs: Inputs) -> None:
    if token not in UNIQUE_NAMES:
        return
    key = "displayName" if token.endswith("ContainerRepository") else "name"
    for other in place.simulated.of(token):
        if other.outputs.get(key) == inputs.get(key) and other.outputs.get("compartmentId") == inputs.get("compartmentId"):
            kind = token.rpartition(":")[2]
            raise conflict(f"{kind} with name {inputs.get(key)!r} already exists in compartment {inputs.get('compartmentId')}: {other.id}")


def _domain(place: Place, name: Any) -> None:
    offered = model.domains(place.region)
    if str(name).lower() not in {domain.lower() for domain in offered}:
        raise invalid(f"availability domain {name!r} does not exist in {place.region}; it has: {', '.join(offered)}")


def _network(text: Any, what: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(text))
    except ValueError as error:
        raise invalid(f"{what} {text!r} is not a CIDR block: {error}") from None


def _vcn(place: Place, inputs: Inputs, old: Record | None) -> None:
    blocks = inputs.get("cidrBlocks") or [inputs.get("cidrBlock")]
    networks = [_network(block, "VCN CIDR") for block in blocks if block]
    if not networks:
        raise invalid("a VCN needs cidrBlocks")
    for network in networks:
        if not 16 <= network.prefixlen <= 30:
            raise invalid(f"VCN CIDR {network} must be between /16 and /30")


def _subnet(place: Place, inputs: Inputs, old: Record | None) -> None:
    blocks = [_network(block, "VCN CIDR") for block in place.held(VCN, inputs.get("vcnId")).get("cidrBlocks", ())]
    networks = list(_subnet_networks(inputs))
    if not networks:
        raise invalid("a subnet needs a cidrBlock")
    for network in networks:
        if not any(within(network, block) for block in blocks):
            raise invalid(f"The requested CIDR {network} is not within the VCN's CIDR {', '.join(map(str, blocks))}")
    for other in place.simulated.of(SUBNET):
        if other.outputs.get("vcnId") != inputs.get("vcnId") or (old is not None and other.id == old.id):
            continue
        for theirs in _subnet_networks(other.outputs):
            for network in networks:
                if network.overlaps(theirs):
                    raise invalid(f"The requested CIDR {network} overlaps the CIDR {theirs} of the subnet {other.name or other.id}")
    if inputs.get("availabilityDomain"):
        _domain(place, inputs["availabilityDomain"])


def _subnet_networks(properties: Inputs) -> Iterator[IPv4Network | IPv6Network]:
    for block in properties.get("ipv4cidrBlocks") or [properties.get("cidrBlock")]:
        if block:
            yield _network(block, "subnet CIDR")


def _offered(version: Any, *held: Any) -> str:
    """A version that Oracle offers, or that what is `held` has already: it is not taken from who runs it."""
    if version is None or version not in (*model.KUBERNETES, *held):
        raise invalid(f"Invalid kubernetesVersion: {version}. Supported versions: {', '.join(model.KUBERNETES)}")
    return str(version)


def _cluster(place: Place, inputs: Inputs, old: Record | None) -> None:
    _offered(inputs.get("kubernetesVersion"), _version(old))


def _version(held: Record | None) -> Any:
    return None if held is None else held.outputs.get("kubernetesVersion")


def _shape(name: Any) -> model.Shape:
    shape = model.SHAPES.get(str(name))
    if shape is None:
        raise invalid(f"Invalid nodeShape: {name}")
    return shape


def _node_pool(place: Place, inputs: Inputs, old: Record | None) -> None:
    shape = _shape(inputs.get("nodeShape"))
    _node_version(place, inputs, old)
    _node_image(place, inputs, shape)
    if shape.flexible and not inputs.get("nodeShapeConfig"):
        raise invalid(f"nodeShapeConfig is required for the flexible shape {shape.name}")
    details = inputs.get("nodeConfigDetails") or {}
    for config in details.get("placementConfigs") or ():
        _placement(place, config, shape)
    if len(details.get("placementConfigs") or ()) > 1 and any(values(details, "placementConfigs.capacityReservationId")):
        raise invalid("a node pool with a capacity reservation has exactly one placement configuration")
    _limit(place, inputs, shape, old)


def _node_version(place: Place, inputs: Inputs, old: Record | None) -> None:
    cluster = str(place.held(CLUSTER, inputs.get("clusterId")).get("kubernetesVersion"))
    version = _offered(inputs.get("kubernetesVersion") or cluster, cluster, _version(old))
    if model.release(version) > model.release(cluster):
        raise invalid(f"node pool kubernetesVersion {version} is newer than the cluster's {cluster}")


def _node_image(place: Place, inputs: Inputs, shape: model.Shape) -> None:
    ident = (inputs.get("nodeSourceDetails") or {}).get("imageId")
    image = place.image(str(ident)) if ident else None
    if image is None:
        return  # a custom image, or one the model does not know: nothing can be said of it
    if not image.runs_on(shape):
        wanted = ("arm64" if shape.arm else "x86-64") + (" with a GPU" if shape.gpus else "")
        raise invalid(f"Image {image.name} is for {image.wants} and does not run on {shape.name} ({wanted})")
    version = inputs.get("kubernetesVersion")
    if image.kubernetes and version and image.kubernetes != version:
        raise invalid(f"Image {image.name} is for Kubernetes {image.kubernetes}, the node pool asks for {version}")


def _placement(place: Place, config: Inputs, shape: model.Shape) -> None:
    _domain(place, config.get("availabilityDomain"))
    for name in config.get("faultDomains") or ():
        if name not in model.FAULT_DOMAINS:
            raise invalid(f"fault domain {name!r} does not exist; there are: {', '.join(model.FAULT_DOMAINS)}")
    subnet = place.held(SUBNET, config.get("subnetId"))
    own = subnet.get("availabilityDomain")
    if own and str(own).lower() != str(config.get("availabilityDomain")).lower():
        raise invalid(f"subnet {config.get('subnetId')} is in {own}, not in {config.get('availabilityDomain')}")
    preemptible = config.get("preemptibleNodeConfig")
    if preemptible and (shape.name.startswith("BM.") or (shape.gpus and not shape.name.startswith(model.PREEMPTIBLE_GPU))):
        raise invalid(f"Shape {shape.name} is not available as preemptible capacity")


def _limit(place: Place, inputs: Inputs, shape: model.Shape, old: Record | None) -> None:
    allowed = place.simulated.state.limits.get(shape.limit)
    if allowed is None or not shape.gpus:
        return
    domains = list(values(inputs, "nodeConfigDetails.placementConfigs.availabilityDomain"))
    size = int((inputs.get("nodeConfigDetails") or {}).get("size") or 0)
    for index, domain in enumerate(domains):
        nodes = len(range(index, size, len(domains)))
        used = used_gpus(place, shape.limit, domain, without=old)
        if used + nodes * shape.gpus > allowed:
            raise Refused(
                "400-LimitExceeded",
                f"The following service limits were exceeded: {shape.limit}. {nodes} x {shape.name} in {domain} need "
                f"{nodes * shape.gpus} GPUs; the limit is {allowed}, in use are {used}. "
                "Request a service limit increase from the service limits page in the console",
            )


def used_gpus(place: Place, limit: str, domain: Any, without: Record | None = None) -> int:
    """GPUs of the node pools in an availability domain that count against a limit."""
    used = 0
    for pool in place.simulated.of(NODE_POOL):
        shape = model.SHAPES.get(str(pool.outputs.get("nodeShape")))
        if shape is None or shape.limit != limit or (without is not None and pool.id == without.id):
            continue
        used += shape.gpus * sum(node.get("availabilityDomain") == domain for node in pool.outputs.get("nodes", ()))
    return used


def _addon(place: Place, inputs: Inputs, old: Record | None) -> None:
    cluster = place.held(CLUSTER, inputs.get("clusterId"))
    name = inputs.get("addonName")
    if cluster.get("type") != "ENHANCED_CLUSTER":
        raise invalid(f"add-ons need an enhanced cluster; {inputs.get('clusterId')} is a {cluster.get('type')}")
    if name not in model.ADDONS:
        raise invalid(f"Addon {name!r} is not supported; there are: {', '.join(model.ADDONS)}")
    installed = {
        addon.outputs.get("addonName") for addon in place.simulated.of(ADDON) if addon.outputs.get("clusterId") == inputs["clusterId"]
    }
    for needed in model.ADDONS[str(name)]:
        if needed not in installed:
            raise invalid(f"Addon {name} needs the add-on {needed} installed first")


def _bastion(place: Place, inputs: Inputs, old: Record | None) -> None:
    if str(inputs.get("bastionType")).upper() != "STANDARD":
        raise invalid(f"bastionType {inputs.get('bastionType')!r} is not STANDARD")
    for block in inputs.get("clientCidrBlockAllowLists") or ():
        _network(block, "client CIDR")


def _in_domain(place: Place, inputs: Inputs, old: Record | None) -> None:
    _domain(place, inputs.get("availabilityDomain"))


def _lustre(place: Place, inputs: Inputs, old: Record | None) -> None:
    _in_domain(place, inputs, old)
    wrong = off_step(int(inputs.get("capacityInGbs") or 0))
    if wrong:
        raise invalid(wrong)


_STATEMENT = re.compile(r"\s*(allow|define|endorse|admit|deny)\s", re.IGNORECASE)
_QUOTA = re.compile(r"\s*(set|unset|zero)\s+\S+\s+quotas?\s", re.IGNORECASE)


def _policy(place: Place, inputs: Inputs, old: Record | None) -> None:
    for statement in inputs.get("statements") or ():
        if not _STATEMENT.match(str(statement)):
            raise invalid(f"Failed to parse policy statement {statement!r}: it starts with none of allow, define, endorse, admit, deny")


def _quota(place: Place, inputs: Inputs, old: Record | None) -> None:
    for statement in inputs.get("statements") or ():
        if not _QUOTA.match(str(statement)):
            raise invalid(f"Failed to parse quota statement {statement!r}: it must read 'set|unset|zero <family> quota ...'")


def _default(place: Place, inputs: Inputs, old: Record | None) -> None:
    wanted = inputs.get("manageDefaultResourceId")
    keys = ("defaultSecurityListId", "defaultRouteTableId", "defaultDhcpOptionsId")
    if not any(vcn.outputs.get(key) == wanted for vcn in place.simulated.of(VCN) for key in keys):
        raise absent("default resource", wanted)


def _bucket(place: Place, inputs: Inputs, old: Record | None) -> None:
    if inputs.get("versioning") == "Suspended":  # CreateBucketDetails, OCI API reference, 2026-11
        raise invalid("versioning of a new bucket is Enabled or Disabled, not Suspended: only what was on can be suspended")


def _image(place: Place, inputs: Inputs, old: Record | None) -> None:
    if not inputs.get("instanceId") and not inputs.get("imageSourceDetails"):
        raise invalid("either instanceId or imageSourceDetails must be given")


Rule = Callable[[Place, Inputs, Record | None], None]

UPDATE: Mapping[str, Rule] = MappingProxyType(
    {
        VCN: _vcn,
        SUBNET: _subnet,
        CLUSTER: _cluster,
        NODE_POOL: _node_pool,
        "oci:Identity/policy:Policy": _policy,
        "oci:Limits/quota:Quota": _quota,
    }
)

CREATE: Mapping[str, Rule] = MappingProxyType(
    {
        **UPDATE,
        ADDON: _addon,
        BASTION: _bastion,
        BUCKET: _bucket,
        MOUNT_TARGET: _in_domain,
        FILE_SYSTEM: _in_domain,
        LUSTRE: _lustre,
        "oci:Core/computeCluster:ComputeCluster": _in_domain,
        "oci:Core/computeCapacityReservation:ComputeCapacityReservation": _in_domain,
        "oci:Core/defaultDhcpOptions:DefaultDhcpOptions": _default,
        "oci:Core/defaultRouteTable:DefaultRouteTable": _default,
        "oci:Core/defaultSecurityList:DefaultSecurityList": _default,
        "oci:Core/image:Image": _image,
    }
)


def replaces_conditionally(token: str, change: Change, inputs: Both) -> bool:
    """Changes that replace under a condition only: the conditionalReplace entries of schema.json, in code."""
    match token, change.path:
        case ("oci:ContainerEngine/cluster:Cluster", ("endpointConfig", "subnetId")):
            return bool(change.old)
        case ("oci:Core/instance:Instance", ("metadata", "ssh_authorized_keys" | "user_data")):
            return True
        case ("oci:Core/instance:Instance", ("platformConfig", "type" | "configMap" | "isSymmetricMultiThreadingEnabled", *_)):
            kinds = [(properties.get("platformConfig") or {}).get("type") for properties in inputs]
            return any(kind not in (None, "", "INTEL_VM", "AMD_VM") for kind in kinds)
    return False
