"""NVIDIA's device plugin: who runs it, and what it is told of GPUs that are shared."""

from typing import Any

from components.gpu.operator import mig, sharing
from components.gpu.operator.section import DevicePluginOwner, GpuOperator
from components.gpu.operator.sharing import EXCLUSIVE
from infra.facts import ClusterContext, Pool

GPU = "nvidia.com/gpu"
PLUGIN = "nvidia-device-plugin"


def owner(cluster: ClusterContext, section: GpuOperator) -> DevicePluginOwner:
    """The one owner of NVIDIA's device plugin."""
    return section.device_plugin or ("cluster" if PLUGIN in cluster.provided else "operator")


def plugin_configs(cluster: ClusterContext, section: GpuOperator) -> dict[str, Any]:
    """Configurations of the device plugin by name, that of GPUs which are not shared first."""
    configs = {EXCLUSIVE: sharing.plugin_config(None, (), section.mig_strategy)}
    for pool in cluster.nvidia_pools:
        shared = section.sharing.get(pool.entry)
        if shared is not None:
            name = _config_name(pool, section)
            configs[name] = sharing.plugin_config(shared, _advertised(pool, section), section.mig_strategy)
    return configs


def _advertised(pool: Pool, section: GpuOperator) -> list[str]:
    request = section.mig.get(pool.entry)
    if request is None or section.mig_strategy == "single":
        return [GPU]
    return [mig.resource(profile) for profile in request.wanted]


def _config_name(pool: Pool, section: GpuOperator) -> str:
    shared = section.sharing.get(pool.entry)
    if shared is None:
        return EXCLUSIVE
    return shared.name if _advertised(pool, section) == [GPU] else f"{shared.name}-{pool.entry}"


def default_config(cluster: ClusterContext, section: GpuOperator) -> str:
    """The configuration of nodes without a label: that of the GPU pools where they have one in common."""
    names = dict.fromkeys(_config_name(pool, section) for pool in cluster.nvidia_pools)
    return next(iter(names)) if len(names) == 1 else EXCLUSIVE
