"""The OKE cluster: its control plane, where its API answers, and what it trusts."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.oci import oci
from infra.oke.network.cidr import CNI_TYPES, PodNetwork

API_PORT = 6443


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """A change of what is marked REPLACES deletes the cluster and everything in it before a new one is made."""

    prefix: str
    """Name of the platform, and of the cluster."""
    compartment_id: pulumi.Input[str]
    """REPLACES."""
    vcn_id: pulumi.Input[str]
    """REPLACES."""
    kubernetes_version: pulumi.Input[str]
    """As OKE names it: `v1.34.2`. Goes up in place, never down; node pools follow on their own."""
    endpoint_subnet_id: pulumi.Input[str]
    """REPLACES."""
    endpoint_nsg_ids: Sequence[pulumi.Input[str]] = ()
    public_endpoint: bool = False
    """Give the API a public address beside its private one."""
    load_balancer_subnet_ids: Sequence[pulumi.Input[str]] = ()
    """Subnets of Services of type LoadBalancer that name none: fixed when the cluster is made. A Service chooses another by annotation."""
    backend_nsg_ids: Sequence[pulumi.Input[str]] = ()
    """Groups of the nodes and pods that load balancers reach, where OKE keeps the rules in groups."""
    pod_network: PodNetwork = "native"
    """REPLACES."""
    pods_cidr: str | None = None
    """Overlay of the pods, under flannel only. REPLACES."""
    services_cidr: str = "10.96.0.0/16"
    """REPLACES."""
    secrets_key_id: pulumi.Input[str] | None = None
    """KMS key for Kubernetes secrets; Oracle's own where there is none. REPLACES."""
    image_key_ids: Sequence[pulumi.Input[str]] = ()
    """KMS keys of which one must have signed every image. Any entry turns the verification on."""
    oidc_discovery: bool = False
    """Publish the cluster's OpenID configuration, so that others can trust its service accounts."""
    protect: bool = True
    """Refuse to delete the cluster until this is taken off."""
    after: Sequence[pulumi.Resource] = ()
    """What must stand before: the policies of its keys."""


@dataclass(frozen=True, kw_only=True)
class ClusterResources:
    cluster: oci.containerengine.Cluster


class Cluster(pulumi.ComponentResource):
    """An enhanced cluster: add-ons, workload identity and node cycling need one. Raises ValueError for a pods block without an overlay."""

    resources: ClusterResources
    id: pulumi.Output[str]
    private_endpoint: pulumi.Output[str]
    """Where the API answers inside the VCN: `10.0.0.5:6443`."""
    public_endpoint: pulumi.Output[str | None]
    kubernetes_version: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        if args.pods_cidr is not None and args.pod_network == "native":
            raise ValueError(f"pods of a VCN-native cluster take the addresses of their subnet: leave out the pods block {args.pods_cidr}")
        super().__init__("platform:oke:Cluster", name, {}, opts)
        cluster = oci.containerengine.Cluster(
            name,
            name=args.prefix,
            compartment_id=args.compartment_id,
            vcn_id=args.vcn_id,
            kubernetes_version=args.kubernetes_version,
            type="ENHANCED_CLUSTER",
            cluster_pod_network_options=[
                oci.containerengine.ClusterClusterPodNetworkOptionArgs(cni_type=CNI_TYPES[args.pod_network]),
            ],
            endpoint_config=oci.containerengine.ClusterEndpointConfigArgs(
                subnet_id=args.endpoint_subnet_id,
                nsg_ids=list(args.endpoint_nsg_ids),
                is_public_ip_enabled=args.public_endpoint,
            ),
            image_policy_config=oci.containerengine.ClusterImagePolicyConfigArgs(
                is_policy_enabled=bool(args.image_key_ids),
                key_details=[oci.containerengine.ClusterImagePolicyConfigKeyDetailArgs(kms_key_id=key) for key in args.image_key_ids],
            ),
            kms_key_id=args.secrets_key_id,
            options=_options(args),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protect,
                depends_on=list(args.after),
                # Deleting it first would have the engine delete every object in it one by one, through a connection that the engine has
                # closed by then (docs/decisions/0009-a-cluster-is-replaced-by-its-successor.md). Two clusters may have one name.
                delete_before_replace=False,
                # Oracle takes them at creation only: a load balancer's subnet that comes later would replace the cluster.
                ignore_changes=["options.serviceLbSubnetIds"],
                custom_timeouts=pulumi.CustomTimeouts(create="60m", update="120m", delete="60m"),
            ),
        )
        self.resources = ClusterResources(cluster=cluster)
        self.id = cluster.id
        self.private_endpoint = cluster.endpoints.apply(lambda endpoints: str(endpoints[0].private_endpoint))
        self.public_endpoint = cluster.endpoints.apply(lambda endpoints: endpoints[0].public_endpoint or None)
        self.kubernetes_version = cluster.kubernetes_version
        self.register_outputs({"id": self.id, "privateEndpoint": self.private_endpoint, "kubernetesVersion": self.kubernetes_version})

    @property
    def created(self) -> pulumi.Output[str]:
        """When, as Oracle writes it: `2026-05-21 16:20:30 +0000 UTC`."""
        return self.resources.cluster.metadatas.apply(lambda metadatas: str(metadatas[0].time_created))


def _options(args: ClusterArgs) -> oci.containerengine.ClusterOptionsArgs:
    return oci.containerengine.ClusterOptionsArgs(
        kubernetes_network_config=oci.containerengine.ClusterOptionsKubernetesNetworkConfigArgs(
            pods_cidr=args.pods_cidr, services_cidr=args.services_cidr
        ),
        service_lb_subnet_ids=list(args.load_balancer_subnet_ids),
        service_lb_config=oci.containerengine.ClusterOptionsServiceLbConfigArgs(backend_nsg_ids=list(args.backend_nsg_ids))
        if args.backend_nsg_ids
        else None,
        open_id_connect_discovery=oci.containerengine.ClusterOptionsOpenIdConnectDiscoveryArgs(
            is_open_id_connect_discovery_enabled=args.oidc_discovery
        ),
    )
