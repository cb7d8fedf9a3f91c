"""Ids of resources, in the form each service gives them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from simulator import identity
from simulator.oci import region as model

NAMESPACE = "axsimulated"
"""The tenancy's Object Storage namespace."""

TENANCY = f"ocid1.tenancy.oc1..aaaaaaaa{identity.letters(52, 'tenancy')}"

GLOBAL_MODULES = frozenset({"Identity", "Limits", "Budget"})
"""Services whose OCIDs name no region."""

Inputs = Mapping[str, Any]

# Types whose id is made of what they belong to: terraform-provider-oci, the Get*CompositeId functions.
COMPOSITE: Mapping[str, Callable[[Inputs], str]] = MappingProxyType(
    {
        "oci:ContainerEngine/addon:Addon": lambda i: f"clusters/{i['clusterId']}/addons/{i['addonName']}",
        "oci:ContainerEngine/clusterWorkloadMapping:ClusterWorkloadMapping": lambda i: (
            f"clusters/{i['clusterId']}/workloadMappings/{identity.hexadecimal(8, i['clusterId'], i['namespace'])}"
        ),
        "oci:Core/defaultDhcpOptions:DefaultDhcpOptions": lambda i: str(i["manageDefaultResourceId"]),
        "oci:Core/defaultRouteTable:DefaultRouteTable": lambda i: str(i["manageDefaultResourceId"]),
        "oci:Core/defaultSecurityList:DefaultSecurityList": lambda i: str(i["manageDefaultResourceId"]),
        "oci:Core/shapeManagement:ShapeManagement": lambda i: f"imageId/{i['imageId']}/shapeName/{i['shapeName']}",
        "oci:Dns/rrset:Rrset": lambda i: f"zoneNameOrId/{i['zoneNameOrId']}/domain/{i['domain']}/rtype/{i['rtype']}",
        "oci:ObjectStorage/bucket:Bucket": lambda i: f"n/{i['namespace']}/b/{i['name']}",
        "oci:ObjectStorage/objectLifecyclePolicy:ObjectLifecyclePolicy": lambda i: f"n/{i['namespace']}/b/{i['bucket']}/l",
    }
)

# OCIDs name the entity as the service calls it, which is not always the type in lower case.
ENTITIES: Mapping[str, str] = MappingProxyType(
    {
        "DefaultRouteTable": "routetable",
        "FileSystem": "filesystem",
        "LogAnalyticsEntity": "loganalyticsentity",
        "NotificationTopic": "onstopic",
        "Secret": "vaultsecret",
        "Subscription": "onssubscription",
        "Tag": "tagdefinition",
        "CustomerSecretKey": "credential",
        "ContainerRepository": "containerrepo",
        "FileStorageLustreFileSystem": "lustrefilesystem",
        "FileStorageObjectStorageLink": "lustreobjectstoragelink",
        "Zone": "dns-zone",
        "View": "dnsview",
        "Key": "key",
        "Rule": "alertrule",
    }
)


def new_id(token: str, region: str, inputs: Inputs, urn: str, generation: int) -> str:
    """The id of a new resource: decided by its URN and by how many it had before, so that none is used twice."""
    if token in COMPOSITE:
        return COMPOSITE[token](inputs)
    module, _, name = token.removeprefix("oci:").partition("/")
    kind = name.rpartition(":")[2]
    if kind == "NetworkSecurityGroupSecurityRule":
        return identity.hexadecimal(6, urn, generation).upper()
    entity = ENTITIES.get(kind, kind.lower())
    if module in GLOBAL_MODULES:
        return f"ocid1.{entity}.oc1..aaaaaaaa{identity.letters(52, urn, generation)}"
    return model.ocid(entity, region, urn, generation)
