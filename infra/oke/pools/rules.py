"""What a node pool may not be: each rule yields the problems of one entry of `nodePools`."""

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from infra import labels
from infra.catalogue.shapes import SHAPES, Architecture, Shape, UnknownShapeError, shape
from infra.gpus import RESOURCES, GpuVendor
from infra.oke.images import variants
from infra.oke.images.choice import traits
from infra.oke.network.cidr import PodNetwork
from infra.oke.pools import cloud_init, kubelet_args, user_data
from infra.oke.pools.pool_plan import name_in_oke
from infra.oke.pools.section import NodePool
from infra.problems import Problem

MAX_NAME = 32
"""Characters of a node pool's name in OKE, the platform's name before it and the availability domain's suffix included."""
MIN_BOOT_GIB, MIN_GPU_BOOT_GIB = 50, 100
"""Smallest boot volume of Oracle's images; what a GPU image with one framework's container on it needs at the least."""
PODS_PER_VNIC, MAX_PODS = 31, 110
"""Oracle, "Using the OCI VCN-Native Pod Networking CNI plugin", 2026-09."""
MAX_SKEW = 3
"""Minor versions that a kubelet may be behind the API server. Kubernetes, "Version Skew Policy", 1.36."""
MAX_GRACE_MINUTES = 60
MAX_NSGS = 5
"""Network security groups of one network interface. Oracle, "Network Security Groups", 2026-11."""

_DNS_LABEL = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_VERSION = re.compile(r"v(\d+)\.(\d+)\.(\d+)")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


@dataclass(frozen=True, kw_only=True)
class PoolContext:
    """What all pools of a cluster stand on."""

    region: str
    region_ads: int
    """Availability domains of the region."""
    cluster_version: str
    pod_network: PodNetwork
    imported_images: Mapping[str, str]
    """Variant of each imported image, by its key."""
    shapes: Mapping[str, Shape] = dataclasses.field(default_factory=lambda: SHAPES)
    """Machines that are known."""
    prefix: str = ""
    """Name of the platform, which the pools' names in OKE start with."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A pool whose shape is known, seen on its context."""

    name: str
    """The entry of `nodePools`."""
    section: NodePool
    shape: Shape
    context: PoolContext
    platform_labels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """What add-ons need on its nodes from their first moment."""

    def problem(self, field: str, message: str) -> Problem:
        return Problem(f"nodePools.{self.name}.{field}" if field else f"nodePools.{self.name}", message)

    @property
    def domains(self) -> tuple[int, ...]:
        """The availability domains asked for, in order."""
        asked = self.section.availability_domains
        return tuple(range(1, self.context.region_ads + 1)) if asked is None else tuple(sorted(set(asked)))

    @property
    def node_ocpus(self) -> float:
        return (self.section.ocpus if self.shape.flexible else self.shape.ocpus) or 0

    @property
    def max_pods(self) -> int:
        """Most pods on one node: each network interface beyond the first brings 31 addresses, an overlay none."""
        if self.context.pod_network == "flannel":
            return MAX_PODS
        return min(MAX_PODS, PODS_PER_VNIC * max(1, int(self.node_ocpus) - 1))


def problems(name: str, section: NodePool, context: PoolContext) -> tuple[Problem, ...]:
    """Everything wrong with an entry, rule by rule. A shape that is not known hides what depends on it."""
    try:
        subject = Subject(name=name, section=section, shape=shape(section.shape, context.shapes), context=context)
    except UnknownShapeError as unknown:
        return (Problem(f"nodePools.{name}.shape", str(unknown)),)
    return tuple(problem for rule in RULES for problem in rule(subject))


def _name(pool: Subject) -> Iterator[Problem]:
    name = pool.name
    if not _DNS_LABEL.fullmatch(name):
        yield pool.problem("", f"the name {name!r} is not allowed; allowed: lower-case letters, digits and dashes, a letter first")
    own = planned_names(pool)[-1] if pool.domains else name
    whole = name_in_oke(pool.context.prefix, own) if pool.context.prefix else own
    if len(whole) > MAX_NAME:
        before = f", of which {pool.context.prefix!r} is `name`" if pool.context.prefix else ""
        fix = f"shorten one of them by {len(whole) - MAX_NAME}"
        yield pool.problem(
            "", f"the pool would be called {whole!r}, {len(whole)} characters{before}; at most {MAX_NAME} are allowed: {fix}"
        )


def planned_names(pool: Subject) -> tuple[str, ...]:
    """What the pool's plans are called: one for each availability domain of a GPU pool, else one."""
    if not pool.shape.is_gpu or pool.context.region_ads == 1:
        return (pool.name,)
    return tuple(f"{pool.name}-ad{domain}" for domain in pool.domains)


def _resources(pool: Subject) -> Iterator[Problem]:
    for field, value in (("ocpus", pool.section.ocpus), ("memoryGib", pool.section.memory_gib)):
        if pool.shape.flexible and value is None:
            yield pool.problem(field, f"is missing: {pool.shape.name} is a flexible shape and needs ocpus and memoryGib")
        if not pool.shape.flexible and value is not None:
            yield pool.problem(field, f"is {value:g}, but {pool.shape.name} is a fixed shape: leave it out")
        if pool.shape.flexible and value is not None and value <= 0:
            yield pool.problem(field, f"is {value:g}, but must be more than 0")
    if pool.section.ocpus and pool.section.memory_gib:
        for problem in pool.shape.size_problems(pool.section.ocpus, pool.section.memory_gib):
            yield pool.problem(problem.path, problem.message)


def _size(pool: Subject) -> Iterator[Problem]:
    section = pool.section
    if section.size is not None and section.wants_autoscaler:
        yield pool.problem("size", "is given beside minSize or maxSize: a pool has one owner of its size, so keep one or the other")
        return
    if section.size is None and section.max_size is None:
        yield pool.problem("maxSize" if section.min_size is not None else "size", "is missing: give size, or minSize and maxSize")
        return
    if section.size is not None and pool.shape.is_gpu:
        fix = f"minSize: {section.size} and maxSize: {max(1, section.size)}"
        yield pool.problem("size", f"is {section.size}, but the autoscaler owns the size of GPU pools: set {fix} instead")
    for field, value, least in (("size", section.size, 0), ("minSize", section.min_size, 0), ("maxSize", section.max_size, 1)):
        if value is not None and value < least:
            yield pool.problem(field, f"is {value}, but must be at least {least}")
    if section.max_size is not None and section.max_size < (section.min_size or 0):
        yield pool.problem("maxSize", f"is {section.max_size}, less than minSize, which is {section.min_size}")
    if section.wants_autoscaler and not section.min_size and pool.shape.is_gpu and pool.shape.gpu_vendor != "nvidia":
        yield pool.problem("minSize", "is 0, but the autoscaler knows only NVIDIA's GPUs on nodes that do not exist yet: set at least 1")


def _domains(pool: Subject) -> Iterator[Problem]:
    asked, context = pool.section.availability_domains, pool.context
    if asked is None:
        return
    if not asked:
        yield pool.problem("availabilityDomains", "is empty: leave it out to use all of the region's")
    if len(set(asked)) != len(asked):
        yield pool.problem("availabilityDomains", f"names one twice: {_listed(asked)}")
    if any(domain < 1 for domain in asked):
        yield pool.problem("availabilityDomains", f"is {_listed(asked)}, but availability domains count from 1")
    if asked and max(asked) > context.region_ads:
        count = f"{context.region_ads} availability domain{'' if context.region_ads == 1 else 's'}"
        yield pool.problem("availabilityDomains", f"region {context.region} has {count}, {max(asked)} asked")


def _capacity(pool: Subject) -> Iterator[Problem]:
    section = pool.section
    if section.preemptible and not pool.shape.preemptible:
        yield pool.problem("preemptible", f"is true, but {pool.shape.name} has no preemptible capacity")
    if section.preemptible and section.capacity_reservation_id is not None:
        yield pool.problem("preemptible", "is true beside capacityReservationId: reserved nodes are not preempted, so keep one of them")
    if section.capacity_reservation_id is not None and len(pool.domains) != 1:
        fix = "set availabilityDomains to that one"
        yield pool.problem("capacityReservationId", f"belongs to one availability domain, the pool uses {_listed(pool.domains)}: {fix}")


def _rdma(pool: Subject) -> Iterator[Problem]:
    section = pool.section
    if not section.rdma:
        return
    if not pool.shape.rdma:
        yield pool.problem("rdma", f"is true, but {pool.shape.name} is not on an RDMA network")
    elif section.image.id is None and section.image.imported is None:
        yield pool.problem("rdma", "is true, but OKE's own images lack the RDMA drivers: set image.imported or image.id")


def _disk(pool: Subject) -> Iterator[Problem]:
    asked = pool.section.boot_volume_gib
    least = MIN_GPU_BOOT_GIB if pool.shape.is_gpu else MIN_BOOT_GIB
    if asked is not None and asked < least:
        why = " for GPU nodes, whose images are large (200 is a good start)" if pool.shape.is_gpu else ""
        yield pool.problem("bootVolumeGib", f"is {asked}, but must be at least {least}{why}")


def _pods(pool: Subject) -> Iterator[Problem]:
    asked = pool.section.max_pods_per_node
    if asked is None:
        return
    if pool.context.pod_network == "flannel":
        if asked != MAX_PODS:
            yield pool.problem("maxPodsPerNode", f"is {asked}, but nodes under flannel carry {MAX_PODS} pods: leave it out")
    elif not PODS_PER_VNIC <= asked <= pool.max_pods:
        allowed = f"{PODS_PER_VNIC} to {pool.max_pods}" if pool.max_pods > PODS_PER_VNIC else str(PODS_PER_VNIC)
        node = f"{pool.shape.name} with {pool.node_ocpus:g} OCPUs"
        yield pool.problem("maxPodsPerNode", f"is {asked}; the network interfaces of {node} allow {allowed}")


def _labels(pool: Subject) -> Iterator[Problem]:
    for key, value in pool.section.labels.items():
        owner = _owner(key, {"nvidia.com/": "the platform", "oke-gpu-platform/": "the platform"})
        if owner is not None:
            yield pool.problem(f"labels.{key}", f"is {owner}'s to set; choose another key")
        yield from (pool.problem(problem.path, problem.message) for problem in labels.problems({key: value}) if owner is None)


def _taints(pool: Subject) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(pool.section.taints):
        field = f"taints.{index}"
        owner = _owner(taint.key, dict.fromkeys(RESOURCES.values(), "OKE"))
        if owner is not None:
            what = "which taints GPU and preemptible nodes itself" if owner == "OKE" else "which taints nodes in trouble itself"
            yield pool.problem(f"{field}.key", f"{taint.key!r} is {owner}'s to set, {what}: leave it out")
        elif not labels.is_key(taint.key):
            yield pool.problem(f"{field}.key", f"{taint.key!r} is not a taint key; allowed: [domain/]name of letters, digits, dash and dot")
        if not labels.is_value(taint.value):
            yield pool.problem(f"{field}.value", f"{taint.value!r} is not allowed; allowed: letters, digits, dash, dot and underscore")
        if taint.effect not in _EFFECTS:
            yield pool.problem(f"{field}.effect", f"{taint.effect!r} is not known; choose one of {', '.join(_EFFECTS)}")
        if (taint.key, taint.effect) in seen:
            yield pool.problem(field, f"{taint.key} with the effect {taint.effect} is there twice")
        seen.add((taint.key, taint.effect))


def _version(pool: Subject) -> Iterator[Problem]:
    asked, cluster = pool.section.kubernetes_version, pool.context.cluster_version
    if asked is None:
        return
    found, against = _VERSION.fullmatch(asked), _VERSION.fullmatch(cluster)
    if found is None:
        yield pool.problem("kubernetesVersion", f"{asked!r} is not a version as OKE names it, such as {cluster}")
        return
    if against is None:
        return
    mine, clusters = tuple(map(int, found.groups())), tuple(map(int, against.groups()))
    if mine > clusters:
        yield pool.problem("kubernetesVersion", f"is {asked}, newer than the cluster, which is {cluster}: upgrade the cluster first")
    elif mine[0] != clusters[0] or clusters[1] - mine[1] > MAX_SKEW:
        yield pool.problem("kubernetesVersion", f"is {asked}, more than {MAX_SKEW} minor versions behind the cluster, which is {cluster}")


def _image(pool: Subject) -> Iterator[Problem]:
    section = pool.section
    if section.image.id is not None and section.image.imported is not None:
        yield pool.problem("image.imported", "is given beside image.id: a node boots one image, so keep one of them")
    if section.image.name is not None:
        if section.image.id is None:
            yield pool.problem("image.name", "is the name of the image in image.id, which is missing")
        yield from _named_image(pool, section.image.name)
    if section.image.imported is not None:
        yield from _imported_image(pool, section.image.imported)


def _named_image(pool: Subject, name: str) -> Iterator[Problem]:
    said, version = traits(name), pool.section.kubernetes_version or pool.context.cluster_version
    yield from _fits(pool, "image.name", f"{name!r}", said.architecture, said.gpu_vendor)
    if said.kubernetes_version not in (None, version):
        yield pool.problem("image.name", f"{name!r} is for Kubernetes {said.kubernetes_version}, but the pool's nodes are {version}")


def _imported_image(pool: Subject, key: str) -> Iterator[Problem]:
    imported = pool.context.imported_images
    if key not in imported:
        known = ", ".join(sorted(imported)) or "none"
        yield pool.problem("image.imported", f"{key!r} is not an entry of importedImages; there are: {known}")
    else:
        variant = variants.named(imported[key])
        yield from _fits(pool, "image.imported", f"{key!r}", variant.architecture, variant.gpu_vendor)


def _fits(pool: Subject, field: str, image: str, architecture: Architecture, vendor: GpuVendor | None) -> Iterator[Problem]:
    if architecture != pool.shape.architecture:
        yield pool.problem(field, f"{image} is an image for {architecture}, but {pool.shape.name} is {pool.shape.architecture}")
    if pool.shape.is_gpu and vendor is None:
        yield pool.problem(field, f"{image} carries no GPU driver, but {pool.shape.name} has GPUs: choose an image with GPU in its name")
    elif pool.shape.is_gpu and vendor != pool.shape.gpu_vendor:
        yield pool.problem(field, f"{image} carries the driver for {vendor} GPUs, but {pool.shape.name} has {pool.shape.gpu_vendor} GPUs")


def _eviction(pool: Subject) -> Iterator[Problem]:
    minutes = pool.section.eviction_grace_minutes
    if not 0 <= minutes <= MAX_GRACE_MINUTES:
        yield pool.problem("evictionGraceMinutes", f"is {minutes}, but must be 0 to {MAX_GRACE_MINUTES}")


def _placement(pool: Subject) -> Iterator[Problem]:
    asked = pool.section.fault_domains or ()
    if len(set(asked)) != len(asked):
        yield pool.problem("faultDomains", f"names one twice: {', '.join(asked)}")


def _interfaces(pool: Subject) -> Iterator[Problem]:
    section = pool.section
    if pool.context.pod_network == "flannel":
        for field, given in (("podSubnetId", section.pod_subnet_id), ("podNsgIds", section.pod_nsg_ids)):
            if given:
                yield pool.problem(field, "is given, but pods under flannel have no network interface of their own: take it out")
    for field, groups in (("nsgIds", section.nsg_ids), ("podNsgIds", section.pod_nsg_ids)):
        if len(set(groups)) != len(groups):
            yield pool.problem(field, "names one twice: take one out")
        if len(groups) >= MAX_NSGS:
            room = f"a network interface takes {MAX_NSGS}, and one is the platform's own"
            yield pool.problem(field, f"has {len(groups)} groups; at most {MAX_NSGS - 1} fit: {room}")


def _first_boot(pool: Subject) -> Iterator[Problem]:
    parts = pool.section.user_data_parts
    if not parts:
        return
    # The longest of the platform's own scripts: which of them a pool gets is not known before its image is.
    boot = cloud_init.FirstBoot(os="ubuntu", kubernetes_version=pool.context.cluster_version, rdma=True, user_data=parts)
    yield from user_data.under(pool.name, user_data.problems(parts, cloud_init.script(boot)))


def _kubelet(pool: Subject) -> Iterator[Problem]:
    for place, message in kubelet_args.problems(pool.section.kubelet_args):
        yield pool.problem(f"kubeletArgs{place}", message)


def _owner(key: str, own: Mapping[str, str]) -> str | None:
    """Whose the key is, None when it is free."""
    for prefix, owner in own.items():
        if key.startswith(prefix):
            return owner
    domain = key.rpartition("/")[0]
    for reserved, owner in (("kubernetes.io", "Kubernetes"), ("k8s.io", "Kubernetes"), ("oraclecloud.com", "OKE")):
        if domain == reserved or domain.endswith(f".{reserved}"):
            return owner
    return None


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))


Rule = Callable[[Subject], Iterator[Problem]]
RULES: tuple[Rule, ...] = (
    _name, _resources, _size, _domains, _capacity, _rdma, _disk, _pods, _labels, _taints, _version, _image, _eviction,
    _placement, _interfaces, _first_boot, _kubelet,
)  # fmt: skip
"""In the order of the stack file's fields, so that problems read from top to bottom."""
