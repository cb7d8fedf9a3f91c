"""Free-form and defined tags on every OCI resource that takes them, put on in one place.

`register` uses Pulumi's resource transform and not the older stack transformation. Measured with the engine v3.259.0 on two cores,
a preview of 200 resources, second run: none 1.6 s, transform 1.5 s, transformation 1.4 s; of 1,000: 6.5, 5.9 and 7.1 s. The call back
from the engine is lost in the noise, the states that both leave are the same (dependencies, secrets), and a transform sees
properties as they go over the wire: plain mappings in camelCase, nested ones too, whatever the program wrote.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pulumi

from infra.problems import Problem

Tags = Mapping[str, str]
NO_TAGS: Tags = MappingProxyType({})

# Types that the platform may use with inputs named freeformTags and definedTags. pulumi_oci 5.5.0, 2026-11.
TAGGABLE = frozenset({
    "oci:Artifacts/containerRepository:ContainerRepository",
    "oci:Bastion/bastion:Bastion",
    "oci:Budget/budget:Budget",
    "oci:Budget/rule:Rule",
    "oci:ContainerEngine/cluster:Cluster",
    "oci:ContainerEngine/clusterWorkloadMapping:ClusterWorkloadMapping",
    "oci:ContainerEngine/nodePool:NodePool",
    "oci:ContainerEngine/virtualNodePool:VirtualNodePool",
    "oci:Core/clusterNetwork:ClusterNetwork",
    "oci:Core/computeCapacityReservation:ComputeCapacityReservation",
    "oci:Core/computeCluster:ComputeCluster",
    "oci:Core/defaultDhcpOptions:DefaultDhcpOptions",
    "oci:Core/defaultRouteTable:DefaultRouteTable",
    "oci:Core/defaultSecurityList:DefaultSecurityList",
    "oci:Core/drg:Drg",
    "oci:Core/drgAttachment:DrgAttachment",
    "oci:Core/image:Image",
    "oci:Core/instance:Instance",
    "oci:Core/instanceConfiguration:InstanceConfiguration",
    "oci:Core/instancePool:InstancePool",
    "oci:Core/internetGateway:InternetGateway",
    "oci:Core/natGateway:NatGateway",
    "oci:Core/networkSecurityGroup:NetworkSecurityGroup",
    "oci:Core/publicIp:PublicIp",
    "oci:Core/routeTable:RouteTable",
    "oci:Core/securityList:SecurityList",
    "oci:Core/serviceGateway:ServiceGateway",
    "oci:Core/subnet:Subnet",
    "oci:Core/vcn:Vcn",
    "oci:Dns/view:View",
    "oci:Dns/zone:Zone",
    "oci:Events/rule:Rule",
    "oci:FileStorage/fileSystem:FileSystem",
    "oci:FileStorage/mountTarget:MountTarget",
    "oci:Identity/compartment:Compartment",
    "oci:Identity/dynamicGroup:DynamicGroup",
    "oci:Identity/group:Group",
    "oci:Identity/policy:Policy",
    "oci:Identity/tag:Tag",
    "oci:Identity/tagNamespace:TagNamespace",
    "oci:Identity/user:User",
    "oci:Kms/key:Key",
    "oci:Kms/vault:Vault",
    "oci:Limits/quota:Quota",
    "oci:LogAnalytics/logAnalyticsEntity:LogAnalyticsEntity",
    "oci:LogAnalytics/logAnalyticsLogGroup:LogAnalyticsLogGroup",
    "oci:Logging/log:Log",
    "oci:Logging/logGroup:LogGroup",
    "oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem",
    "oci:Lustre/fileStorageObjectStorageLink:FileStorageObjectStorageLink",
    "oci:Monitoring/alarm:Alarm",
    "oci:ObjectStorage/bucket:Bucket",
    "oci:Ons/notificationTopic:NotificationTopic",
    "oci:Ons/subscription:Subscription",
    "oci:ResourceScheduler/schedule:Schedule",
    "oci:Sch/connector:Connector",
    "oci:Vault/secret:Secret",
})  # fmt: skip

# The money is spent on what these make: instances, volumes and load balancers that have no resource of their own here.
MADE_BY: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType({
    "oci:ContainerEngine/cluster:Cluster": (("options", "persistentVolumeConfig"), ("options", "serviceLbConfig")),
    "oci:ContainerEngine/nodePool:NodePool": (("nodeConfigDetails",),),
    "oci:ContainerEngine/virtualNodePool:VirtualNodePool": (("virtualNodeTags",),),
})  # fmt: skip

MAX_TAGS = 10
FUNCTIONAL_TAGS = 4
"""Room kept for tags that something reads, such as the autoscaler's bounds."""
MAX_DEFINED = 64
MAX_KEY, MAX_VALUE = 100, 256
"""Characters. Oracle, "Tagging Overview", limits on tags, 2026-08: 10 free-form and 64 defined tags on a resource."""

IGNORED = ("Oracle-Tags.CreatedBy", "Oracle-Tags.CreatedOn")
"""Tag defaults that Oracle puts into new tenancies' root: without this every refresh finds them on every resource."""

_DEFINED = re.compile(r"[!-\-/-~]{1,100}\.[!-\-/-~]{1,100}")
"""A namespace and a key, printable ASCII without spaces and periods."""
_FORM = "write Namespace.Key, as in Operations.CostCenter: each of at most 100 printable characters without spaces and periods"


def problems(tags: Tags) -> tuple[Problem, ...]:
    """What is wrong with tags meant for every resource, by their place in the stack file."""
    found: list[Problem] = []
    room = MAX_TAGS - FUNCTIONAL_TAGS
    if len(tags) > room:
        message = f"has {len(tags)} tags, but at most {room} fit: a resource takes {MAX_TAGS}, and {FUNCTIONAL_TAGS} are the platform's own"
        found.append(Problem("tags", message))
    for key, value in tags.items():
        where = f"tags.{key}"
        if not key or len(key) > MAX_KEY:
            found.append(Problem(where, f"the key has {len(key)} characters; allowed: 1 to {MAX_KEY}"))
        if _DEFINED.fullmatch(key):
            found.append(
                Problem(where, f"{key!r} names a defined tag, and these are free-form; write it in definedTags, or without its period")
            )
        elif not all("!" <= character <= "~" and character != "." for character in key):
            found.append(Problem(where, f"{key!r} is not allowed as a key; allowed: printable ASCII without spaces and periods"))
        if len(value) > MAX_VALUE:
            found.append(Problem(where, f"the value has {len(value)} characters; allowed: at most {MAX_VALUE}"))
    return tuple(found)


def defined_problems(tags: Tags, ignored: Collection[str], *, oke: bool) -> Iterator[Problem]:
    """What is wrong with defined tags meant for every resource, and with those that the tenancy puts on and nobody is to touch.

    `oke` says whether the stack makes resources of Oracle's at all.
    """
    if not oke:
        message = "is given, but cluster.backend is 'existing': nothing that takes tags is made; take it out"
        yield from (Problem(path, message) for path, given in (("definedTags", tags), ("ignoreDefinedTags", ignored)) if given)
        return
    if len(tags) > MAX_DEFINED:
        yield Problem(
            "definedTags", f"has {len(tags)} tags, but a resource takes at most {MAX_DEFINED}; take {len(tags) - MAX_DEFINED} out"
        )
    untouched = {key.lower() for key in (*IGNORED, *ignored)}
    for key, twin in _twins(tags):
        yield Problem(f"definedTags.{key}", f"is {twin} in other letters, which Oracle holds for the same tag; keep one of them")
    for key, value in tags.items():
        where = f"definedTags.{key}"
        if not _DEFINED.fullmatch(key):
            yield Problem(where, f"{key!r} is no defined tag; {_FORM}")
        elif key.lower() in untouched:
            whose = "the platform" if key.lower() in map(str.lower, IGNORED) else "ignoreDefinedTags"
            yield Problem(where, f"is ignored by {whose}, and what is ignored is never written; take it out of one of the two")
        if len(value) > MAX_VALUE:
            yield Problem(where, f"the value has {len(value)} characters; allowed: at most {MAX_VALUE}")
    for index, key in enumerate(ignored):
        if not _DEFINED.fullmatch(key) or "*" in key:
            yield Problem(f"ignoreDefinedTags.{index}", f"{key!r} is no defined tag; {_FORM}. A whole namespace cannot be ignored")


def _twins(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Keys that another before them differs from in the size of letters alone. Oracle's tags are not case-sensitive."""
    seen: dict[str, str] = {}
    for key in keys:
        if key.lower() in seen:
            yield key, seen[key.lower()]
        seen.setdefault(key.lower(), key)


def with_tags(type_: str, props: Mapping[str, Any], tags: Tags, defined: Tags = NO_TAGS) -> dict[str, Any]:
    """`props` of a resource of `type_`, in camelCase, with `tags` on it and on what it makes. Tags that are there already win."""
    if type_ not in TAGGABLE:
        return dict(props)
    tagged = _tagged(props, tags, defined)
    for path in MADE_BY.get(type_, ()):
        tagged = _within(tagged, path, tags, defined)
    return tagged


def _tagged(props: Mapping[str, Any], tags: Tags, defined: Tags) -> dict[str, Any]:
    found = {**props, "freeformTags": _merged(props.get("freeformTags"), tags)}
    return {**found, "definedTags": _merged(props.get("definedTags"), defined)} if defined else found


def _within(props: Mapping[str, Any], path: tuple[str, ...], tags: Tags, defined: Tags) -> dict[str, Any]:
    if not path:
        return _tagged(props, tags, defined)
    name, *rest = path
    inner = props.get(name)
    if isinstance(inner, Mapping) or inner is None:
        return {**props, name: _within(inner or {}, tuple(rest), tags, defined)}
    return {**props, name: inner.apply(lambda known: _within(known or {}, tuple(rest), tags, defined))}


def _merged(own: Any, tags: Tags) -> Any:
    if isinstance(own, Mapping) or own is None:
        return {**tags, **(own or {})}
    return own.apply(lambda known: {**tags, **(known or {})})


def register(tags: Tags, defined: Tags = NO_TAGS) -> None:
    """Put `tags` on every resource of the stack that is made from here on, those inside components too."""
    common, named = dict(sorted(tags.items())), dict(sorted(defined.items()))

    def tag(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ not in TAGGABLE:
            return None
        # No options: the engine keeps its own then. Handed back they lose each that is false, `delete_before_replace` among them
        # (pulumi 3.259.0, runtime/_callbacks.py, _transformation_resource_options), though the type asks for them.
        return pulumi.ResourceTransformResult(props=with_tags(args.type_, args.props, common, named), opts=None)  # type: ignore[arg-type]

    pulumi.runtime.register_resource_transform(tag)
