"""Resource types that cost nothing by themselves. A type that is neither here nor priced is refused."""

from types import MappingProxyType

FREE_PACKAGES = ("kubernetes:", "random:", "pulumi:", "platform:")
"""Nothing of these is billed by Oracle for being declared: what runs in a cluster is paid for by its nodes."""

# Oracle's public price list of 2026-01-05 has no part for any of these: gateways (NAT too), network load balancers, groups, lists, tables,
# bastions, budgets, quotas, IAM. Topics and keys are free up to amounts the platform stays far below. Egress is metered, and not planned
# here, and neither are logs. Add-ons run on the nodes, images lie in Object Storage.
FREE_TYPES = frozenset({
    "oci:Bastion/bastion:Bastion",
    "oci:Bastion/session:Session",
    "oci:Budget/budget:Budget",
    "oci:Budget/rule:Rule",
    "oci:ContainerEngine/addon:Addon",
    "oci:ContainerEngine/clusterCompleteCredentialRotationManagement:ClusterCompleteCredentialRotationManagement",
    "oci:ContainerEngine/clusterPublicApiEndpointDecommissionManager:ClusterPublicApiEndpointDecommissionManager",
    "oci:ContainerEngine/clusterStartCredentialRotationManagement:ClusterStartCredentialRotationManagement",
    "oci:ContainerEngine/clusterWorkloadMapping:ClusterWorkloadMapping",
    "oci:Core/computeCluster:ComputeCluster",
    "oci:Core/defaultDhcpOptions:DefaultDhcpOptions",
    "oci:Core/defaultRouteTable:DefaultRouteTable",
    "oci:Core/defaultSecurityList:DefaultSecurityList",
    "oci:Core/drg:Drg",
    "oci:Core/drgAttachment:DrgAttachment",
    "oci:Core/image:Image",
    "oci:Core/internetGateway:InternetGateway",
    "oci:Core/natGateway:NatGateway",
    "oci:Core/networkSecurityGroup:NetworkSecurityGroup",
    "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule",
    "oci:Core/publicIp:PublicIp",
    "oci:Core/routeTable:RouteTable",
    "oci:Core/securityList:SecurityList",
    "oci:Core/serviceGateway:ServiceGateway",
    "oci:Core/shapeManagement:ShapeManagement",
    "oci:Core/subnet:Subnet",
    "oci:Core/vcn:Vcn",
    "oci:FileStorage/export:Export",
    "oci:FileStorage/exportSet:ExportSet",
    "oci:FileStorage/mountTarget:MountTarget",
    "oci:Identity/compartment:Compartment",
    "oci:Identity/customerSecretKey:CustomerSecretKey",
    "oci:Identity/dynamicGroup:DynamicGroup",
    "oci:Identity/group:Group",
    "oci:Identity/policy:Policy",
    "oci:Identity/tag:Tag",
    "oci:Identity/tagDefault:TagDefault",
    "oci:Identity/tagNamespace:TagNamespace",
    "oci:Identity/user:User",
    "oci:Identity/userGroupMembership:UserGroupMembership",
    "oci:Kms/key:Key",
    "oci:Limits/quota:Quota",
    "oci:LogAnalytics/logAnalyticsEntity:LogAnalyticsEntity",
    "oci:LogAnalytics/logAnalyticsLogGroup:LogAnalyticsLogGroup",
    "oci:Lustre/fileStorageObjectStorageLink:FileStorageObjectStorageLink",
    "oci:NetworkLoadBalancer/networkLoadBalancer:NetworkLoadBalancer",
    "oci:ObjectStorage/objectLifecyclePolicy:ObjectLifecyclePolicy",
    "oci:Ons/notificationTopic:NotificationTopic",
    "oci:Ons/subscription:Subscription",
    "oci:ResourceScheduler/schedule:Schedule",
})  # fmt: skip


COSTLY = MappingProxyType({
    "oci:FileStorage/mountTarget:MountTarget": ("requestedThroughput",),
})  # fmt: skip
"""Inputs that make a free type cost. Oracle, "High-Performance Mount Targets", 2026-10."""


def is_free(type_: str) -> bool:
    return type_ in FREE_TYPES or type_.startswith(FREE_PACKAGES)
