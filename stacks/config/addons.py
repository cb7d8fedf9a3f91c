"""The `addons` section: what the platform installs into the cluster, and how."""

from typing import Annotated, Literal

from pydantic import Field

from stacks.config.addon_section import AddOnSection
from stacks.config.addons_monitoring import Monitoring, OciOnm, PrometheusOperatorCrds
from stacks.config.addons_serving import KServe
from stacks.config.base import DnsLabel, Section

Count = Annotated[int, Field(ge=0)]


class CertManager(AddOnSection):
    replicas: Annotated[int, Field(ge=1)] = 1
    """Of the controller and of the webhook."""
    gateway_api: bool = False
    """Make certificates for Gateways; the Gateway API's definitions must be there first."""


class NodeFeatureDiscovery(AddOnSection):
    pass


class Sharing(Section):
    mode: Literal["time-slicing", "mps"]
    """`time-slicing`: pods take turns and share all memory. `mps`: pods run at once, each with its part; not on partitioned GPUs."""
    replicas: Annotated[int, Field(ge=2)]
    """Pods per GPU, or per slice of a partitioned one."""


class Mig(Section):
    """Instances by profile, in one of two ways."""

    per_gpu: dict[str, Count] | None = None
    """What every GPU is cut into: `{3g.40gb: 1, 2g.20gb: 2}`."""
    per_node: dict[str, Count] | None = None
    """What a node has in all; the planner deals it to the GPUs."""


class GpuOperator(AddOnSection):
    device_plugin: Literal["cluster", "operator"] | None = None
    """Who advertises the GPUs. Left out: the cluster where it does already, and the operator else."""
    driver_version: str | None = None
    """Version of the driver, on machines whose image has none. Left out: the chart's."""
    sharing: dict[DnsLabel, Sharing] = {}
    """Several pods on one GPU, by entry of `nodePools`."""
    mig: dict[DnsLabel, Mig] = {}
    """Partitions (NVIDIA MIG), by entry of `nodePools`."""
    mig_strategy: Literal["mixed", "single"] = "mixed"
    """`mixed`: pods ask for `nvidia.com/mig-1g.10gb`. `single`: every slice is an `nvidia.com/gpu`, as the autoscaler knows them."""


class PlatformAddOns(Section):
    cert_manager: CertManager = CertManager()
    """Certificates for webhooks and gateways."""
    node_feature_discovery: NodeFeatureDiscovery = NodeFeatureDiscovery()
    """Tells which nodes have a GPU."""
    gpu_operator: GpuOperator = GpuOperator()
    """Schedules, shares, partitions and measures GPUs."""
    prometheus_operator_crds: PrometheusOperatorCrds = PrometheusOperatorCrds()
    """Definitions of what is measured and warned of. Other add-ons say there what to measure of them."""
    monitoring: Monitoring = Monitoring()
    """Prometheus, Alertmanager and Grafana, with rules and dashboards."""
    oci_onm: OciOnm = OciOnm()
    """Logs to OCI Log Analytics."""
    kserve: KServe = KServe()
    """Serves models on GPUs."""
