"""What a change of a resource that exists does in Oracle's cloud, property by property.

`RULES` is the table: what the nodes see, what is refused, and when. What replaces a resource is not repeated here: the provider decides
that, and its facts are `replacePaths` in schema.json. `refusals` applies the rows that refuse. It judges by the resource's own old and
new state alone, so that a preview can ask it before anything has happened.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from types import MappingProxyType
from typing import Any, Literal

from simulator.diff import Change
from simulator.oci import region as model
from simulator.oci.outputs import CLUSTER, NODE_POOL, SUBNET, VCN, Place
from simulator.simulated_state import Record
from simulator.wire import UNKNOWN

Effect = Literal["in place", "new nodes", "refused"]
CycleMode = Literal["BOOT_VOLUME_REPLACE", "INSTANCE_REPLACE"]

BUCKET = "oci:ObjectStorage/bucket:Bucket"
LUSTRE = "oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem"

BOTH: tuple[CycleMode, ...] = ("BOOT_VOLUME_REPLACE", "INSTANCE_REPLACE")
INSTANCE: tuple[CycleMode, ...] = ("INSTANCE_REPLACE",)

_DOCS = "https://docs.oracle.com/en-us/iaas/Content/ContEng"
_CLUSTERS = f"{_DOCS}/Tasks/contengupgradingk8smasternode.htm"
_ENHANCED = f"{_DOCS}/Tasks/contengworkingwithenhancedclusters.htm"
_BOOT_VOLUMES = f"{_DOCS}/Tasks/replace-boot-volume-worker-node-top.htm"
_POOLS = f"{_DOCS}/Tasks/contengupgradingimageworkernode.htm"
_PLACEMENT = "https://github.com/oracle-terraform-modules/terraform-oci-oke/issues/879"
_VCN = "https://docs.oracle.com/en-us/iaas/tools/oci-cli/latest/oci_cli_docs/cmdref/network/vcn/modify-vcn-cidr.html"
_SUBNET = "https://docs.oracle.com/en-us/iaas/tools/oci-cli/latest/oci_cli_docs/cmdref/network/subnet/update.html"
_LUSTRE = "https://docs.oracle.com/en-us/iaas/Content/lustre/file-system-capacity.htm"
_VERSIONING = "https://docs.oracle.com/en-us/iaas/Content/Object/Tasks/usingversioning.htm"
_ENDPOINT = "https://docs.oracle.com/en-us/iaas/tools/python/latest/api/container_engine/models/oci.container_engine.models.UpdateClusterEndpointConfigDetails.html"
READ = "2026-11"
"""When the sources were read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeRule:
    """What a change of one property does."""

    type: str
    property: str
    """Dotted path, without the indexes of lists; it covers what lies below it."""
    effect: Effect
    why: str
    source: str
    when: str = ""
    """The condition under which a change is refused, by its name in `CONDITIONS`."""
    carried_by: tuple[CycleMode, ...] = ()
    """How cycling brings the change to nodes that exist."""


def _pool(effect: Effect, why: str, source: str, *properties: str, carried_by: tuple[CycleMode, ...] = ()) -> tuple[ChangeRule, ...]:
    return tuple(
        ChangeRule(type=NODE_POOL, property=name, effect=effect, why=why, source=source, carried_by=carried_by) for name in properties
    )


def _refused(token: str, name: str, when: str, why: str, source: str) -> ChangeRule:
    return ChangeRule(type=token, property=name, effect="refused", when=when, why=why, source=source)


RULES: tuple[ChangeRule, ...] = (
    _refused(CLUSTER, "kubernetesVersion", "goes back", "a control plane that was upgraded cannot be downgraded", _CLUSTERS),
    _refused(CLUSTER, "kubernetesVersion", "skips a minor", "a control plane goes up one minor version at a time", _CLUSTERS),
    _refused(CLUSTER, "type", "loses its features", "an enhanced cluster stays one", _ENHANCED),
    _refused(
        CLUSTER, "endpointConfig.isPublicIpEnabled", "is in a private subnet", "set on a private subnet, the update fails", _ENDPOINT
    ),
    *_pool(
        "in place", "says something of the pool, nothing of its nodes", _POOLS,
        "name", "freeformTags", "definedTags", "nodeConfigDetails.size", "nodeEvictionNodePoolSettings", "nodePoolCyclingDetails",
        "quantityPerSubnet",
    ),
    *_pool(
        "new nodes", "a node boots with it; replacing the boot volume is enough", _BOOT_VOLUMES,
        "kubernetesVersion", "nodeSourceDetails", "nodeMetadata", "sshPublicKey", "nodeConfigDetails.kmsKeyId",
        carried_by=BOTH,
    ),
    *_pool(
        "new nodes", "an instance is made with it", _BOOT_VOLUMES,
        "nodeShape", "nodeShapeConfig", "initialNodeLabels", "nodeConfigDetails.nsgIds", "nodeConfigDetails.freeformTags",
        "nodeConfigDetails.definedTags", "nodeConfigDetails.isPvEncryptionInTransitEnabled",
        "nodeConfigDetails.nodePoolPodNetworkOptionDetails", "nodeConfigDetails.placementConfigs", "networkLaunchType", "primaryVnic",
        "secondaryVnics", "subnetIds",
        carried_by=INSTANCE,
    ),
    _refused(NODE_POOL, "nodeShape", "gains or loses GPUs", "a pool keeps to shapes with GPUs, or to those without", _POOLS),
    _refused(NODE_POOL, "nodeSourceDetails.bootVolumeSizeInGbs", "shrinks while boot volumes are replaced",
             "a boot volume is replaced by one of its size or larger", _BOOT_VOLUMES),
    _refused(NODE_POOL, "nodePoolCyclingDetails.cycleModes", "boot volumes cannot carry it",
             "boot volumes carry the image, version, metadata, key and size of the disk, and the SSH key alone", _BOOT_VOLUMES),
    _refused(NODE_POOL, "nodeConfigDetails.placementConfigs", "is cycled at the same time",
             "nodes are not cycled and placed anew in one update", _PLACEMENT),
    _refused(VCN, "cidrBlocks", "changes more than one block", "one block is added, removed or changed at a time", _VCN),
    _refused(VCN, "cidrBlocks", "leaves a subnet outside", "no address of a subnet may be outside of the network's blocks", _VCN),
    _refused(SUBNET, "cidrBlock", "leaves an address outside", "addresses in use stay within the block", _SUBNET),
    _refused(LUSTRE, "capacityInGbs", "shrinks", "a Lustre file system grows only", _LUSTRE),
    _refused(LUSTRE, "capacityInGbs", "is between two steps", "by 10.4 TB up to 124.8 TB, and by 41.6 TB from there", _LUSTRE),
    _refused(BUCKET, "versioning", "is taken off", "versioning that was on can be suspended, not taken off", _VERSIONING),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A change to judge: what the cloud holds, what it is to hold, and where they differ."""

    place: Place
    held: Record
    old: Mapping[str, Any]
    """The inputs last given."""
    new: Mapping[str, Any]
    changes: tuple[Change, ...]

    @property
    def changed(self) -> tuple[str, ...]:
        """The properties that differ, as the table writes them."""
        return tuple(dict.fromkeys(dotted(change.path) for change in self.changes))


def dotted(path: Iterable[Any]) -> str:
    """A path as the table writes it: without indexes."""
    return ".".join(str(step) for step in path if isinstance(step, str) and step != "*")


def covers(name: str, path: str) -> bool:
    """Whether a row's property is the one at `path`, or holds it."""
    return path == name or path.startswith(f"{name}.")


def effect(token: str, path: str) -> ChangeRule | None:
    """What a change of a property does where it is not refused; None where the table says nothing."""
    return next((row for row in RULES if row.type == token and not row.when and covers(row.property, path)), None)


def refusals(judged: Judged) -> Iterator[str]:
    """Why the cloud does not take the change: a sentence for each row that refuses it."""
    for row in RULES:
        if row.type != judged.held.type or not row.when:
            continue
        said = CONDITIONS[row.when](judged)
        if said:
            yield said


def _known(value: Any) -> str:
    """A value as text; empty where it is not known yet."""
    return "" if value in (None, UNKNOWN) else str(value)


_VERSION = re.compile(r"v?\d+\.\d+\.\d+")


def _versions(judged: Judged) -> tuple[str, str]:
    """The version that is held and the one that is wanted; empty for what is no version, which another rule refuses."""
    found = (_known(properties.get("kubernetesVersion")) for properties in (judged.held.outputs, judged.new))
    was, wanted = (text if _VERSION.fullmatch(text) else "" for text in found)
    return was, wanted


def _back(judged: Judged) -> str:
    was, wanted = _versions(judged)
    back = was and wanted and model.release(wanted) < model.release(was)
    return f"kubernetesVersion cannot go back from {was} to {wanted}" if back else ""


def _skip(judged: Judged) -> str:
    was, wanted = _versions(judged)
    skips = was and wanted and model.minor(wanted)[1] - model.minor(was)[1] > 1
    return f"kubernetesVersion can go up one minor version at a time: from {was} not to {wanted}" if skips else ""


def _basic(judged: Judged) -> str:
    enhanced = judged.held.outputs.get("type") == "ENHANCED_CLUSTER"
    basic = judged.new.get("type", "ENHANCED_CLUSTER") != "ENHANCED_CLUSTER"
    return "an enhanced cluster cannot be made a basic one" if enhanced and basic else ""


def _gpus(judged: Judged) -> str:
    was, wanted = (model.SHAPES.get(_known(properties.get("nodeShape"))) for properties in (judged.held.outputs, judged.new))
    if was is None or wanted is None or bool(was.gpus) == bool(wanted.gpus):
        return ""
    return f"a node pool cannot change between GPU and other shapes: {was.name} to {wanted.name}"


def _modes(judged: Judged) -> tuple[str, ...]:
    """How the update is to cycle the nodes that exist; empty where it is not to. Oracle's default is to replace instances."""
    cycling = judged.new.get("nodePoolCyclingDetails") or {}
    return tuple(cycling.get("cycleModes") or INSTANCE) if cycling.get("isNodeCyclingEnabled") is True else ()


def _not_carried(judged: Judged) -> str:
    modes = _modes(judged)
    if not modes:
        return ""
    left = dict.fromkeys(_property(name) for name in judged.changed if not _carried(name, modes))
    if not left:
        return ""
    carried = ", ".join(row.property for row in RULES if row.carried_by == BOTH)
    return (
        f"cycling with {' and '.join(modes)} cannot bring a change of {', '.join(left)} to the nodes of {_name(judged)}: "
        f"it carries {carried}. "
        "Cycle with INSTANCE_REPLACE for this change, or turn cycling off, so that only new nodes get it"
    )


def _property(name: str) -> str:
    row = effect(NODE_POOL, name)
    return row.property if row is not None else name


def _carried(name: str, modes: tuple[str, ...]) -> bool:
    row = effect(NODE_POOL, name)
    return row is not None and (row.effect == "in place" or "INSTANCE_REPLACE" in modes or any(mode in row.carried_by for mode in modes))


def _placed(judged: Judged) -> str:
    moved = [name for name in judged.changed if covers("nodeConfigDetails.placementConfigs", name)]
    if not moved or not _modes(judged):
        return ""
    return (
        f"Cannot perform nodepool cycling and nodepool Placement Configuration change simultaneously: {', '.join(moved)} of "
        f"{_name(judged)} changes while cycling is on. Turn cycling off for this change"
    )


def _smaller_disk(judged: Judged) -> str:
    if _modes(judged) != ("BOOT_VOLUME_REPLACE",):
        return ""
    was, wanted = (_known((inputs.get("nodeSourceDetails") or {}).get("bootVolumeSizeInGbs")) for inputs in (judged.old, judged.new))
    if not was or not wanted or int(wanted) >= int(was):
        return ""
    return (
        f"bootVolumeSizeInGbs of {_name(judged)} cannot go from {was} to {wanted} with BOOT_VOLUME_REPLACE: "
        "a boot volume is replaced by one that is as large or larger"
    )


def _name(judged: Judged) -> str:
    return f"the node pool {judged.new.get('name') or judged.held.id}"


def _blocks(properties: Mapping[str, Any]) -> list[str]:
    return [str(block) for block in properties.get("cidrBlocks") or [properties.get("cidrBlock")] if block]


def _parsed(blocks: Iterable[Any]) -> list[IPv4Network | IPv6Network]:
    """Those of the blocks that are known and are blocks: what is wrong with the others is another rule's."""
    found = []
    for block in blocks:
        try:
            found.append(ip_network(str(block)))
        except ValueError:
            continue
    return found


def within(network: IPv4Network | IPv6Network, block: IPv4Network | IPv6Network) -> bool:
    """Whether a block lies in another of its own kind."""
    if isinstance(network, IPv4Network) and isinstance(block, IPv4Network):
        return network.subnet_of(block)
    return isinstance(network, IPv6Network) and isinstance(block, IPv6Network) and network.subnet_of(block)


def _several_blocks(judged: Judged) -> str:
    before, after = _blocks(judged.held.outputs), _blocks(judged.new)
    changed = sum(was != now for was, now in zip(before, after, strict=False)) + abs(len(before) - len(after))
    return (
        "only one add/remove or modification of cidrBlocks is allowed at once, a new one goes to the end of the list" if changed > 1 else ""
    )


def _stranded_subnet(judged: Judged) -> str:
    blocks = _parsed(_blocks(judged.new))
    if UNKNOWN in _blocks(judged.new) or _blocks(judged.new) == _blocks(judged.held.outputs):
        return ""
    outside = [
        f"{subnet.name or subnet.id} ({own})"
        for subnet in judged.place.simulated.of(SUBNET)
        if subnet.outputs.get("vcnId") == judged.held.id
        for own in _parsed([subnet.outputs.get("cidrBlock")])
        if not any(within(own, block) for block in blocks)
    ]
    if not outside:
        return ""
    return f"the blocks {', '.join(map(str, blocks))} leave subnets of the VCN outside: {', '.join(outside)}"


def _stranded_address(judged: Judged) -> str:
    was, wanted = _parsed([judged.held.outputs.get("cidrBlock")]), _parsed([judged.new.get("cidrBlock")])
    if not was or not wanted or within(was[0], wanted[0]):
        return ""
    outside = [
        f"{address} of the {record.type.rpartition(':')[2]} {record.name or record.id}"
        for record in judged.place.simulated.state.records.values()
        if record.id != judged.held.id and judged.held.id in _texts(record.inputs)
        for address in _parsed(text.partition(":")[0] for text in _texts(record.outputs))
        if address.num_addresses == 1 and within(address, was[0]) and not within(address, wanted[0])
    ]
    # A cluster's endpoint is in its outputs twice.
    return f"The requested CIDR {wanted[0]} leaves addresses in use outside: {', '.join(dict.fromkeys(outside))}" if outside else ""


def _no_public_address(judged: Judged) -> str:
    endpoint = judged.new.get("endpointConfig") or {}
    if endpoint.get("isPublicIpEnabled") is not True:
        return ""
    subnet = judged.place.held(SUBNET, endpoint.get("subnetId"))
    if not (subnet.get("prohibitPublicIpOnVnic") or subnet.get("prohibitInternetIngress")):
        return ""
    return f"isPublicIpEnabled is true, but the subnet {endpoint['subnetId']} is private: no address in it can be public"


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def _less_capacity(judged: Judged) -> str:
    was, wanted = _known(judged.held.outputs.get("capacityInGbs")), _known(judged.new.get("capacityInGbs"))
    if not was or not wanted or int(wanted) >= int(was):
        return ""
    return f"capacityInGbs cannot go from {was} to {wanted}: a Lustre file system grows only"


def _between_steps(judged: Judged) -> str:
    wanted = _known(judged.new.get("capacityInGbs"))
    return off_step(int(wanted)) if wanted else ""


def off_step(capacity: int) -> str:
    """What is wrong with the capacity of a Lustre file system, in GB; empty where it is one that there is."""
    least, step, most, next_step = 31200, 10400, 124800, 41600
    if least <= capacity <= most and (capacity - least) % step == 0:
        return ""
    if capacity > most and (capacity - most) % next_step == 0:
        return ""
    steps = f"{least} and more in steps of {step} up to {most}, in steps of {next_step} from there"
    return f"capacityInGbs {capacity} is none that there is: {steps}"


def _no_versions(judged: Judged) -> str:
    was, wanted = _known(judged.held.outputs.get("versioning")), _known(judged.new.get("versioning")) or "Disabled"
    return (
        f"versioning of a bucket cannot go from {was} to Disabled: suspend it"
        if was in ("Enabled", "Suspended") and wanted == "Disabled"
        else ""
    )


CONDITIONS: Mapping[str, Callable[[Judged], str]] = MappingProxyType(
    {
        "goes back": _back,
        "skips a minor": _skip,
        "loses its features": _basic,
        "gains or loses GPUs": _gpus,
        "shrinks while boot volumes are replaced": _smaller_disk,
        "boot volumes cannot carry it": _not_carried,
        "is cycled at the same time": _placed,
        "changes more than one block": _several_blocks,
        "is in a private subnet": _no_public_address,
        "leaves a subnet outside": _stranded_subnet,
        "leaves an address outside": _stranded_address,
        "shrinks": _less_capacity,
        "is between two steps": _between_steps,
        "is taken off": _no_versions,
    }
)
