"""The signals of every add-on there is, and of those to come, on a priced platform: what rules and dashboards are tested on."""

from collections.abc import Mapping

from components.ci.runners import signals as runners
from components.framework.signals import Group, Metric, Signals
from components.gpu.operator import signals as gpus
from components.gpu.operator.section import GpuOperator
from components.monitoring.stack import signals as stack
from components.monitoring.stack.section import Monitoring
from components.queues.kueue import signals as queues
from components.serving.kserve import signals as serving
from infra.facts import ClusterContext, Pool, Prices

PRICED = ClusterContext(
    pools=(Pool(name="a10", min_nodes=0, max_nodes=2, gpus_per_node=1, gpu_model="A10"),),
    prices=Prices(node_usd_per_hour={"system": 0.25, "a10": 2.5}, monthly_usd=5000),
)


def signals(cluster: ClusterContext = PRICED, monitoring: Monitoring | None = None, operator: GpuOperator | None = None) -> list[Signals]:
    return [
        stack.signals(cluster, monitoring or Monitoring()),
        gpus.signals(operator or GpuOperator()),
        runners.signals("monitoring"),
        queues.SIGNALS,
        serving.signals("models", "models-namespace"),
    ]


def groups(cluster: ClusterContext = PRICED, monitoring: Monitoring | None = None, operator: GpuOperator | None = None) -> list[Group]:
    """In an order in which each uses only what was recorded before."""
    return [group for each in signals(cluster, monitoring, operator) for group in each.groups]


METRICS: Mapping[str, Metric] = {metric.name: metric for each in signals() for metric in each.metrics}
"""By name."""
