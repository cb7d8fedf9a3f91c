"""NVIDIA's GPU Operator: what a node's GPUs need to be scheduled, shared, partitioned and measured."""

from collections.abc import Iterable

from components.framework.addon import AddOn
from components.framework.operations import Operations, Workload
from components.framework.plan import AddOnPlan, Namespace, Release
from components.gpu.operator import labels, rules
from components.gpu.operator.chart import GPU_OPERATOR
from components.gpu.operator.device_plugin import PLUGIN
from components.gpu.operator.section import GpuOperator
from components.gpu.operator.signals import signals
from components.gpu.operator.values import DECIDED, values
from infra.facts import ClusterContext
from infra.needs import NodeLabels
from infra.problems import Problem

NAME = "gpu-operator"

OPERATIONS = Operations(healthy=(Workload(kind="Deployment", namespace=NAME, name="gpu-operator"),))


class GpuOperatorAddOn(AddOn[GpuOperator]):
    key = NAME
    about = "Schedules, shares, partitions and measures GPUs."
    Section = GpuOperator
    requires = frozenset({"node-feature-discovery"})
    after = frozenset({"prometheus-operator-crds"})
    charts = (GPU_OPERATOR,)
    provided = (PLUGIN,)
    namespaces = frozenset({NAME})

    @classmethod
    def unwanted(cls, cluster: ClusterContext) -> str | None:
        return super().unwanted(cluster) or (None if cluster.nvidia_pools else "no pool has NVIDIA's GPUs")

    @classmethod
    def problems(cls, cluster: ClusterContext, section: GpuOperator) -> Iterable[Problem]:
        return rules.problems(cluster, section)

    @classmethod
    def needs(cls, cluster: ClusterContext, section: GpuOperator) -> Iterable[NodeLabels]:
        return labels.needed(cluster, section)

    @classmethod
    def plan(cls, cluster: ClusterContext, section: GpuOperator) -> AddOnPlan:
        return AddOnPlan(
            namespaces=(Namespace(name=NAME, pod_security="privileged"),),  # drivers and devices are the host's
            releases=(Release(name=NAME, chart=GPU_OPERATOR, namespace=NAME, values=values(cluster, section), decided=DECIDED),),
            signals=signals(section),
            operations=OPERATIONS,
        )
