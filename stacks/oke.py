"""An OKE cluster declared from its plan, in the order in which Oracle needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from infra.facts import ClusterFacts
from infra.needs import LogAnalytics
from infra.oke import lookups
from infra.oke.access.bastion import Bastion, BastionArgs
from infra.oke.access.identity import Identity, IdentityArgs
from infra.oke.cluster import kubeconfig
from infra.oke.cluster.autoscaler import Autoscaler, AutoscalerArgs
from infra.oke.cluster.component import Cluster, ClusterArgs
from infra.oke.cluster.managed_addons import PROVIDES, ManagedAddOns, ManagedAddOnsArgs
from infra.oke.images import variants
from infra.oke.images.component import ImportedImage, ImportedImageArgs
from infra.oke.images.node_images import NodeImages, NodeImagesArgs
from infra.oke.logs.component import LoggingAnalytics, LoggingAnalyticsArgs
from infra.oke.network.cidr import Role
from infra.oke.network.component import Network, NetworkArgs
from infra.oke.network.nsg_rules import Nsg
from infra.oke.pools.component import NodePool, NodePoolArgs
from infra.oke.pools.plan import system_plan
from infra.oke.pools.rdma import Rdma, RdmaArgs
from infra.oke.providers import Providers
from infra.oke.storage import storage_classes
from infra.oke.storage.component import Bucket, FileStorage, Lustre, Storage, StorageArgs
from stacks.config import Stack, image_lock
from stacks.config.cluster import OkeCluster
from stacks.oke_plan import OkePlan

LOAD_BALANCERS = {Role.PUBLIC_LB: "public", Role.INTERNAL_LB: "internal"}
"""Subnets of load balancers, the default first, and what the outputs call them."""


@dataclass(frozen=True, kw_only=True)
class Oke:
    facts: ClusterFacts
    manifests: tuple[Mapping[str, Any], ...]
    """Storage classes and volumes, to be declared inside the cluster."""
    outputs: Mapping[str, pulumi.Input[object]]


def declare(stack: Stack, cluster: OkeCluster, plan: OkePlan, providers: Providers) -> Oke:
    """Everything that lives in Oracle's cloud, and the facts that the platform inside the cluster needs of it."""
    return _Declaration(stack, cluster, plan, providers).declare()


class _Declaration:
    def __init__(self, stack: Stack, cluster: OkeCluster, plan: OkePlan, providers: Providers) -> None:
        self.stack, self.config, self.plan, self.providers = stack, cluster, plan, providers
        self.protect = stack.environment == "prod"
        self.opts = pulumi.ResourceOptions(provider=providers.region)
        self.domains = lookups.availability_domains(cluster.compartment_id, providers.region)

    def declare(self) -> Oke:
        config, plan = self.config, self.plan
        network = Network(
            "network",
            NetworkArgs(
                prefix=self.stack.name,
                compartment_id=config.network.compartment_id or config.compartment_id,
                plan=plan.network,
                services=lookups.all_services(self.providers.region),
                protect=self.protect,
            ),
            self.opts,
        )
        rights = Identity("identity", IdentityArgs(needs=plan.needs, tenancy_id=config.tenancy_id, home=self.providers.home), self.opts)
        cluster = self._cluster(network, rights)
        cluster_rights = Identity(
            "cluster-identity",
            IdentityArgs(
                needs=plan.needs, tenancy_id=config.tenancy_id, home=self.providers.home, cluster_id=cluster.id, after=rights.made
            ),
            self.opts,
        )
        pools = self._pools(network, cluster, (*network.resources.ready, *rights.ready))
        system = system_plan(plan.pools)
        ready: list[pulumi.Resource] = [pools[system.name].resources.pool] if system else []
        managed = ManagedAddOns(
            "add-ons", ManagedAddOnsArgs(cluster=cluster.resources.cluster, plans=plan.managed_addons, after=ready), self.opts
        )
        if plan.scales:
            self._autoscaler(cluster, pools, (*ready, *cluster_rights.ready))
        bastion = self._bastion(network) if config.bastion.enabled else None
        storage = self._storage(network) if self._stores else None
        text = self._kubeconfig(cluster)
        provider = k8s.Provider(
            "kubernetes",
            kubeconfig=text,
            cluster_identifier=cluster.id,
            enable_server_side_apply=True,
            enable_config_map_mutable=True,
            opts=pulumi.ResourceOptions(depends_on=ready),
        )
        logs = self._logs(cluster) if any(isinstance(each.need, LogAnalytics) for each in plan.asked) else None
        classes = self._storage_classes(storage)
        facts = ClusterFacts(
            provider=provider,
            cluster=cluster.resources.cluster,
            cluster_identifier=cluster.id,
            provided_by={brings: managed.resources.by_name[name] for name, brings in PROVIDES.items() if name in managed.resources.by_name},
            granted={LogAnalytics: logs.granted} if logs else {},
            ready=(*ready, *(addon for name, addon in managed.resources.by_name.items() if name not in PROVIDES)),
        )
        manifests = (*(entry.manifest for entry in classes), *self._volumes(storage))
        return Oke(facts=facts, manifests=manifests, outputs=self._outputs(network, cluster, bastion, storage, text))

    def _cluster(self, network: Network, rights: Identity) -> Cluster:
        config = self.config
        return Cluster(
            "cluster",
            ClusterArgs(
                prefix=self.stack.name,
                compartment_id=config.compartment_id,
                vcn_id=network.vcn_id,
                kubernetes_version=config.kubernetes_version,
                endpoint_subnet_id=network.subnet_ids[Role.ENDPOINT],
                endpoint_nsg_ids=[network.nsg_ids[Nsg.ENDPOINT]],
                public_endpoint=config.endpoint.public,
                load_balancer_subnet_ids=[network.subnet_ids[role] for role in LOAD_BALANCERS if role in network.subnet_ids],
                backend_nsg_ids=[network.nsg_ids[nsg] for nsg in (Nsg.WORKERS, Nsg.PODS) if nsg in network.nsg_ids],
                pod_network=config.network.pod_network,
                pods_cidr=str(self.plan.network.addresses.pods) if self.plan.network.addresses.pods else None,
                services_cidr=str(config.network.services_cidr),
                secrets_key_id=config.encryption.cluster_key_id,
                image_key_ids=config.encryption.image_key_ids,
                oidc_discovery=config.oidc_discovery,
                protect=self.protect,
                after=rights.ready,
            ),
            self.opts,
        )

    def _pools(self, network: Network, cluster: Cluster, after: tuple[pulumi.Resource, ...]) -> dict[str, NodePool]:
        config, plans = self.config, self.plan.pools
        images = self._images({key: self._imported_image(key) for key in config.imported_images})
        rdma = Rdma(
            "rdma",
            RdmaArgs(prefix=self.stack.name, compartment_id=config.compartment_id, availability_domains=self.domains, plans=plans),
            self.opts,
        ) if any(plan.rdma for plan in plans) else None  # fmt: skip
        return {
            plan.name: NodePool(
                f"pool-{plan.name}",
                NodePoolArgs(
                    prefix=self.stack.name,
                    compartment_id=config.compartment_id,
                    cluster_id=cluster.id,
                    plan=plan,
                    availability_domains=self.domains,
                    image_id=images[plan.name],
                    worker_subnet_id=network.subnet_ids[Role.WORKERS],
                    worker_nsg_ids=[network.nsg_ids[Nsg.WORKERS]],
                    pod_subnet_id=network.subnet_ids.get(Role.PODS),
                    pod_nsg_ids=[network.nsg_ids[Nsg.PODS]] if Nsg.PODS in network.nsg_ids else [],
                    compute_cluster_id=rdma.resources.clusters[plan.name].id if rdma and plan.rdma else None,
                    volume_key_id=config.storage.volume_key_id,
                    encrypt_in_transit=config.encryption.in_transit,
                    after=after,
                ),
                self.opts,
            )
            for plan in plans
        }

    def _images(self, imported: Mapping[str, ImportedImage]) -> dict[str, pulumi.Input[str]]:
        """The image of each pool, by the pool's name."""
        plans = self.plan.pools
        asked = {plan.name: (plan.wanted_image, plan.pinned_image) for plan in plans if plan.boots_oke_image}
        found = NodeImages(
            "images",
            NodeImagesArgs(
                pools=asked,
                offered=lambda version: lookups.node_image_sources(self.config.compartment_id, version, self.providers.region),
                exists=lambda image_id: lookups.image_exists(image_id, self.providers.region),
                update=image_lock.update(pulumi.get_stack()),
            ),
            self.opts,
        ) if asked else None  # fmt: skip
        return {
            **(found.ids if found else {}),
            **{plan.name: plan.image_id for plan in plans if plan.image_id is not None},
            **{plan.name: imported[plan.imported_image].image_id for plan in plans if plan.imported_image},
        }

    def _imported_image(self, key: str) -> ImportedImage:
        image = self.config.imported_images[key]
        return ImportedImage(
            f"image-{key}",
            ImportedImageArgs(
                prefix=self.stack.name,
                key=key,
                compartment_id=self.config.compartment_id,
                source_url=image.source_url,
                variant=variants.named(image.variant),
                shapes=[plan.shape.name for plan in self.plan.pools if plan.imported_image == key],
            ),
            self.opts,
        )

    def _autoscaler(self, cluster: Cluster, pools: Mapping[str, NodePool], after: tuple[pulumi.Resource, ...]) -> None:
        Autoscaler(
            "autoscaler",
            AutoscalerArgs(
                cluster_id=cluster.id,
                plans=self.plan.pools,
                pool_ids={plan.name: pools[plan.name].id for plan in self.plan.pools if plan.autoscaled},
                settings=self.config.autoscaler,
                after=after,
            ),
            self.opts,
        )

    def _bastion(self, network: Network) -> Bastion:
        return Bastion(
            "bastion",
            BastionArgs(
                prefix=self.stack.name,
                compartment_id=self.config.compartment_id,
                subnet_id=network.subnet_ids[Role.BASTION],
                allowed_cidrs=self.config.bastion.allowed_cidrs,
                max_session_seconds=self.config.bastion.max_session_hours * 3600,
            ),
            self.opts,
        )

    @property
    def _stores(self) -> bool:
        storage = self.config.storage
        return bool(storage.buckets) or storage.file_storage.enabled or storage.lustre.enabled

    def _storage(self, network: Network) -> Storage:
        config = self.config.storage
        return Storage(
            "storage",
            StorageArgs(
                prefix=self.stack.name,
                compartment_id=self.config.compartment_id,
                availability_domains=self.domains,
                namespace=lookups.object_storage_namespace(self.config.tenancy_id, self.providers.region),
                buckets=[
                    Bucket(name=name, versioning=bucket.versioning, key_id=bucket.kms_key_id) for name, bucket in config.buckets.items()
                ],
                file_storage=FileStorage(
                    subnet_id=network.subnet_ids[Role.STORAGE],
                    nsg_id=network.nsg_ids[Nsg.FSS],
                    clients_cidr=str(self.plan.network.blocks[Role.WORKERS]),
                    availability_domains=(config.file_storage.availability_domain,),
                    export_path=config.file_storage.export_path,
                )
                if config.file_storage.enabled
                else None,
                lustre=Lustre(
                    subnet_id=network.subnet_ids[Role.STORAGE],
                    nsg_id=network.nsg_ids[Nsg.LUSTRE],
                    availability_domain=config.lustre.availability_domain,
                    capacity_gb=config.lustre.capacity_gb,
                    tier=config.lustre.tier,
                )
                if config.lustre.enabled
                else None,
                key_id=config.volume_key_id,
                protect=self.protect,
            ),
            self.opts,
        )

    def _logs(self, cluster: Cluster) -> LoggingAnalytics:
        return LoggingAnalytics(
            "logs",
            LoggingAnalyticsArgs(
                prefix=self.stack.name,
                compartment_id=self.config.compartment_id,
                namespace=lookups.log_analytics_namespace(self.config.tenancy_id, self.providers.region),
                cluster_id=cluster.id,
                cluster_name=self.stack.name,
                cluster_created=cluster.created,
                kubernetes_version=self.config.kubernetes_version,
            ),
            self.opts,
        )

    def _storage_classes(self, storage: Storage | None) -> tuple[storage_classes.StorageClass, ...]:
        files = next(iter(storage.resources.files.values()), None) if storage else None
        facts = storage_classes.FileStorageFacts(
            availability_domain=files.availability_domain,
            compartment_id=self.config.compartment_id,
            mount_target_id=files.mount_target.id,
        ) if files else None  # fmt: skip
        return storage_classes.storage_classes(key_id=self.config.storage.volume_key_id, files=facts)

    def _volumes(self, storage: Storage | None) -> list[Mapping[str, Any]]:
        handle = storage.resources.lustre_handle if storage else None
        size = self.config.storage.lustre.capacity_gb
        return [storage_classes.lustre_volume("lustre", handle=handle, capacity_gb=size)] if handle else []

    def _kubeconfig(self, cluster: Cluster) -> pulumi.Output[str]:
        chosen = self.config.kubeconfig
        endpoint = "PUBLIC_ENDPOINT" if chosen.endpoint == "public" else "PRIVATE_ENDPOINT"
        offered = lookups.cluster_kubeconfig(cluster.id, endpoint, self.providers.region)
        address = cluster.public_endpoint if chosen.endpoint == "public" else cluster.private_endpoint

        def text(known: Mapping[str, str]) -> str:
            tunnelled = chosen.endpoint == "tunnel"
            return kubeconfig.kubeconfig(
                cluster_id=known["id"],
                cluster_name=self.stack.name,
                server=kubeconfig.tunnel_server(chosen.tunnel_port) if tunnelled else kubeconfig.server_of(known["address"]),
                ca_data=kubeconfig.certificate_authority(known["offered"]),
                region=self.config.region,
                profile=chosen.profile,
                auth=chosen.auth,
                tls_server_name=kubeconfig.host_of(known["address"]) if tunnelled else None,
            )

        return pulumi.Output.all(id=cluster.id, address=address, offered=offered).apply(text)

    def _outputs(
        self, network: Network, cluster: Cluster, bastion: Bastion | None, storage: Storage | None, text: pulumi.Output[str]
    ) -> dict[str, pulumi.Input[object]]:
        outputs: dict[str, pulumi.Input[object]] = {
            "clusterId": cluster.id,
            "privateEndpoint": cluster.private_endpoint,
            "kubeconfig": text,
        }
        balancers = {called: network.subnet_ids[role] for role, called in LOAD_BALANCERS.items() if role in network.subnet_ids}
        if balancers:
            outputs["loadBalancerSubnets"] = balancers
        if storage is not None:
            outputs["buckets"] = {name: bucket.name for name, bucket in storage.resources.buckets.items()}
        if bastion is not None:
            known = pulumi.Output.all(bastion=bastion.resources.bastion.id, endpoint=cluster.private_endpoint)
            outputs["tunnel"] = known.apply(self._tunnel)
        return outputs

    def _tunnel(self, known: Mapping[str, str]) -> str:
        config = self.config
        return str(
            kubeconfig.tunnel_commands(
                bastion_id=known["bastion"],
                endpoint=known["endpoint"],
                region=config.region,
                profile=config.kubeconfig.profile,
                local_port=config.kubeconfig.tunnel_port,
                session_seconds=config.bastion.max_session_hours * 3600,
            )
        )
