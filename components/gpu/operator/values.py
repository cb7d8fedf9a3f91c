"""Helm values of the GPU Operator, decided from the pools and the section."""

import json
from typing import Any

import yaml

from components.framework.plan import Decided, settings
from components.framework.values import Values
from components.gpu.operator import counters, host_paths, mig_plans
from components.gpu.operator.device_plugin import default_config, owner, plugin_configs
from components.gpu.operator.mig_plans import MigPlan
from components.gpu.operator.section import GpuOperator
from components.gpu.tolerations import gpu_tolerations
from infra.facts import ClusterContext

DECIDED = (
    *settings(
        {
            "driverVersion": [("driver", "version")],
            "migStrategy": [("mig", "strategy")],
            "mig": [("migManager", "enabled"), ("migManager", "config")],
            "sharing": [("devicePlugin", "config")],
        }
    ),
    Decided(("driver", "enabled"), "without a driver no GPU would be found, and the platform knows which nodes have one; take it out"),
    Decided(("devicePlugin", "enabled"), "the setting devicePlugin decides it; set that instead"),
    Decided(("devicePlugin", "env"), "it says how pods get their GPUs; write it whole, and add to it", more=True),
    Decided(("daemonsets", "tolerations"), "nothing would run on GPU nodes without them; write them whole, and add to them", more=True),
    Decided(("gfd", "enabled"), "pods ask for GPUs by the labels that it puts on nodes; take it out"),
    Decided(("dcgmExporter", "enabled"), "nothing would be measured of GPUs, and no alert on them would come; take it out"),
    Decided(("dcgmExporter", "serviceMonitor", "enabled"), "the platform measures GPUs wherever monitors are taken; take it out"),
    Decided(("dcgmExporter", "config"), "rules and dashboards read the counters in it; take it out"),
    Decided(("dcgmExporter", "env"), "it names the counters that rules read; write it whole, and add to it", more=True),
    *(
        Decided(("dcgmExporter", "serviceMonitor", key), "rules know a GPU's node and pod by the labels that it leaves; take it out")
        for key in ("honorLabels", "relabelings")
    ),
    Decided(("operator", "upgradeCRD"), "an upgrade would leave the old definitions; take it out"),
    Decided(("operator", "cleanupCRD"), "the definitions would go with every policy of the cluster; take it out"),
)


def values(cluster: ClusterContext, section: GpuOperator) -> Values:
    """Helm values for this cluster. The section must have no `problems`."""
    installs_driver = not cluster.host_has_gpu_driver
    owns_plugin = owner(cluster, section) == "operator"
    brings_toolkit = owns_plugin or installs_driver
    paths = host_paths.env(cluster)
    return {
        "nfd": {"enabled": False},
        # With CDI the operator's pods ask for the runtime `nvidia`, which its toolkit alone sets up on a node (docs/decisions, 10).
        "cdi": {"enabled": brings_toolkit},
        "driver": {"enabled": installs_driver, **({"version": section.driver_version} if section.driver_version else {})},
        # Images with the driver bring the toolkit as well, set up for the cluster's own plugin.
        "toolkit": {"enabled": brings_toolkit, **({"env": paths} if brings_toolkit and paths else {})},
        "devicePlugin": _device_plugin(cluster, section) if owns_plugin else {"enabled": False},
        "gfd": {"enabled": True},
        "mig": {"strategy": section.mig_strategy},
        "migManager": _mig_manager(cluster, section),
        "dcgm": {"enabled": False},  # the exporter has an engine of its own
        "dcgmExporter": _dcgm_exporter(cluster),
        "daemonsets": {
            "tolerations": gpu_tolerations(cluster),
            "updateStrategy": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": "10%"},
        },
        "operator": {"upgradeCRD": True, "cleanupCRD": False},
    }


def _device_plugin(cluster: ClusterContext, section: GpuOperator) -> Values:
    configs = plugin_configs(cluster, section)
    return {
        "enabled": True,
        # Devices go to the container runtime by their CDI names; by environment they would be handed over twice.
        "env": [{"name": "DEVICE_LIST_STRATEGY", "value": "cdi-cri"}],
        "config": {
            "create": True,
            "name": "device-plugin-configs",
            "default": default_config(cluster, section),
            "data": {name: _yaml(config) for name, config in configs.items()},
        },
    }


def _mig_manager(cluster: ClusterContext, section: GpuOperator) -> Values:
    plans = partitions(cluster, section)
    if not plans:
        return {"enabled": False}
    return {
        "enabled": True,
        "config": {
            "create": True,
            "name": "mig-plans",
            "default": mig_plans.DISABLED,
            "data": {"config.yaml": _yaml(mig_plans.mig_parted(plans))},
        },
    }


def partitions(cluster: ClusterContext, section: GpuOperator) -> tuple[MigPlan, ...]:
    """One plan per entry of `nodePools`, in their order; pools of one entry are alike."""
    pools = {pool.entry: pool for pool in cluster.nvidia_pools}
    return tuple(mig_plans.plan(name, pools[name], request) for name, request in section.mig.items() if name in pools)


def _dcgm_exporter(cluster: ClusterContext) -> Values:
    return {
        "enabled": True,
        "env": [{"name": "DCGM_EXPORTER_COLLECTORS", "value": "/etc/dcgm-exporter/dcgm-metrics.csv"}],
        "config": {"create": True, "name": "dcgm-counters", "data": counters.csv()},
        "serviceMonitor": {
            "enabled": cluster.has("prometheus-operator-crds"),
            "interval": "15s",
            # Whose pod a GPU works for is the exporter's to say; its own pod would stand there where none does.
            "honorLabels": True,
            "relabelings": [
                {"sourceLabels": ["__meta_kubernetes_pod_node_name"], "targetLabel": "node"},
                {"action": "labeldrop", "regex": "pod|container|namespace"},
            ],
        },
    }


def _yaml(document: Any) -> str:
    """The document as text for a ConfigMap, the same for the same content."""
    return yaml.safe_dump(json.loads(json.dumps(document)), sort_keys=False)
