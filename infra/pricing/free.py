"""Resource types that cost nothing by themselves. A type that is neither here nor priced is refused."""

FREE_PACKAGES = ("kubernetes:", "random:", "pulumi:", "platform:")
"""Nothing of these is billed by Oracle for being declared: what runs in a cluster is paid for by its nodes."""

# Oracle, price list and "Always Free" notes of each service, 2026-10. NAT and service gateways, groups, lists, tables: no charge; egress
# is metered and not planned here. Add-ons run on the nodes. Bastion, budgets, quotas, IAM: no charge.
FREE_TYPES = frozenset({
    "oci:Bastion/bastion:Bastion",
    "oci:Budget/budget:Budget",
    "oci:Budget/rule:Rule",
    "oci:ContainerEngine/addon:Addon",
    "oci:ContainerEngine/clusterWorkloadMapping:ClusterWorkloadMapping",
    "oci:Core/computeCluster:ComputeCluster",
    "oci:Core/defaultDhcpOptions:DefaultDhcpOptions",
    "oci:Core/defaultRouteTable:DefaultRouteTable",
    "oci:Core/defaultSecurityList:DefaultSecurityList",
    "oci:Core/image:Image",
    "oci:Core/internetGateway:InternetGateway",
    "oci:Core/natGateway:NatGateway",
    "oci:Core/networkSecurityGroup:NetworkSecurityGroup",
    "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule",
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
    "oci:ObjectStorage/objectLifecyclePolicy:ObjectLifecyclePolicy",
    "oci:Ons/notificationTopic:NotificationTopic",
    "oci:Ons/subscription:Subscription",
})  # fmt: skip


def is_free(type_: str) -> bool:
    return type_ in FREE_TYPES or type_.startswith(FREE_PACKAGES)
