"""An OKE cluster's plan: the stack file's sections handed to the planners, their answers kept together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from infra import needs
from infra.catalogue import kubernetes
from infra.catalogue.regions import Region
from infra.catalogue.section import problems as catalogue_problems
from infra.facts import ClusterContext
from infra.needs import Asked, ClusterAccess, LogAnalytics, names_people
from infra.oke import ocids, providers
from infra.oke.access.grants import Key, Needs, People
from infra.oke.cluster import managed_addons
from infra.oke.cluster.autoscaler import autoscaled
from infra.oke.cluster.managed_addons import ManagedAddOnPlan, ManagedAddOnsRequest
from infra.oke.images import lock as image_lock
from infra.oke.images import variants as image_variants
from infra.oke.network import plan as network_plan
from infra.oke.network.cidr import PoolDemand, Role, SubnetRequest
from infra.oke.network.plan import NetworkPlan, NetworkRequest
from infra.oke.pools import plan as pools
from infra.oke.pools.pool_plan import PoolPlan
from infra.oke.providers import Authentication
from infra.oke.storage import names as storage_names
from infra.oke.storage import storage_classes
from infra.problems import Problem
from stacks import addons, teams
from stacks.collect import Collector
from stacks.config import Stack
from stacks.config.cluster import OkeCluster
from stacks.config.image_lock import LockFile

LARGEST_REGION = 3
"""Availability domains that pools are planned for where the region is not known, so that their own mistakes still show."""


@dataclass(frozen=True, kw_only=True)
class OkePlan:
    region: Region
    network: NetworkPlan
    pools: tuple[PoolPlan, ...]
    managed_addons: tuple[ManagedAddOnPlan, ...]
    asked: tuple[Asked, ...]
    """What the add-ons need of the cloud and of the nodes."""
    needs: Needs
    authentication: Authentication
    context: ClusterContext
    """What the platform inside the cluster is planned on."""

    @property
    def scales(self) -> bool:
        return bool(autoscaled(self.pools))


def plan(stack: Stack, cluster: OkeCluster, found: Collector, images: LockFile | None = None) -> OkePlan | None:
    """The cluster's plan, or None and every problem left with `found`. `images` are what its pools are pinned to."""
    catalogue = stack.known
    found.add(catalogue_problems(stack.catalogue), "catalogue")
    region = catalogue.regions.get(cluster.region)
    if region is None:
        fix = f"choose one of {', '.join(sorted(catalogue.regions))}, or describe it in catalogue.regions"
        found.add([Problem("cluster.region", f"{cluster.region!r} is not a region known here; {fix}")])
    found.add(kubernetes.problems(cluster.kubernetes_version, catalogue.kubernetes_versions), "cluster.kubernetesVersion")
    given = cluster.model_dump(mode="json", by_alias=True)
    found.add(ocids.problems(given, cluster.region, cluster.tenancy_id, catalogue.regions), "cluster")
    found.add(_reachable(cluster), "cluster")
    found.add(_apart(cluster), "cluster")
    found.add(_images(cluster), "cluster")
    found.add(storage_names.problems(stack.name, cluster.storage.buckets), "cluster")
    found.add(_domains(cluster, region.availability_domains if region else LARGEST_REGION), "cluster")
    authentication = Authentication(method=cluster.auth.method, profile=cluster.auth.profile)
    found.attempt(lambda: providers.check(authentication), "cluster")

    def pool_plans(platform_labels: Mapping[str, Mapping[str, str]]) -> tuple[PoolPlan, ...]:
        return pools.plan(
            cluster.node_pools,
            region=cluster.region,
            region_ads=region.availability_domains if region else LARGEST_REGION,
            cluster_version=cluster.kubernetes_version,
            pod_network=cluster.network.pod_network,
            device_plugin=cluster.device_plugin,
            imported_images={key: image.variant for key, image in cluster.imported_images.items()},
            platform_labels=platform_labels,
            prefix=stack.name,
            shapes=catalogue.shapes,
        )

    planned = found.attempt(lambda: pool_plans({}), "cluster")
    if images is not None and planned is not None:
        found.add(_pinned(images, cluster, planned))
    network = found.attempt(lambda: network_plan.plan_network(_network(cluster, planned or ())), "cluster")
    managed = found.attempt(lambda: managed_addons.plan(_managed_addons(cluster, planned or ())), "cluster")
    if region is None or planned is None or network is None or managed is None:
        return None
    # What add-ons need of nodes depends on the nodes, so these are planned twice; labels change nothing else of them.
    first = _context(cluster, planned, managed)
    inside = "cluster" in stack.layers
    shared = found.attempt(lambda: teams.plan(stack.teams, first, stack.spend, on_oke=True)) if inside else ()
    asked = addons.asked(stack.addons, replace(first, teams=shared or ())) if inside else ()
    found.add(_people(asked))
    found.add(needs.problems(asked, {name: pool.labels for name, pool in cluster.node_pools.items()}))
    pinned = images.lock.pools if images is not None else {}
    planned = tuple(replace(pool, pinned_image=pinned.get(pool.entry)) for pool in pool_plans(needs.labels(asked)))
    return OkePlan(
        region=region,
        network=network,
        pools=planned,
        managed_addons=managed,
        asked=asked,
        needs=_needs(stack, cluster, planned, asked),
        authentication=authentication,
        context=replace(_context(cluster, planned, managed), teams=shared or ()),
    )


def _reachable(cluster: OkeCluster) -> list[Problem]:
    """Whether the Kubernetes API and the nodes can be reached as the stack file says they are."""
    problems = []
    if cluster.kubeconfig.endpoint == "public" and not cluster.endpoint.public:
        problems.append(Problem("kubeconfig.endpoint", "is 'public', but endpoint.public is false; set it, or use 'tunnel' or 'private'"))
    if cluster.kubeconfig.endpoint == "tunnel" and not cluster.bastion.enabled:
        problems.append(Problem("kubeconfig.endpoint", "is 'tunnel', but bastion.enabled is false; enable the bastion, or use 'private'"))
    if cluster.bastion.nodes and not any(pool.ssh_public_key for pool in cluster.node_pools.values()):
        problems.append(Problem("bastion.nodes", "is true, but no pool has an sshPublicKey, so nobody could log in; give a pool one"))
    return problems


def _apart(cluster: OkeCluster) -> list[Problem]:
    """Pools whose nodes are in a subnet of their own, where something reaches the nodes by the block of the subnet for all."""
    reached = {"bastion.nodes": cluster.bastion.nodes, "storage.fileStorage.enabled": cluster.storage.file_storage.enabled}
    return [
        Problem(
            f"nodePools.{name}.subnetId", f"is given beside {key}, which reaches nodes in network.subnets.workers alone; keep one of them"
        )
        for name, pool in cluster.node_pools.items()
        if pool.subnet_id is not None
        for key, wanted in reached.items()
        if wanted
    ]


def _images(cluster: OkeCluster) -> list[Problem]:
    return [
        problem
        for key, image in cluster.imported_images.items()
        for problem in image_variants.problems(image.source_url, f"importedImages.{key}")
    ]


def _pinned(images: LockFile, cluster: OkeCluster, planned: tuple[PoolPlan, ...]) -> list[Problem]:
    wanted = {pool.entry: pool.wanted_image for pool in planned if pool.boots_oke_image}
    others = {pool.entry for pool in planned} - set(wanted)
    return images.located(image_lock.problems(images.lock, cluster.region, wanted, others, images.update))


def _domains(cluster: OkeCluster, available: int) -> list[Problem]:
    asked = {
        "storage.fileStorage.availabilityDomain": (cluster.storage.file_storage.enabled, cluster.storage.file_storage.availability_domain),
        "storage.lustre.availabilityDomain": (cluster.storage.lustre.enabled, cluster.storage.lustre.availability_domain),
    }
    return [
        Problem(path, f"is {number}, but {cluster.region} has {available} availability domain{'s' if available > 1 else ''}")
        for path, (enabled, number) in asked.items()
        if enabled and number > available
    ]


def _context(cluster: OkeCluster, planned: tuple[PoolPlan, ...], managed: tuple[ManagedAddOnPlan, ...]) -> ClusterContext:
    # Names alone count here; what the classes say is known when their mount target is.
    files = storage_classes.FileStorageFacts(availability_domain="", compartment_id="", mount_target_id="")
    classes = storage_classes.storage_classes(
        key_id=cluster.storage.volume_key_id, files=files if cluster.storage.file_storage.enabled else None
    )
    return ClusterContext(
        pools=tuple(pools.facts_pool(pool) for pool in planned),
        # Oracle's GPU images carry the driver, those of Oracle Linux and the imported ones alike.
        host_has_gpu_driver=True,
        provided=managed_addons.provided(managed),
        addon_namespaces=addons.NAMESPACES,
        network_policies=cluster.network.policy_engine is not None,
        storage_classes=storage_classes.PRESENT | {entry.name for entry in classes},
    )


def _network(cluster: OkeCluster, planned: tuple[PoolPlan, ...]) -> NetworkRequest:
    network = cluster.network
    subnets = {role: getattr(network.subnets, role.value.replace("-", "_")) for role in Role}
    return NetworkRequest(
        vcn_cidrs=network.vcn_cidrs,
        pod_network=network.pod_network,
        pods_cidr=network.pods_cidr,
        services_cidr=network.services_cidr,
        subnets={role: SubnetRequest(cidr=subnet.cidr, prefix=subnet.prefix) for role, subnet in subnets.items()},
        vcn_id=network.vcn_id,
        subnet_ids={role: subnet.id for role, subnet in subnets.items() if subnet.id},
        public_lb=network.load_balancers.public,
        internal_lb=network.load_balancers.internal,
        lb_allowed_cidrs=network.load_balancers.allowed_cidrs,
        lb_ports=network.load_balancers.ports,
        extra_rules=network.extra_rules,
        internet_egress=network.internet_egress,
        endpoint_public=cluster.endpoint.public,
        endpoint_public_subnet=cluster.endpoint.public_subnet,
        endpoint_allowed_cidrs=cluster.endpoint.allowed_cidrs,
        bastion=cluster.bastion.enabled,
        bastion_allowed_cidrs=cluster.bastion.allowed_cidrs,
        worker_ssh=cluster.bastion.nodes,
        file_storage=cluster.storage.file_storage.enabled,
        lustre=cluster.storage.lustre.enabled,
        pools=[
            PoolDemand(
                name=pool.name,
                max_nodes=pool.max_size,
                max_pods_per_node=pool.max_pods_per_node,
                own_subnet=pool.subnet_id is not None,
                own_pod_subnet=pool.pod_subnet_id is not None,
            )
            for pool in planned
        ],
    )


def _managed_addons(cluster: OkeCluster, planned: tuple[PoolPlan, ...]) -> ManagedAddOnsRequest:
    return ManagedAddOnsRequest(
        pod_network=cluster.network.pod_network,
        cert_manager=cluster.oke_addons.cert_manager,
        metrics_server=cluster.oke_addons.metrics_server,
        device_plugin=cluster.device_plugin,
        nvidia_gpus=any(pool.shape.gpu_vendor == "nvidia" for pool in planned),
        amd_gpus=any(pool.shape.gpu_vendor == "amd" for pool in planned),
    )


def _needs(stack: Stack, cluster: OkeCluster, planned: tuple[PoolPlan, ...], asked: tuple[Asked, ...]) -> Needs:
    keys_in = cluster.encryption.key_compartment_id or cluster.compartment_id

    def key(ocid: str | None) -> Key | None:
        return Key(id=ocid, compartment_id=keys_in) if ocid else None

    return Needs(
        prefix=stack.name,
        compartment_id=cluster.compartment_id,
        network_compartment_id=cluster.network.compartment_id,
        cluster_key=key(cluster.encryption.cluster_key_id),
        image_keys=tuple(Key(id=ocid, compartment_id=keys_in) for ocid in cluster.encryption.image_key_ids),
        volume_key=key(cluster.storage.volume_key_id),
        rdma=any(pool.rdma for pool in planned),
        capacity_reservations=any(pool.capacity_reservation_id for pool in planned),
        image_compartment_id=cluster.compartment_id if any(pool.image_id or pool.imported_image for pool in planned) else None,
        lustre=cluster.storage.lustre.enabled,
        registry_compartment_id=cluster.registry_compartment_id,
        logs_tenancy_id=cluster.tenancy_id if any(isinstance(each.need, LogAnalytics) for each in asked) else None,
        autoscaler=any(pool.autoscaled for pool in planned),
        load_balancer_nsgs=cluster.network.load_balancers.public or cluster.network.load_balancers.internal,
        native_pods=cluster.network.pod_network == "native",
        file_storage=cluster.storage.file_storage.enabled,
        people=tuple(
            People(group=each.need.group, until=each.need.until)
            for each in asked
            if isinstance(each.need, ClusterAccess) and teams.is_group(each.need.group)
        ),
    )


def _people(asked: tuple[Asked, ...]) -> list[Problem]:
    """Groups that IAM does not know by what they are called. Members of teams, and names that are nobody's, were looked at already."""
    return [
        Problem(each.need.path, teams.no_group(each.need.group))
        for each in asked
        if isinstance(each.need, ClusterAccess)
        and not teams.is_group(each.need.group)
        and not each.need.path.startswith("teams.")
        and names_people(each.need.group)
    ]
