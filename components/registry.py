"""Every add-on there is. A new one is a folder and a row here."""

from collections.abc import Mapping

from components.access.admission.addon import AdmissionAddOn
from components.access.personas.addon import PersonasAddOn
from components.access.team_namespaces.addon import TeamNamespacesAddOn
from components.autoscaling.keda.addon import KedaAddOn
from components.certificates.cert_manager.addon import CertManagerAddOn
from components.ci.runners.addon import RunnersAddOn
from components.framework.addon import AddOnType
from components.framework.chart import Chart
from components.gpu.node_feature_discovery.addon import NodeFeatureDiscoveryAddOn
from components.gpu.operator.addon import GpuOperatorAddOn
from components.monitoring.crds.addon import PrometheusOperatorCrdsAddOn
from components.monitoring.oci_onm.addon import OciOnmAddOn
from components.monitoring.stack.addon import MonitoringAddOn
from components.queues.kueue.addon import KueueAddOn
from components.queues.sharing.addon import QueuesAddOn
from components.serving.kserve.addon import KServeAddOn

ALL: tuple[AddOnType, ...] = (
    TeamNamespacesAddOn,
    PersonasAddOn,
    AdmissionAddOn,
    CertManagerAddOn,
    NodeFeatureDiscoveryAddOn,
    GpuOperatorAddOn,
    PrometheusOperatorCrdsAddOn,
    MonitoringAddOn,
    OciOnmAddOn,
    KedaAddOn,
    KServeAddOn,
    RunnersAddOn,
    KueueAddOn,
    QueuesAddOn,
)
"""In the order in which a stack file's reference lists them."""
KINDS: Mapping[str, AddOnType] = {kind.key: kind for kind in ALL}
"""By key, which names the section too: `gpu-operator` is `addons.gpuOperator`."""
CHARTS: tuple[Chart, ...] = tuple(chart for kind in ALL for chart in kind.charts)
"""Every chart that the platform installs."""
