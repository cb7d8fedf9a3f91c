"""NVIDIA's GPU Operator: what a node's GPUs need to be scheduled, shared, partitioned and measured."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from components.addon import AddOn, AddOnSettings
from components.charts import GPU_OPERATOR
from components.gpu import counters, mig, mig_plans, sharing
from components.gpu.mig_plans import MigPlan, MigRequest, MigStrategy
from components.gpu.sharing import EXCLUSIVE, Sharing
from components.gpu.tolerations import gpu_tolerations
from components.release import Released, alone
from components.values import Values, merged
from infra.facts import ClusterContext, Pool
from infra.problems import Problem

GPU = "nvidia.com/gpu"
PLUGIN = "nvidia-device-plugin"

DevicePluginOwner = Literal["cluster", "operator"]


@dataclass(frozen=True, kw_only=True)
class GpuOperatorSettings(AddOnSettings):
    device_plugin: DevicePluginOwner | None = None
    """Who advertises the GPUs; None for the cluster where it does already, and the operator else."""
    driver_version: str | None = None
    """Of the driver that the operator installs; None for the chart's."""
    sharing: Mapping[str, Sharing] = field(default_factory=dict)
    """By entry of `nodePools`."""
    mig: Mapping[str, MigRequest] = field(default_factory=dict)
    """By entry of `nodePools`."""
    mig_strategy: MigStrategy = "mixed"


class GpuOperator(AddOn[GpuOperatorSettings]):
    key = "gpu-operator"
    namespace = "gpu-operator"
    pod_security = "privileged"  # drivers and devices are the host's
    requires = frozenset({"node-feature-discovery"})
    after = frozenset({"prometheus-operator-crds"})
    charts = (GPU_OPERATOR,)
    Settings = GpuOperatorSettings
    resources: Released

    @classmethod
    def wanted(cls, cluster: ClusterContext) -> bool:
        return super().wanted(cluster) and bool(cluster.nvidia_pools)

    @classmethod
    def problems(cls, cluster: ClusterContext, settings: GpuOperatorSettings) -> Iterable[Problem]:
        if not cluster.nvidia_pools:
            yield Problem("", "has nothing to operate: no pool has NVIDIA GPUs; add one that has, or turn gpu-operator off")
            return
        yield from _owner_problems(cluster, settings)
        yield from _pool_problems(cluster, settings)
        yield from _second_source_problems(cluster, settings)

    def declare(self) -> Released:
        return alone(self, GPU_OPERATOR, values(self.context, self.settings))


def owner(cluster: ClusterContext, settings: GpuOperatorSettings) -> DevicePluginOwner:
    """The one owner of NVIDIA's device plugin."""
    return settings.device_plugin or ("cluster" if PLUGIN in cluster.provided else "operator")


def _owner_problems(cluster: ClusterContext, settings: GpuOperatorSettings) -> Iterable[Problem]:
    provides = PLUGIN in cluster.provided
    if settings.device_plugin == "operator" and provides:
        fix = "set cluster.devicePlugin to operator, or take it out of cluster.provided"
        yield Problem(
            "devicePlugin", f"is operator, but the cluster runs NVIDIA's device plugin too, and two would register every GPU; {fix}"
        )
    if settings.device_plugin == "cluster" and not provides:
        yield Problem(
            "devicePlugin", "is cluster, but the cluster does not run NVIDIA's device plugin, so no GPU would be advertised; use operator"
        )
    if owner(cluster, settings) == "cluster":
        for key, asked in (("sharing", settings.sharing), ("mig", settings.mig)):
            if asked:
                yield Problem(key, "is done by the device plugin, which is the cluster's own here; set cluster.devicePlugin to operator")
    if settings.driver_version is not None and cluster.host_has_gpu_driver:
        yield Problem("driverVersion", f"is {settings.driver_version}, but the nodes' images carry the driver; leave it out")


def _pool_problems(cluster: ClusterContext, settings: GpuOperatorSettings) -> Iterable[Problem]:
    pools = {pool.declared_as: pool for pool in cluster.gpu_pools}
    for key, names in (("sharing", settings.sharing), ("mig", settings.mig)):
        for name in names:
            if name not in pools:
                known = ", ".join(dict.fromkeys(pools)) or "none"
                yield Problem(f"{key}.{name}", f"there is no GPU pool {name}; those of the stack file are {known}")
    for name, shared in settings.sharing.items():
        if name in pools:
            yield from _under(f"sharing.{name}", sharing.problems(pools[name], shared, partitioned=name in settings.mig))
    for name, request in settings.mig.items():
        if name in pools:
            yield from _under(f"mig.{name}", mig_plans.problems(pools[name], request, settings.mig_strategy))


def _under(prefix: str, problems: Iterable[Problem]) -> Iterable[Problem]:
    return (problem.under(prefix) for problem in problems)


def _second_source_problems(cluster: ClusterContext, settings: GpuOperatorSettings) -> Iterable[Problem]:
    """What `values` may not turn on, because somebody else brings it: it would be there twice."""
    others = {
        "nfd": (True, "node-feature-discovery is an add-on of its own"),
        "driver": (cluster.host_has_gpu_driver, "the nodes' images carry the driver"),
        "devicePlugin": (owner(cluster, settings) == "cluster", "the cluster runs NVIDIA's device plugin"),
    }
    for key, (brought, by) in others.items():
        given = settings.values.get(key)
        if brought and isinstance(given, Mapping) and given.get("enabled"):
            yield Problem(f"values.{key}.enabled", f"is true, but {by}, and there would be two; take it out")


def values(cluster: ClusterContext, settings: GpuOperatorSettings) -> Values:
    """Helm values for this cluster. The settings must have no `problems`."""
    installs_driver = not cluster.host_has_gpu_driver
    owns_plugin = owner(cluster, settings) == "operator"
    decided: Values = {
        "nfd": {"enabled": False},
        "cdi": {"enabled": True},
        "driver": {"enabled": installs_driver, **({"version": settings.driver_version} if settings.driver_version else {})},
        # Images with the driver bring the toolkit as well, set up for the cluster's own plugin.
        "toolkit": {"enabled": owns_plugin or installs_driver},
        "devicePlugin": _device_plugin(cluster, settings) if owns_plugin else {"enabled": False},
        "gfd": {"enabled": True},
        "mig": {"strategy": settings.mig_strategy},
        "migManager": _mig_manager(cluster, settings),
        "dcgm": {"enabled": False},  # the exporter has an engine of its own
        "dcgmExporter": _dcgm_exporter(cluster),
        "daemonsets": {
            "tolerations": gpu_tolerations(cluster),
            "updateStrategy": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": "10%"},
        },
        "operator": {"upgradeCRD": True, "cleanupCRD": False},
    }
    return merged(decided, settings.values)


def _device_plugin(cluster: ClusterContext, settings: GpuOperatorSettings) -> Values:
    configs = plugin_configs(cluster, settings)
    return {
        "enabled": True,
        # Devices go to the container runtime by their CDI names; by environment they would be handed over twice.
        "env": [{"name": "DEVICE_LIST_STRATEGY", "value": "cdi-cri"}],
        "config": {
            "create": True,
            "name": "device-plugin-configs",
            "default": default_config(cluster, settings),
            "data": {name: _yaml(config) for name, config in configs.items()},
        },
    }


def plugin_configs(cluster: ClusterContext, settings: GpuOperatorSettings) -> dict[str, Any]:
    """Configurations of the device plugin by name, that of GPUs which are not shared first."""
    configs = {EXCLUSIVE: sharing.plugin_config(None, (), settings.mig_strategy)}
    for pool in cluster.nvidia_pools:
        shared = settings.sharing.get(pool.declared_as)
        if shared is not None:
            name = _config_name(pool, settings)
            configs[name] = sharing.plugin_config(shared, _advertised(pool, settings), settings.mig_strategy)
    return configs


def _advertised(pool: Pool, settings: GpuOperatorSettings) -> list[str]:
    request = settings.mig.get(pool.declared_as)
    if request is None or settings.mig_strategy == "single":
        return [GPU]
    return [mig.resource(profile) for profile in request.wanted]


def _config_name(pool: Pool, settings: GpuOperatorSettings) -> str:
    shared = settings.sharing.get(pool.declared_as)
    if shared is None:
        return EXCLUSIVE
    return shared.name if _advertised(pool, settings) == [GPU] else f"{shared.name}-{pool.declared_as}"


def default_config(cluster: ClusterContext, settings: GpuOperatorSettings) -> str:
    """The configuration of nodes without a label: that of the GPU pools where they have one in common."""
    names = dict.fromkeys(_config_name(pool, settings) for pool in cluster.nvidia_pools)
    return next(iter(names)) if len(names) == 1 else EXCLUSIVE


def _mig_manager(cluster: ClusterContext, settings: GpuOperatorSettings) -> Values:
    plans = partitions(cluster, settings)
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


def partitions(cluster: ClusterContext, settings: GpuOperatorSettings) -> tuple[MigPlan, ...]:
    """One plan per entry of `nodePools`, in their order; pools of one entry are alike."""
    pools = {pool.declared_as: pool for pool in cluster.nvidia_pools}
    return tuple(mig_plans.plan(name, pools[name], request) for name, request in settings.mig.items() if name in pools)


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


def node_labels(settings: GpuOperatorSettings, entry: str, product: str | None = None) -> dict[str, str]:
    """Labels that the nodes of an entry of `nodePools` must be born with, so that their GPUs are cut and shared as planned.

    `product` is what nvidia.com/gpu.product is on a whole GPU: feature discovery calls one that is cut or shared differently.
    """
    labels: dict[str, str] = {}
    request, shared = settings.mig.get(entry), settings.sharing.get(entry)
    mixed = request is not None and settings.mig_strategy == "mixed"
    if request is not None:
        labels[mig_plans.CONFIG_LABEL] = entry
        if product is not None and not mixed:
            product = f"{product}-MIG-{next(iter(request.wanted), '').replace('+', '.')}"
    if shared is not None:
        labels[sharing.CONFIG_LABEL] = f"{shared.name}-{entry}" if mixed else shared.name
        if product is not None and not mixed:
            product = f"{product}-SHARED"
    if labels and product is not None:
        labels["nvidia.com/gpu.product"] = product
    return labels


def labels_by_hand(cluster: ClusterContext, settings: GpuOperatorSettings) -> dict[str, dict[str, str]]:
    """Labels by entry of `nodePools` for nodes that exist already, and that nobody but their owner can label.

    Nodes without a label have the default configuration, so that needs none.
    """
    default = (sharing.CONFIG_LABEL, default_config(cluster, settings))
    pools = {pool.declared_as: node_labels(settings, pool.declared_as) for pool in cluster.nvidia_pools}
    needed = {entry: {key: value for key, value in labels.items() if (key, value) != default} for entry, labels in pools.items()}
    return {entry: labels for entry, labels in needed.items() if labels}
