"""One node pool: `infra.oke.pools.plan` decides, `NodePool` declares."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.oci import oci
from infra.oke.network.cidr import CNI_TYPES
from infra.oke.pools.cloud_init import FirstBoot, user_data
from infra.oke.pools.pool_plan import Cycling, PoolPlan, name_in_oke

_CYCLE_MODES: dict[Cycling, list[str]] = {"off": [], "boot-volume": ["BOOT_VOLUME_REPLACE"], "instance": ["INSTANCE_REPLACE"]}


@dataclass(frozen=True, kw_only=True)
class NodePoolArgs:
    prefix: str
    compartment_id: pulumi.Input[str]
    cluster_id: pulumi.Input[str]
    """REPLACES the pool, as do the compartment, the pod network and the compute cluster."""
    plan: PoolPlan
    availability_domains: pulumi.Input[list[str]]
    """Names of the region's availability domains, in order."""
    image_id: pulumi.Input[str]
    worker_subnet_id: pulumi.Input[str]
    worker_nsg_ids: Sequence[pulumi.Input[str]] = ()
    pod_subnet_id: pulumi.Input[str] | None = None
    """Where pods get their addresses, for VCN-native pods only."""
    pod_nsg_ids: Sequence[pulumi.Input[str]] = ()
    compute_cluster_id: pulumi.Input[str] | None = None
    """For RDMA pools only."""
    volume_key_id: pulumi.Input[str] | None = None
    """KMS key of the boot volumes; Oracle's own where there is none."""
    encrypt_in_transit: bool = True
    """Encrypt what goes between a node and its volumes. Bare metal cannot, and does not."""
    after: Sequence[pulumi.Resource] = ()
    """What must stand before a node boots: policies, routes, rules. A node asks for its rights once an hour only."""


@dataclass(frozen=True, kw_only=True)
class NodePoolResources:
    pool: oci.containerengine.NodePool


class NodePool(pulumi.ComponentResource):
    """Equal nodes. Of an autoscaled pool the size is written once and then left to the autoscaler.

    Image, version, labels, taints and metadata change in place and reach nodes that exist only by cycling. Another shape replaces a GPU
    pool: OKE refuses to change between shapes with and without GPUs, and labels would lie about the nodes that stay.
    Raises ValueError where the network or the compute cluster does not go with the plan.
    """

    resources: NodePoolResources
    id: pulumi.Output[str]

    def __init__(self, name: str, args: NodePoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        _check(args)
        super().__init__("platform:oke:NodePool", name, {}, opts)
        plan = args.plan
        pool = oci.containerengine.NodePool(
            name,
            name=name_in_oke(args.prefix, plan.name),
            compartment_id=args.compartment_id,
            cluster_id=args.cluster_id,
            kubernetes_version=plan.kubernetes_version,
            node_shape=plan.shape.name,
            node_shape_config=oci.containerengine.NodePoolNodeShapeConfigArgs(ocpus=plan.ocpus, memory_in_gbs=plan.memory_gib)
            if plan.shape.flexible
            else None,
            node_source_details=oci.containerengine.NodePoolNodeSourceDetailsArgs(
                source_type="IMAGE", image_id=args.image_id, boot_volume_size_in_gbs=str(plan.boot_volume_gib)
            ),
            node_config_details=_nodes(args),
            initial_node_labels=[
                oci.containerengine.NodePoolInitialNodeLabelArgs(key=key, value=value) for key, value in sorted(plan.labels.items())
            ],
            node_metadata=_metadata(args),
            node_eviction_node_pool_settings=oci.containerengine.NodePoolNodeEvictionNodePoolSettingsArgs(
                eviction_grace_duration=f"PT{plan.eviction_grace_minutes}M",
                is_force_action_after_grace_duration=True,
                is_force_delete_after_grace_duration=True,
            ),
            node_pool_cycling_details=_cycling(plan),
            ssh_public_key=plan.ssh_public_key,
            freeform_tags=plan.tags or None,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(args.after),
                ignore_changes=["nodeConfigDetails.size"] if plan.autoscaled else None,
                replace_on_changes=["nodeShape"] if plan.shape.is_gpu else None,
                custom_timeouts=_timeouts(plan),
            ),
        )
        self.resources = NodePoolResources(pool=pool)
        self.id = pool.id
        self.register_outputs({"id": self.id})


def _check(args: NodePoolArgs) -> None:
    plan = args.plan
    if (plan.pod_network == "native") != (args.pod_subnet_id is not None):
        raise ValueError(f"pool {plan.name} has {plan.pod_network} pods: a pod subnet goes with VCN-native pods, and only with them")
    if plan.rdma != (args.compute_cluster_id is not None):
        raise ValueError(f"pool {plan.name} has rdma {'on' if plan.rdma else 'off'}: a compute cluster goes with RDMA, and only with it")


def _nodes(args: NodePoolArgs) -> oci.containerengine.NodePoolNodeConfigDetailsArgs:
    plan = args.plan
    return oci.containerengine.NodePoolNodeConfigDetailsArgs(
        size=plan.size,
        placement_configs=[_placement(args, number) for number in plan.availability_domains],
        nsg_ids=[*args.worker_nsg_ids, *plan.nsg_ids],
        node_pool_pod_network_option_details=_pods(args),
        kms_key_id=args.volume_key_id,
        is_pv_encryption_in_transit_enabled=args.encrypt_in_transit and not plan.shape.bare_metal,
        compute_cluster_id=args.compute_cluster_id,
    )


def _placement(args: NodePoolArgs, number: int) -> oci.containerengine.NodePoolNodeConfigDetailsPlacementConfigArgs:
    domains = pulumi.Output.from_input(args.availability_domains)
    return oci.containerengine.NodePoolNodeConfigDetailsPlacementConfigArgs(
        availability_domain=domains.apply(lambda names: names[number - 1]),
        subnet_id=args.plan.subnet_id or args.worker_subnet_id,
        fault_domains=list(args.plan.fault_domains) or None,
        capacity_reservation_id=args.plan.capacity_reservation_id,
        preemptible_node_config=oci.containerengine.NodePoolNodeConfigDetailsPlacementConfigPreemptibleNodeConfigArgs(
            preemption_action=oci.containerengine.NodePoolNodeConfigDetailsPlacementConfigPreemptibleNodeConfigPreemptionActionArgs(
                type="TERMINATE", is_preserve_boot_volume=False
            )
        )
        if args.plan.preemptible
        else None,
    )


def _pods(args: NodePoolArgs) -> oci.containerengine.NodePoolNodeConfigDetailsNodePoolPodNetworkOptionDetailsArgs:
    cni = CNI_TYPES[args.plan.pod_network]
    if args.pod_subnet_id is None:
        return oci.containerengine.NodePoolNodeConfigDetailsNodePoolPodNetworkOptionDetailsArgs(cni_type=cni)
    return oci.containerengine.NodePoolNodeConfigDetailsNodePoolPodNetworkOptionDetailsArgs(
        cni_type=cni,
        pod_subnet_ids=[args.plan.pod_subnet_id or args.pod_subnet_id],
        pod_nsg_ids=[*args.pod_nsg_ids, *args.plan.pod_nsg_ids],
        max_pods_per_node=args.plan.max_pods_per_node,
    )


def _metadata(args: NodePoolArgs) -> dict[str, pulumi.Input[str]]:
    plan = args.plan
    boot = FirstBoot(
        os=plan.os,
        kubernetes_version=plan.kubernetes_version,
        pod_network=plan.pod_network,
        rdma=plan.rdma,
        user_data=plan.user_data,
    )
    metadata: dict[str, pulumi.Input[str]] = {"areLegacyImdsEndpointsDisabled": "true", "user_data": user_data(boot)}
    if plan.kubelet_extra_args is not None:
        metadata["kubelet-extra-args"] = plan.kubelet_extra_args
    return metadata


def _cycling(plan: PoolPlan) -> oci.containerengine.NodePoolNodePoolCyclingDetailsArgs:
    """New nodes beside the old ones only where there is capacity for them: GPUs are too scarce, and a boot volume has one node."""
    surge = plan.cycling == "instance" and not plan.shape.is_gpu
    return oci.containerengine.NodePoolNodePoolCyclingDetailsArgs(
        is_node_cycling_enabled=plan.cycling != "off",
        cycle_modes=_CYCLE_MODES[plan.cycling] or None,
        maximum_surge="1" if surge else "0",
        maximum_unavailable="0" if surge else "1",
    )


def _timeouts(plan: PoolPlan) -> pulumi.CustomTimeouts:
    """A bare-metal node boots for 20 to 40 minutes, and an update may cycle every node in turn, each waiting for its pods."""
    return pulumi.CustomTimeouts(create="2h" if plan.shape.bare_metal else "60m", update="6h", delete="2h")
