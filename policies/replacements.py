"""What nobody gets back once it is replaced or deleted, and who has said that this one may go.

The engine tells a policy pack what a resource is to be, and never what happens to it: whether it is replaced shows in the engine's steps
alone. So the pack judges the acknowledgements, and `platformctl diff` and `platformctl rehearse` judge the steps by what stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

RULE_NAME = "replacement"

LOST: Mapping[str, str] = {
    "oci:ContainerEngine/cluster:Cluster": "the cluster goes, and everything in it",
    "oci:ContainerEngine/nodePool:NodePool": "its nodes go, and every job on them ends",
    "oci:ContainerEngine/virtualNodePool:VirtualNodePool": "its nodes go, and every job on them ends",
    "oci:Core/clusterNetwork:ClusterNetwork": "its instances go, and every job on them ends",
    "oci:Core/instance:Instance": "the instance goes, and what is on its boot volume",
    "oci:Core/instancePool:InstancePool": "its instances go, and every job on them ends",
    "oci:Core/publicIp:PublicIp": "the address goes to somebody else, and whoever was told of it reaches nothing",
    "oci:Core/vcn:Vcn": "the network goes, and everything in it",
    "oci:Core/volume:Volume": "the volume goes, and all data on it",
    "oci:Dns/zone:Zone": "the zone goes, and its names lead nowhere",
    "oci:FileStorage/export:Export": "whoever has mounted the file system loses it",
    "oci:FileStorage/fileSystem:FileSystem": "the file system goes, and all files in it",
    "oci:FileStorage/mountTarget:MountTarget": "the address goes, and whoever has mounted a file system by it loses it",
    "oci:Identity/compartment:Compartment": "the compartment goes, and everything in it",
    "oci:Kms/key:Key": "the key goes, and nobody can read again what was encrypted with it",
    "oci:Kms/vault:Vault": "the vault goes with its keys, and nobody can read again what was encrypted with them",
    "oci:Lustre/fileStorageLustreFileSystem:FileStorageLustreFileSystem": "the file system goes, and all files in it",
    "oci:ObjectStorage/bucket:Bucket": "the bucket goes, and all objects in it",
    "oci:Vault/secret:Secret": "the secret goes, and what reads it has none",
    "kubernetes:core/v1:Namespace": "the namespace goes, and every claim and job in it",
    "kubernetes:core/v1:PersistentVolume": "the volume goes, and may take its data along",
    "kubernetes:core/v1:PersistentVolumeClaim": "the claim goes, and the volume behind it with all data on it",
}
"""By type, what is lost with a resource. A test says when a type of the simulated cloud is neither here nor in REMADE."""

REMADE = (
    "oci:Artifacts/*", "oci:Bastion/*", "oci:Budget/*", "oci:ContainerEngine/addon:Addon", "oci:ContainerEngine/clusterComplete*",
    "oci:ContainerEngine/clusterPublic*", "oci:ContainerEngine/clusterStart*", "oci:ContainerEngine/clusterWorkload*",
    "oci:ContainerEngine/containerInstance:ContainerInstance", "oci:Core/computeCapacityReservation:ComputeCapacityReservation",
    "oci:Core/computeCluster:ComputeCluster", "oci:Core/default*", "oci:Core/drg*", "oci:Core/image:Image",
    "oci:Core/instanceConfiguration:InstanceConfiguration", "oci:Core/internetGateway:InternetGateway", "oci:Core/natGateway:NatGateway",
    "oci:Core/networkSecurityGroup*", "oci:Core/routeTable:RouteTable", "oci:Core/securityList:SecurityList",
    "oci:Core/serviceGateway:ServiceGateway", "oci:Core/shapeManagement:ShapeManagement", "oci:Core/subnet:Subnet", "oci:Dns/rrset:Rrset",
    "oci:Dns/view:View", "oci:FileStorage/exportSet:ExportSet", "oci:Identity/customerSecretKey:CustomerSecretKey",
    "oci:Identity/dynamicGroup:DynamicGroup", "oci:Identity/group:Group", "oci:Identity/policy:Policy", "oci:Identity/tag*",
    "oci:Identity/user*", "oci:Limits/*", "oci:LogAnalytics/*", "oci:Logging/*", "oci:Lustre/fileStorageObjectStorageLink:*",
    "oci:ManagementAgent/*", "oci:ManagementDashboard/*", "oci:Monitoring/*", "oci:ObjectStorage/objectLifecyclePolicy:*", "oci:Ons/*",
    "oci:ResourceScheduler/*", "oci:Sch/*", "kubernetes:*", "random:*", "pulumi:*", "platform:*", "sample:*",
)  # fmt: skip
"""Types, with `*` for any part, that hold nothing of their own: an update makes them anew."""


@dataclass(frozen=True, kw_only=True)
class Acknowledgement:
    """An entry of `acknowledge:` in a stack file."""

    resource: str
    """`type/name`."""
    expires: date
    """The last day on which it holds."""

    def live(self, today: date) -> bool:
        return today <= self.expires

    def __str__(self) -> str:
        return f"{self.expires} {self.resource}"

    @classmethod
    def of(cls, text: str) -> "Acknowledgement":
        """What `str` made of one."""
        expires, _, resource = text.partition(" ")
        return cls(resource=resource, expires=date.fromisoformat(expires))


def acknowledgements(section: Any) -> tuple[Acknowledgement, ...]:
    """The entries of the section. What has not the form of one acknowledges nothing, and the program refuses it."""
    found = []
    for entry in section if isinstance(section, list | tuple) else ():
        resource, expires = (entry.get("resource"), entry.get("expires")) if isinstance(entry, Mapping) else (None, None)
        try:
            day = date.fromisoformat(str(expires)[:10])
        except ValueError:
            continue
        if isinstance(resource, str):
            found.append(Acknowledgement(resource=resource, expires=day))
    return tuple(found)
