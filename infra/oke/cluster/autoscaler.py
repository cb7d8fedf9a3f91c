"""The Cluster Autoscaler as OKE's add-on: `configuration` and `nodes` decide, `Autoscaler` declares."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from infra.oci import oci
from infra.oke.cluster.managed_addons import configurations
from infra.oke.pools import section
from infra.oke.pools.pool_plan import PoolPlan

PROVISION_MINUTES, BARE_METAL_PROVISION_MINUTES = 15, 45
"""How long a node may take to appear before the autoscaler gives up on it; a bare-metal node boots for 20 to 40 minutes."""


def autoscaled(plans: Iterable[PoolPlan]) -> tuple[PoolPlan, ...]:
    """The pools whose size the autoscaler owns, by name."""
    return tuple(sorted((plan for plan in plans if plan.autoscaled), key=lambda plan: plan.name))


def configuration(plans: Sequence[PoolPlan], settings: section.Autoscaler) -> dict[str, str]:
    """Everything but the list of pools, as text.

    Keys: Oracle, "Cluster Autoscaler add-on configuration arguments", 2026-09. `workload` needs no dynamic group. Nodes with pods
    that keep something on disk stay: a job in the middle of its work is worth more than the node.
    """
    slow = any(plan.shape.bare_metal for plan in autoscaled(plans))
    return {
        "authType": "workload",
        "expander": settings.expander,
        "maxNodeProvisionTime": f"{BARE_METAL_PROVISION_MINUTES if slow else PROVISION_MINUTES}m",
        "scaleDownDelayAfterAdd": f"{settings.scale_down_minutes}m",
        "scaleDownUnneededTime": f"{settings.scale_down_minutes}m",
        "skipNodesWithLocalStorage": "true",
    }


def nodes(bounds: Iterable[tuple[PoolPlan, str]]) -> str:
    """The pools and their bounds as the add-on reads them, by the pools' names: `0:4:ocid1.nodepool..., 1:3:ocid1.nodepool...`."""
    return ", ".join(f"{plan.min_size}:{plan.max_size}:{ocid}" for plan, ocid in sorted(bounds, key=lambda bound: bound[0].name))


@dataclass(frozen=True, kw_only=True)
class AutoscalerArgs:
    cluster_id: pulumi.Input[str]
    plans: Sequence[PoolPlan]
    """All pools; those of a fixed size are passed over."""
    pool_ids: Mapping[str, pulumi.Input[str]]
    """OCID of each autoscaled pool, by the name of its plan."""
    settings: section.Autoscaler
    after: Sequence[pulumi.Resource]
    """The system pool, whose nodes the autoscaler runs on, and the policies that let it."""


@dataclass(frozen=True, kw_only=True)
class AutoscalerResources:
    addon: oci.containerengine.Addon


class Autoscaler(pulumi.ComponentResource):
    """Deleted before the pools it watches, so that it does not resize what is going. Raises ValueError where there is nothing to scale."""

    resources: AutoscalerResources

    def __init__(self, name: str, args: AutoscalerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        scaled = autoscaled(args.plans)
        if not scaled:
            raise ValueError("no node pool has minSize and maxSize: the autoscaler has nothing to do")
        super().__init__("platform:oke:Autoscaler", name, {}, opts)
        ids = pulumi.Output.all(*(args.pool_ids[plan.name] for plan in scaled))
        listed = ids.apply(lambda ocids: nodes(zip(scaled, ocids, strict=True)))
        addon = oci.containerengine.Addon(
            name,
            addon_name="ClusterAutoscaler",
            cluster_id=args.cluster_id,
            version=args.settings.version,
            configurations=configurations({**configuration(scaled, args.settings), "nodes": listed}),
            remove_addon_resources_on_delete=True,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(args.after),
                custom_timeouts=pulumi.CustomTimeouts(create="30m", update="30m", delete="30m"),
            ),
        )
        self.resources = AutoscalerResources(addon=addon)
        self.register_outputs({})
