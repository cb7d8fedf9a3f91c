"""Node Feature Discovery: tells which nodes have a GPU. A cluster has exactly one, which the GPU Operator's own copy is not."""

from components.framework.addon import AddOn
from components.framework.operations import Operations, Workload
from components.framework.plan import AddOnPlan, Namespace, Release
from components.gpu.node_feature_discovery.chart import NODE_FEATURE_DISCOVERY
from components.gpu.node_feature_discovery.section import NodeFeatureDiscovery
from components.gpu.node_feature_discovery.values import DECIDED, values
from infra.facts import ClusterContext

NAME = "node-feature-discovery"

OPERATIONS = Operations(
    healthy=(
        Workload(kind="Deployment", namespace=NAME, name=f"{NAME}-master"),
        Workload(kind="DaemonSet", namespace=NAME, name=f"{NAME}-worker"),
    ),
)


class NodeFeatureDiscoveryAddOn(AddOn[NodeFeatureDiscovery]):
    key = NAME
    about = "Tells which nodes have a GPU."
    Section = NodeFeatureDiscovery
    charts = (NODE_FEATURE_DISCOVERY,)
    provided = ("node-feature-discovery",)
    namespaces = frozenset({NAME})

    @classmethod
    def unwanted(cls, cluster: ClusterContext) -> str | None:
        return super().unwanted(cluster) or (None if cluster.nvidia_pools else "no pool has NVIDIA's GPUs")

    @classmethod
    def plan(cls, cluster: ClusterContext, section: NodeFeatureDiscovery) -> AddOnPlan:
        return AddOnPlan(
            namespaces=(Namespace(name=NAME, pod_security="privileged"),),  # its workers read the host's devices
            releases=(Release(name=NAME, chart=NODE_FEATURE_DISCOVERY, namespace=NAME, values=values(cluster), decided=DECIDED),),
            operations=OPERATIONS,
        )
