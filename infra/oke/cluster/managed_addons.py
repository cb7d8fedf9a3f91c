"""Add-ons that Oracle manages: `plan` decides which and in what order, `ManagedAddOns` declares."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pulumi

from infra.oci import oci
from infra.oke.network.cidr import PodNetwork
from infra.oke.pools.pool_plan import DevicePlugin
from infra.problems import PlanError, Problem

CERT_MANAGER = "CertManager"
METRICS_SERVER = "KubernetesMetricsServer"
NVIDIA_PLUGIN, AMD_PLUGIN = "NvidiaGpuPlugin", "AmdGpuPlugin"
_CNI: dict[PodNetwork, str] = {"native": "OciVcnIpNative", "flannel": "Flannel"}

# Oracle, "Introducing Cluster Add-ons" and "Configuration Arguments", 2026-09.
PROVIDES: Mapping[str, str] = MappingProxyType({
    CERT_MANAGER: "cert-manager", METRICS_SERVER: "metrics-server", NVIDIA_PLUGIN: "nvidia-device-plugin",
    AMD_PLUGIN: "amd-device-plugin",
})  # fmt: skip
"""What an add-on brings, as `ClusterFacts.provided` calls it."""


class ManagedAddOnPlanError(PlanError):
    """The add-ons cannot be made as asked."""


@dataclass(frozen=True, kw_only=True)
class ManagedAddOnsRequest:
    pod_network: PodNetwork = "native"
    cert_manager: bool = False
    metrics_server: bool = True
    """Brings cert-manager with it, which it gets its certificate from."""
    device_plugin: DevicePlugin = "oke"
    nvidia_gpus: bool = False
    """The cluster has NVIDIA nodes, so that the device plugin has something to do."""
    amd_gpus: bool = False
    """The cluster has AMD nodes, whose plugin is always OKE's: the GPU Operator is NVIDIA's."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Version by add-on. Left out: Oracle keeps it current."""
    configurations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Keys and values by add-on. Values are text, structures JSON. A key that is taken out again keeps its value in the cluster."""


@dataclass(frozen=True, kw_only=True)
class ManagedAddOnPlan:
    name: str
    """As OKE calls it."""
    version: str | None
    configuration: Mapping[str, str]
    essential: bool
    """OKE installs it with the cluster and nothing runs without it: it is left behind when dropped."""
    taken_over: bool
    """OKE may have installed it before."""
    after: tuple[str, ...]
    """Add-ons that must stand before."""

    @property
    def key(self) -> str:
        """What the add-on is called in the stack: `core-dns`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", self.name).lower()


def plan(spec: ManagedAddOnsRequest) -> tuple[ManagedAddOnPlan, ...]:
    """The add-ons to make: cert-manager first, for whatever needs its webhook, then the rest by name.

    With the GPU Operator as owner of the device plugin OKE's is left out, and the pools' label keeps it off the nodes. What is dropped
    later takes its objects along, so that another owner finds none of them: two device plugins would advertise the same GPUs.
    Raises ManagedAddOnPlanError for a version or configuration of an add-on that is not made.
    """
    essential = ("CoreDNS", "KubeProxy", _CNI[spec.pod_network])
    optional = [METRICS_SERVER] if spec.metrics_server else []
    if spec.cert_manager or spec.metrics_server:
        optional.append(CERT_MANAGER)
    plugins = [AMD_PLUGIN] if spec.amd_gpus else []
    if spec.device_plugin == "oke" and spec.nvidia_gpus:
        plugins.append(NVIDIA_PLUGIN)
    names = sorted({*essential, *optional, *plugins}, key=lambda name: (name != CERT_MANAGER, name))
    problems = [
        Problem(f"okeAddons.{section}.{name}", f"the add-on is not installed; installed are {', '.join(names)}")
        for section, settings in (("versions", spec.versions), ("configurations", spec.configurations))
        for name in settings
        if name not in names
    ]
    if problems:
        raise ManagedAddOnPlanError(problems)
    return tuple(
        ManagedAddOnPlan(
            name=name,
            version=spec.versions.get(name),
            configuration=MappingProxyType(dict(sorted(spec.configurations.get(name, {}).items()))),
            essential=name in essential,
            taken_over=name in (*essential, *plugins),
            after=(CERT_MANAGER,) if name == METRICS_SERVER else (),
        )
        for name in names
    )


def provided(plans: Sequence[ManagedAddOnPlan]) -> frozenset[str]:
    """What the add-ons bring that the platform must not install again."""
    return frozenset(PROVIDES[addon.name] for addon in plans if addon.name in PROVIDES)


@dataclass(frozen=True, kw_only=True)
class ManagedAddOnsArgs:
    cluster: oci.containerengine.Cluster
    plans: Sequence[ManagedAddOnPlan]
    after: Sequence[pulumi.Resource]
    """The system pool: add-ons are pods, and wait for a node that takes them."""


@dataclass(frozen=True, kw_only=True)
class ManagedAddOnsResources:
    by_name: Mapping[str, oci.containerengine.Addon]
    """By OKE's name of the add-on."""


class ManagedAddOns(pulumi.ComponentResource):
    """Add-ons of one cluster. They go with the cluster, so deleting it does not delete them one by one first."""

    resources: ManagedAddOnsResources

    def __init__(self, name: str, args: ManagedAddOnsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:oke:AddOns", name, {}, opts)
        made: dict[str, oci.containerengine.Addon] = {}
        for addon in args.plans:
            made[addon.name] = oci.containerengine.Addon(
                f"{name}-{addon.key}",
                addon_name=addon.name,
                cluster_id=args.cluster.id,
                version=addon.version,
                configurations=configurations(addon.configuration),
                override_existing=addon.taken_over,
                remove_addon_resources_on_delete=not addon.essential,
                opts=pulumi.ResourceOptions(
                    parent=self,
                    depends_on=[*args.after, *(made[first] for first in addon.after)],
                    deleted_with=args.cluster,
                    custom_timeouts=pulumi.CustomTimeouts(create="30m", update="30m", delete="30m"),
                ),
            )
        self.resources = ManagedAddOnsResources(by_name=MappingProxyType(made))
        self.register_outputs({"names": list(made)})


def configurations(settings: Mapping[str, pulumi.Input[str]]) -> list[oci.containerengine.AddonConfigurationArgs] | None:
    """Settings as the API takes them, in the order of their keys; None where there are none, for Oracle's defaults."""
    return [oci.containerengine.AddonConfigurationArgs(key=key, value=value) for key, value in sorted(settings.items())] or None
