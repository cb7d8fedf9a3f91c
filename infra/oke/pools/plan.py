"""Node pools: `plan` turns what the stack file asks for into the pools that OKE is to make."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from infra.catalogue.shapes import SHAPES, Shape
from infra.facts import POOL_LABEL, Pool, Taint
from infra.gpus import RESOURCES, GpuVendor
from infra.oke.images import variants
from infra.oke.images.choice import Os, traits
from infra.oke.network.cidr import PodNetwork
from infra.oke.pools.pool_plan import DevicePlugin, PoolPlan
from infra.oke.pools.rules import PoolContext, Subject, planned_names, problems
from infra.oke.pools.section import NodePool
from infra.problems import PlanError, Problem

BOOT_GIB, GPU_BOOT_GIB = 100, 200
# Oracle, "Running Applications on GPU-based Nodes" and "Using Preemptible Capacity to Provision Worker Nodes", 2026-11. OKE puts them on.
GPU_TAINTS: Mapping[GpuVendor, Taint] = MappingProxyType({vendor: Taint(key=name) for vendor, name in RESOURCES.items()})
PREEMPTIBLE_TAINT = Taint(key="oci.oraclecloud.com/oke-is-preemptible")
PREEMPTIBLE_LABEL = (PREEMPTIBLE_TAINT.key, "true")
NO_DEVICE_PLUGIN = ("oci.oraclecloud.com/disable-gpu-device-plugin", "true")
"""Label that keeps OKE's own device plugin off a node."""


class PoolPlanError(PlanError):
    """The node pools cannot be made as asked. Paths are those of the cluster section: `nodePools.a10.maxSize`."""


def plan(
    sections: Mapping[str, NodePool],
    *,
    region: str,
    region_ads: int,
    cluster_version: str,
    pod_network: PodNetwork = "native",
    device_plugin: DevicePlugin = "oke",
    imported_images: Mapping[str, str] = MappingProxyType({}),
    platform_labels: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    prefix: str = "",
    shapes: Mapping[str, Shape] = SHAPES,
) -> tuple[PoolPlan, ...]:
    """The pools to make, by name: neither the order of `sections` nor another pool changes what one is called.

    A GPU pool becomes one plan per availability domain, because the autoscaler takes a pool's zone from its first placement.
    `device_plugin` says who owns NVIDIA's device plugin, `imported_images` the variant of each imported image by its key.
    `platform_labels` are what add-ons need on the nodes of an entry from their first moment; they win over what the shape says.
    `prefix` is the platform's name, which counts where OKE limits what a pool is called.
    Raises PoolPlanError with every problem found.
    """
    context = PoolContext(
        region=region,
        region_ads=region_ads,
        cluster_version=cluster_version,
        pod_network=pod_network,
        imported_images=imported_images,
        prefix=prefix,
        shapes=shapes,
    )
    ordered = sorted(sections.items())
    found = [problem for name, section in ordered for problem in problems(name, section, context)]
    subjects = [
        Subject(name=name, section=section, shape=shapes[section.shape], context=context, platform_labels=platform_labels.get(name, {}))
        for name, section in ordered
        if section.shape in shapes
    ]
    found += _clashes(subjects)
    if found:
        raise PoolPlanError(found)
    plans = tuple(pool for subject in subjects for pool in _plans(subject, device_plugin))
    if system_plan(plans) is None:
        fix = "give one a size of at least 1, a shape without GPUs, and no taints"
        raise PoolPlanError([Problem("nodePools", f"has no pool that system pods can live on; {fix}")])
    return plans


def system_plan(plans: Sequence[PoolPlan]) -> PoolPlan | None:
    """The pool that add-ons wait for: the first that keeps its nodes, and that no taint keeps empty."""
    return next((pool for pool in plans if pool.is_system), None)


def facts_pool(pool: PoolPlan, zone: str | None = None) -> Pool:
    """What the platform inside the cluster may know of a pool. `zone` is the node label's value where there is one zone: `PHX-AD-1`."""
    return Pool(
        name=pool.name,
        entry=pool.entry,
        min_nodes=pool.min_size,
        max_nodes=pool.max_size,
        shape=pool.shape.name,
        cpus=int((pool.ocpus or pool.shape.ocpus or 0) * pool.shape.cpus_per_ocpu),
        memory_gib=int(pool.memory_gib or pool.shape.memory_gib or 0),
        zone=zone,
        architecture=pool.shape.architecture,
        ephemeral_storage_gib=pool.ephemeral_storage_gib,
        gpus_per_node=pool.shape.gpus,
        gpu_vendor=pool.shape.gpu_vendor or "nvidia",
        gpu_model=pool.shape.gpu_model,
        gpu_memory_gib=pool.shape.gpu_memory_gib,
        rdma=pool.rdma,
        labels=pool.labels,
        taints=pool.taints,
    )


def _clashes(subjects: Sequence[Subject]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for subject in subjects:
        for name in planned_names(subject):
            if name in owners:
                rival = f"nodePools.{owners[name]} makes one of that name too"
                yield subject.problem("", f"makes a pool called {name!r}, but {rival}: rename one of them")
            owners.setdefault(name, subject.name)


def _plans(subject: Subject, device_plugin: DevicePlugin) -> Iterator[PoolPlan]:
    if subject.shape.is_gpu:
        for name, domain in zip(planned_names(subject), subject.domains, strict=True):
            yield _plan(subject, name, (domain,), device_plugin)
    else:
        yield _plan(subject, subject.name, subject.domains, device_plugin)


def _plan(subject: Subject, name: str, domains: tuple[int, ...], device_plugin: DevicePlugin) -> PoolPlan:
    section, shape = subject.section, subject.shape
    least = section.size if section.size is not None else section.min_size or 0
    most = section.size if section.size is not None else section.max_size
    boot = GPU_BOOT_GIB if shape.is_gpu else BOOT_GIB
    return PoolPlan(
        name=name,
        entry=subject.name,
        shape=shape,
        ocpus=section.ocpus,
        memory_gib=section.memory_gib,
        availability_domain=domains[0] if len(domains) == 1 else None,
        availability_domains=domains,
        autoscaled=section.wants_autoscaler,
        size=least,
        min_size=least,
        max_size=most if most is not None else least,
        boot_volume_gib=section.boot_volume_gib if section.boot_volume_gib is not None else boot,
        max_pods_per_node=section.max_pods_per_node if section.max_pods_per_node is not None else subject.max_pods,
        pod_network=subject.context.pod_network,
        labels=_labels(subject, device_plugin),
        taints=(*_own_taints(subject), *section.taints),
        kubelet_taints=(*_unseen_taints(section), *section.taints),
        preemptible=section.preemptible,
        rdma=section.rdma,
        os=_os(subject),
        image_id=section.image.id,
        imported_image=section.image.imported,
        kubernetes_version=section.kubernetes_version or subject.context.cluster_version,
        capacity_reservation_id=section.capacity_reservation_id,
        cycling=section.cycling,
        eviction_grace_minutes=section.eviction_grace_minutes,
        ssh_public_key=section.ssh_public_key,
        fault_domains=section.fault_domains or (),
        subnet_id=section.subnet_id,
        nsg_ids=section.nsg_ids,
        pod_subnet_id=section.pod_subnet_id,
        pod_nsg_ids=section.pod_nsg_ids,
        user_data=section.user_data_parts,
        kubelet_args=section.kubelet_args,
    )


def _labels(subject: Subject, device_plugin: DevicePlugin) -> Mapping[str, str]:
    """Labels the node boots with: what workloads select on must be there before GPU feature discovery is, for a pool at zero.

    `nvidia.com/gpu.memory` is left to it: the driver reports less than the data sheet, and not the same in every version.
    """
    shape, seeded = subject.shape, {POOL_LABEL: subject.name}
    if subject.section.preemptible:
        seeded |= dict([PREEMPTIBLE_LABEL])
    if shape.gpu_vendor == "nvidia":
        seeded |= {"nvidia.com/gpu.present": "true", "nvidia.com/gpu.count": str(shape.gpus)}
        if shape.gpu_product is not None:
            seeded["nvidia.com/gpu.product"] = shape.gpu_product
        if device_plugin == "operator":
            seeded |= dict([NO_DEVICE_PLUGIN])
    return MappingProxyType(dict(sorted({**seeded, **subject.platform_labels, **subject.section.labels}.items())))


def _own_taints(subject: Subject) -> Iterator[Taint]:
    if subject.shape.gpu_vendor is not None:
        yield GPU_TAINTS[subject.shape.gpu_vendor]
    if subject.section.preemptible:
        yield PREEMPTIBLE_TAINT


def _unseen_taints(section: NodePool) -> Iterator[Taint]:
    """OKE's own taints that the autoscaler does not know of a node that does not exist yet.

    It reads a pool's taints from the kubelet's arguments and adds that of NVIDIA's GPUs, as it reads labels from the pool's initial ones
    (kubernetes/autoscaler, cloudprovider/oci/nodepools, registered_taints.go and oci_manager.go, 2026-11).
    """
    if section.preemptible:
        yield PREEMPTIBLE_TAINT


def _os(subject: Subject) -> Os:
    """The system that the image is of: imported ones say it themselves, others by their name, and OKE's own are Oracle Linux."""
    section = subject.section
    if section.image.imported is not None:
        return variants.named(subject.context.imported_images[section.image.imported]).os
    named = traits(section.image.name).os if section.image.name is not None else None
    return named or "oracle-linux"
