"""The kinds of resources that the API answers for: which path is which type of the simulated state.

A row is a collection of Oracle's API. What can be done with it, and with which models, is in `operations.json`; what the cloud refuses
is in the simulated provider's rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from simulator.oci.outputs import CLUSTER, NODE_POOL, SUBNET, VCN
from simulator.oci.rules import ADDON, BASTION, FILE_SYSTEM, LUSTRE, MOUNT_TARGET, NSG, ROUTE_TABLE

SECURITY_LIST = "oci:Core/securityList:SecurityList"
DHCP_OPTIONS = "oci:Core/dhcpOptions:DhcpOptions"
INSTANCE = "oci:Core/instance:Instance"
IMAGE = "oci:Core/image:Image"
BUCKET = "oci:ObjectStorage/bucket:Bucket"
COMPARTMENT = "oci:Identity/compartment:Compartment"
MAPPING = "oci:ContainerEngine/clusterWorkloadMapping:ClusterWorkloadMapping"
SESSION = "oci:Bastion/session:Session"
TAG = "oci:Identity/tag:Tag"
EXPORT = "oci:FileStorage/export:Export"


@dataclass(frozen=True, kw_only=True)
class Life:
    """The states that a resource goes through."""

    made: str
    making: str = ""
    """Empty where it is made at once."""
    going: str = ""
    """Empty where it is gone at once."""
    changing: str = ""


@dataclass(frozen=True, kw_only=True)
class Work:
    """The work requests of a kind, by operation."""

    create: str
    update: str
    """Empty where a change takes no time."""
    delete: str
    entity: str
    """What a work request calls the resource."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A collection of the API, and the type it holds."""

    type: str
    path: str
    model: str
    """The model of one, in full."""
    life: Life
    work: Work | None = None
    key: str = "id"
    """The property that the last part of an item's path is; `id` for the record's own id."""
    within: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the path, and the properties that they are."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Attributes of the API that the provider calls otherwise."""
    unfiltered: frozenset[str] = frozenset()
    """Filters of a list that no property of one has."""
    assumed: Mapping[str, Any] = field(default_factory=dict)
    """Inputs that the provider insists on, and the API does not know."""

    @property
    def word(self) -> str:
        """`nodePool`, of the type's name."""
        name = self.type.rpartition(":")[2]
        return name[0].lower() + name[1:]


_NETWORK = Life(making="PROVISIONING", made="AVAILABLE", going="TERMINATING")
_AT_ONCE = Life(made="ACTIVE")
_STORAGE = Life(making="CREATING", made="ACTIVE", going="DELETING")
_WORKED = Life(making="CREATING", made="ACTIVE", going="DELETING", changing="UPDATING")

_CORE = "/20160918"
_OKE = "/20180222"
_BASTION = "/20210331"
_FILES = "/20171215"
_LUSTRE = "/20250228"
_LOGAN = "/20200601/namespaces/{namespaceName}"

KINDS: tuple[Kind, ...] = (
    Kind(type=VCN, path=f"{_CORE}/vcns", model="Vcn", life=_NETWORK),
    Kind(type=SUBNET, path=f"{_CORE}/subnets", model="Subnet", life=_NETWORK),
    Kind(type=NSG, path=f"{_CORE}/networkSecurityGroups", model="NetworkSecurityGroup", life=_NETWORK),
    Kind(type=ROUTE_TABLE, path=f"{_CORE}/routeTables", model="RouteTable", life=_NETWORK),
    Kind(type=SECURITY_LIST, path=f"{_CORE}/securityLists", model="SecurityList", life=_NETWORK, names={"isStateless": "stateless"}),
    Kind(type="oci:Core/internetGateway:InternetGateway", path=f"{_CORE}/internetGateways", model="InternetGateway", life=_NETWORK,
         names={"isEnabled": "enabled"}),
    Kind(type="oci:Core/natGateway:NatGateway", path=f"{_CORE}/natGateways", model="NatGateway", life=_NETWORK),
    Kind(type="oci:Core/serviceGateway:ServiceGateway", path=f"{_CORE}/serviceGateways", model="ServiceGateway", life=_NETWORK),
    Kind(type="oci:Core/computeCluster:ComputeCluster", path=f"{_CORE}/computeClusters", model="ComputeCluster", life=_AT_ONCE),
    Kind(type=IMAGE, path=f"{_CORE}/images", model="Image", life=Life(making="PROVISIONING", made="AVAILABLE")),
    Kind(type=INSTANCE, path=f"{_CORE}/instances", model="Instance",
         life=Life(making="PROVISIONING", made="RUNNING", going="TERMINATING"), names={"imageId": "sourceId"}),
    Kind(type=CLUSTER, path=f"{_OKE}/clusters", model="Cluster", life=_WORKED,
         work=Work(create="CLUSTER_CREATE", update="CLUSTER_UPDATE", delete="CLUSTER_DELETE", entity="cluster")),
    Kind(type=NODE_POOL, path=f"{_OKE}/nodePools", model="NodePool", life=_WORKED,
         work=Work(create="NODEPOOL_CREATE", update="NODEPOOL_UPDATE", delete="NODEPOOL_DELETE", entity="nodepool")),
    Kind(type=ADDON, path=f"{_OKE}/clusters/{{clusterId}}/addons", model="Addon", life=_WORKED, key="addonName",
         work=Work(create="ENABLE_ADDON", update="UPDATE_ADDON", delete="DISABLE_ADDON", entity="addon"),
         within={"clusterId": "clusterId"}, names={"name": "addonName", "isOverrideExisting": "overrideExisting"},
         assumed={"removeAddonResourcesOnDelete": False}),
    Kind(type=MAPPING, path=f"{_OKE}/clusters/{{clusterId}}/workloadMappings", model="WorkloadMapping", life=_AT_ONCE,
         key="workloadMappingId", within={"clusterId": "clusterId"}, names={"id": "workloadMappingId"}),
    Kind(type=COMPARTMENT, path=f"{_CORE}/compartments", model="Compartment", life=Life(made="ACTIVE", going="DELETING")),
    Kind(type="oci:Identity/policy:Policy", path=f"{_CORE}/policies", model="Policy", life=_AT_ONCE),
    Kind(type="oci:Identity/dynamicGroup:DynamicGroup", path=f"{_CORE}/dynamicGroups", model="DynamicGroup", life=_AT_ONCE),
    Kind(type="oci:Identity/tagNamespace:TagNamespace", path=f"{_CORE}/tagNamespaces", model="TagNamespace", life=_AT_ONCE),
    Kind(type=TAG, path=f"{_CORE}/tagNamespaces/{{tagNamespaceId}}/tags", model="Tag", life=_AT_ONCE, key="name",
         within={"tagNamespaceId": "tagNamespaceId"}),
    Kind(type="oci:Limits/quota:Quota", path="/20181025/quotas", model="Quota", life=_AT_ONCE),
    Kind(type="oci:Budget/budget:Budget", path="/20190111/budgets", model="Budget", life=_AT_ONCE),
    Kind(type="oci:Budget/rule:Rule", path="/20190111/budgets/{budgetId}/alertRules", model="AlertRule", life=_AT_ONCE,
         within={"budgetId": "budgetId"}),
    Kind(type=BASTION, path=f"{_BASTION}/bastions", model="Bastion", life=_WORKED,
         work=Work(create="CREATE_BASTION", update="UPDATE_BASTION", delete="DELETE_BASTION", entity="bastionservice"),
         names={"bastionLifecycleState": "state", "bastionId": "id"}),
    Kind(type=SESSION, path=f"{_BASTION}/sessions", model="Session", life=_STORAGE,
         work=Work(create="CREATE_SESSION", update="", delete="DELETE_SESSION", entity="session"),
         names={"sessionLifecycleState": "state", "sessionId": "id"}),
    Kind(type=FILE_SYSTEM, path=f"{_FILES}/fileSystems", model="FileSystem", life=_STORAGE),
    Kind(type=MOUNT_TARGET, path=f"{_FILES}/mountTargets", model="MountTarget", life=_STORAGE),
    Kind(type=EXPORT, path=f"{_FILES}/exports", model="Export", life=_STORAGE, unfiltered=frozenset({"compartmentId"})),
    Kind(type=BUCKET, path="/n/{namespaceName}/b", model="Bucket", life=_AT_ONCE, key="name", within={"namespaceName": "namespace"},
         names={"publicAccessType": "accessType", "id": "bucketId", "fields": "fields"}),
    Kind(type=LUSTRE, path=f"{_LUSTRE}/lustreFileSystems", model="LustreFileSystem", life=_WORKED,
         work=Work(create="CREATE_LUSTRE_FILE_SYSTEM", update="UPDATE_LUSTRE_FILE_SYSTEM", delete="DELETE_LUSTRE_FILE_SYSTEM",
                   entity="lustrefilesystem")),
    Kind(type="oci:LogAnalytics/logAnalyticsLogGroup:LogAnalyticsLogGroup", path=f"{_LOGAN}/logAnalyticsLogGroups",
         model="LogAnalyticsLogGroup", life=_AT_ONCE, within={"namespaceName": "namespace"}),
    Kind(type="oci:LogAnalytics/logAnalyticsEntity:LogAnalyticsEntity", path=f"{_LOGAN}/logAnalyticsEntities",
         model="LogAnalyticsEntity", life=_AT_ONCE, within={"namespaceName": "namespace"}),
    Kind(type="oci:Ons/notificationTopic:NotificationTopic", path="/20181201/topics", model="NotificationTopic", life=_AT_ONCE,
         names={"id": "topicId"}),
    Kind(type="oci:Ons/subscription:Subscription", path="/20181201/subscriptions", model="Subscription", life=_AT_ONCE),
)  # fmt: skip

BY_TOKEN: Mapping[str, Kind] = MappingProxyType({kind.type: kind for kind in KINDS})
BY_PATH: Mapping[str, Kind] = MappingProxyType({kind.path: kind for kind in KINDS})
